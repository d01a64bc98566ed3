"""Orders of a table that no column of the prospect holds alone: by its stage, owner, next step, tags or own fields.

Each walks along an index, group by group or row by row, so that a page costs the same at any depth. Prospects without
a value come last, whichever way the order goes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.models import Company, Partnership, Prospect, Stage, Task, TaskState, User
from app.models.custom_field import CustomValue
from app.models.tag import ProspectTag, Tag
from app.models.tier import Tier

_NOBODY = "-"


class BadPlace(ValueError):
    """A page mark that no page of this table gave out."""


@dataclass(frozen=True, slots=True)
class Place:
    """The last row of a page: its id, and what it is ordered by; None where its field is empty."""

    id: int
    key: str | None

    def __str__(self) -> str:
        """Return the mark that a link to the next page carries."""
        return f"{self.id}." if self.key is None else f"{self.id}.={self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Whose prospects are walked, which way, behind which row (None: from the beginning), and how many rows.

    With `is_back` the same order is walked towards its beginning.
    """

    program_id: int
    conditions: tuple[ColumnElement[bool], ...]
    is_falling: bool
    after: Place | None
    size: int
    is_back: bool = False

    @property
    def falls(self) -> bool:
        """Say whether the keys fall as one walks."""
        return self.is_falling != self.is_back


@dataclass(frozen=True, slots=True)
class _Held:
    """Rows that have what is ordered by: `query` selects id and key; `has` says of a prospect that it is among them.

    `id` breaks ties: the prospect's, or its company's where the index that holds the key goes on with that. Within a
    program a company stands once, so either tells all rows apart.
    """

    query: Any
    key: Any
    id: Any
    has: ColumnElement[bool]
    read: Callable[[str], Any] = str
    write: Callable[[Any], str] = str
    is_by_company: bool = False


def by_stage(session: Session, way: Way) -> list[Place]:
    """Walk through the stages as the pipeline has them, in each by the order of the board's column."""
    groups = [(stage.value, Prospect.stage == stage) for stage in Stage]
    return _by_groups(session, way, groups[::-1] if way.is_falling else groups, within=Prospect.rank)


def by_owner(session: Session, way: Way) -> list[Place]:
    """Walk through the owners by name, in each by age; those that nobody owns come last."""
    ids = select(Prospect.owner_id).where(*way.conditions).distinct()
    owners = list(session.execute(select(User.id, User.name).where(User.id.in_(ids)).order_by(User.name, User.id)))
    groups = [(str(owner.id), Prospect.owner_id == owner.id) for owner in owners]
    groups = groups[::-1] if way.is_falling else groups
    return _by_groups(session, way, [*groups, (_NOBODY, Prospect.owner_id.is_(None))], within=Prospect.id)


def by_step(session: Session, way: Way) -> list[Place]:
    """Walk along the dates of next steps: of each prospect the open task that is due first."""
    earlier = aliased(Task)
    is_dated = (Task.program_id == way.program_id, Task.state == TaskState.OPEN, Task.due_at.is_not(None))
    sooner = exists().where(
        earlier.prospect_id == Task.prospect_id,
        earlier.state == TaskState.OPEN,
        tuple_(earlier.due_at, earlier.id) < tuple_(Task.due_at, Task.id),
    )
    query = (
        select(Prospect.id, Task.due_at)
        .join(Prospect, Prospect.id == Task.prospect_id)
        .where(*is_dated, ~sooner, *way.conditions)
    )
    has = exists().where(Task.prospect_id == Prospect.id, *is_dated)
    held = _Held(query, Task.due_at, Prospect.id, has, _moment, datetime.isoformat)
    return _held_then_rest(session, way, held)


def by_tag(session: Session, way: Way) -> list[Place]:
    """Walk along the tags: each prospect stands under the first of its own."""
    other, before = aliased(ProspectTag), aliased(Tag)
    sooner = (
        select(other.prospect_id)
        .join(before, before.id == other.tag_id)
        .where(other.prospect_id == ProspectTag.prospect_id, before.key < Tag.key)
        .exists()
    )
    query = (
        select(Prospect.id, Tag.key)
        .join(ProspectTag, ProspectTag.tag_id == Tag.id)
        .join(Prospect, Prospect.id == ProspectTag.prospect_id)
        .where(Tag.program_id == way.program_id, ~sooner, *way.conditions)
    )
    has = exists().where(ProspectTag.prospect_id == Prospect.id)
    return _held_then_rest(session, way, _Held(query, Tag.key, Prospect.id, has))


def by_field(session: Session, way: Way, field_id: int) -> list[Place]:
    """Walk along the values of one of the program's own fields."""
    query = (
        select(CustomValue.prospect_id, CustomValue.sort_key)
        .join(Prospect, Prospect.id == CustomValue.prospect_id)
        .where(CustomValue.field_id == field_id, *way.conditions)
    )
    has = exists().where(CustomValue.prospect_id == Prospect.id, CustomValue.field_id == field_id)
    return _held_then_rest(session, way, _Held(query, CustomValue.sort_key, CustomValue.prospect_id, has))


def by_source(session: Session, way: Way) -> list[Place]:
    """Walk along the sources by name."""
    has = Prospect.source > ""
    query = select(Prospect.id, Prospect.source).where(has, *way.conditions)
    return _held_then_rest(session, way, _Held(query, Prospect.source, Prospect.id, has))


def by_country(session: Session, way: Way) -> list[Place]:
    """Walk along the countries by code."""
    return _by_company(session, way, Company.country)


def by_language(session: Session, way: Way) -> list[Place]:
    """Walk along the sites' languages by code."""
    return _by_company(session, way, Company.language)


def by_tier(session: Session, way: Way) -> list[Place]:
    """Walk through the partners' tiers in their order, in each by age; who is no partner or has no tier comes last."""
    tiers = select(Tier.id, Tier.name).where(Tier.program_id == way.program_id).order_by(Tier.position, Tier.id)
    known = session.execute(tiers).all()
    of_it = exists().where(Partnership.prospect_id == Prospect.id, Partnership.program_id == way.program_id)
    groups = [(str(row_id), of_it.where(Partnership.tier == name)) for row_id, name in known]
    groups = groups[::-1] if way.is_falling else groups
    rest = ~of_it.where(Partnership.tier.in_([name for _, name in known]))
    return _by_groups(session, way, [*groups, (_NOBODY, rest)], within=Prospect.id)


def _by_company(session: Session, way: Way, column: Any) -> list[Place]:
    query = (
        select(Prospect.id, column).join(Company, Company.id == Prospect.company_id).where(column > "", *way.conditions)
    )
    has = exists().where(Company.id == Prospect.company_id, column > "")
    return _held_then_rest(session, way, _Held(query, column, Company.id, has, is_by_company=True))


def _held_then_rest(session: Session, way: Way, held: _Held) -> list[Place]:
    """Walk along the rows that have it first, then along the prospects that have not."""
    is_rest = way.after is not None and way.after.key is None
    if way.is_back:
        parts = [_rest, _with_key] if is_rest else [_with_key]
    else:
        parts = [_rest] if is_rest else [_with_key, _rest]
    found: list[Place] = []
    for part in parts:
        if len(found) < way.size:
            found += part(session, way, held, way.size - len(found))
    return found


def _with_key(session: Session, way: Way, held: _Held, size: int) -> list[Place]:
    query, keys = held.query, (held.key, held.id)
    if way.after is not None and way.after.key is not None:
        last: Any = way.after.id
        if held.is_by_company:
            last = select(Prospect.company_id).where(Prospect.id == way.after.id).scalar_subquery()
        here, there = tuple_(*keys), tuple_(_read(held.read, way.after), last)
        query = query.where(here < there if way.falls else here > there)
    query = query.order_by(*(key.desc() if way.falls else key for key in keys)).limit(size)
    return [Place(row[0], held.write(row[1])) for row in session.execute(query)]


def _rest(session: Session, way: Way, held: _Held, size: int) -> list[Place]:
    query = select(Prospect.id).where(*way.conditions, ~held.has)
    if way.after is not None and way.after.key is None:
        query = query.where(Prospect.id < way.after.id if way.is_back else Prospect.id > way.after.id)
    ordered = query.order_by(Prospect.id.desc() if way.is_back else Prospect.id).limit(size)
    return [Place(each, None) for each in session.scalars(ordered)]


def _by_groups(
    session: Session, way: Way, groups: list[tuple[str, ColumnElement[bool]]], *, within: Any
) -> list[Place]:
    """Walk through groups one after the other; a row's key is its group's name and its place in it."""
    groups = groups[::-1] if way.is_back else groups
    names = [name for name, _ in groups]
    start, last = 0, None
    if way.after is not None:
        name, colon, text = (way.after.key or "").partition(":")
        if not colon or name not in names:
            raise BadPlace(str(way.after))
        start, last = names.index(name), (text if within is not Prospect.id else way.after.id)
    found: list[Place] = []
    keys = (within,) if within is Prospect.id else (within, Prospect.id)
    for number, (name, condition) in enumerate(groups[start:]):
        query = select(Prospect.id, within).where(*way.conditions, condition)
        if number == 0 and way.after is not None:
            here, there = tuple_(*keys), tuple_(*(last, way.after.id)[-len(keys) :])
            query = query.where(here < there if way.is_back else here > there)
        ordered = query.order_by(*(key.desc() if way.is_back else key for key in keys))
        rows = session.execute(ordered.limit(way.size - len(found)))
        found += [Place(row[0], f"{name}:{row[1]}") for row in rows]
        if len(found) >= way.size:
            break
    return found


def _read(read: Callable[[str], Any], after: Place) -> Any:
    try:
        return read(after.key or "")
    except (ValueError, OverflowError):
        raise BadPlace(str(after)) from None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment
