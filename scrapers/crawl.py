"""Reading one prospect's site: from a domain or URL to a report that says what was read, and why no more.

The app-facing names of the engine meet here; the loop itself is in `scrapers.reading`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from scrapers.domains import DomainError, host_of, normalize_domain
from scrapers.fetcher import Fetched, Fetcher
from scrapers.outcome import judge, outcome_of_error
from scrapers.pacing import HostTurns
from scrapers.problems import FetchError, FetchFailed, FetchProblem, FetchRefused
from scrapers.reading import DEFAULT_POLICY, CrawlPolicy, SiteReading
from scrapers.report import GonePage, PageKind, Receipt, SiteOutcome, SitePage, SiteReport, SiteSignal
from scrapers.signals.site import main_language, site_signals
from scrapers.urls import bare_host, parse_target
from scrapers.visitor import OnReceipt, Visitor

__all__ = [
    "CrawlPolicy",
    "GonePage",
    "PageKind",
    "Receipt",
    "SiteOutcome",
    "SitePage",
    "SiteReport",
    "SiteSignal",
    "crawl_site",
]

# Faults of one name or scheme that another spelling of the address may not have.
_TRY_NEXT = (
    FetchProblem.DNS,
    FetchProblem.CONNECT,
    FetchProblem.TLS,
    FetchProblem.DISCONNECTED,
    FetchProblem.BAD_ANSWER,
)


def crawl_site(
    start: str,
    *,
    fetcher: Fetcher,
    turns: HostTurns,
    policy: CrawlPolicy = DEFAULT_POLICY,
    on_receipt: OnReceipt | None = None,
    known: Sequence[str] = (),
) -> SiteReport:
    """Read a site from a domain or URL. Never raises for a site's fault: the report says what happened.

    `on_receipt` is called after every fetch and every refusal, from the calling thread; what it raises goes through.
    `known` holds addresses read at an earlier time, the ones that matter most first: those that this reading does not
    come across by itself are asked for at its end, so that the report can say which of them are gone.
    """
    try:
        domain, starts = start_urls(start)
    except (DomainError, FetchRefused) as error:
        detail = error.detail if isinstance(error, FetchRefused) else str(error)
        return SiteReport(start, start, SiteOutcome.BAD_ADDRESS, detail, (), (), (), None)
    visitor = Visitor(fetcher, turns, policy.default_delay_s, policy.max_crawl_delay_s, on_receipt)
    deadline = time.monotonic() + policy.total_s
    try:
        first = _first_page(visitor, starts)
    except FetchError as error:
        outcome, detail = outcome_of_error(error)
        return SiteReport(domain, starts[0], outcome, detail, (), tuple(visitor.receipts), (), None)
    reading = SiteReading(visitor, policy, deadline, domain, known=tuple(known))
    reading.run(first)
    pages = reading.distinct_pages()
    outcome, detail = judge(pages, first, reading.first_page)
    return SiteReport(
        domain=domain,
        start_url=first.url,
        outcome=outcome,
        detail=detail,
        pages=pages,
        receipts=tuple(visitor.receipts),
        signals=site_signals(pages),
        language=main_language(pages),
        gone=reading.gone_pages(),
    )


def start_urls(start: str) -> tuple[str, list[str]]:
    """Return the domain and the addresses to try in order: https before http, the given name before www.

    Raises `DomainError` or `FetchRefused` for what is no address of a public site.
    """
    domain = normalize_domain(start)
    text = start.strip()
    host = host_of(text)
    path, schemes = "/", ["https", "http"]
    if "://" in text:
        given = parse_target(text)
        host, path = given.host, given.path
        schemes = schemes if given.scheme == "https" else schemes[::-1]
    elif "/" in text and "@" not in text:
        path = "/" + text.lstrip("/").partition("/")[2]
    hosts = [host]
    if bare_host(host) == domain:
        hosts += [name for name in (domain, "www." + domain) if name != host]
    return domain, [parse_target(f"{scheme}://{name}{path}").url for name in hosts for scheme in schemes]


def _first_page(visitor: Visitor, starts: list[str]) -> Fetched:
    trouble: FetchError | None = None
    unresolved: set[str] = set()
    for url in starts:
        host = parse_target(url).host
        if host in unresolved:
            continue
        try:
            return visitor.read(url)
        except FetchError as error:
            if error.reason not in _TRY_NEXT:
                raise
            # Of several failed starts the one that got furthest tells most: anything beats an unknown name.
            if trouble is None or trouble.reason is FetchProblem.DNS:
                trouble = error
            if error.reason is FetchProblem.DNS:
                unresolved.add(host)
    raise trouble or FetchFailed(FetchProblem.DNS, "there is no address to try")
