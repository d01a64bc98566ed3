"""One application as a reviewer sees it: answers, references, what happened, the company's score and site."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import (
    Application,
    ApplicationAnswer,
    ApplicationEvent,
    ApplicationEventKind,
    ApplicationFile,
    ApplicationReference,
    Company,
    Decision,
    ProgramTerms,
    Prospect,
    QuestionKind,
    User,
)
from app.models.domain_age import DomainAge
from app.queries import company_facts as facts
from app.queries.breakdown import ScoreBreakdown
from app.queries.prospect import newest_score


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """A question as it was asked, and its answer."""

    label: str
    kind: QuestionKind
    value: str
    file_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedReference:
    """Somebody the applicant named, whether they were asked, and what they said; `is_same_house` tells a colleague."""

    id: int
    name: str
    email: str
    is_same_house: bool
    asked_at: datetime | None
    answered_at: datetime | None
    again: str
    known_how: str
    words: str


@dataclass(frozen=True, slots=True)
class ApplicationStep:
    """One thing that happened; `by` is the reviewer, a rule or a reference, None for the applicant."""

    kind: ApplicationEventKind
    by: str | None
    at: datetime
    text: str
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationDetail:
    """Everything of one application."""

    application: Application
    terms_version: int
    answers: tuple[GivenAnswer, ...]
    references: tuple[NamedReference, ...]
    steps: tuple[ApplicationStep, ...]
    prospect: Prospect | None
    company: Company | None
    score: ScoreBreakdown | None
    crawl: facts.CrawlSummary | None
    receipt_change_id: int | None
    # As the registry of the domain says; None where it is not known.
    registered_on: date | None


def application_detail(session: Session, application: Application) -> ApplicationDetail:
    """Read everything a reviewer needs to decide, in a fixed number of queries."""
    prospect = session.get(Prospect, application.prospect_id) if application.prospect_id else None
    company = session.get(Company, prospect.company_id) if prospect else None
    pages = facts.saved_pages(session, company.id) if company else []
    return ApplicationDetail(
        application=application,
        terms_version=session.get_one(ProgramTerms, application.terms_id).version,
        answers=answers_of(session, application.id),
        references=references_of(session, application),
        steps=steps_of(session, application.id),
        prospect=prospect,
        company=company,
        score=newest_score(session, prospect.id, page_ids=facts.page_ids(pages)) if prospect else None,
        crawl=facts.newest_crawl(session, company.id) if company else None,
        receipt_change_id=session.scalar(
            select(Decision.stage_change_id).where(Decision.id == application.decision_id)
        ),
        registered_on=session.scalar(select(DomainAge.registered_on).where(DomainAge.domain == application.domain)),
    )


def answers_of(session: Session, application_id: int) -> tuple[GivenAnswer, ...]:
    """Return the answers in the order they were asked."""
    rows = session.scalars(
        select(ApplicationAnswer)
        .where(ApplicationAnswer.application_id == application_id)
        .order_by(ApplicationAnswer.position, ApplicationAnswer.id)
    )
    files = dict(
        session.execute(
            select(ApplicationFile.question_id, ApplicationFile.id).where(
                ApplicationFile.application_id == application_id
            )
        ).all()
    )
    return tuple(GivenAnswer(row.label, row.kind, row.value, files.get(row.question_id)) for row in rows)


def references_of(session: Session, application: Application) -> tuple[NamedReference, ...]:
    """Return the references in their order."""
    rows = session.scalars(
        select(ApplicationReference)
        .where(ApplicationReference.application_id == application.id)
        .order_by(ApplicationReference.position)
    )
    own = {application.domain, application.email.rpartition("@")[2]}
    return tuple(
        NamedReference(
            id=row.id,
            name=row.name,
            email=row.email,
            is_same_house=row.email.rpartition("@")[2] in own,
            asked_at=row.asked_at,
            answered_at=row.answered_at,
            again=row.again,
            known_how=row.known_how,
            words=row.words,
        )
        for row in rows
    )


def given_by_question(session: Session, application_id: int) -> dict[int, str]:
    """Return the answers by their question's id, as the form takes them."""
    rows = session.execute(
        select(ApplicationAnswer.question_id, ApplicationAnswer.value).where(
            ApplicationAnswer.application_id == application_id, ApplicationAnswer.question_id.is_not(None)
        )
    )
    return {row.question_id: row.value for row in rows if row.question_id is not None}


def steps_of(session: Session, application_id: int) -> tuple[ApplicationStep, ...]:
    """Return what happened, oldest first."""
    rows = session.execute(
        select(ApplicationEvent, User.name)
        .outerjoin(User, User.id == ApplicationEvent.by_user_id)
        .where(ApplicationEvent.application_id == application_id)
        .order_by(ApplicationEvent.id)
    )
    return tuple(
        ApplicationStep(event.kind, _who(event, name), event.at, event.text, event.changes) for event, name in rows
    )


def _who(event: ApplicationEvent, name: str | None) -> str | None:
    if event.rule_id:
        return _("a rule")
    return _("the reference") if event.kind is ApplicationEventKind.REFERENCE_ANSWERED else name
