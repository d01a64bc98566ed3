"""How far a prospect ever came on the board: kept with it, because the funnel asks it of 100,000 at once."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.models import Prospect, Stage, StageChange
from app.models.stage import BOARD_STAGES

_ORDER = {stage: number for number, stage in enumerate(BOARD_STAGES)}


def further(one: Stage, other: Stage) -> Stage:
    """Return the later of two stages of the board; one that is off the board is no progress."""
    return max((one, other, Stage.SOURCED), key=lambda stage: _ORDER.get(stage, -1))


def furthest_without(session: Session, prospect_id: int, change_id: int) -> Stage:
    """Return how far a prospect came, were this move of it taken back."""
    return _furthest(to for number, to in _standing_moves(session, prospect_id) if number != change_id)


def recount_furthest(session: Session, prospect: Prospect) -> None:
    """Put down how far a prospect came by the moves it has now."""
    prospect.furthest = _furthest((prospect.stage, *(to for _, to in _standing_moves(session, prospect.id))))


def _furthest(stages: Iterable[Stage]) -> Stage:
    found = Stage.SOURCED
    for stage in stages:
        found = further(found, stage)
    return found


def _standing_moves(session: Session, prospect_id: int) -> list[tuple[int, Stage]]:
    """Return (id, stage moved to) of the moves that were not taken back; arrivals and what merges note are none."""
    undone = aliased(StageChange)
    rows = session.execute(
        select(StageChange.id, StageChange.to_stage)
        .outerjoin(undone, undone.undoes_id == StageChange.id)
        .where(StageChange.prospect_id == prospect_id, StageChange.from_stage.is_not(None), undone.id.is_(None))
    )
    return [(number, stage) for number, stage in rows]
