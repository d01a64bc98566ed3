"""Add prospects by the addresses of their sites, several at once: look first at what is known, then add."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import mark
from app.models import Company, Program, Prospect
from app.queries.known_companies import KnownProspect, alike_by_domain, prospects_of_domains
from app.queries.merges import kept_domains
from app.services.discover.adding import add_by_address
from app.services.discover.requests import read_address
from app.services.errors import InvalidInput
from scrapers.domains import normalize_domain
from scrapers.sources import why_not_a_company

MAX_ADDRESSES = 50
MAX_CHARS = 20_000
# What the reader of addresses calls sites that are no companies; it knows no languages.
_NO_COMPANIES = (
    mark("a short link or a tracking link"),
    mark("a mailbox provider"),
    mark("a tool of the page, not a company it names"),
    mark("a reference or news site"),
    mark("a social network"),
    mark("a platform that many sites are built on or sold through"),
    mark("a review site or directory"),
    mark("a public body"),
)


class Verdict(StrEnum):
    """What becomes of an address."""

    NEW = "new"
    ELSEWHERE = "elsewhere"
    KNOWN = "known"
    REPEATED = "repeated"
    REFUSED = "refused"


ADDED = (Verdict.NEW, Verdict.ELSEWHERE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One address and what is known of it. `known` are prospects of the company, `alike` of companies like it."""

    given: str
    verdict: Verdict
    domain: str = ""
    reason: str = ""
    known: tuple[KnownProspect, ...] = ()
    alike: tuple[KnownProspect, ...] = ()

    @property
    def is_added(self) -> bool:
        """Say whether confirming adds it."""
        return self.verdict in ADDED


def addresses_in(text: str) -> list[str]:
    """Return what a person listed, by line, comma or space; raises InvalidInput for the field `url` where too many."""
    if len(text) > MAX_CHARS:
        raise InvalidInput(
            {"url": _("At most %(most)s characters fit at once. Use an import for a long list.", most=f"{MAX_CHARS:,}")}
        )
    found = [part.strip("<>\"'()[]") for part in text.replace(",", " ").replace(";", " ").split()]
    found = [part for part in found if part]
    if len(found) > MAX_ADDRESSES:
        raise InvalidInput(
            {
                "url": _(
                    "At most %(most)s addresses fit at once, these are %(count)s. Use an import for more.",
                    most=MAX_ADDRESSES,
                    count=len(found),
                )
            }
        )
    return found


def check_addresses(
    session: Session, program: Program, addresses: Sequence[str], *, program_ids: Sequence[int]
) -> list[Checked]:
    """Say of each address what it is and what is known of it; nothing is written.

    `program_ids` are the programs the person works in: of others nothing is told.
    """
    checked = [_readable(address) for address in addresses]
    kept = kept_domains(session, [each.domain for each in checked if each.domain])
    checked = [replace(each, domain=kept.get(each.domain, each.domain)) for each in checked]
    known = prospects_of_domains(session, {each.domain for each in checked if each.domain}, program_ids=program_ids)
    away = _opted_out(session, [each.domain for each in checked])
    seen: set[str] = set()
    found = []
    for each in checked:
        if each.verdict is Verdict.NEW:
            each = _judged(each, program, known.get(each.domain, []), is_repeated=each.domain in seen)
            if each.is_added and each.domain in away:
                reason = _(
                    "The owner of %(domain)s asked not to be read; it can be added, but its site stays unread.",
                    domain=each.domain,
                )
                each = replace(each, reason=reason)
            if each.verdict is Verdict.NEW:
                each = replace(each, alike=tuple(alike_by_domain(session, each.domain, program_ids=program_ids)))
            seen.add(each.domain)
        found.append(each)
    return found


def add_checked(
    session: Session, program: Program, checked: Sequence[Checked], *, owner_id: int | None, by_user_id: int | None
) -> list[Prospect]:
    """Make prospects of the addresses that may be added and return the new ones, in order."""
    added = [
        add_by_address(
            session, program, each.domain if each.known else each.given, owner_id=owner_id, by_user_id=by_user_id
        )
        for each in checked
        if each.is_added
    ]
    return [each.prospect for each in added if each.is_new]


def _readable(address: str) -> Checked:
    try:
        domain = normalize_domain(read_address(address))
    except InvalidInput as error:
        return Checked(given=address, verdict=Verdict.REFUSED, reason=error.fields["address"])
    what = why_not_a_company(domain)
    if what is not None:
        reason = _("%(domain)s is %(what)s. Give the address of the company's own site.", domain=domain, what=_(what))
        return Checked(given=address, verdict=Verdict.REFUSED, domain="", reason=reason)
    return Checked(given=address, verdict=Verdict.NEW, domain=domain)


def _judged(each: Checked, program: Program, known: list[KnownProspect], *, is_repeated: bool) -> Checked:
    if is_repeated:
        return replace(
            each, verdict=Verdict.REPEATED, reason=_("%(domain)s stands in the list already.", domain=each.domain)
        )
    if any(prospect.slug == program.slug for prospect in known):
        return replace(each, verdict=Verdict.KNOWN, known=tuple(known))
    return replace(each, verdict=Verdict.ELSEWHERE if known else Verdict.NEW, known=tuple(known))


def _opted_out(session: Session, domains: Sequence[str]) -> set[str]:
    query = select(Company.domain).where(Company.domain.in_(domains), Company.opted_out_at.is_not(None))
    return set(session.scalars(query))
