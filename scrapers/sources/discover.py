"""From the address of a directory, list or sitemap to candidates, read as politely as any prospect's site.

A list links to companies directly, over one page or several. A directory links to profiles of its own first: when its
pages name few companies but many pages of one pattern, those profiles are read too, within the policy.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice

from scrapers.extract.parse import parse_html
from scrapers.fetcher import Fetched, Fetcher
from scrapers.outcome import outcome_of_error
from scrapers.pacing import HostTurns
from scrapers.problems import FetchError
from scrapers.report import Receipt, SiteOutcome
from scrapers.sources.candidates import Candidate, Found, find_in_tree
from scrapers.sources.paging import listed_in_sitemap, next_page, profiles
from scrapers.visitor import Visitor

_FEW = 5
_MAX_SITEMAPS = 5
_ONLY_BY_HAND = (SiteOutcome.FORBIDDEN_BY_ROBOTS, SiteOutcome.BLOCKED, SiteOutcome.NOT_HTML, SiteOutcome.TOO_SLOW)
BY_HAND = "Open it in your browser, copy the list with its links and paste it instead."


@dataclass(frozen=True, slots=True)
class DiscoverPolicy:
    """How far a discovery goes: pages of a list, profiles read, seconds between requests to a host, seconds in all."""

    max_pages: int = 10
    max_profiles: int = 30
    default_delay_s: float = 2.0
    max_crawl_delay_s: float = 30.0
    total_s: float = 300.0


@dataclass(frozen=True, slots=True)
class DiscoveryProgress:
    """How far a discovery is: pages asked for so far, pages known to be worth asking for, companies found.

    `fresh` are the companies found since the progress before, so that they can be kept whatever comes next.
    """

    pages_read: int
    pages_planned: int
    found: int
    fresh: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a source gave. `problem` says in words why there is nothing, or None; `next_step` what to do then.

    `skipped` are the links that lead to no company, each with the reason; `remark` says what was left unread.
    """

    candidates: tuple[Candidate, ...]
    receipts: tuple[Receipt, ...]
    problem: str | None = None
    next_step: str = ""
    skipped: tuple[Candidate, ...] = ()
    title: str = ""
    remark: str = ""


DEFAULT_DISCOVERY = DiscoverPolicy()
OnProgress = Callable[[DiscoveryProgress], None]


def discover(
    url: str,
    *,
    fetcher: Fetcher,
    turns: HostTurns,
    policy: DiscoverPolicy = DEFAULT_DISCOVERY,
    on_receipt: Callable[[Receipt], None] | None = None,
    on_progress: OnProgress | None = None,
) -> Discovery:
    """Read a source and return its candidates. Never raises for the source's fault: `problem` says what happened."""
    visitor = Visitor(fetcher, turns, policy.default_delay_s, policy.max_crawl_delay_s, on_receipt)
    search = _Search(visitor, policy, time.monotonic() + policy.total_s, on_progress)
    try:
        answer = visitor.read(url if "://" in url else f"https://{url}")
    except FetchError as error:
        outcome, detail = outcome_of_error(error)
        step = BY_HAND if outcome in _ONLY_BY_HAND else outcome.next_step
        return Discovery((), tuple(visitor.receipts), detail, step)
    if answer.status != 200:
        step = "Check the address." if answer.status in (404, 410) else BY_HAND
        return Discovery((), tuple(visitor.receipts), f"the page answers with status {answer.status}", step)
    search.run(answer)
    return search.outcome()


@dataclass(slots=True)
class _Search:
    """One discovery under way."""

    visitor: Visitor
    policy: DiscoverPolicy
    deadline: float
    on_progress: OnProgress | None
    found: Found = field(default_factory=Found)
    profiles: dict[str, None] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)
    asked: int = 0
    planned: int = 1
    told: int = 0
    remarks: list[str] = field(default_factory=list)

    def run(self, first: Fetched) -> None:
        """Read the source to its end, or as far as the policy goes."""
        if _is_xml(first):
            self._read_sitemaps(first)
        else:
            self._read_list(first)
        if len(self.found.companies) < _FEW:
            self._read_profiles()

    def outcome(self) -> Discovery:
        """Put together what was found, or why nothing was."""
        companies = tuple(self.found.companies.values())
        problem = None if companies else "the page links to no company outside its own site"
        return Discovery(
            companies,
            tuple(self.visitor.receipts),
            problem,
            "" if companies else f"Its list may be drawn by a script. {BY_HAND}",
            tuple(self.found.skipped.values()),
            self.found.title,
            " ".join(self.remarks),
        )

    def _read_list(self, answer: Fetched | None) -> None:
        while answer is not None:
            self.pages.append(answer.url)
            following = self._take_list_page(answer)
            if following is None or not self._may_go_on():
                return
            if len(self.pages) >= self.policy.max_pages:
                self.remarks.append(
                    f"The list goes on: its first {len(self.pages)} pages were read. Start again at {following}"
                )
                return
            answer = self._ask(following)

    def _take_list_page(self, answer: Fetched) -> str | None:
        """Keep what a page of a list gives; return the next page while this one brought anything new."""
        tree = parse_html(answer.body, answer.headers.get("content-type"))
        if tree is None:
            self._show(asked=1)
            return None
        known = len(self.profiles)
        fresh = self.found.merge(find_in_tree(tree, answer.url))
        self.profiles |= dict.fromkeys(profiles(tree, answer.url))
        following = next_page(tree, answer.url, self.pages) if fresh or len(self.profiles) > known else None
        self.planned = len(self.pages) + (following is not None)
        self._show(asked=1)
        return following

    def _read_sitemaps(self, answer: Fetched) -> None:
        pages, more = listed_in_sitemap(answer.body, answer.url)
        self.profiles |= dict.fromkeys(pages)
        self.planned = 1 + min(len(more), _MAX_SITEMAPS)
        self._show(asked=1)
        for address in more[:_MAX_SITEMAPS]:
            listed = self._ask(address) if self._may_go_on() else None
            if listed is not None:
                self.profiles |= dict.fromkeys(listed_in_sitemap(listed.body, listed.url)[0])
            self._show(asked=1)
            if len(self.profiles) >= self.policy.max_profiles:
                return

    def _read_profiles(self) -> None:
        waiting = [address for address in self.profiles if address not in self.pages]
        chosen = waiting[: self.policy.max_profiles]
        self.planned = self.asked + len(chosen)
        for address in chosen:
            if not self._may_go_on():
                break
            answer = self._ask(address)
            tree = parse_html(answer.body, answer.headers.get("content-type")) if answer is not None else None
            if tree is not None and answer is not None:
                title = self.found.title
                self.found.merge(find_in_tree(tree, answer.url))
                self.found.title = title
            self._show(asked=1)
        if len(waiting) > len(chosen):
            self.remarks.append(
                f"The source lists {len(waiting)} profiles of its own; the first {len(chosen)} were read. "
                "Narrow its search, or paste the rest."
            )

    def _ask(self, url: str) -> Fetched | None:
        try:
            answer = self.visitor.read(url)
        except FetchError:
            return None  # noted in the receipts; one bad page never stops the rest
        return answer if answer.status == 200 else None

    def _may_go_on(self) -> bool:
        if time.monotonic() > self.deadline:
            if not self.remarks:
                self.remarks.append(f"Stopped after {self.policy.total_s:.0f} seconds with {self.asked} pages read.")
            return False
        return not self.found.is_full

    def _show(self, *, asked: int) -> None:
        self.asked += asked
        if self.on_progress is not None:
            planned = max(self.planned, self.asked)
            fresh = tuple(islice(self.found.companies.values(), self.told, None))
            self.told += len(fresh)
            self.on_progress(DiscoveryProgress(self.asked, planned, self.told, fresh))


def _is_xml(answer: Fetched) -> bool:
    is_page = answer.content_type in ("text/html", "application/xhtml+xml")
    return not is_page and (answer.content_type.endswith("xml") or answer.body.lstrip()[:5] == b"<?xml")
