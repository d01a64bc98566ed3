"""What a program's prospects can be filtered by: the words that occur."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Company, Partnership, Prospect, User
from app.models.custom_field import CustomField
from app.models.tag import ProspectTag, Tag
from app.models.tier import Tier
from app.queries.board import Owner, owners_of
from app.queries.board_few import in_programs
from app.queries.prospect_filter import ProspectFilter
from app.queries.table_fields import ShownField, shown_field

# A list of more is no list to choose from; what is not in it can still be typed.
MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterOptions:
    """The words to offer for each filter that has some; tags by how many have them, the rest in their own order."""

    owners: tuple[Owner, ...]
    tags: tuple[str, ...]
    tiers: tuple[str, ...]
    sources: tuple[str, ...]
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    own: tuple[ShownField, ...] = ()

    def of(self, name: str) -> tuple[str, ...]:
        """Return the words for a filter by its name in the address; empty where none are listed."""
        lists = {
            "tag": self.tags,
            "tier": self.tiers,
            "source": self.sources,
            "country": self.countries,
            "language": self.languages,
        }
        return lists.get(name, ())


def filter_options(session: Session, program_id: int) -> FilterOptions:
    """Return what to offer for filtering a program's prospects; six queries whatever the program holds."""
    sources, countries, languages = words_in(session, [program_id])
    return FilterOptions(
        owners=owners_of(session, program_id),
        tags=tags_by_use(session, program_id),
        tiers=_tiers(session, program_id),
        sources=sources,
        countries=countries,
        languages=languages,
        own=own_fields(session, program_id),
    )


def words_in(session: Session, program_ids: Sequence[int]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the sources, countries and languages that occur in some programs."""
    here = in_programs(Prospect.program_id, program_ids)
    is_here = select(1).where(Prospect.company_id == Company.id, here).correlate(Company).exists()
    return (
        _words(session, Prospect.source, here),
        _words(session, Company.country, is_here),
        _words(session, Company.language, is_here),
    )


def tags_by_use(session: Session, program_id: int) -> tuple[str, ...]:
    """Return the names of a program's tags, those on most prospects first; at most MOST."""
    uses = func.count(ProspectTag.prospect_id)
    rows = (
        select(Tag.name)
        .outerjoin(ProspectTag, ProspectTag.tag_id == Tag.id)
        .where(Tag.program_id == program_id)
        .group_by(Tag.id, Tag.name, Tag.key)
        .order_by(uses.desc(), Tag.key)
        .limit(MOST)
    )
    return tuple(session.scalars(rows))


def own_fields(session: Session, program_id: int) -> tuple[ShownField, ...]:
    """Return the program's own fields in use, in its order."""
    rows = select(CustomField).where(CustomField.program_id == program_id, CustomField.archived_at.is_(None))
    return tuple(shown_field(each) for each in session.scalars(rows.order_by(CustomField.position, CustomField.id)))


def what_is_gone(session: Session, program_id: int, chosen: ProspectFilter) -> list[str]:
    """Say which persons, tags and tiers of a filter are not there (any more); nobody can pass by those."""
    gone = []
    owner = chosen.owner
    if owner is not None and owner.user_id is not None and session.get(User, owner.user_id) is None:
        gone.append(_("the person it asks for"))
    if chosen.tags:
        from_keys = {tag.casefold(): tag for tag in chosen.tags}
        known = session.scalars(select(Tag.key).where(Tag.program_id == program_id, Tag.key.in_(list(from_keys))))
        gone += [_("the tag “%(name)s”", name=from_keys[key]) for key in sorted(from_keys.keys() - set(known))]
    if chosen.own:
        known_fields = {field.id for field in own_fields(session, program_id)}
        missing = sorted({value.field_id for value in chosen.own} - known_fields)
        gone += [_("the own field %(number)s", number=field_id) for field_id in missing]
    if chosen.tiers:
        gone += [
            _("the tier “%(name)s”", name=tier) for tier in sorted(set(chosen.tiers) - set(_tiers(session, program_id)))
        ]
    return gone


def _tiers(session: Session, program_id: int) -> tuple[str, ...]:
    is_held = exists().where(Partnership.program_id == program_id, Partnership.tier == Tier.name)
    rows = select(Tier.name).where(Tier.program_id == program_id, is_held)
    return tuple(session.scalars(rows.order_by(Tier.position, Tier.id).limit(MOST)))


def _words(session: Session, column: Any, *conditions: ColumnElement[bool]) -> tuple[str, ...]:
    """Return the different words of a column, by one step along its index for each of them.

    Grouping would read every row: 300 ms for 100,000 prospects.
    """

    def after(word: Any) -> ScalarSelect[Any]:
        return select(column).where(column > word, *conditions).order_by(column).limit(1).scalar_subquery()

    found = select(after("").label("word")).cte("found", recursive=True)
    found = found.union_all(select(after(found.c.word)).where(found.c.word.is_not(None)))
    return tuple(session.scalars(select(found.c.word).where(found.c.word.is_not(None)).limit(MOST)))
