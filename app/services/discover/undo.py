"""Take back what Discover brought in, as far as nobody has worked on it since."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Discovery, DiscoveryCandidate, Prospect
from app.services.audit import record_audit
from app.services.errors import Conflict
from app.services.taking_back import remove_prospects, untouched


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many prospects were removed, and how many stay because somebody worked on them."""

    removed: int
    kept: int


def undo_import(session: Session, discovery: Discovery, *, by_user_id: int | None) -> TakenBack:
    """Remove the prospects that a discovery added and nobody touched; the others stay.

    Raises Conflict where it added none, or none can be removed any more.
    """
    rows = session.scalars(
        select(DiscoveryCandidate.prospect_id).where(
            DiscoveryCandidate.discovery_id == discovery.id, DiscoveryCandidate.is_added
        )
    )
    added = [prospect_id for prospect_id in rows if prospect_id is not None]
    if not added:
        raise Conflict(_("This discovery has added no prospects that could be taken back."))
    # Locked before they are looked at: a note or a mail that comes in meanwhile waits, and finds them gone.
    session.execute(select(Prospect.id).where(Prospect.id.in_(added)).with_for_update())
    removed = untouched(session, added)
    if not removed:
        raise Conflict(_("Somebody has worked on every one of these prospects since, so all of them stay."))
    session.execute(
        update(DiscoveryCandidate)
        .where(DiscoveryCandidate.prospect_id.in_(removed))
        .values(is_added=False, prospect_id=None)
        .execution_options(synchronize_session=False)
    )
    remove_prospects(session, removed, since=discovery.created_at)
    result = TakenBack(len(removed), len(added) - len(removed))
    record_audit(
        session,
        "discovery.undone",
        subject=f"discovery:{discovery.id}",
        actor_id=by_user_id,
        program_id=discovery.program_id,
        details={"removed": result.removed, "kept": result.kept},
    )
    return result
