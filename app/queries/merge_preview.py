"""What a merge brings together, in counts, for the page that shows it before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.db import Base
from app.models import (
    Activity,
    Application,
    Contact,
    Enrollment,
    EnrollmentState,
    FitScore,
    Message,
    Page,
    Prospect,
    ReceivedMail,
    StageChange,
    Task,
    TaskState,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """How many rows of the company that goes come over, in all of its programs."""

    contacts: int
    notes: int
    moves: int
    tasks: int
    sent: int
    received: int
    running: int
    applications: int
    scores: int
    pages: int
    programs: int


def effects_of(session: Session, *, gone_id: int) -> Effects:
    """Return what a company that goes brings along."""
    cards = list(session.scalars(select(Prospect.id).where(Prospect.company_id == gone_id)))
    return Effects(
        contacts=_count(session, Contact, Contact.company_id == gone_id),
        notes=_of(session, Activity, cards),
        moves=_of(session, StageChange, cards),
        tasks=_count(session, Task, Task.prospect_id.in_(cards), Task.state == TaskState.OPEN),
        sent=_of(session, Message, cards),
        received=_of(session, ReceivedMail, cards),
        running=_count(
            session,
            Enrollment,
            Enrollment.prospect_id.in_(cards),
            Enrollment.state.in_((EnrollmentState.ACTIVE, EnrollmentState.HELD)),
        ),
        applications=_of(session, Application, cards),
        scores=_of(session, FitScore, cards),
        pages=_count(session, Page, Page.company_id == gone_id),
        programs=len(cards),
    )


def _of(session: Session, kind: type[Base], prospect_ids: Sequence[int]) -> int:
    return _count(session, kind, kind.__table__.c.prospect_id.in_(prospect_ids))


def _count(session: Session, kind: type[Base], *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(kind).where(*conditions)) or 0
