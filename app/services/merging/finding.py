"""Find companies of a program that look like one: by a redirect, an e-mail, a name, or a domain with another ending.

Three steps, as all slow work: read (one transaction), compare (none open), record (another). Comparing looks at each
company a fixed number of times, whatever the program holds: those that share a key stand in one list.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from sqlalchemy import delete, distinct, func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Company, Contact, ContactField, ContactValue, Page, Prospect
from app.models.merge import DuplicatePair
from app.queries.search_words import fold
from scrapers.domains import DomainError, normalize_domain

# What more companies than this share is no sign that two of them are one: a web designer's address, a franchise.
_MOST_SHARING = 4
_MOST_PAIRS = 2_000
_SHORTEST_LABEL, _SHORTEST_NAME = 5, 6
_AT_ONCE = 500
_LEGAL = frozenset(
    "gmbh ag kg ohg ug mbh co inc llc ltd limited plc corp corporation company sa sas sarl srl spa bv nv ab oy as aps "
    "sp zoo z o spolka akcyjna the and und i".split()
)
_WORD = re.compile(r"[^\W_]+")


class Reason(StrEnum):
    """What two companies share; the sentences are on the screen."""

    REDIRECT = "redirect"
    EMAIL = "email"
    NAME = "name"
    NEAR_NAME = "near_name"
    DOMAIN = "domain"


_SURE = {Reason.REDIRECT: 0.95, Reason.EMAIL: 0.85, Reason.NAME: 0.75, Reason.NEAR_NAME: 0.55, Reason.DOMAIN: 0.6}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A company as it is compared."""

    id: int
    name: str
    domain: str
    country: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """All that is compared of a program: its companies, shared e-mails, and pages that lie on another's domain."""

    companies: tuple[Known, ...]
    emails: tuple[tuple[str, int], ...]
    foreign_pages: tuple[tuple[int, str], ...]


Pairs = dict[tuple[int, int], dict[str, str]]


def look_at(session: Session, program_id: int) -> Look:
    """Read what is compared of a program."""
    ours = select(Prospect.company_id).where(Prospect.program_id == program_id)
    companies = session.execute(
        select(Company.id, Company.name, Company.domain, Company.country).where(Company.id.in_(ours))
    )
    values = (
        select(ContactValue.value, Contact.company_id)
        .join(Contact, Contact.id == ContactValue.contact_id)
        .where(ContactValue.field == ContactField.EMAIL, Contact.company_id.in_(ours))
    )
    shared = values.subquery()
    several = select(shared.c.value).group_by(shared.c.value).having(func.count(distinct(shared.c.company_id)) > 1)
    pages = (
        select(Page.company_id, Page.url)
        .join(Company, Company.id == Page.company_id)
        .where(Page.company_id.in_(ours), ~Page.url.contains(Company.domain))
    )
    return Look(
        companies=tuple(Known(**row._mapping) for row in companies),
        emails=tuple(session.execute(values.where(ContactValue.value.in_(several)))),
        foreign_pages=tuple(session.execute(pages)),
    )


def compare(look: Look) -> Pairs:
    """Return the pairs that look alike, by their ids in order, each with its reasons and what is shared."""
    found: Pairs = defaultdict(dict)
    for reason, shared, ids in _groups(look):
        if 2 <= len(set(ids)) <= _MOST_SHARING:
            for pair in combinations(sorted(set(ids)), 2):
                found[pair].setdefault(reason.value, shared)
    for reasons in found.values():
        if Reason.NAME in reasons:
            reasons.pop(Reason.NEAR_NAME, None)
    return dict(found)


def record_pairs(session: Session, program_id: int, found: Pairs) -> int:
    """Keep the surest pairs and return how many are new; pairs of the program that are no more are forgotten.

    A pair that a person turned down stays turned down.
    """
    best = sorted(found.items(), key=lambda each: -confidence_of(each[1]))[:_MOST_PAIRS]
    ours = select(Prospect.company_id).where(Prospect.program_id == program_id)
    rows = session.scalars(
        select(DuplicatePair).where(DuplicatePair.first_id.in_(ours), DuplicatePair.second_id.in_(ours))
    )
    known = {(row.first_id, row.second_id): row for row in rows}
    fresh = 0
    for pair, reasons in best:
        row = known.pop(pair, None)
        if row is None:
            row = DuplicatePair(first_id=pair[0], second_id=pair[1], found_at=now())
            session.add(row)
            fresh += 1
        row.reasons, row.confidence = reasons, confidence_of(reasons)
    over = [row.id for row in known.values() if row.dismissed_at is None]
    for start in range(0, len(over), _AT_ONCE):
        session.execute(delete(DuplicatePair).where(DuplicatePair.id.in_(over[start : start + _AT_ONCE])))
    session.flush()
    return fresh


def confidence_of(reasons: Iterable[str]) -> float:
    """Return how sure reasons make it that two companies are one, from 0 to 1: each takes away part of the doubt."""
    doubt = 1.0
    for reason in reasons:
        doubt *= 1 - _SURE[Reason(reason)]
    return round(1 - doubt, 3)


def name_key(name: str) -> str:
    """Return what stays of a name when legal forms, case, marks and spaces are taken off it."""
    words = [word for word in _WORD.findall(fold(name)) if word not in _LEGAL]
    return "".join(words)


def _groups(look: Look) -> Iterator[tuple[Reason, str, list[int]]]:
    by_domain = {company.domain: company.id for company in look.companies}
    for company_id, url in look.foreign_pages:
        target = by_domain.get(_domain_of(url))
        if target is not None and target != company_id:
            yield Reason.REDIRECT, _domain_of(url), [company_id, target]
    by_email: dict[str, list[int]] = defaultdict(list)
    for value, company_id in look.emails:
        by_email[value.lower()].append(company_id)
    yield from ((Reason.EMAIL, value, ids) for value, ids in by_email.items())
    by_label: dict[str, list[int]] = defaultdict(list)
    for company in look.companies:
        by_label[company.domain.split(".")[0]].append(company.id)
    yield from ((Reason.DOMAIN, label, ids) for label, ids in by_label.items() if len(label) >= _SHORTEST_LABEL)
    yield from _by_name(look.companies)


def _by_name(companies: tuple[Known, ...]) -> Iterator[tuple[Reason, str, list[int]]]:
    by_key: dict[str, list[Known]] = defaultdict(list)
    for company in companies:
        # A company that nobody has read yet is called by its domain, which is compared by itself.
        key = "" if company.name == company.domain else name_key(company.name)
        if len(key) >= 3:
            by_key[key].append(company)
    countries: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for key, sharing in by_key.items():
        if len({company.country for company in sharing if company.country}) <= 1:
            yield Reason.NAME, sharing[0].name, [company.id for company in sharing]
        for company in sharing:
            if company.country and len(key) >= _SHORTEST_NAME:
                countries[company.country].setdefault(key, []).append(company.id)
    names = {company.id: company.name for company in companies}
    for keys in countries.values():
        for ids in _nearly_same(keys):
            yield Reason.NEAR_NAME, names[ids[0]], ids


def _nearly_same(keys: dict[str, list[int]]) -> Iterator[list[int]]:
    """Yield the companies of two keys that differ in one letter: taking a letter out of each gives the same rest."""
    rests: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        rests[key].append(key)
        for rest in {key[:at] + key[at + 1 :] for at in range(len(key))}:
            rests[rest].append(key)
    for near in rests.values():
        if 2 <= len(near) <= _MOST_SHARING:
            yield [company_id for key in near for company_id in keys[key]]


def _domain_of(url: str) -> str:
    try:
        return normalize_domain(url)
    except DomainError:
        return ""
