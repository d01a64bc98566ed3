"""Applying: check a form as a stranger sent it, keep it, and mail the link that confirms it.

Nothing here tells what we know: the answer is the same for a known prospect, a partner, and a name never heard of.
Until the link in the mail is used the application touches no prospect, contact or sequence (application_status).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    Application,
    ApplicationEventKind,
    ApplicationFile,
    Program,
    ProgramPage,
    ProgramTerms,
    QuestionKind,
)
from app.services.applicant_fields import checked_contact_lines, checked_email, checked_references
from app.services.application_answers import CheckedAnswer, checked_answers
from app.services.application_files import attach_files, files_given
from app.services.application_links import record_event
from app.services.application_mails import mail_confirmation
from app.services.apply_links import enrollment_behind
from app.services.audit import record_audit
from app.services.errors import InvalidInput, NotFound
from app.services.form_questions import questions_of
from app.services.languages import current_language
from app.services.languages import gettext as _
from app.services.program_pages import current_terms
from app.services.references import write_references
from app.services.site_words import checked_site
from app.services.tokens import new_token
from app.services.web_addresses import web_address
from scrapers.domains import EmailError


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A form as it was sent: nothing in it is trusted. `references` are pairs of name and e-mail."""

    name: str
    email: str
    phone: str
    company_name: str
    website: str
    answers: Mapping[int, str]
    references: tuple[tuple[str, str], ...] = ()
    accepts_terms: bool = False
    terms_id: int = 0
    address: str = ""
    submit_key: str = ""
    via: str = ""
    # By question: the key of a file that was kept when it was sent; in a trial, files that were judged and not kept.
    files: Mapping[int, str] = field(default_factory=dict)
    tried_files: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSubmission:
    """A form that can be stored."""

    values: dict[str, str]
    domain: str
    answers: list[CheckedAnswer]
    files: dict[int, ApplicationFile]
    references: list[tuple[str, str]] = field(default_factory=list)


def open_page_at(session: Session, slug: str) -> tuple[ProgramPage, Program]:
    """Return the open page with this address and its program. Raises NotFound for a closed, archived or unknown one."""
    row = session.execute(
        select(ProgramPage, Program)
        .join(Program, Program.id == ProgramPage.program_id)
        .where(ProgramPage.slug == slug, ProgramPage.is_open, Program.archived_at.is_(None))
    ).first()
    if row is None:
        raise NotFound(_("This program takes no applications here. The link may be old, or the program is closed."))
    return row[0], row[1]


def check_submission(session: Session, program: Program, sent: Submission) -> CheckedSubmission:
    """Return the form ready to be stored. Raises InvalidInput with what is wrong with each field, all at once."""
    values, problems = _checked_person(sent)
    domain, website_problem = checked_site(sent.website)
    if website_problem:
        problems["website"] = website_problem
    values["website"] = web_address(sent.website)
    answers, files, wrong = checked_with_files(session, program.id, sent)
    references, wrong_references = checked_references(sent.references)
    problems |= wrong | wrong_references
    if problem := _terms_problem(current_terms(session, program.id), sent):
        problems["accepts_terms"] = problem
    if problems:
        raise InvalidInput(problems)
    return CheckedSubmission(values=values, domain=domain, answers=answers, files=files, references=references)


def submit(session: Session, program: Program, sent: Submission) -> Application:
    """Keep a form and mail the link that confirms it; the same form sent again is the same application, mailed once.

    One that was gone back to and put right, a mistyped address above all, is another one with a mail of its own.

    Raises InvalidInput as check_submission does.
    """
    key = _key_of(sent)
    known = session.scalar(_by_key(program.id, key))
    if known is not None:
        return known
    checked = check_submission(session, program, sent)
    enrollment = enrollment_behind(session, sent.via, program_id=program.id)
    application = Application(
        program_id=program.id,
        submit_key=key,
        **checked.values,
        domain=checked.domain,
        terms_id=sent.terms_id,
        terms_accepted_at=now(),
        terms_address=sent.address[:45],
        source=f"sequence:{enrollment.id}" if enrollment else "form",
        language=current_language(),
        version=0,
    )
    try:
        with session.begin_nested():
            session.add(application)
    except IntegrityError:
        # The same form arrived twice at the same moment; the other request mails.
        return session.scalars(_by_key(program.id, key)).one()
    session.add_all(answer.as_row(application.id) for answer in checked.answers)
    attach_files(session, application, checked.files)
    write_references(session, application, checked.references)
    record_event(session, application, ApplicationEventKind.SUBMITTED)
    mail_confirmation(session, application)
    record_audit(
        session, "application.submitted", subject=f"application:{application.id}", program_id=application.program_id
    )
    return application


def checked_with_files(
    session: Session, program_id: int, sent: Submission, *, application: Application | None = None
) -> tuple[list[CheckedAnswer], dict[int, ApplicationFile], dict[str, str]]:
    """Return the answers that can be stored, the files among them by question, and what is wrong by field."""
    questions = questions_of(session, program_id)
    files = files_given(session, questions, sent.files, application=application)
    names = {question_id: row.name for question_id, row in files.items()} | dict.fromkeys(sent.tried_files, "file")
    typed = {q.id: "" if q.kind is QuestionKind.FILE else sent.answers.get(q.id, "") for q in questions}
    answers, wrong = checked_answers(questions, typed | names)
    asked = {answer.question.id for answer in answers}
    return answers, {key: row for key, row in files.items() if key in asked}, wrong


def _checked_person(sent: Submission) -> tuple[dict[str, str], dict[str, str]]:
    values, problems = checked_contact_lines(name=sent.name, phone=sent.phone, company_name=sent.company_name)
    try:
        values["email"] = checked_email(sent.email)
    except EmailError:
        problems["email"] = _("Give a whole e-mail address, such as name@example.com; we mail you a link.")
    return values, problems


def _terms_problem(terms: ProgramTerms | None, sent: Submission) -> str:
    if terms is None:
        return _("This program has no terms to accept yet, so it cannot be applied to. Try again later.")
    if not sent.accepts_terms:
        return _("Please read the terms and accept them.")
    if sent.terms_id != terms.id:
        return _(
            "The terms changed while you filled in the form: version %(version)s is in force. Please accept it.",
            version=terms.version,
        )
    return ""


def _key_of(sent: Submission) -> str:
    """Return what makes two forms the same one, 64 characters: where they were opened, and what a person typed."""
    if not sent.submit_key:
        return new_token()
    typed = (sent.name, sent.email, sent.phone, sent.company_name, sent.website, sent.references)
    return sha256(repr((sent.submit_key, typed, sorted(sent.answers.items()))).encode(errors="replace")).hexdigest()


def _by_key(program_id: int, key: str) -> Select[Application]:
    return select(Application).where(Application.program_id == program_id, Application.submit_key == key)
