"""The cards of a board: what is shown of a prospect, read for many at once in two queries."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, case, exists, select
from sqlalchemy.orm import Session

from app.clock import reader_zone
from app.models import (
    ACTIVE_CRAWL_STATES,
    Activity,
    Company,
    Contact,
    ContactField,
    ContactValue,
    Crawl,
    CrawlState,
    FitScore,
    FitState,
    Prospect,
    Stage,
    Task,
    TaskState,
    User,
)
from app.queries.board_filter import BoardSort
from app.queries.card_flags import CardFlag, flagged
from app.queries.due import is_late
from app.queries.prospect_conditions import Look
from app.queries.tags import TagName, tags_on

MAX_SHOWN_TAGS = 3
# The step that is due is read with the card.
_LOOKED_UP = tuple(flag for flag in CardFlag if flag is not CardFlag.OVERDUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A prospect as its card shows it. `fit` is a FitState value, or reading, waiting, unreadable for its site.

    `next_at` is when the first open task is due, `next_step` its title; a task without a date has the title alone.
    """

    id: int
    program_id: int
    version: int
    stage: Stage
    rank: str
    fit_sort: float
    name: str
    domain: str
    country: str | None
    language: str | None
    score: float | None
    fit: str
    why: str
    is_pending: bool
    owner_name: str | None
    stage_since_at: datetime
    wake_up_on: date | None
    next_step: str
    next_at: datetime | None
    next_is_timed: bool
    tags: tuple[TagName, ...]
    has_note: bool
    has_email: bool
    flags: tuple[CardFlag, ...]

    @property
    def is_late(self) -> bool:
        """Say whether the next step should have been done by now, where the reader is."""
        return is_late(self.next_at, is_timed=self.next_is_timed)

    @property
    def next_on(self) -> date | None:
        """Return the day of the next step: with a time of day it is the reader's, else the one that was written."""
        return self.next_at.astimezone(reader_zone() if self.next_is_timed else UTC).date() if self.next_at else None

    def order(self, sort: BoardSort) -> str:
        """Return a text that sorts as the card does in its column; script puts an arriving card in its place by it."""
        if sort is BoardSort.FIT:
            return f"{100 - self.fit_sort:010.5f}"
        if sort is BoardSort.AGE:
            return self.stage_since_at.isoformat()
        if sort is BoardSort.NEXT:
            return f"0{self.next_at.isoformat()}" if self.next_at else f"1{self.rank}"
        return self.rank


def cards_of(session: Session, wanted: Subquery, *order: ColumnElement[Any]) -> list[Card]:
    """Return the cards whose ids a subquery names (column `id`), in an order."""
    rows = session.execute(_query(wanted).order_by(*order)).all()
    tags = tags_on(session, [row.id for row in rows])
    return [_card(row, tags.get(row.id, ())) for row in rows]


def _query(wanted: Subquery) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Prospect.id,
            Prospect.program_id,
            Prospect.version,
            Prospect.stage,
            Prospect.rank,
            Prospect.fit_sort,
            Prospect.fit_score,
            Prospect.fit_state,
            Prospect.stage_since_at,
            Prospect.wake_up_on,
            Company.name,
            Company.domain,
            Company.country,
            Company.language,
            Company.crawl_state,
            User.name.label("owner_name"),
            _why().label("why"),
            _of_next_step(Task.title).label("next_step"),
            _of_next_step(Task.due_at).label("next_at"),
            _of_next_step(Task.is_timed).label("next_is_timed"),
            exists().where(Activity.prospect_id == Prospect.id).correlate(Prospect).label("has_note"),
            _has_email().label("has_email"),
            *(flagged([flag], Look.EACH).label(f"is_{flag.value}") for flag in _LOOKED_UP),
        )
        .join(wanted, wanted.c.id == Prospect.id)
        .join(Company, Company.id == Prospect.company_id)
        .outerjoin(User, User.id == Prospect.owner_id)
    )


def _of_next_step(column: Any) -> ColumnElement[Any]:
    """Return a value of the open task that is due first; one without a date comes after all with one."""
    return (
        select(column)
        .where(Task.prospect_id == Prospect.id, Task.state == TaskState.OPEN)
        .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
        .limit(1)
        .correlate(Prospect)
        .scalar_subquery()
    )


def _why() -> ColumnElement[str]:
    """Say why a card has no number, from where that is known; looked up only for cards without one."""
    no_evidence = (
        select(FitScore.why_null)
        .where(FitScore.prospect_id == Prospect.id)
        .order_by(FitScore.id.desc())
        .limit(1)
        .correlate(Prospect)
        .scalar_subquery()
    )
    unread = (
        select(Crawl.detail)
        .where(Crawl.company_id == Prospect.company_id)
        .order_by(Crawl.id.desc())
        .limit(1)
        .correlate(Prospect)
        .scalar_subquery()
    )
    return case(
        (Prospect.fit_state == FitState.NO_EVIDENCE, no_evidence),
        (Prospect.fit_state == FitState.FAILED, Prospect.fit_error),
        ((Prospect.fit_state == FitState.UNREAD) & (Company.crawl_state == CrawlState.FAILED), unread),
        else_="",
    )


def _has_email() -> ColumnElement[bool]:
    return (
        exists()
        .where(
            Contact.company_id == Prospect.company_id,
            ContactValue.contact_id == Contact.id,
            ContactValue.field == ContactField.EMAIL,
        )
        .correlate(Prospect)
    )


def _card(row: Row[*tuple[Any, ...]], tags: tuple[TagName, ...]) -> Card:
    is_reading = row.crawl_state in ACTIVE_CRAWL_STATES
    return Card(
        id=row.id,
        program_id=row.program_id,
        version=row.version,
        stage=row.stage,
        rank=row.rank,
        fit_sort=row.fit_sort,
        name=row.name,
        domain=row.domain,
        country=row.country,
        language=row.language,
        score=row.fit_score,
        fit=_fit_word(row.fit_score, row.fit_state, row.crawl_state),
        why=row.why or "",
        is_pending=is_reading or row.fit_state in (FitState.WAITING, FitState.SCORING),
        owner_name=row.owner_name,
        stage_since_at=row.stage_since_at,
        wake_up_on=row.wake_up_on,
        next_step=row.next_step or "",
        next_at=row.next_at,
        next_is_timed=bool(row.next_is_timed),
        tags=tags,
        has_note=row.has_note,
        has_email=row.has_email,
        flags=_flags(row),
    )


def _flags(row: Row[*tuple[Any, ...]]) -> tuple[CardFlag, ...]:
    shown: set[CardFlag] = {flag for flag in _LOOKED_UP if row._mapping[f"is_{flag.value}"]}
    if is_late(row.next_at, is_timed=bool(row.next_is_timed)):
        shown.add(CardFlag.OVERDUE)
    return tuple(flag for flag in CardFlag if flag in shown)


def _fit_word(score: float | None, fit_state: FitState, crawl_state: CrawlState | None) -> str:
    """Say where the score stands in one word; a number that is there is shown while a newer one is on its way."""
    if score is not None and fit_state is not FitState.FAILED:
        return FitState.SCORED.value
    if crawl_state in ACTIVE_CRAWL_STATES and fit_state is FitState.UNREAD:
        return "waiting" if crawl_state is CrawlState.WAITING else "reading"
    if crawl_state is CrawlState.FAILED and fit_state is FitState.UNREAD:
        return "unreadable"
    return fit_state.value
