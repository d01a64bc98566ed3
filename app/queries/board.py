"""The board: counts and cards of every column, in a number of queries that never depends on the cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, case, exists, func, select, union_all
from sqlalchemy.orm import Session

from app.models import (
    ACTIVE_CRAWL_STATES,
    BOARD_STAGES,
    OFF_BOARD_STAGES,
    Activity,
    Company,
    Contact,
    ContactField,
    ContactValue,
    Crawl,
    CrawlState,
    FitScore,
    FitState,
    Membership,
    Prospect,
    Stage,
    User,
)
from app.queries.board_filter import BoardFilter, BoardSort, Cursor, conditions, cursor_condition, ordering

# A column that is scrolled loads pages of 30; the board itself, nine columns at once, draws what a tall screen shows.
PAGE_SIZE = 30
FIRST_PAGE_SIZE = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A prospect as its card shows it. `fit` is a FitState value, or reading, waiting, unreadable for its site."""

    id: int
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
    has_note: bool
    has_email: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A stage with its count, its first cards, and where the next page begins (None at the end)."""

    stage: Stage
    count: int
    cards: tuple[Card, ...]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class Board:
    """The columns in board order, and how many prospects stand off the board, by stage."""

    columns: tuple[Column, ...]
    off_board: tuple[tuple[Stage, int], ...]

    @property
    def count(self) -> int:
        """Return how many prospects the filter lets through, on the board and off it."""
        return sum(column.count for column in self.columns) + sum(count for _, count in self.off_board)


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who can own prospects of a program."""

    id: int
    name: str


def board(session: Session, program_id: int, chosen: BoardFilter) -> Board:
    """Return every column with its first page: one query for the counts and one for the cards."""
    counts = stage_counts(session, program_id, chosen)
    first = _first_pages_of_text(program_id, chosen) if chosen.text else _first_pages(program_id, chosen)
    by_stage: dict[Stage, list[Card]] = {stage: [] for stage in BOARD_STAGES}
    for card in _cards(session, first, chosen):
        by_stage[card.stage].append(card)
    columns = tuple(_column(stage, counts[stage], by_stage[stage], chosen) for stage in BOARD_STAGES)
    return Board(columns, tuple((stage, counts[stage]) for stage in OFF_BOARD_STAGES))


def column_page(
    session: Session, program_id: int, stage: Stage, chosen: BoardFilter, *, after: Cursor | None = None
) -> tuple[tuple[Card, ...], Cursor | None]:
    """Return one page of a column by keyset, and where the next one begins; any depth costs the same."""
    page = _page_of(program_id, stage, chosen, after=after).subquery()
    return _cut(_cards(session, page, chosen), chosen)


def stage_counts(session: Session, program_id: int, chosen: BoardFilter) -> dict[Stage, int]:
    """Return how many prospects each stage holds under a filter; every stage is in it."""
    query = select(Prospect.stage, func.count()).where(Prospect.program_id == program_id, *conditions(chosen))
    if chosen.text:
        query = query.join(Company, Company.id == Prospect.company_id)
    counts = dict.fromkeys(Stage, 0)
    for stage, count in session.execute(query.group_by(Prospect.stage)):
        counts[stage] = count
    return counts


def cards_by_id(session: Session, program_id: int, ids: Sequence[int]) -> dict[int, Card]:
    """Return the cards of a program with the given ids; ids of other programs are left out."""
    if not ids:
        return {}
    wanted = select(Prospect.id).where(Prospect.program_id == program_id, Prospect.id.in_(ids)).subquery()
    return {card.id: card for card in _cards(session, wanted, BoardFilter())}


def owners_of(session: Session, program_id: int) -> tuple[Owner, ...]:
    """Return the people a program's prospects can be filtered by: its members and whoever owns one of them."""
    members = select(Membership.user_id).where(Membership.program_id == program_id)
    holders = select(Prospect.owner_id).where(Prospect.program_id == program_id, Prospect.owner_id.is_not(None))
    query = select(User.id, User.name).where(User.id.in_(members.union(holders))).order_by(User.name, User.id)
    return tuple(Owner(*row) for row in session.execute(query))


def _first_pages(program_id: int, chosen: BoardFilter) -> Subquery:
    """Select the first page of every column; each is a short walk along an index."""
    pages = [_page_of(program_id, stage, chosen, size=FIRST_PAGE_SIZE).subquery() for stage in BOARD_STAGES]
    return union_all(*(select(page.c.id) for page in pages)).subquery()


def _first_pages_of_text(program_id: int, chosen: BoardFilter) -> Subquery:
    """Select the same where text is looked for: no index helps, so every name is compared once, not once a column."""
    place = func.row_number().over(partition_by=Prospect.stage, order_by=ordering(chosen.sort)).label("place")
    found = (
        select(Prospect.id, place)
        .join(Company, Company.id == Prospect.company_id)
        .where(Prospect.program_id == program_id, Prospect.stage.in_(BOARD_STAGES), *conditions(chosen))
        .subquery()
    )
    return select(found.c.id).where(found.c.place <= FIRST_PAGE_SIZE + 1).subquery()


def _page_of(
    program_id: int, stage: Stage, chosen: BoardFilter, *, size: int = PAGE_SIZE, after: Cursor | None = None
) -> Select[int]:
    """Select the ids of one page and one more, which tells whether another page follows."""
    query = select(Prospect.id).where(Prospect.program_id == program_id, Prospect.stage == stage, *conditions(chosen))
    if chosen.text:
        query = query.join(Company, Company.id == Prospect.company_id)
    if after is not None:
        query = query.where(cursor_condition(chosen.sort, after))
    return query.order_by(*ordering(chosen.sort)).limit(size + 1)


def _column(stage: Stage, count: int, cards: list[Card], chosen: BoardFilter) -> Column:
    shown, following = _cut(cards, chosen, size=FIRST_PAGE_SIZE)
    return Column(stage, count, shown, following)


def _cut(
    cards: Sequence[Card], chosen: BoardFilter, *, size: int = PAGE_SIZE
) -> tuple[tuple[Card, ...], Cursor | None]:
    shown = tuple(cards[:size])
    if len(cards) <= size:
        return shown, None
    last = shown[-1]
    return shown, Cursor(last.fit_sort if chosen.sort is BoardSort.FIT else last.rank, last.id)


def _cards(session: Session, wanted: Subquery, chosen: BoardFilter) -> list[Card]:
    query = (
        select(
            Prospect.id,
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
            exists().where(Activity.prospect_id == Prospect.id).correlate(Prospect).label("has_note"),
            _has_email().label("has_email"),
        )
        .join(wanted, wanted.c.id == Prospect.id)
        .join(Company, Company.id == Prospect.company_id)
        .outerjoin(User, User.id == Prospect.owner_id)
        .order_by(*ordering(chosen.sort))
    )
    return [_card(row) for row in session.execute(query)]


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


def _card(row: Row[*tuple[Any, ...]]) -> Card:
    is_reading = row.crawl_state in ACTIVE_CRAWL_STATES
    return Card(
        id=row.id,
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
        has_note=row.has_note,
        has_email=row.has_email,
    )


def _fit_word(score: float | None, fit_state: FitState, crawl_state: CrawlState | None) -> str:
    """Say where the score stands in one word; a number that is there is shown while a newer one is on its way."""
    if score is not None and fit_state is not FitState.FAILED:
        return FitState.SCORED.value
    if crawl_state in ACTIVE_CRAWL_STATES and fit_state is FitState.UNREAD:
        return "waiting" if crawl_state is CrawlState.WAITING else "reading"
    if crawl_state is CrawlState.FAILED and fit_state is FitState.UNREAD:
        return "unreadable"
    return fit_state.value
