"""`Fetcher.fetch`: the one function of the project that opens a socket to a prospect's site.

Every hop of a redirect passes the same guard as the first address. No proxy, no netrc, no cookie that crosses hosts.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from scrapers.extract.encoding import looks_binary
from scrapers.guard import Network, SystemNetwork, open_checked
from scrapers.problems import FetchFailed, FetchProblem, in_words
from scrapers.urls import Target, parse_target
from scrapers.wire import Answer, Request, WireLimits, exchange, watchdog, wrap_tls

__all__ = ["FetchLimits", "Fetched", "Fetcher"]

_READABLE = ("text/html", "application/xhtml+xml", "text/plain", "text/xml", "application/xml")
_PAGES = "text/html,application/xhtml+xml,text/plain;q=0.9,application/xml;q=0.8"
_REDIRECTS = (301, 302, 303, 307, 308)
Hop = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """What one page may cost: seconds to connect, per read and in all; decoded bytes; redirects; robots.txt bytes."""

    connect_s: float = 5
    read_s: float = 10
    total_s: float = 30
    max_bytes: int = 2 * 1024 * 1024
    max_redirects: int = 5
    robots_bytes: int = 512 * 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """A final answer. `url` is where it came from after redirects, `asked_url` what was asked; sizes in bytes."""

    url: str
    asked_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    truncated: bool
    fetched_at: datetime
    elapsed_ms: int
    redirects: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The media type without parameters, lower case; empty when the server names none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(slots=True)
class _Visit:
    """State of one fetch across its hops: time spent on the wire, cookies by host, addresses passed through."""

    asked_url: str
    max_bytes: int
    any_type: bool = False
    accept: str = _PAGES
    spent_s: float = 0.0
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)

    def wants_body(self, status: int, headers: Mapping[str, str]) -> bool:
        """Tell from an answer's head whether its body is read."""
        if status in _REDIRECTS:
            return False
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        return self.any_type or kind == "" or kind in _READABLE or kind.endswith("+xml")


class Fetcher:
    """Reads public web pages within limits. Safe to share between threads; keeps no state between fetches.

    `host_map` names hosts (or `*.suffix`) and the http origin to connect to instead, with the Host header left as it
    is: the only way past the address guard, for demo worlds and measurements on loopback.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        limits: FetchLimits = FetchLimits(),
        host_map: Mapping[str, str] | None = None,
        network: Network | None = None,
    ) -> None:
        self.user_agent = user_agent
        self.limits = limits
        self._map = {host.lower(): urlsplit(origin) for host, origin in (host_map or {}).items()}
        self._network = network or SystemNetwork()
        self._tls = ssl.create_default_context()

    def fetch(
        self,
        url: str,
        *,
        max_bytes: int | None = None,
        hop: Hop | None = None,
        any_type: bool = False,
        accept: str = _PAGES,
    ) -> Fetched:
        """Read one address, following redirects. Raises `FetchRefused` or `FetchFailed`.

        `hop(url)` is entered around every single request, redirects included: manners (robots, turns) live there.
        Time spent waiting in it does not count against the limits. With `any_type` a body is read whatever
        its server calls it; `accept` is what the request asks for, pages by default.
        """
        visit = _Visit(url, max_bytes or self.limits.max_bytes, any_type, accept)
        target = parse_target(url)
        while True:
            with hop(target.url) if hop else nullcontext():
                started = time.monotonic()
                answer = self._ask(target, visit)
                visit.spent_s += time.monotonic() - started
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location:
                return self._finish(target, answer, visit)
            target = self._next(target, location, visit)

    def is_mapped(self, host: str) -> bool:
        """Tell whether the host map leads this host elsewhere."""
        return self._origin(host) is not None

    def _origin(self, host: str) -> tuple[str, int] | None:
        found = self._map.get(host)
        labels = host.split(".")
        for cut in range(1, len(labels)):
            found = found or self._map.get("*." + ".".join(labels[cut:]))
        return (found.hostname or "", found.port or 80) if found else None

    def _ask(self, target: Target, visit: _Visit) -> Answer:
        left_s = self.limits.total_s - visit.spent_s
        if left_s <= 0:
            raise self._too_slow()
        limits = WireLimits(self.limits.read_s, left_s, visit.max_bytes)
        request = Request(target.path, _host_header(target), self._headers(target, visit))
        deadline = time.monotonic() + left_s
        connect_s = min(self.limits.connect_s, left_s)
        with (
            closing(self._open(target, timeout_s=connect_s)) as sock,
            watchdog(sock, deadline - time.monotonic()) as barked,
        ):
            try:
                stream = self._secure(sock, target)
                with closing(stream):
                    answer = exchange(stream, request, limits=limits, wants_body=visit.wants_body)
            except (FetchFailed, OSError) as error:
                if barked.is_set():
                    raise self._too_slow() from error
                if isinstance(error, FetchFailed):
                    raise
                raise FetchFailed(FetchProblem.DISCONNECTED, f"the connection broke: {in_words(error)}") from error
        if barked.is_set():
            raise self._too_slow()
        visit.cookies.setdefault(target.host, {}).update(_cookie_pairs(answer.cookies))
        return answer

    def _open(self, target: Target, *, timeout_s: float) -> socket.socket:
        origin = self._origin(target.host)
        if origin is None:
            return open_checked(self._network, target.host, target.port, timeout_s=timeout_s)
        try:
            return socket.create_connection(origin, timeout=timeout_s)
        except OSError as error:
            raise FetchFailed(
                FetchProblem.CONNECT, f"{target.host} does not accept connections: {in_words(error)}"
            ) from error

    def _secure(self, sock: socket.socket, target: Target) -> socket.socket:
        if target.scheme == "http" or self.is_mapped(target.host):
            return sock
        return wrap_tls(sock, target.host, self._tls)

    def _headers(self, target: Target, visit: _Visit) -> dict[str, str]:
        headers = {
            "User-Agent": self.user_agent,
            "Accept": visit.accept,
            "Accept-Encoding": "gzip",
            "Accept-Language": "en, *;q=0.5",
            "Connection": "close",
        }
        cookies = visit.cookies.get(target.host)
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        return headers

    def _next(self, target: Target, location: str, visit: _Visit) -> Target:
        visit.passed.append(target.url)
        if len(visit.passed) > self.limits.max_redirects:
            detail = f"more than {self.limits.max_redirects} redirects, the last to {location[:120]}"
            raise FetchFailed(FetchProblem.TOO_MANY_REDIRECTS, detail)
        try:
            found = parse_target(urljoin(target.url, _as_text(location)))
        except ValueError as error:
            raise FetchFailed(FetchProblem.BAD_REDIRECT, f"it redirects to {location[:120]!r}") from error
        # A site that sets a cookie and sends the visitor back is asked once more; a second time it is a loop.
        if visit.passed.count(found.url) > 1:
            raise FetchFailed(FetchProblem.REDIRECT_LOOP, f"{found.url[:120]} redirects to itself")
        return found

    def _finish(self, target: Target, answer: Answer, visit: _Visit) -> Fetched:
        if 200 <= answer.status < 300 and not visit.wants_body(answer.status, answer.headers):
            kind = answer.headers.get("content-type", "").partition(";")[0][:60]
            raise FetchFailed(FetchProblem.NOT_HTML, f"{target.url[:120]} is {kind}, not a page of text")
        if not visit.any_type and looks_binary(answer.body, answer.headers.get("content-type", "")):
            detail = f"{target.url[:120]} claims to be text, but holds binary data"
            raise FetchFailed(FetchProblem.NOT_HTML, detail)
        return Fetched(
            url=target.url,
            asked_url=visit.asked_url,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            truncated=answer.truncated,
            fetched_at=datetime.now(UTC),
            elapsed_ms=round(visit.spent_s * 1000),
            redirects=tuple(visit.passed),
        )

    def _too_slow(self) -> FetchFailed:
        return FetchFailed(FetchProblem.TOO_SLOW, f"not finished within {self.limits.total_s:g} seconds")


def _host_header(target: Target) -> str:
    return target.origin.partition("://")[2]


def _as_text(location: str) -> str:
    """Header bytes arrive as Latin-1; addresses in the wild are UTF-8 more often than not."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location


def _cookie_pairs(lines: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for line in lines:
        name, mark, value = line.partition(";")[0].strip().partition("=")
        if mark and name.isascii() and value.isascii() and (name + value).isprintable() and len(line) < 4_000:
            pairs[name] = value
    return pairs
