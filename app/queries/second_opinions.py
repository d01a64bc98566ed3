"""Second opinions beside an application: who was asked, what they said, and who else can be asked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from app.languages import gettext as _
from app.models import Leaning, Membership, Role, SecondOpinion, User

# Whoever may not write notes could not answer.
_CANNOT_ANSWER = (Role.DATA_ANALYST,)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who can be asked."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionRow:
    """One opinion that was asked for; `leaning` and `answered_at` are None while it is open."""

    id: int
    colleague_id: int | None
    colleague: str
    asked_by: str
    asked_at: datetime
    question: str
    leaning: Leaning | None
    answer: str
    answered_at: datetime | None


def colleagues_for(session: Session, program_id: int) -> tuple[Colleague, ...]:
    """Return the active people of a program who can answer, by name; admins belong to every program."""
    member = select(Membership.id).where(Membership.user_id == User.id, Membership.program_id == program_id).exists()
    rows = session.execute(
        select(User.id, User.name)
        .where(User.is_active, User.role.not_in(_CANNOT_ANSWER), or_(member, User.role == Role.ADMIN))
        .order_by(User.name, User.id)
    )
    return tuple(Colleague(*row) for row in rows)


def opinions_of(session: Session, application_id: int) -> tuple[OpinionRow, ...]:
    """Return the opinions asked about an application, the newest first."""
    colleague, asker = aliased(User), aliased(User)
    rows = session.execute(
        select(SecondOpinion, colleague.name, asker.name)
        .outerjoin(colleague, colleague.id == SecondOpinion.colleague_id)
        .outerjoin(asker, asker.id == SecondOpinion.asked_by_id)
        .where(SecondOpinion.application_id == application_id)
        .order_by(SecondOpinion.id.desc())
    )
    return tuple(
        OpinionRow(
            id=row.id,
            colleague_id=row.colleague_id,
            colleague=name or _("somebody who left"),
            asked_by=asked_by or _("somebody who left"),
            asked_at=row.asked_at,
            question=row.question,
            leaning=row.leaning,
            answer=row.answer,
            answered_at=row.answered_at,
        )
        for row, name, asked_by in rows
    )
