"""Search through companies, contacts, notes and the pages of sites, in the programs a person works in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.models import Activity, Company, Contact, ContactValue, FitState, Page, Passage, Program, Prospect, Stage, User
from app.queries.contact_facts import ContactFacts, contact_facts
from app.queries.search_index import CANDIDATES, DEEP, Index, among, is_postgresql, matching, prepare, similar_names
from app.queries.search_words import Piece, excerpt, fold, marked, place_of, similarity, words_of
from scrapers.domain_names import shown_on_screen

# Below this many good hits, names that only look like what was typed are added.
_FEW = 5
_RANKED = 300
_SHORTEST_IN_TEXTS = 3
_ALIKE = 0.45


class HitKind(StrEnum):
    """What was found."""

    COMPANY = "company"
    CONTACT = "contact"
    NOTE = "note"
    PASSAGE = "passage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The prospect a hit belongs to: where a click leads, and what a list shows of it."""

    prospect_id: int
    slug: str
    program: str
    stage: Stage
    company: str
    domain: str
    fit_state: FitState
    fit_score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing found. `page_id` and `span` name the passage of a saved page; `is_alike` a name with other letters."""

    kind: HitKind
    place: Place
    title: tuple[Piece, ...]
    text: tuple[Piece, ...] = ()
    by: str = ""
    at: datetime | None = None
    activity_id: int | None = None
    page_id: int | None = None
    span: tuple[int, int] | None = None
    is_alike: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where to search and how much to return: the programs by id, the one on screen first, hits of each kind."""

    program_ids: Sequence[int]
    here_id: int | None = None
    kinds: Sequence[HitKind] = tuple(HitKind)
    limit: int = 5


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to; `words` are the words that were searched for, none where too little was typed."""

    words: tuple[str, ...]
    hits: dict[HitKind, list[Hit]]

    @property
    def count(self) -> int:
        """Return the number of hits of all kinds."""
        return sum(len(hits) for hits in self.hits.values())


def search(session: Session, typed: str, scope: Scope) -> Found:
    """Search for words that a person typed; each may be only begun, and a company's name may be mistyped."""
    words = words_of(typed)
    if len("".join(words)) < 2 or not scope.program_ids:
        return Found((), {})
    finders = {
        HitKind.COMPANY: _companies,
        HitKind.CONTACT: _contacts,
        HitKind.NOTE: _notes,
        HitKind.PASSAGE: _passages,
    }
    prepare(session)
    # Two letters begin half of all words: in texts they would find everything and say nothing.
    is_short = max(map(len, words)) < _SHORTEST_IN_TEXTS
    kinds = [kind for kind in scope.kinds if not (is_short and kind in (HitKind.NOTE, HitKind.PASSAGE))]
    found = {kind: finders[kind](session, words, scope) for kind in kinds}
    return Found(words, {kind: hits for kind, hits in found.items() if hits})


def prospects_by_id(session: Session, prospect_ids: Sequence[int], scope: Scope) -> list[Hit]:
    """Return prospects as hits in the order of their ids; those that are gone or of other programs are left out."""
    rows = session.execute(_places(session, scope).where(Prospect.id.in_(prospect_ids)))
    found = {row.prospect_id: _company_hit(_place(row), ()) for row in rows}
    return [found[each] for each in prospect_ids if each in found]


def _companies(session: Session, words: tuple[str, ...], scope: Scope) -> list[Hit]:
    query = _places(session, scope).order_by(func.length(Company.name)).limit(_RANKED)
    rows = _rows(session, Index.COMPANIES, words, query.where, Company.id, scope)
    typed = " ".join(words)
    places = sorted(map(_place, rows), key=lambda place: _rank(place, typed, scope))
    hits = [_company_hit(place, words) for place in places[: scope.limit]]
    if len(hits) < min(_FEW, scope.limit):
        hits += _alike(session, words, scope, known={hit.place.prospect_id for hit in hits})[: scope.limit - len(hits)]
    return hits


def _alike(session: Session, words: tuple[str, ...], scope: Scope, *, known: set[int]) -> list[Hit]:
    ids = similar_names(session, words)
    if not ids:
        return []
    typed = " ".join(words)
    places = map(_place, session.execute(_places(session, scope).where(Company.id.in_(ids))))
    ranked = [(max(similarity(typed, place.company), similarity(typed, place.domain)), place) for place in places]
    ranked.sort(key=lambda pair: (-pair[0], pair[1].company, pair[1].prospect_id))
    return [
        _company_hit(place, (), is_alike=True)
        for alike, place in ranked
        if alike >= _ALIKE and place.prospect_id not in known
    ]


def _rank(place: Place, typed: str, scope: Scope) -> tuple[object, ...]:
    name, label = fold(place.company), place.domain.split(".")[0]
    if typed in (name, label, place.domain):
        tier = 0
    elif name.startswith(typed) or label.startswith(typed.replace(" ", "")):
        tier = 1
    else:
        tier = 2
    return (tier, -(place.fit_score or 0), len(name), name, place.prospect_id)


def _company_hit(place: Place, words: Sequence[str], *, is_alike: bool = False) -> Hit:
    return Hit(
        kind=HitKind.COMPANY,
        place=place,
        title=marked(place.company, words),
        text=marked(shown_on_screen(place.domain), words),
        is_alike=is_alike,
    )


def _contacts(session: Session, words: tuple[str, ...], scope: Scope) -> list[Hit]:
    query = (
        _places(session, scope, ContactValue.contact_id, ContactValue.value)
        .join(Contact, Contact.company_id == Company.id)
        .join(ContactValue, ContactValue.contact_id == Contact.id)
        .order_by(func.length(ContactValue.value), ContactValue.id)
        .limit(scope.limit * 4)
    )
    rows = _rows(session, Index.CONTACTS, words, query.where, ContactValue.id, scope)
    facts = contact_facts(session, (row.contact_id for row in rows))
    hits: dict[tuple[int, int], Hit] = {}
    for row in rows:
        known = facts[row.contact_id]
        hits.setdefault((row.contact_id, row.prospect_id), _contact_hit(_place(row), known, row.value, words))
    return list(hits.values())[: scope.limit]


def _contact_hit(place: Place, facts: ContactFacts, value: str, words: Sequence[str]) -> Hit:
    details = [text for text in (facts.role, facts.email) if text and text != facts.label]
    if value not in (facts.label, *details):
        details.append(value)
    return Hit(
        kind=HitKind.CONTACT,
        place=place,
        title=marked(facts.label, words),
        text=marked(" · ".join(details), words),
    )


def _notes(session: Session, words: tuple[str, ...], scope: Scope) -> list[Hit]:
    query = (
        _places(session, scope, Activity.id.label("activity_id"), Activity.body, Activity.at, User.name.label("author"))
        .join(Activity, Activity.prospect_id == Prospect.id)
        .outerjoin(User, User.id == Activity.author_id)
        .order_by(Activity.id.desc())
        .limit(scope.limit)
    )
    return [
        Hit(
            kind=HitKind.NOTE,
            place=_place(row),
            title=marked(row.company, ()),
            text=excerpt(row.body, words),
            by=row.author or "",
            at=row.at,
            activity_id=row.activity_id,
        )
        for row in _rows(session, Index.NOTES, words, query.where, Activity.id, scope)
    ]


def _passages(session: Session, words: tuple[str, ...], scope: Scope) -> list[Hit]:
    query = (
        _places(session, scope, Page.id.label("page_id"))
        .join(Page, Page.company_id == Company.id)
        .order_by(Page.id.desc())
        .limit(scope.limit)
    )
    rows = _rows(session, Index.PAGES, words, query.where, Page.id, scope)
    # The texts of those that are shown only: sorting hundreds of pages with theirs took most of the time.
    texts = select(Page.id, Page.title, Page.text, Page.fetched_at).where(Page.id.in_([row.page_id for row in rows]))
    pages = {page.id: page for page in session.execute(texts)}
    places = {page.id: place_of(page.text, words) for page in pages.values()}
    spans = _passages_at(session, places)
    return [
        Hit(
            kind=HitKind.PASSAGE,
            place=_place(row),
            title=marked(pages[row.page_id].title or row.company, words),
            text=excerpt(pages[row.page_id].text, words, places[row.page_id]),
            at=pages[row.page_id].fetched_at,
            page_id=row.page_id,
            span=spans.get(row.page_id) or (places[row.page_id] if places[row.page_id][1] else None),
        )
        for row in rows
    ]


def _passages_at(session: Session, places: dict[int, tuple[int, int]]) -> dict[int, tuple[int, int]]:
    """Return the span of the passage that each page's hit stands in."""
    if not places:
        return {}
    rows = session.execute(
        select(Passage.page_id, Passage.start, Passage.end).where(Passage.page_id.in_(places)).order_by(Passage.start)
    )
    return {page_id: (start, end) for page_id, start, end in rows if start <= places[page_id][0] < end}


def _rows(
    session: Session,
    index: Index,
    words: Sequence[str],
    narrow: Callable[[ColumnElement[bool]], Select[Any]],
    ids: InstrumentedAttribute[int],
    scope: Scope,
) -> list[Any]:
    """Return the rows of a query among those that hold the words; where the newest are others', among more of them."""
    found = matching(session, index, words)
    rows = list(session.execute(narrow(among(session, ids, found)))) if found else []
    if len(rows) < scope.limit and len(found) == CANDIDATES:
        rows = list(session.execute(narrow(among(session, ids, matching(session, index, words, most=DEEP)))))
    return rows


def _places(session: Session, scope: Scope, *more: ColumnElement[Any] | Any) -> Select[Any]:
    # The sum keeps SQLite from walking through a whole program instead of the few rows that were found; PostgreSQL
    # knows how many there are, and would guess wrong about a sum.
    program_id = Prospect.program_id if is_postgresql(session) else Prospect.program_id + 0
    of_programs = program_id.in_(scope.program_ids)
    return (
        select(
            Prospect.id.label("prospect_id"),
            Prospect.stage,
            Prospect.fit_state,
            Prospect.fit_score,
            Program.slug,
            Program.name.label("program"),
            Company.name.label("company"),
            Company.domain,
            *more,
        )
        .select_from(Company)
        .join(Prospect, Prospect.company_id == Company.id)
        .join(Program, Program.id == Prospect.program_id)
        .where(of_programs)
    )


def _place(row: Any) -> Place:
    return Place(
        prospect_id=row.prospect_id,
        slug=row.slug,
        program=row.program,
        stage=row.stage,
        company=row.company,
        domain=row.domain,
        fit_state=row.fit_state,
        fit_score=row.fit_score,
    )
