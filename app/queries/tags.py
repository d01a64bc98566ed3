"""The tags of a program as their settings list them: a page of any list, however long, with how many carry each."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.program_settings import TagChange
from app.models.tag import ProspectTag, Tag

PAGE = 100


class TagName(str):
    """A tag's name, and the color that people chose for it: a number of the palette, empty where its name chooses."""

    __slots__ = ("color",)

    def __new__(cls, name: str, color: str) -> "TagName":
        """Make a text that knows its color."""
        made = super().__new__(cls, name)
        made.color = color
        return made

    color: str


@dataclass(frozen=True, slots=True)
class ListedTag:
    """A tag with the number of prospects that carry it."""

    id: int
    name: str
    color: str
    prospects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TagPage:
    """One page of tags in alphabetical order; `next_after` asks for the next one, empty at the end."""

    tags: tuple[ListedTag, ...]
    total: int
    next_after: str


def tag_page(session: Session, program_id: int, *, text: str = "", after: str = "") -> TagPage:
    """Return the tags behind the key `after` whose name holds the text; the counts are read for this page alone."""
    found = select(Tag.id).where(Tag.program_id == program_id)
    if text:
        found = found.where(Tag.key.contains(text.casefold(), autoescape=True))
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(
        select(Tag.id, Tag.name, Tag.color, Tag.key)
        .where(Tag.id.in_(found), Tag.key > after)
        .order_by(Tag.key)
        .limit(PAGE + 1)
    ).all()
    shown = rows[:PAGE]
    counts = tag_counts(session, [row.id for row in shown])
    return TagPage(
        tags=tuple(ListedTag(row.id, row.name, row.color, counts.get(row.id, 0)) for row in shown),
        total=total,
        next_after=shown[-1].key if len(rows) > PAGE else "",
    )


def tags_holding(session: Session, program_id: int, key: str, *, most: int) -> list[str]:
    """Return the names of tags whose key holds some letters; those that begin with them come first."""
    begins = Tag.key.startswith(key, autoescape=True)
    rows = select(Tag.name).where(Tag.program_id == program_id, Tag.key.contains(key, autoescape=True))
    return list(session.scalars(rows.order_by(begins.desc(), Tag.key).limit(most)))


def tag_counts(session: Session, tag_ids: list[int]) -> dict[int, int]:
    """Return how many prospects carry each of these tags; one that nobody carries is not named."""
    rows = session.execute(
        select(ProspectTag.tag_id, func.count()).where(ProspectTag.tag_id.in_(tag_ids)).group_by(ProspectTag.tag_id)
    )
    return {row.tag_id: row[1] for row in rows}


def tags_on(session: Session, prospect_ids: Collection[int]) -> dict[int, tuple[TagName, ...]]:
    """Return the tags of prospects in alphabetical order, each with its color; who has none is not named."""
    rows = session.execute(
        select(ProspectTag.prospect_id, Tag.name, Tag.color)
        .join(Tag, Tag.id == ProspectTag.tag_id)
        .where(ProspectTag.prospect_id.in_(prospect_ids))
        .order_by(ProspectTag.prospect_id, Tag.key)
    )
    found: dict[int, tuple[TagName, ...]] = {}
    for prospect_id, name, color in rows:
        found[prospect_id] = (*found.get(prospect_id, ()), TagName(name, color))
    return found


def last_changes(session: Session, program_id: int) -> list[TagChange]:
    """Return the tags that were given up or merged last and can still be brought back, the newest first."""
    rows = select(TagChange).where(TagChange.program_id == program_id, TagChange.undone_at.is_(None))
    return list(session.scalars(rows.order_by(TagChange.id.desc()).limit(10)))
