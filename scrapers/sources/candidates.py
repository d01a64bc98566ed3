"""Clean candidates out of a page of links: one per domain, with a name and the line it stood in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

from lxml import etree

from scrapers.domains import DomainError, normalize_domain
from scrapers.extract.links import base_url
from scrapers.extract.parse import parse_html
from scrapers.extract.title import find_title, text_of
from scrapers.sources.frames import in_frame
from scrapers.sources.naming import Name, Rank, clean_name, name_of_domain, name_of_link
from scrapers.sources.platforms import TRACKERS, why_not_a_company
from scrapers.sources.surroundings import PageText
from scrapers.urls import join_url

MAX_CANDIDATES = 2_000
_MAX_SKIPPED, _MAX_LINKS = 200, 20_000
_CONTEXT_CHARS = 300


@dataclass(frozen=True, slots=True)
class Candidate:
    """A company that may be worth recruiting: registrable `domain`, the page it was `found_on`, the line it was in.

    `skipped` says in words why it is none after all (`a social network`), empty where it may be one.
    """

    domain: str
    name: str
    url: str
    found_on: str
    context: str
    skipped: str = ""


@dataclass(slots=True)
class Found:
    """What a source gave so far, by domain, in the order it was seen; `title` of the first page.

    `left_out` are the domains of companies beyond MAX_CANDIDATES.
    """

    companies: dict[str, Candidate] = field(default_factory=dict)
    skipped: dict[str, Candidate] = field(default_factory=dict)
    title: str = ""
    left_out: set[str] = field(default_factory=set)

    @property
    def is_full(self) -> bool:
        """Whether no further candidate is taken."""
        return len(self.companies) >= MAX_CANDIDATES

    def add(self, candidate: Candidate) -> None:
        """Keep a candidate; the first find of a domain stays."""
        into = self.skipped if candidate.skipped else self.companies
        if len(into) < (_MAX_SKIPPED if candidate.skipped else MAX_CANDIDATES):
            into.setdefault(candidate.domain, candidate)
        elif candidate.domain not in into:
            self.left_out.add(candidate.domain)

    def merge(self, other: Found) -> int:
        """Add what another page gave; return how many of its companies are new."""
        before = len(self.companies)
        for candidate in (*other.companies.values(), *other.skipped.values()):
            self.add(candidate)
        self.title = self.title or other.title
        return len(self.companies) - before


def candidates_from_page(url: str, body: bytes | str, content_type: str | None = None) -> tuple[Candidate, ...]:
    """Return the companies a page links to, in page order; its own site, platforms and page frames are left out."""
    return tuple(find_on_page(url, body, content_type).companies.values())


def find_on_page(url: str, body: bytes | str, content_type: str | None = None) -> Found:
    """Return the companies a page links to and the links of its text that are none, each with the reason."""
    tree = parse_html(body, content_type)
    return find_in_tree(tree, url) if tree is not None else Found()


def find_in_tree(tree: etree._Element, url: str) -> Found:
    """Return what `find_on_page` does, of a page that is parsed already."""
    page, base, own = PageText.of(tree), base_url(tree, url), domain_of(url)
    found = Found(title=find_title(tree)[:200])
    names: dict[str, Name] = {}
    for link in islice(tree.iter("a", "area"), _MAX_LINKS):
        address = join_url(base, link.get("href") or "")
        if address is None or in_frame(link):
            continue
        address, domain = led_to(address, own)
        if domain is None or domain == own:
            continue
        if found.is_full:
            break
        if domain in names and names[domain].rank is Rank.FITTING:
            continue
        name = name_of_link(link, domain, page)
        known = found.companies.get(domain)
        if known is None:
            reason = why_not_a_company(domain) or _is_own_brand(domain, own)
            found.add(Candidate(domain, name.text, address, url, page.around(link)[:_CONTEXT_CHARS], reason or ""))
        elif name.rank > names[domain].rank:
            found.companies[domain] = replace(known, name=name.text)
        names[domain] = max(name, names.get(domain, name), key=lambda each: each.rank)
    _drop_shared_names(found, names)
    _name_by_page(found, tree)
    return found


def domain_of(address: str) -> str | None:
    """Return the registrable domain of an address, None where it has none."""
    scheme, is_url, rest = address.partition("://")
    return _domain_of_host(re.split(r"[/?#\\]", rest, maxsplit=1)[0] if is_url else scheme)


@lru_cache(maxsize=20_000)
def _domain_of_host(host: str) -> str | None:
    # The links of a site lead to few hosts, many times each.
    try:
        return normalize_domain(host)
    except DomainError:
        return None


def led_to(address: str, own: str | None) -> tuple[str, str | None]:
    """Follow, without asking anybody, a link of a tracker or directory that carries its target in a parameter."""
    domain = domain_of(address)
    if domain is None or (domain != own and domain not in TRACKERS):
        return address, domain
    for _, value in parse_qsl(urlsplit(address).query, max_num_fields=40):
        target = join_url(address, value) if value.lower().startswith(("http://", "https://")) else None
        led_to = domain_of(target) if target else None
        if target and led_to and led_to != own:
            return target, led_to
    return address, domain


def _is_own_brand(domain: str, own: str | None) -> str | None:
    """A shop links to itself in other countries: the same first label under another ending."""
    label = domain.partition(".")[0]
    same = own is not None and len(label) >= 4 and label == own.partition(".")[0]
    return "the site itself under another ending" if same else None


def _drop_shared_names(found: Found, names: dict[str, Name]) -> None:
    """A heading over many links names none of them."""
    taken: dict[str, int] = {}
    for entry in found.companies.values():
        taken[entry.name] = taken.get(entry.name, 0) + 1
    for domain, entry in found.companies.items():
        if taken[entry.name] > 1 and names[domain].rank is not Rank.FITTING:
            found.companies[domain] = replace(entry, name=name_of_domain(domain))


def _name_by_page(found: Found, tree: etree._Element) -> None:
    """A page about one company, such as its profile in a directory, is headed by the company's name."""
    if len(found.companies) != 1:
        return
    only = next(iter(found.companies.values()))
    heading = clean_name(next((text_of(node) for node in tree.iter("h1")), ""))
    if heading and only.name == name_of_domain(only.domain):
        found.companies[only.domain] = replace(only, name=heading)
