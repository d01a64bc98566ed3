"""The order of cards in a column: where a card goes, and what is done when ranks have grown too long."""

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from app.models import Prospect, Stage
from app.services.ranks import MAX_RANK_LENGTH, rank_between


def rank_after(session: Session, program_id: int, stage: Stage, *, after_id: int | None) -> str:
    """Return a rank behind the card `after_id` of a column; on top where there is no such card in it (any more)."""
    rank = _rank_after(session, program_id, stage, after_id)
    if len(rank) > MAX_RANK_LENGTH:
        spread_ranks(session, program_id, stage)
        rank = _rank_after(session, program_id, stage, after_id)
    return rank


def spread_ranks(session: Session, program_id: int, stage: Stage) -> None:
    """Give the cards of a column short ranks again, in the order they are in.

    Many cards dropped into one same gap make ranks grow; this costs one update a card and is rare.
    """
    ids = session.scalars(select(Prospect.id).where(*_in(program_id, stage)).order_by(Prospect.rank, Prospect.id)).all()
    rank, rows = None, []
    for prospect_id in ids:
        rank = rank_between(rank, None)
        rows.append({"id": prospect_id, "rank": rank})
    if rows:
        session.execute(update(Prospect), rows)


def _rank_after(session: Session, program_id: int, stage: Stage, after_id: int | None) -> str:
    here = _in(program_id, stage)
    low = session.scalar(select(Prospect.rank).where(Prospect.id == after_id, *here)) if after_id else None
    # Two people may have dropped into one gap and got one rank: only a truly higher one is the upper end.
    above = [*here, Prospect.rank > low] if low is not None else [*here]
    high = session.scalar(select(Prospect.rank).where(*above).order_by(Prospect.rank).limit(1))
    return rank_between(low, high)


def _in(program_id: int, stage: Stage) -> tuple[ColumnElement[bool], ...]:
    return (Prospect.program_id == program_id, Prospect.stage == stage)
