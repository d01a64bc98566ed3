"""A polite visitor of one site: asks robots.txt first, takes turns, honors delays, leaves a receipt for everything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapers.fetcher import Fetched, Fetcher
from scrapers.pacing import HostTurns
from scrapers.problems import FetchError, FetchFailed, FetchProblem, FetchRefused
from scrapers.report import Outcome, Receipt
from scrapers.robots import RobotsRules, product_token, rules_for_status
from scrapers.urls import parse_target

_ASKS_TO_WAIT = (429, 503)
OnReceipt = Callable[[Receipt], None]


@dataclass(slots=True)
class Visitor:
    """Fetches for one crawl. `default_delay_s` and `max_crawl_delay_s` are seconds between requests to a host."""

    fetcher: Fetcher
    turns: HostTurns
    default_delay_s: float
    max_crawl_delay_s: float
    on_receipt: OnReceipt | None = None
    receipts: list[Receipt] = field(default_factory=list)
    _rules: dict[str, RobotsRules] = field(default_factory=dict)
    _failures: dict[str, FetchFailed] = field(default_factory=dict)
    _pause_s: dict[str, float] = field(default_factory=dict)

    def read(self, url: str) -> Fetched:
        """Fetch one address under the rules of every host it passes. Raises `FetchRefused` or `FetchFailed`.

        A host that asks to wait (429 or 503 with Retry-After) is asked once more after that time when it is short, and
        not at all in this crawl when it is long.
        """
        answer = self._ask(url, polite=True)
        wait_s = retry_after_s(answer)
        if wait_s is None:
            return answer
        host = parse_target(answer.url).host
        asked_before = host in self._pause_s
        self._pause_s[host] = max(wait_s, self._pause_s.get(host, 0.0))
        if asked_before or wait_s > self.max_crawl_delay_s:
            return answer
        return self._ask(url, polite=True)

    def rules_of(self, url: str) -> RobotsRules:
        """Return the robots rules that cover a URL, reading robots.txt once per origin."""
        origin = parse_target(url).origin
        if origin not in self._rules:
            self._rules[origin] = self._read_robots(origin)
        return self._rules[origin]

    def _read_robots(self, origin: str) -> RobotsRules:
        agent = product_token(self.fetcher.user_agent)
        try:
            answer = self._ask(origin + "/robots.txt", polite=False)
        except FetchFailed as error:
            self._failures[origin] = error
            return RobotsRules(agent, refusal=f"its robots.txt cannot be read: {error.detail}")
        return rules_for_status(answer.status, answer.body, user_agent=self.fetcher.user_agent)

    def _ask(self, url: str, *, polite: bool) -> Fetched:
        hop = self._polite_hop if polite else self._plain_hop
        limit = None if polite else self.fetcher.limits.robots_bytes
        try:
            # Rules hold whatever type their server gives them: many say octet-stream.
            answer = self.fetcher.fetch(url, max_bytes=limit, hop=hop, any_type=not polite)
        except FetchError as error:
            now, refused = datetime.now(UTC), isinstance(error, FetchRefused)
            outcome: Outcome = "refused" if refused else "failed"
            self._note(Receipt(url, now, outcome, None, error.reason, error.detail, 0, 0))
            raise
        detail = f"cut at {len(answer.body)} bytes" if answer.truncated else ""
        if answer.url != url:
            detail = f"led to {answer.url}" + (f"; {detail}" if detail else "")
        size, status = len(answer.body), answer.status
        self._note(Receipt(url, answer.fetched_at, "fetched", status, None, detail, size, answer.elapsed_ms))
        return answer

    def _note(self, receipt: Receipt) -> None:
        self.receipts.append(receipt)
        if self.on_receipt is not None:
            self.on_receipt(receipt)

    @contextmanager
    def _plain_hop(self, url: str) -> Iterator[None]:
        with self.turns.turn(parse_target(url).host, delay_s=self.default_delay_s):
            yield

    @contextmanager
    def _polite_hop(self, url: str) -> Iterator[None]:
        rules = self.rules_of(url)
        failure = self._failures.get(parse_target(url).origin)
        if failure is not None:
            raise FetchFailed(failure.reason, failure.detail)
        if rules.refusal is not None:
            raise FetchRefused(FetchProblem.ROBOTS_UNREACHABLE, rules.refusal)
        if not rules.allows(url):
            raise FetchRefused(FetchProblem.ROBOTS, f"robots.txt of {parse_target(url).host} forbids {url[:120]}")
        host = parse_target(url).host
        with self.turns.turn(host, delay_s=max(self._delay_s(rules), self._pause_of(host))):
            yield

    def _pause_of(self, host: str) -> float:
        pause_s = self._pause_s.get(host, 0.0)
        if pause_s > self.max_crawl_delay_s:
            raise FetchRefused(FetchProblem.RETRY_AFTER, f"{host} asked to be left alone for {pause_s:g} s")
        return pause_s

    def _delay_s(self, rules: RobotsRules) -> float:
        asked = rules.delay_s()
        if asked is None:
            return self.default_delay_s
        if asked > self.max_crawl_delay_s:
            detail = f"robots.txt asks for {asked:g} s between requests, more than our {self.max_crawl_delay_s:g} s"
            raise FetchRefused(FetchProblem.CRAWL_DELAY, detail)
        return max(asked, self.default_delay_s)


def retry_after_s(answer: Fetched) -> float | None:
    """Return the seconds a 429 or 503 answer asks to wait (Retry-After, as seconds or a date), or None."""
    value = answer.headers.get("retry-after", "")
    if answer.status not in _ASKS_TO_WAIT or not value:
        return None
    if re.fullmatch(r"\d{1,99}(?:\.\d{1,9})?", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - answer.fetched_at).total_seconds())
