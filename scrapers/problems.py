"""What can go wrong between a URL and a page, each problem with a name that is stored and words that are shown."""

from __future__ import annotations

from enum import StrEnum


class FetchProblem(StrEnum):
    """Why a URL was not read. Stored by value in receipts; `detail` of the error says it in words."""

    BAD_URL = "bad_url"
    BAD_SCHEME = "bad_scheme"
    BAD_PORT = "bad_port"
    USERINFO = "userinfo"
    BAD_HOST = "bad_host"
    PRIVATE_ADDRESS = "private_address"
    ROBOTS = "forbidden_by_robots"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    CRAWL_DELAY = "crawl_delay_too_long"
    RETRY_AFTER = "asked_to_wait"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    TOO_SLOW = "too_slow"
    DISCONNECTED = "disconnected"
    BAD_ANSWER = "bad_answer"
    BAD_ENCODING = "bad_encoding"
    BOMB = "decompression_bomb"
    NOT_HTML = "not_html"
    REDIRECT_LOOP = "redirect_loop"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    BAD_REDIRECT = "bad_redirect"


class FetchError(Exception):
    """Common ground of `FetchRefused` and `FetchFailed`: a `reason` to store and a `detail` to show."""

    def __init__(self, reason: FetchProblem, detail: str) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail


class FetchRefused(FetchError):
    """We did not ask, and will not: the URL, its address or the site's rules forbid it."""


class FetchFailed(FetchError):
    """We asked and got nothing usable: the network, the server or the answer is at fault."""
