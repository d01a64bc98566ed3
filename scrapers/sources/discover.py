"""From the address of a directory, list or sitemap to candidates, read as politely as any prospect's site.

A list links to companies directly. A directory links to profiles of its own first: when a page names few companies but
many pages of one pattern, those profiles are read too, within the policy.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from scrapers.extract.links import base_url, find_links
from scrapers.extract.parse import parse_html
from scrapers.fetcher import Fetched, Fetcher
from scrapers.frontier.listed import read_sitemap
from scrapers.frontier.traps import clean_url, is_trap
from scrapers.pacing import HostTurns
from scrapers.problems import FetchError
from scrapers.report import Receipt
from scrapers.sources.candidates import MAX_CANDIDATES, Candidate, candidates_from_page
from scrapers.urls import bare_host, parse_target
from scrapers.visitor import Visitor

_FEW, _MANY_ALIKE = 5, 5


@dataclass(frozen=True, slots=True)
class DiscoverPolicy:
    """How far a discovery goes: profile pages read, seconds between requests to a host, seconds in all."""

    max_profiles: int = 30
    default_delay_s: float = 2.0
    max_crawl_delay_s: float = 30.0
    total_s: float = 300.0


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a source gave; `problem` says in words why there is nothing, or None."""

    candidates: tuple[Candidate, ...]
    receipts: tuple[Receipt, ...]
    problem: str | None = None


DEFAULT_DISCOVERY = DiscoverPolicy()


def discover(
    url: str,
    *,
    fetcher: Fetcher,
    turns: HostTurns,
    policy: DiscoverPolicy = DEFAULT_DISCOVERY,
    on_receipt: Callable[[Receipt], None] | None = None,
) -> Discovery:
    """Read a source and return its candidates. Never raises for the source's fault: `problem` says what happened."""
    visitor = Visitor(fetcher, turns, policy.default_delay_s, policy.max_crawl_delay_s, on_receipt)
    deadline = time.monotonic() + policy.total_s
    try:
        answer = visitor.read(url if "://" in url else f"https://{url}")
    except FetchError as error:
        return Discovery((), tuple(visitor.receipts), error.detail)
    if answer.status != 200:
        return Discovery((), tuple(visitor.receipts), f"the page answers with status {answer.status}")
    listed, _ = read_sitemap(answer.body) if _is_xml(answer) else ((), ())
    found = {entry.domain: entry for entry in candidates_from_page(answer.url, answer.body)} if not listed else {}
    profiles = list(listed) or (_profiles(answer) if len(found) < _FEW else [])
    for profile in _worth_reading(profiles, answer.url)[: policy.max_profiles]:
        if time.monotonic() > deadline or len(found) >= MAX_CANDIDATES:
            break
        for entry in _candidates_of(visitor, profile):
            found.setdefault(entry.domain, entry)
    problem = None if found else "the page links to no company outside its own site"
    return Discovery(tuple(found.values()), tuple(visitor.receipts), problem)


def _candidates_of(visitor: Visitor, url: str) -> tuple[Candidate, ...]:
    try:
        answer = visitor.read(url)
    except FetchError:
        return ()  # noted in the receipts; one bad profile never stops the rest
    return candidates_from_page(answer.url, answer.body) if answer.status == 200 else ()


def _is_xml(answer: Fetched) -> bool:
    return answer.content_type.endswith("xml") or answer.body.lstrip()[:5] == b"<?xml"


def _profiles(answer: Fetched) -> list[str]:
    """Links of the most frequent pattern on the page: same site, same parent path, five or more alike."""
    tree = parse_html(answer.body, answer.headers.get("content-type"))
    if tree is None:
        return []
    links = [link.url for link in find_links(tree, base_url(tree, answer.url)) if not link.in_menu]
    shapes = Counter(_shape(link) for link in links)
    common = [shape for shape, count in shapes.most_common(3) if count >= _MANY_ALIKE and shape.count("/") >= 2]
    return [link for link in links if common and _shape(link) == common[0]]


def _shape(url: str) -> str:
    parts = urlsplit(url)
    return f"{bare_host(parts.hostname or '')}{parts.path.rstrip('/').rpartition('/')[0]}/"


def _worth_reading(addresses: Iterable[str], source: str) -> list[str]:
    host = bare_host(parse_target(source).host)
    cleaned = dict.fromkeys(clean_url(address) for address in addresses if "://" in address)
    return [url for url in cleaned if bare_host(urlsplit(url).hostname or "") == host and not is_trap(url)]
