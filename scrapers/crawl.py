"""Reading one prospect's site: home first, then the few pages that matter, politely, into one report."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field

from scrapers.domains import DomainError, host_of, normalize_domain
from scrapers.extract import extract_page
from scrapers.fetcher import Fetched, Fetcher
from scrapers.frontier.choose import Frontier
from scrapers.outcome import judge, outcome_of_error
from scrapers.pacing import HostTurns
from scrapers.problems import FetchError, FetchFailed, FetchProblem, FetchRefused
from scrapers.report import PageKind, Receipt, SiteOutcome, SitePage, SiteReport, SiteSignal
from scrapers.urls import bare_host, parse_target
from scrapers.visitor import OnReceipt, Visitor

__all__ = ["CrawlPolicy", "PageKind", "Receipt", "SiteOutcome", "SitePage", "SiteReport", "SiteSignal", "crawl_site"]

_NEXT_START = (FetchProblem.DNS, FetchProblem.CONNECT, FetchProblem.TLS, FetchProblem.DISCONNECTED,
               FetchProblem.ROBOTS_UNREACHABLE, FetchProblem.BAD_ANSWER)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CrawlPolicy:
    """How much of a site is read and how gently: pages, addresses that gave none, seconds between and in all."""

    max_pages: int = 8
    max_misses: int = 4
    default_delay_s: float = 2.0
    max_crawl_delay_s: float = 30.0
    total_s: float = 300.0


@dataclass(slots=True)
class _Crawl:
    """State of one crawl: pages read so far and what is left to do."""

    visitor: Visitor
    policy: CrawlPolicy
    deadline: float
    pages: list[SitePage] = field(default_factory=list)
    bodies: list[Fetched] = field(default_factory=list)


def crawl_site(
    start: str,
    *,
    fetcher: Fetcher,
    turns: HostTurns,
    policy: CrawlPolicy = CrawlPolicy(),
    on_receipt: OnReceipt | None = None,
) -> SiteReport:
    """Read a site from a domain or URL. Never raises for a site's fault: the report says what happened.

    `on_receipt` is called after every fetch and every refusal, from the calling thread.
    """
    visitor = Visitor(fetcher, turns, policy.default_delay_s, policy.max_crawl_delay_s, on_receipt)
    try:
        domain, starts = _start_urls(start)
    except (DomainError, FetchRefused) as error:
        detail = error.detail if isinstance(error, FetchRefused) else str(error)
        return SiteReport(start, start, SiteOutcome.BAD_ADDRESS, detail, (), (), (), None)
    crawl = _Crawl(visitor, policy, time.monotonic() + policy.total_s)
    try:
        first = _first_page(visitor, starts)
    except FetchError as error:
        outcome, detail = outcome_of_error(error)
        return SiteReport(domain, starts[0], outcome, detail, (), tuple(visitor.receipts), (), None)
    _read_on(crawl, first)
    outcome, detail = judge(crawl.pages, crawl.bodies)
    return SiteReport(
        domain=domain,
        start_url=first.url,
        outcome=outcome,
        detail=detail,
        pages=tuple(crawl.pages),
        receipts=tuple(visitor.receipts),
        signals=_merged_signals(crawl.pages),
        language=_main_language(crawl.pages),
    )


def _start_urls(start: str) -> tuple[str, list[str]]:
    """Return the domain and the addresses to try in order: https before http, the bare name before www."""
    domain = normalize_domain(start)
    text = start.strip()
    host = host_of(text)
    if "://" in text:
        given = parse_target(text)
        path, hosts = given.path, [given.host]
        schemes = ["https", "http"] if given.scheme == "https" else ["http", "https"]
    else:
        path = "/" + text.partition("/")[2] if "/" in text and "@" not in text else "/"
        hosts, schemes = [host], ["https", "http"]
    if bare_host(host) == domain:
        hosts += [name for name in (domain, "www." + domain) if name not in hosts]
    return domain, [parse_target(f"{scheme}://{name}{path}").url for name in hosts for scheme in schemes]


def _first_page(visitor: Visitor, starts: list[str]) -> Fetched:
    trouble: FetchError | None = None
    unresolved: set[str] = set()
    for url in starts:
        if parse_target(url).host in unresolved:
            continue
        try:
            return visitor.read(url)
        except FetchError as error:
            trouble = _worse(trouble, error)
            if error.reason not in _NEXT_START:
                raise
            if error.reason is FetchProblem.DNS or "no address" in error.detail:
                unresolved.add(parse_target(url).host)
    raise trouble or FetchFailed(FetchProblem.DNS, "no address to try")


def _worse(known: FetchError | None, new: FetchError) -> FetchError:
    """Of several failed starts the one that got furthest tells most: anything beats an unknown name."""
    if known is None or (known.reason is FetchProblem.DNS and new.reason is not FetchProblem.DNS):
        return new
    return known


def _read_on(crawl: _Crawl, first: Fetched) -> None:
    host = parse_target(first.url).host
    frontier = Frontier(frozenset({host, bare_host(host), "www." + bare_host(host)}))
    frontier.mark_read(first.asked_url, PageKind.OTHER)
    home = PageKind.HOME if parse_target(first.url).path == "/" else PageKind.OTHER
    _keep(crawl, frontier, first, home)
    misses = 0
    while len(crawl.pages) < crawl.policy.max_pages and time.monotonic() < crawl.deadline:
        found = frontier.next()
        if found is None or misses >= crawl.policy.max_misses:
            return
        url, kind = found
        try:
            answer = crawl.visitor.read(url)
        except FetchError:
            misses += 1
            continue  # the visitor has left a receipt; the other pages are not affected
        if answer.status == 200:
            _keep(crawl, frontier, answer, kind)
        else:
            misses += 1


def _keep(crawl: _Crawl, frontier: Frontier, answer: Fetched, kind: PageKind) -> None:
    page = extract_page(answer.url, answer.body, answer.headers.get("content-type"))
    frontier.mark_read(answer.url, kind)
    frontier.add(page.links)
    crawl.bodies.append(answer)
    if answer.status != 200:
        return
    crawl.pages.append(
        SitePage(
            url=answer.url,
            kind=kind,
            title=page.title,
            language=page.language,
            main_text=page.main_text,
            content_hash=hashlib.sha256(page.main_text.encode()).hexdigest(),
            emails=page.emails,
            phones=page.phones,
            socials=page.socials,
            links=page.links,
            signals=page.signals,
            fetched_at=answer.fetched_at,
            status=answer.status,
            headings=page.headings,
            country=page.country,
        )
    )


def _merged_signals(pages: list[SitePage]) -> tuple[SiteSignal, ...]:
    merged: dict[tuple[str, str], SiteSignal] = {}
    for page in pages:
        for signal in page.signals:
            merged.setdefault(
                (signal.name, signal.value), SiteSignal(signal.name, signal.value, signal.quote, page.url)
            )
    return tuple(merged.values())


def _main_language(pages: list[SitePage]) -> str | None:
    weight: Counter[str] = Counter()
    for page in pages:
        if page.language:
            weight[page.language] += len(page.main_text)
    return weight.most_common(1)[0][0] if weight else None
