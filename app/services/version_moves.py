"""Moving people to another version of their sequence: seen person by person first, then done exactly as seen.

The preview moves everybody for real, reads where each would land, and takes all of it back. What is confirmed is
compared with what was seen: where anything has changed meanwhile, nobody is moved.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Company, Enrollment, EnrollmentState, Prospect, Sequence, User
from app.queries.contact_facts import contact_facts
from app.services.audit import record_audit
from app.services.enrollments import move_to_version
from app.services.errors import Conflict, ServiceError
from app.services.ledger.next_step import NextStep, next_steps

_OPEN = (EnrollmentState.ACTIVE, EnrollmentState.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMove:
    """What moving comes to for one person.

    `stays` says why they cannot be moved, "" where they can. `lands_on` is the id of the step they go on with, "" where
    the new version has none left for them; `at` when it would happen and `held` what blocks it, in sentences.
    """

    enrollment_id: int
    prospect_id: int
    company: str
    contact: str
    stays: str = ""
    lands_on: str = ""
    at: datetime | None = None
    held: str = ""


@dataclass(frozen=True, slots=True)
class MovePreview:
    """Everybody on a version, by company, and a mark of where each would land."""

    people: list[PersonMove]

    @property
    def moving(self) -> list[PersonMove]:
        """Return those who would be moved."""
        return [each for each in self.people if not each.stays]

    @property
    def staying(self) -> list[PersonMove]:
        """Return those who would stay, and why."""
        return [each for each in self.people if each.stays]

    @property
    def mark(self) -> str:
        """Return 16 hex digits that change with who moves, who stays and who lands where; times do not count."""
        seen = sorted((each.enrollment_id, each.lands_on, bool(each.stays)) for each in self.people)
        return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """From which version to which one, and which of its steps each old step stands for."""

    from_id: int
    to_id: int
    steps: Mapping[str, str]


def preview_move(session: Session, sequence: Sequence, move: Move, *, actor: User) -> MovePreview:
    """Return where everybody on a version would land. Writes nothing that stays, but needs a transaction to try."""
    trial = session.begin_nested()
    try:
        stays = _move_all(session, sequence, move, actor=actor)
        landing = next_steps(session, [enrollment_id for enrollment_id, why in stays.items() if not why])
    finally:
        trial.rollback()
        session.expire_all()
    return MovePreview(_people(session, stays, landing))


def move_people(session: Session, sequence: Sequence, move: Move, *, seen: str, actor: User) -> MovePreview:
    """Move everybody who can be moved, as the preview with the mark `seen` showed.

    Raises Conflict, with nobody moved, where a person would land elsewhere than shown.
    """
    found = preview_move(session, sequence, move, actor=actor)
    if found.mark != seen:
        raise Conflict(_("Somebody has got on with the sequence since you looked. Nobody was moved: look again."))
    _move_all(session, sequence, move, actor=actor)
    record_audit(
        session,
        "sequence.people_moved",
        subject=f"sequence:{sequence.id}",
        actor_id=actor.id,
        program_id=sequence.program_id,
        details={"moved": len(found.moving), "stayed": len(found.staying), "steps": dict(move.steps)},
    )
    return found


def _move_all(session: Session, sequence: Sequence, move: Move, *, actor: User) -> dict[int, str]:
    """Move whoever can be moved; return why each of the others stays, "" for the moved, by enrollment."""
    ids = session.scalars(
        select(Enrollment.id).where(
            Enrollment.sequence_id == sequence.id, Enrollment.version_id == move.from_id, Enrollment.state.in_(_OPEN)
        )
    ).all()
    stays = {}
    for enrollment_id in ids:
        try:
            with session.begin_nested():
                move_to_version(
                    session, enrollment_id, version_id=move.to_id, steps=dict(move.steps), by_user_id=actor.id
                )
            stays[enrollment_id] = ""
        except ServiceError as error:
            stays[enrollment_id] = str(error)
    return stays


def _people(session: Session, stays: dict[int, str], landing: dict[int, NextStep]) -> list[PersonMove]:
    rows = session.execute(
        select(Enrollment.id, Enrollment.prospect_id, Enrollment.contact_id, Company.name)
        .join(Prospect, Prospect.id == Enrollment.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(Enrollment.id.in_(stays))
        .order_by(Company.name, Enrollment.id)
    ).all()
    facts = contact_facts(session, [row.contact_id for row in rows])
    return [
        _person(
            PersonMove(
                enrollment_id=row.id,
                prospect_id=row.prospect_id,
                company=row.name,
                contact=facts[row.contact_id].label if row.contact_id in facts else "",
                stays=stays[row.id],
            ),
            landing.get(row.id),
        )
        for row in rows
    ]


def _person(person: PersonMove, lands: NextStep | None) -> PersonMove:
    if lands is None:
        return person
    held = " ".join(dict.fromkeys(blocker.sentence for blocker in lands.blockers))
    return replace(person, lands_on=lands.step.id if lands.step else "", at=lands.at, held=held)
