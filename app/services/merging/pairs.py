"""What a person says of a pair of companies that look like one: they are two after all, or maybe not."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import Prospect
from app.models.merge import DuplicatePair
from app.services.audit import record_audit
from app.services.errors import NotFound


def dismiss(session: Session, program_id: int, pair_id: int, *, by_user_id: int) -> None:
    """Remember that two companies are two; no look offers the pair again. Raises NotFound."""
    pair = pair_in(session, program_id, pair_id)
    if pair.dismissed_at is None:
        pair.dismissed_at, pair.dismissed_by_id = now(), by_user_id
        _audit(session, pair, program_id, "duplicate.dismissed", by_user_id)


def bring_back(session: Session, program_id: int, pair_id: int, *, by_user_id: int) -> None:
    """Offer a pair again. Raises NotFound."""
    pair = pair_in(session, program_id, pair_id)
    if pair.dismissed_at is not None:
        pair.dismissed_at = pair.dismissed_by_id = None
        _audit(session, pair, program_id, "duplicate.brought_back", by_user_id)


def pair_in(session: Session, program_id: int, pair_id: int) -> DuplicatePair:
    """Return a pair whose companies are both in the program; raises NotFound for any other."""
    ours = select(Prospect.company_id).where(Prospect.program_id == program_id)
    pair = session.scalar(
        select(DuplicatePair).where(
            DuplicatePair.id == pair_id, DuplicatePair.first_id.in_(ours), DuplicatePair.second_id.in_(ours)
        )
    )
    if pair is None:
        raise NotFound(_("There is no such pair in this program; one of the two may have been merged or removed."))
    return pair


def _audit(session: Session, pair: DuplicatePair, program_id: int, action: str, by_user_id: int) -> None:
    record_audit(
        session,
        action,
        subject=f"company:{pair.first_id}",
        actor_id=by_user_id,
        program_id=program_id,
        details={"other": pair.second_id},
    )
