"""How far reading and scoring is, for the strip on the board: everything while it goes on, else only what failed.

On an idle board nearly every company is done, so only the exceptions are looked at, by indexes on their states.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.models import ACTIVE_CRAWL_STATES, Company, CrawlState, FitState, Prospect
from app.queries.progress import Progress, program_progress


def board_progress(session: Session, program_id: int) -> Progress:
    """Return the progress of a program's prospects; `total` and what is done are 0 when nothing is under way."""
    if is_under_way(session, program_id):
        return program_progress(session, program_id)
    failed = (_scored(program_id, [FitState.FAILED]), _read(program_id, [CrawlState.FAILED]))
    scores, crawls = (select(func.count()).select_from(Prospect).where(each).scalar_subquery() for each in failed)
    score_failed, crawl_failed = session.execute(select(scores, crawls)).one()
    return Progress(score_failed=score_failed, crawl_failed=crawl_failed)


def is_under_way(session: Session, program_id: int) -> bool:
    """Say whether a site of the program is being read or a score of it computed, or waits for that."""
    scores = select(1).where(_scored(program_id, [FitState.WAITING, FitState.SCORING])).exists()
    crawls = select(1).where(_read(program_id, ACTIVE_CRAWL_STATES)).exists()
    return bool(session.scalar(select(scores | crawls)))


# `+ 0` leaves SQLite the index on the state alone to choose: of a state hardly anybody is in, of a program everybody.
def _scored(program_id: int, states: Sequence[FitState]) -> ColumnElement[bool]:
    return (Prospect.program_id + 0 == program_id) & Prospect.fit_state.in_(states)


def _read(program_id: int, states: Sequence[CrawlState]) -> ColumnElement[bool]:
    companies = select(Company.id).where(Company.crawl_state.in_(states))
    return (Prospect.program_id + 0 == program_id) & Prospect.company_id.in_(companies)
