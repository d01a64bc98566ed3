"""Who is in a sequence, and which of its versions they follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import mark
from app.models import (
    Company,
    Enrollment,
    EnrollmentState,
    Message,
    MessageState,
    Pause,
    PauseScope,
    Prospect,
    SequenceVersion,
    User,
)
from app.queries.contact_facts import contact_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledPerson:
    """Somebody in a sequence: where they are and why."""

    enrollment_id: int
    prospect_id: int
    company: str
    contact: str
    state: EnrollmentState
    reason: str
    detail: str
    next_step: str
    next_at: datetime | None
    version: int
    enrolled_at: datetime
    # Why it is paused for this contact alone, "" where it is not.
    pause: str
    waits_for_approval: bool


def enrolled_people(
    session: Session, sequence_id: int, *, state: EnrollmentState | None = None, limit: int = 200
) -> list[EnrolledPerson]:
    """Return the people of a sequence: the held first, then who is due next, then who is through."""
    order = case(
        (Enrollment.state == EnrollmentState.HELD, 0), (Enrollment.state == EnrollmentState.ACTIVE, 1), else_=2
    )
    query = (
        select(Enrollment, Company.name, SequenceVersion.number)
        .join(Prospect, Prospect.id == Enrollment.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .join(SequenceVersion, SequenceVersion.id == Enrollment.version_id)
        .where(Enrollment.sequence_id == sequence_id)
        .order_by(order, Enrollment.next_at, Enrollment.id.desc())
        .limit(limit)
    )
    if state is not None:
        query = query.where(Enrollment.state == state)
    rows = session.execute(query).all()
    facts = contact_facts(session, [row.contact_id for row, _, _ in rows])
    ids = [row.id for row, _, _ in rows]
    paused, planned = _paused(session, ids), _planned(session, ids)
    return [
        EnrolledPerson(
            enrollment_id=row.id,
            prospect_id=row.prospect_id,
            company=company,
            contact=facts[row.contact_id].label if row.contact_id in facts else "",
            state=row.state,
            reason=row.reason,
            detail=row.detail or (planned[row.id].detail if row.id in planned else ""),
            next_step=row.next_step or "",
            next_at=row.next_at or (planned[row.id].not_before_at if row.id in planned else None),
            version=number,
            enrolled_at=row.enrolled_at,
            pause=paused.get(row.id, ""),
            waits_for_approval=row.id in planned and planned[row.id].waits_for_approval,
        )
        for row, company, number in rows
    ]


@dataclass(frozen=True, slots=True)
class _PlannedMail:
    """The mail an enrollment waits with: its enrollment no longer knows when, and why not yet."""

    not_before_at: datetime | None
    detail: str
    waits_for_approval: bool


def _planned(session: Session, ids: list[int]) -> dict[int, _PlannedMail]:
    rows = session.scalars(
        select(Message).where(
            Message.enrollment_id.in_(ids), Message.state.in_((MessageState.PLANNED, MessageState.RETRY_WAIT))
        )
    )
    return {
        row.enrollment_id or 0: _PlannedMail(
            row.not_before_at, row.detail, row.needs_approval and row.approved_by_id is None
        )
        for row in rows
    }


def _paused(session: Session, ids: list[int]) -> dict[int, str]:
    rows = session.execute(
        select(Pause.subject_id, Pause.reason).where(
            Pause.scope == PauseScope.ENROLLMENT,
            Pause.subject_id.in_(ids),
            Pause.ended_at.is_(None),
            or_(Pause.until_at.is_(None), Pause.until_at > now()),
        )
    )
    return {subject_id: reason or mark("Paused.") for subject_id, reason in rows}


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version in the history; `people` are on their way with it."""

    id: int
    number: int
    note: str
    by: str
    at: datetime
    people: int
    content: Mapping[str, Any]


def versions_of(session: Session, sequence_id: int) -> list[ShownVersion]:
    """Return the versions of a sequence, the newest first and the draft (number 0) last."""
    people = dict(
        session.execute(
            select(Enrollment.version_id, func.count())
            .where(
                Enrollment.sequence_id == sequence_id,
                Enrollment.state.in_((EnrollmentState.ACTIVE, EnrollmentState.HELD)),
            )
            .group_by(Enrollment.version_id)
        ).all()
    )
    rows = session.execute(
        select(SequenceVersion, User.name)
        .outerjoin(User, User.id == SequenceVersion.published_by_id)
        .where(SequenceVersion.sequence_id == sequence_id)
        .order_by(SequenceVersion.number.desc())
    )
    return [
        ShownVersion(row.id, row.number, row.note, by or "", row.at, people.get(row.id, 0), row.content)
        for row, by in rows
    ]
