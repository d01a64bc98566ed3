"""How far the reading of a site is, as the four steps people see: fetch, read, embed, score."""

from dataclasses import dataclass
from enum import StrEnum

from app.languages import mark
from app.models import CrawlState, FitState
from app.queries.company_facts import CrawlSummary


class StepState(StrEnum):
    """Where one step stands."""

    DONE = "done"
    ACTIVE = "active"
    WAITING = "waiting"
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def label(self) -> str:
        """Return the state as people read it."""
        return {"active": "under way", "skipped": "not done"}.get(self.value, self.value)


@dataclass(frozen=True, slots=True)
class Step:
    """One step chip; its label is said where it is shown."""

    label: str
    state: StepState


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    """The four steps, and whether anything of them is still under way."""

    steps: tuple[Step, ...]
    is_live: bool


_D, _A, _W, _F, _S = StepState.DONE, StepState.ACTIVE, StepState.WAITING, StepState.FAILED, StepState.SKIPPED
_BY_STATE = {
    CrawlState.WAITING: (_W, _W, _W),
    CrawlState.READING: (_A, _W, _W),
    CrawlState.READ: (_D, _D, _W),
    CrawlState.EMBEDDING: (_D, _D, _A),
    CrawlState.DONE: (_D, _D, _D),
    CrawlState.FAILED: (_F, _S, _S),
    CrawlState.CANCELED: (_S, _S, _S),
}
_BY_FIT = {
    FitState.UNREAD: _W,
    FitState.WAITING: _W,
    FitState.SCORING: _A,
    FitState.SCORED: _D,
    FitState.NO_EVIDENCE: _S,
    FitState.FAILED: _F,
}
LIVE_FIT_STATES = (FitState.WAITING, FitState.SCORING)


def reading_progress(crawl: CrawlSummary | None, fit_state: FitState) -> ReadingProgress:
    """Return the step chips of a prospect from its newest crawl and the state of its score."""
    first = _crawl_steps(crawl)
    is_reading = crawl is not None and crawl.is_active
    # A new reading makes the score that stands a matter of the past: its step waits until the reading is done.
    score = _W if is_reading else _BY_FIT[fit_state]
    if score is _W and fit_state is FitState.UNREAD and crawl is not None and not is_reading:
        score = _S
    steps = zip((mark("Fetch"), mark("Read"), mark("Embed"), mark("Score")), (*first, score), strict=True)
    return ReadingProgress(
        tuple(Step(label, state) for label, state in steps), is_reading or fit_state in LIVE_FIT_STATES
    )


def _crawl_steps(crawl: CrawlSummary | None) -> tuple[StepState, StepState, StepState]:
    if crawl is None:
        return (_W, _W, _W)
    if crawl.state is CrawlState.FAILED and crawl.is_readable:
        return (_D, _D, _F)
    return _BY_STATE[crawl.state]
