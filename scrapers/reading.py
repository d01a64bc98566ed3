"""The loop of one crawl: the first page, then the pages that matter, until enough is read or too much goes wrong."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from scrapers.extract import ExtractedPage, PageLink, extract_page
from scrapers.fetcher import Fetched
from scrapers.frontier.choose import Frontier, same_page
from scrapers.frontier.kinds import is_home, kind_of_link
from scrapers.frontier.listed import read_feed, read_sitemap
from scrapers.outcome import says_not_found
from scrapers.problems import FetchError
from scrapers.report import GonePage, PageKind, SitePage
from scrapers.urls import bare_host, join_url, parse_target
from scrapers.visitor import Visitor

# Names under a company's domain where its own texts live.
_OWN_SUBDOMAINS = (
    "blog",
    "news",
    "about",
    "partners",
    "partner",
    "affiliates",
    "affiliate",
    "services",
    "shop",
    "info",
)
_FEED_POSTS = 3
# Reading a page is work for one core whatever the number of threads, and takes its memory: one tree at a time.
_ONE_AT_A_TIME = threading.Lock()
_REPEATED_ON = 3
_GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class CrawlPolicy:
    """How much of a site is read and how gently.

    `max_misses` addresses may give no page before the crawl ends; up to `max_revisits` pages of an earlier reading are
    looked for that this one did not meet; `default_delay_s` lies between two requests
    to a host that asks for no other pause; a host that asks for more than `max_crawl_delay_s` is left alone; `total_s`
    is the time after which no further page is asked for.
    """

    max_pages: int = 8
    max_misses: int = 4
    max_revisits: int = 6
    default_delay_s: float = 2.0
    max_crawl_delay_s: float = 30.0
    total_s: float = 300.0


DEFAULT_POLICY = CrawlPolicy()


@dataclass(slots=True)
class SiteReading:
    """State of one crawl; `deadline` by the monotonic clock."""

    visitor: Visitor
    policy: CrawlPolicy
    deadline: float
    domain: str
    pages: list[SitePage] = field(default_factory=list)
    first_page: ExtractedPage | None = None
    misses: int = 0
    known: tuple[str, ...] = ()
    _feeds: dict[str, None] = field(default_factory=dict)
    _missing: dict[str, str] = field(default_factory=dict)

    def run(self, first: Fetched) -> None:
        """Read on from the first answer; faults of single pages are in the visitor's receipts."""
        frontier = Frontier(self._own_hosts(first.url))
        frontier.seen.add(same_page(first.asked_url))
        home = is_home(urlsplit(first.url).path)
        self._take(frontier, first, PageKind.HOME if home else kind_of_link(first.url, ""))
        if first.status != 200:
            return
        if not home:
            root = parse_target(first.url).origin + "/"
            frontier.add([PageLink(root, "")], kind=PageKind.HOME)
        self._read_lists(frontier, first.url)
        while len(self.pages) < self.policy.max_pages and self._may_go_on():
            found = frontier.next()
            if found is None:
                break
            url, kind = found
            answer = self._read(url)
            if answer is not None:
                self._take(frontier, answer, kind)
        self._revisit(frontier)

    def gone_pages(self) -> tuple[GonePage, ...]:
        """Return the known pages that the site itself says are no more; silence and faults of a moment say nothing."""
        read = {same_page(page.url) for page in self.pages}
        missing = {url: self._missing.get(same_page(url)) for url in self.known if same_page(url) not in read}
        return tuple(GonePage(url, why) for url, why in missing.items() if why)

    def _revisit(self, frontier: Frontier) -> None:
        """Ask for known pages that this reading did not meet by itself: only an answer tells whether they are gone."""
        met = {same_page(page.url) for page in self.pages} | self._missing.keys()
        unmet = [url for url in self.known if same_page(url) not in met]
        for url in unmet[: self.policy.max_revisits]:
            if not self._may_go_on():
                return
            misses = self.misses
            answer = self._read(url)
            if same_page(url) in self._missing:
                self.misses = misses  # a clear "gone" is what was asked for, no reason to stop asking
            if answer is None or bare_host(urlsplit(answer.url).hostname or "") not in frontier.hosts:
                continue
            trouble = self._take(frontier, answer, kind_of_link(url, ""))
            if same_page(answer.url) != same_page(url):
                trouble = f"it leads to {answer.url[:120]} now"
            if trouble:
                self._missing[same_page(url)] = trouble

    def distinct_pages(self) -> tuple[SitePage, ...]:
        """Return the pages read, with lines that most of them share kept on the first that has them only.

        What stands on three pages or more, and on over half of them, is the site's frame, not the page's text.
        """
        counts = Counter(line for page in self.pages for line in set(page.main_text.split("\n")))
        least = max(_REPEATED_ON, len(self.pages) // 2 + 1)
        repeated = {line for line, count in counts.items() if count >= least}
        kept: set[str] = set()
        return tuple(_without(page, repeated, kept) for page in self.pages)

    def _own_hosts(self, url: str) -> frozenset[str]:
        host = bare_host(parse_target(url).host)
        return frozenset((host, *(f"{name}.{host}" for name in _OWN_SUBDOMAINS)))

    def _may_go_on(self) -> bool:
        return self.misses < self.policy.max_misses and time.monotonic() < self.deadline

    def _read(self, url: str) -> Fetched | None:
        try:
            answer = self.visitor.read(url)
        except FetchError:
            self.misses += 1  # the visitor has left a receipt; the other pages are not affected
            return None
        if answer.status != 200:
            self.misses += 1
            if answer.status in _GONE:
                self._missing[same_page(url)] = f"the site answers with status {answer.status}"
            return None
        return answer

    def _take(self, frontier: Frontier, answer: Fetched, kind: PageKind) -> str:
        """Extract a page, line up its links, and keep it unless it is an error page or one we have.

        Returns why the page was not kept; empty where it was.
        """
        with _ONE_AT_A_TIME:
            page = extract_page(answer.url, answer.body, answer.headers.get("content-type"))
        self.first_page = self.first_page or page
        frontier.mark_read(answer.url, kind)
        if answer.status != 200:
            return f"the site answers with status {answer.status}"
        missing = says_not_found(page)
        if missing:
            self.misses += 1
            self._missing[same_page(answer.url)] = f"the page says that it is missing: “{missing[:80]}”"
            return self._missing[same_page(answer.url)]
        if page.canonical and not is_home(urlsplit(page.canonical).path):
            frontier.seen.add(same_page(page.canonical))
        frontier.add(page.links)
        self._feeds.update(dict.fromkeys(page.feeds))
        found = _site_page(answer, page, kind)
        if kind is PageKind.BLOG:
            self._read_feed(frontier)
        twin = next((read for read in self.pages if found.main_text and read.content_hash == found.content_hash), None)
        if twin is not None:
            return f"it shows the same as {twin.url[:120]}"
        self.pages.append(found)
        return ""

    def _read_lists(self, frontier: Frontier, url: str) -> None:
        """Ask the feed for the newest posts, and the sitemap when the first page led to few others."""
        self._read_feed(frontier)
        if len(frontier.waiting) >= self.policy.max_pages - 1:
            return
        named = self.visitor.rules_of(url).sitemaps()
        for sitemap in named[:1]:
            pages, further = self._sitemap(join_url(url, sitemap))
            if not pages and further:
                pages, _ = self._sitemap(join_url(url, further[0]))
            frontier.add(_links(url, pages))

    def _sitemap(self, url: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if url is None or not self._may_go_on():
            return (), ()
        try:
            answer = self.visitor.read(url)
        except FetchError:
            return (), ()  # noted in the receipts; a site needs no sitemap
        return read_sitemap(answer.body) if answer.status == 200 else ((), ())

    def _read_feed(self, frontier: Frontier) -> None:
        if not self._feeds or not self._may_go_on():
            return
        feed = next(iter(self._feeds))
        self._feeds.clear()
        try:
            answer = self.visitor.read(feed)
        except FetchError:
            return  # noted in the receipts; a site needs no feed
        if answer.status == 200:
            newest = [address for address, _, _ in read_feed(answer.body)[:_FEED_POSTS]]
            for link in _links(answer.url, newest):
                # A post that the home page linked too must move up: the feed knows what is newest.
                frontier.seen.discard(same_page(link.url))
                frontier.add([replace(link, in_menu=True)], kind=PageKind.POST)


def _links(base: str, addresses: Iterable[str]) -> list[PageLink]:
    joined = (join_url(base, address) for address in addresses)
    return [PageLink(url, "") for url in joined if url]


def _without(page: SitePage, repeated: set[str], kept: set[str]) -> SitePage:
    lines = [line for line in page.main_text.split("\n") if line not in repeated or line not in kept]
    kept.update(line for line in lines if line in repeated)
    text = "\n".join(lines)
    return page if text == page.main_text else replace(page, main_text=text, own_text=page.main_text)


def content_hash(text: str) -> str:
    """The SHA-256 of a text in hex: two pages with the same hash need embedding once."""
    return hashlib.sha256(text.encode()).hexdigest()


def _site_page(answer: Fetched, page: ExtractedPage, kind: PageKind) -> SitePage:
    return SitePage(
        url=answer.url,
        kind=kind,
        title=page.title,
        language=page.language,
        main_text=page.main_text,
        content_hash=content_hash(page.main_text),
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
