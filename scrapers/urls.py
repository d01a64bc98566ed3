"""One strict reading of a URL, shared by the guard, the fetcher and the frontier.

Two parsers that disagree about a host are the classic way past a guard, so everything here works on `Target`,
and what is ambiguous (backslashes, control characters, userinfo, odd number forms) is refused, never repaired.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

import idna

from scrapers.problems import FetchProblem, FetchRefused

MAX_URL_CHARS = 2_000
_PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\\]")
_HOST = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
)
# Most links of most pages: a path on the same host in which nothing needs quoting, cleaning or resolving.
_PLAIN_PATH = re.compile(r"/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/)*(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*)?")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_PATH_SAFE = "/%:@!$&'()*+,;=-._~"


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart: `scheme` http or https, `host` in lower-case ASCII, `port` 80 or 443, `path` with query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """The URL with default ports left out and the fragment gone."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    @property
    def origin(self) -> str:
        """Scheme, host and port without a path."""
        return self.url[: -len(self.path)]


def parse_target(url: str) -> Target:
    """Take a URL apart, or raise `FetchRefused` naming what is wrong with it."""
    text = url.strip(" \t\r\n")
    if len(text) > MAX_URL_CHARS:
        raise FetchRefused(FetchProblem.BAD_URL, f"the address is longer than {MAX_URL_CHARS} characters")
    if not text or _CONTROL.search(text):
        raise FetchRefused(FetchProblem.BAD_URL, f"{text[:80]!r} is not a web address")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise FetchRefused(FetchProblem.BAD_URL, f"{text[:80]!r} is not a web address: {error}") from error
    scheme = parts.scheme.lower()
    if scheme not in _PORTS:
        raise FetchRefused(FetchProblem.BAD_SCHEME, f"only http and https are read, not {scheme or 'no scheme'!r}")
    if "@" in parts.netloc:
        raise FetchRefused(FetchProblem.USERINFO, "an address with a user name or password is not read")
    if parts.netloc.endswith(":") or port not in (None, 80, 443):
        raise FetchRefused(FetchProblem.BAD_PORT, f"only ports 80 and 443 are read, not {port}")
    path = quote(parts.path or "/", safe=_PATH_SAFE, errors="replace")
    query = "?" + quote(parts.query, safe=_PATH_SAFE + "?", errors="replace") if parts.query else ""
    host = ascii_host(parts.netloc.partition("]")[0] + "]" if "[" in parts.netloc else parts.hostname or "")
    return Target(scheme, host, port or _PORTS[scheme], (path if path.startswith("/") else "/" + path) + query)


def ascii_host(host: str) -> str:
    """Return a host name in lower-case ASCII (IDNA 2008), or a bare IP literal; raise `FetchRefused` otherwise."""
    if host.startswith("["):
        return _literal_v6(host)
    name = host.rstrip(".") if not host.endswith("..") else host
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise FetchRefused(FetchProblem.BAD_HOST, f"{host[:80]!r} is not a host name: {error}") from error
    name = name.lower()
    if not _HOST.fullmatch(name):
        raise FetchRefused(FetchProblem.BAD_HOST, f"{host[:80]!r} is not a host name")
    if _NUMBER.fullmatch(name.rpartition(".")[2]):
        _check_dotted_quad(name)
    return name


def _literal_v6(host: str) -> str:
    if "%" in host:  # a zone names a network interface of this machine
        raise FetchRefused(FetchProblem.BAD_HOST, f"{host[:80]!r} names a network interface")
    try:
        return ipaddress.IPv6Address(host.strip("[]")).compressed
    except ValueError as error:
        raise FetchRefused(FetchProblem.BAD_HOST, f"{host[:80]!r} is not an IPv6 address") from error


def _check_dotted_quad(name: str) -> None:
    """A host that ends in a number is an IPv4 address to some parser: only the plain dotted form is let through."""
    try:
        ipaddress.IPv4Address(name)
    except ValueError as error:
        detail = f"{name[:80]!r} is a disguised IP address (decimal, octal, hex or short form)"
        raise FetchRefused(FetchProblem.PRIVATE_ADDRESS, detail) from error


@lru_cache(maxsize=256)
def _origin_of(base: str) -> str | None:
    try:
        return parse_target(base).origin
    except FetchRefused:
        return None


def join_url(base: str, reference: str) -> str | None:
    """Resolve a link found on a page; None when it is not an http(s) address that may be read."""
    reference = reference.strip()
    if not reference or reference.startswith("#") or len(reference) > MAX_URL_CHARS:
        return None
    if _PLAIN_PATH.fullmatch(reference):
        origin = _origin_of(base)
        return origin + reference if origin is not None and len(origin) + len(reference) <= MAX_URL_CHARS else None
    try:
        return parse_target(urljoin(base, reference.replace(" ", "%20"))).url
    except (FetchRefused, ValueError):
        return None


def bare_host(host: str) -> str:
    """The host without a leading `www.`: both name the same site."""
    return host[4:] if host.startswith("www.") and host.count(".") >= 2 else host
