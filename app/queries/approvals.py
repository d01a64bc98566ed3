"""The approval queue: first mails that wait for a person, oldest due first."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.models import Company, Enrollment, EnrollmentState, Message, MessageState, Prospect, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingMail:
    """A mail that waits for approval."""

    message_id: int
    enrollment_id: int
    prospect_id: int
    company: str
    score: float | None
    contact_id: int | None
    to_address: str
    sequence: str
    due_at: datetime


def waiting_mails(session: Session, program_id: int, *, limit: int = 100) -> list[WaitingMail]:
    """Return the mails of a program that wait for a person, those due first in front."""
    rows = session.execute(
        select(Message, Company.name, Prospect.fit_score, Sequence.name)
        .join(Enrollment, Enrollment.id == Message.enrollment_id)
        .join(Sequence, Sequence.id == Enrollment.sequence_id)
        .join(Prospect, Prospect.id == Enrollment.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(Message.program_id == program_id, *awaiting_approval())
        .order_by(Message.due_at, Message.id)
        .limit(limit)
    )
    return [
        WaitingMail(
            message_id=message.id,
            enrollment_id=message.enrollment_id or 0,
            prospect_id=message.prospect_id or 0,
            company=company,
            score=score,
            contact_id=message.contact_id,
            to_address=message.to_address,
            sequence=sequence,
            due_at=message.due_at,
        )
        for message, company, score, sequence in rows
    ]


def count_waiting(session: Session, program_id: int) -> int:
    """Return how many mails of a program wait for a person."""
    query = select(func.count(Message.id))
    return session.scalar(query.where(Message.program_id == program_id, *awaiting_approval())) or 0


def awaiting_approval() -> list[ColumnElement[bool]]:
    """Return what makes a mail wait for a person; it speaks of Message alone."""
    is_running = (
        exists()
        .where(
            Enrollment.id == Message.enrollment_id,
            Enrollment.state.in_((EnrollmentState.ACTIVE, EnrollmentState.HELD)),
        )
        .correlate(Message)
    )
    return [
        Message.state == MessageState.PLANNED,
        Message.needs_approval.is_(True),
        Message.approved_by_id.is_(None),
        is_running,
    ]
