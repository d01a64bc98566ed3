"""How far the reading and scoring of a program's prospects is, in one row of numbers."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.models import ACTIVE_CRAWL_STATES, Company, CrawlState, FitState, ImportRow, Prospect


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Counts of prospects; `waiting` to `embedding` speak of their sites, the rest of their scores."""

    total: int = 0
    waiting: int = 0
    reading: int = 0
    embedding: int = 0
    to_score: int = 0
    scored: int = 0
    no_evidence: int = 0
    score_failed: int = 0
    crawl_failed: int = 0
    canceled: int = 0

    @property
    def under_way(self) -> int:
        """Return how many prospects something is still being done for."""
        return self.waiting + self.reading + self.embedding + self.to_score

    @property
    def read(self) -> int:
        """Return how many sites have been looked at, with whatever outcome."""
        return self.total - self.waiting - self.reading - self.canceled

    @property
    def percent(self) -> int:
        """Return the share of prospects that are through, 0 to 100."""
        return 100 if not self.total else int(100 * (self.total - self.under_way) / self.total)


def program_progress(session: Session, program_id: int) -> Progress:
    """Return the progress of all prospects of a program."""
    return _progress(session, Prospect.program_id == program_id)


def batch_progress(session: Session, batch_id: int) -> Progress:
    """Return the progress of the prospects that one import led to."""
    imported = select(ImportRow.prospect_id).where(ImportRow.batch_id == batch_id, ImportRow.prospect_id.is_not(None))
    return _progress(session, Prospect.id.in_(imported))


def _progress(session: Session, condition: ColumnElement[bool]) -> Progress:
    rows = session.execute(
        select(Company.crawl_state, Prospect.fit_state, func.count())
        .join(Company, Company.id == Prospect.company_id)
        .where(condition)
        .group_by(Company.crawl_state, Prospect.fit_state)
    )
    counts: dict[str, int] = {}
    for crawl_state, fit_state, number in rows:
        for name in _names(crawl_state, fit_state):
            counts[name] = counts.get(name, 0) + number
    return Progress(**counts)


_CRAWL_NAMES = {
    CrawlState.WAITING: "waiting",
    CrawlState.READING: "reading",
    CrawlState.READ: "embedding",
    CrawlState.EMBEDDING: "embedding",
}
_FIT_NAMES = {
    FitState.WAITING: "to_score",
    FitState.SCORING: "to_score",
    FitState.SCORED: "scored",
    FitState.NO_EVIDENCE: "no_evidence",
    FitState.FAILED: "score_failed",
}


def _names(crawl_state: CrawlState | None, fit_state: FitState) -> list[str]:
    """Return the counters a prospect goes into: its site's step while that is under way, else its score's."""
    names = ["total"]
    if crawl_state in ACTIVE_CRAWL_STATES:
        return [*names, _CRAWL_NAMES[crawl_state]]
    if crawl_state is CrawlState.FAILED:
        names.append("crawl_failed")
    if crawl_state is CrawlState.CANCELED and fit_state is FitState.UNREAD:
        names.append("canceled")
    if fit_state in _FIT_NAMES:
        names.append(_FIT_NAMES[fit_state])
    return names
