"""What a program's prospects can be filtered by: the words that occur, those of most prospects first."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Company, Partnership, Prospect, User
from app.models.tag import ProspectTag, Tag
from app.queries.board import Owner, owners_of
from app.queries.prospect_filter import ProspectFilter

# A list of more is no list to choose from; what is not in it can still be typed.
MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterOptions:
    """The words to offer for each filter that has some; `owners` by name, the rest by how many have them."""

    owners: tuple[Owner, ...]
    tags: tuple[str, ...]
    tiers: tuple[str, ...]
    sources: tuple[str, ...]
    countries: tuple[str, ...]
    languages: tuple[str, ...]

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
    """Return what to offer for filtering a program's prospects; five queries whatever the program holds."""
    countries, languages = _places(session, program_id)
    return FilterOptions(
        owners=owners_of(session, program_id),
        tags=tags_by_use(session, program_id),
        tiers=_tiers(session, program_id),
        sources=_sources(session, program_id),
        countries=countries,
        languages=languages,
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


def what_is_gone(session: Session, program_id: int, chosen: ProspectFilter) -> list[str]:
    """Say which persons, tags and tiers of a filter are not there (any more); nobody can pass by those."""
    gone = []
    owner = chosen.owner
    if owner is not None and owner.user_id is not None and session.get(User, owner.user_id) is None:
        gone.append("the person it asks for")
    if chosen.tags:
        from_keys = {tag.casefold(): tag for tag in chosen.tags}
        known = session.scalars(select(Tag.key).where(Tag.program_id == program_id, Tag.key.in_(list(from_keys))))
        gone += [f"the tag “{from_keys[key]}”" for key in sorted(from_keys.keys() - set(known))]
    if chosen.tiers:
        gone += [f"the tier “{tier}”" for tier in sorted(set(chosen.tiers) - set(_tiers(session, program_id)))]
    return gone


def _tiers(session: Session, program_id: int) -> tuple[str, ...]:
    rows = select(Partnership.tier).where(Partnership.program_id == program_id, Partnership.tier != "").distinct()
    return tuple(session.scalars(rows.order_by(Partnership.tier).limit(MOST)))


def _sources(session: Session, program_id: int) -> tuple[str, ...]:
    rows = select(Prospect.source).where(Prospect.program_id == program_id, Prospect.source != "")
    return tuple(session.scalars(rows.group_by(Prospect.source).order_by(func.count().desc()).limit(MOST)))


def _places(session: Session, program_id: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    rows = session.execute(
        select(Company.country, Company.language, func.count())
        .join(Prospect, Prospect.company_id == Company.id)
        .where(Prospect.program_id == program_id)
        .group_by(Company.country, Company.language)
    )
    countries, languages = Counter[str](), Counter[str]()
    for country, language, number in rows:
        countries[country or ""] += number
        languages[language or ""] += number
    return _listed(countries), _listed(languages)


def _listed(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(word for word, _ in counts.most_common(MOST) if word)
