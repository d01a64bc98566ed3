"""Applications to a program: what was sent, its answers and references, its links, and what happened to it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProgramRef, UserRefOrNone, by_value
from app.models.program_page import QuestionKind

ApplicationRef = Annotated[int, mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), index=True)]


class ApplicationState(StrEnum):
    """Where an application stands. Until its address is confirmed it is nobody's word and touches no prospect."""

    UNCONFIRMED = "unconfirmed"
    SUBMITTED = "submitted"
    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"

    @property
    def label(self) -> str:
        """Return the state as reviewers read it."""
        return _STATE_LABELS[self]


_STATE_LABELS = {
    ApplicationState.UNCONFIRMED: "Not confirmed",
    ApplicationState.SUBMITTED: "To review",
    ApplicationState.ASKED: "Asked back",
    ApplicationState.APPROVED: "Approved",
    ApplicationState.DECLINED: "Declined",
    ApplicationState.WITHDRAWN: "Withdrawn",
    ApplicationState.REPLACED: "Replaced by a newer one",
}
# A reviewer or the applicant still has something to do with these.
OPEN_APPLICATION_STATES = (ApplicationState.SUBMITTED, ApplicationState.ASKED)


class Application(Base):
    """A submitted form: who applies for which company, the terms they accepted, and where it stands."""

    __tablename__ = "applications"
    __table_args__ = (
        # The queue: what is open in a program, by when an answer was promised.
        Index("ix_applications_program_id_state", "program_id", "state", "due_at"),
        Index(
            "ix_applications_open_prospect",
            "prospect_id",
            sqlite_where=text("state IN ('submitted', 'asked')"),
            postgresql_where=text("state IN ('submitted', 'asked')"),
        ),
        # A form sent twice by an impatient finger is one application.
        UniqueConstraint("program_id", "submit_key"),
        Index("ix_applications_program_id_email", "program_id", "email"),
    )

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    # None until the applicant's address is confirmed.
    prospect_id: Mapped[int | None] = mapped_column(ForeignKey("prospects.id", ondelete="CASCADE"), index=True)
    state: Mapped[ApplicationState] = mapped_column(by_value(ApplicationState), default=ApplicationState.UNCONFIRMED)
    # Counted up by every change; a stale number in a reviewer's form means somebody else was faster.
    version: Mapped[int] = mapped_column(default=1)
    submit_key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(320))
    phone: Mapped[str] = mapped_column(String(40), default="")
    company_name: Mapped[str] = mapped_column(String(200))
    website: Mapped[str] = mapped_column(String(2000))
    domain: Mapped[str] = mapped_column(String(253))
    terms_id: Mapped[int] = mapped_column(ForeignKey("program_terms.id", ondelete="RESTRICT"))
    terms_accepted_at: Mapped[datetime]
    terms_address: Mapped[str] = mapped_column(String(45), default="")
    # How they came: "form", or "sequence:12" with the enrollment whose mail carried the link.
    source: Mapped[str] = mapped_column(String(120), default="form")
    # What they read the form in, and what their mails are written in: "en", "pl" or "de".
    language: Mapped[str] = mapped_column(String(8), default="en")
    # The prospect was known before this application; nobody outside is ever told.
    was_known: Mapped[bool] = mapped_column(default=False)
    submitted_at: Mapped[CreatedAt]
    confirmed_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id", ondelete="SET NULL"))
    # Told to the applicant: reason codes, the reviewer's words to them, and the question that waits for an answer.
    reason_codes: Mapped[list[str]] = mapped_column(default=list)
    message: Mapped[str] = mapped_column(Text, default="")
    # Sentences of their own site that the reasons rest on, copied as the reviewer saw them: {"quote", "url"}.
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    reapply_at: Mapped[datetime | None]


class ApplicationAnswer(Base):
    """An answer as it was given, with the question as it was asked."""

    __tablename__ = "application_answers"
    __table_args__ = (UniqueConstraint("application_id", "question_id"),)

    id: Mapped[Id]
    application_id: Mapped[ApplicationRef]
    question_id: Mapped[int | None] = mapped_column(ForeignKey("form_questions.id", ondelete="SET NULL"))
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(200))
    kind: Mapped[QuestionKind] = mapped_column(by_value(QuestionKind))
    value: Mapped[str] = mapped_column(Text)


class ApplicationReference(Base):
    """Somebody the applicant names as a reference; once a reviewer asks them, what they said."""

    __tablename__ = "application_references"
    __table_args__ = (UniqueConstraint("application_id", "position"),)

    id: Mapped[Id]
    application_id: Mapped[ApplicationRef]
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(320))
    # Of the mailed form; None until a reviewer has them asked.
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    # "yes", "partly", "no", or "rather_not" for somebody who does not want to say.
    again: Mapped[str] = mapped_column(String(24), default="")
    known_how: Mapped[str] = mapped_column(String(200), default="")
    words: Mapped[str] = mapped_column(Text, default="")


class ApplicationLink(Base):
    """A mailed key to an application's status page; the mail holds the token, the database its hash."""

    __tablename__ = "application_links"

    id: Mapped[Id]
    application_id: Mapped[ApplicationRef]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]


class ApplicationDraft(Base):
    """A form left half-way, until its mailed link is used or runs out; accepted terms are never part of it."""

    __tablename__ = "application_drafts"

    id: Mapped[Id]
    program_id: Mapped[ProgramRef]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(320))
    fields: Mapped[dict[str, str]] = mapped_column(default=dict)
    source: Mapped[str] = mapped_column(String(120), default="form")
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ApplicationEventKind(StrEnum):
    """What happened to an application."""

    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    AMENDED = "amended"
    ASKED = "asked"
    ANSWERED = "answered"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    OPINION_ASKED = "opinion_asked"
    OPINION_GIVEN = "opinion_given"
    REFERENCE_ADDED = "reference_added"
    REFERENCE_ASKED = "reference_asked"
    REFERENCE_ANSWERED = "reference_answered"

    @property
    def label(self) -> str:
        """Return the event as people read it."""
        return self.value.capitalize().replace("_", " ")


class ApplicationEvent(Base):
    """One thing that happened to an application: when, by which reviewer (None: the applicant), in what words."""

    __tablename__ = "application_events"

    id: Mapped[Id]
    application_id: Mapped[ApplicationRef]
    kind: Mapped[ApplicationEventKind] = mapped_column(by_value(ApplicationEventKind))
    by_user_id: Mapped[UserRefOrNone]
    # The rule that did it, where no person did.
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("review_rules.id", ondelete="SET NULL"))
    at: Mapped[CreatedAt]
    text: Mapped[str] = mapped_column(Text, default="")
    # What an amendment replaced: field -> [before, after].
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
