"""What can go wrong between a URL and a page, each problem with a name that is stored and words that are shown."""

from __future__ import annotations

import errno
import socket
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


_NETWORK_WORDS = {
    errno.ECONNREFUSED: "nothing answers there",
    errno.ECONNRESET: "the other side cut the connection",
    errno.ECONNABORTED: "the other side cut the connection",
    errno.EPIPE: "the other side cut the connection",
    errno.ENOTCONN: "the other side cut the connection",
    errno.EBADF: "the connection was closed",
    errno.ETIMEDOUT: "no answer in time",
    errno.EHOSTUNREACH: "no way leads there from here",
    errno.ENETUNREACH: "no way leads there from here",
    errno.EADDRNOTAVAIL: "no way leads there from here",
    errno.EMFILE: "this server has too many connections open",
    errno.ENFILE: "this server has too many connections open",
}
_NAME_WORDS = {
    socket.EAI_NONAME: "the name server knows no such name",
    socket.EAI_NODATA: "the name has no address",
    socket.EAI_AGAIN: "the name server does not answer",
    socket.EAI_FAIL: "the name server refuses to answer",
}


def in_words(error: OSError) -> str:
    """Say what went wrong on the network as a person would, never as an error number."""
    if isinstance(error, socket.gaierror):
        return _NAME_WORDS.get(error.errno or 0, "the name server gives no answer that can be used")
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return _NETWORK_WORDS.get(error.errno or 0, "a fault of the network")


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
