"""Programs with an open page, and applications in any state, for tests."""

from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    Application,
    ApplicationEvent,
    ApplicationEventKind,
    ApplicationFile,
    ApplicationReference,
    ApplicationState,
    FormQuestion,
    Program,
    ProgramPage,
    ProgramTerms,
    Prospect,
    QuestionKind,
    ReviewRule,
    SecondOpinion,
)
from app.services import document_store

_numbers = count(1)
TERMS = "We pay each month. You tell readers that you earn. Either of us may end it with a month's notice."


def make_open_page(session: Session, program: Program, **values: Any) -> ProgramPage:
    """Add terms and an open page with a whole offer."""
    session.add(ProgramTerms(program_id=program.id, version=1, text=TERMS))
    page = ProgramPage(
        **{
            "program_id": program.id,
            "slug": f"page-{next(_numbers)}",
            "is_open": True,
            "headline": "Earn with us",
            "how_much": "25 % of every sale",
            "how_often": "monthly",
            "for_what": "every merchant who stays",
            "tried_at": now(),
        }
        | values
    )
    session.add(page)
    session.flush()
    return page


def make_question(session: Session, program: Program, **values: Any) -> FormQuestion:
    """Add a question; by default a required text."""
    number = next(_numbers)
    question = FormQuestion(
        **{
            "program_id": program.id,
            "position": number,
            "kind": QuestionKind.TEXT,
            "label": f"Question {number}",
            "is_required": True,
            "options": [],
        }
        | values
    )
    session.add(question)
    session.flush()
    return question


def make_application(session: Session, prospect: Prospect, terms: ProgramTerms, **values: Any) -> Application:
    """Add a confirmed application of a prospect that waits for a reviewer."""
    number = next(_numbers)
    application = Application(
        **{
            "program_id": prospect.program_id,
            "prospect_id": prospect.id,
            "state": ApplicationState.SUBMITTED,
            "submit_key": f"key-{number}",
            "name": "Ada Byrne",
            "email": f"ada{number}@harbor.example",
            "company_name": "Harbor",
            "website": "https://harbor.example",
            "domain": "harbor.example",
            "terms_id": terms.id,
            "terms_accepted_at": now(),
            "confirmed_at": now(),
            "due_at": now() + timedelta(days=5),
        }
        | values
    )
    session.add(application)
    session.flush()
    kind = ApplicationEventKind.SUBMITTED
    session.add(ApplicationEvent(application_id=application.id, kind=kind))
    return application


def an_application(**values: Any) -> Application:
    """Return an application that is in no database."""
    person = {"name": "Ada Byrne", "email": "ada@harbor.example", "company_name": "Harbor", "domain": "harbor.example"}
    return Application(**{**person, "language": "en", "due_at": now() + timedelta(days=5)} | values)


def application_values(session: Session, program: Program, prospect: Prospect) -> dict[str, Any]:
    """Return what stands for the parts of these pages' addresses in the access matrix."""
    page = make_open_page(session, program)
    terms = ProgramTerms(program_id=program.id, version=2, text=TERMS)
    session.add(terms)
    session.flush()
    question = make_question(session, program)
    application = make_application(session, prospect, terms)
    opinion = SecondOpinion(application_id=application.id)
    rule = ReviewRule(program_id=program.id, min_score=99.0, blocked_by="low", dry_run={})
    reference = ApplicationReference(application_id=application.id, position=1, name="Bo", email="bo@kiln.example")
    # Where onboarding_values, which comes first, has the files kept.
    content = document_store.judge(b"%PDF-1.7", filename="a.pdf")
    file = ApplicationFile(program_id=program.id, application_id=application.id, question_id=question.id,
                           key_hash=f"key-{next(_numbers)}", stored_name=document_store.keep(session, content),
                           name="a.pdf", media_type="application/pdf", size_bytes=8, sha256="0")  # fmt: skip
    session.add_all([opinion, rule, reference, file])
    session.flush()
    return {
        "page_slug": page.slug,
        "question_id": question.id,
        "application_id": application.id,
        "opinion_id": opinion.id,
        "rule_id": rule.id,
        "reference_id": reference.id,
        "file_id": file.id,
    }
