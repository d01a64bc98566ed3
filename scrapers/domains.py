"""The project's one normalizer of domains and e-mail addresses.

A company is unique by registrable domain, so every import, application, candidate and crawl goes through here.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache, lru_cache

import email_validator
from publicsuffixlist import PublicSuffixList

from scrapers.problems import FetchRefused
from scrapers.urls import ascii_host

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:/*", re.IGNORECASE)
# Reserved for tests and examples by RFC 2606. The demo world gives each of its companies a name under demo.test.
_RESERVED = ("test", "example")
_DEMO_SUFFIX = "demo.test"


class DomainProblem(StrEnum):
    """Why a value names no company's domain."""

    EMPTY = "empty"
    NO_NAME = "no_name"
    IP_ADDRESS = "ip_address"
    LOCAL_NETWORK = "local_network"
    UNKNOWN_SUFFIX = "unknown_suffix"
    SHARED_SUFFIX = "shared_suffix"


_WORDS = {
    DomainProblem.EMPTY: "the domain is empty",
    DomainProblem.NO_NAME: "{shown} is not a domain name",
    DomainProblem.IP_ADDRESS: "{shown} is an IP address; a domain such as example.com is needed",
    DomainProblem.LOCAL_NETWORK: "{shown} is a name of a local network, not a public website",
    DomainProblem.UNKNOWN_SUFFIX: "{shown} does not end in a known public suffix such as .com or .pl",
    DomainProblem.SHARED_SUFFIX: "{shown} is a public suffix that many companies share, not one company's domain",
}


class DomainError(ValueError):
    """The value names no company's domain; the message says why, for the person who typed it."""

    def __init__(self, problem: DomainProblem, value: str) -> None:
        """Say what is wrong with this value."""
        super().__init__(_WORDS[problem].format(shown=_shown(value)))
        self.problem = problem


class EmailError(ValueError):
    """The value is not an e-mail address; the message says why, for the person who typed it."""


def normalize_domain(value: str) -> str:
    """Return the registrable domain of a URL, host name or e-mail address, in lower-case ASCII.

    Raises `DomainError`. `https://Shop.Bücher.de/x` gives `xn--bcher-kva.de`, `info@foo.co.uk` gives `foo.co.uk`.
    """
    host = host_of(value)
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal", ".lan")):
        raise DomainError(DomainProblem.LOCAL_NETWORK, value)
    if _is_address(host):
        raise DomainError(DomainProblem.IP_ADDRESS, value)
    suffix = _suffix(host)
    if suffix is None:
        raise DomainError(DomainProblem.UNKNOWN_SUFFIX, value)
    if host == suffix:
        raise DomainError(DomainProblem.SHARED_SUFFIX, value)
    return ".".join(host.split(".")[-(suffix.count(".") + 2) :])


def host_of(value: str) -> str:
    """Return the host named by a URL, host or e-mail address, in lower-case ASCII; raises `DomainError`."""
    text = value.strip().strip("<>\"'").strip()
    if not text:
        raise DomainError(DomainProblem.EMPTY, value)
    text = text.removeprefix("mailto:") if text.lower().startswith("mailto:") else text
    rest = _SCHEME.sub("", text, count=1) if "://" in text or text.startswith("//") else text
    rest = re.split(r"[/?#\\]", rest.lstrip("/"), maxsplit=1)[0].rpartition("@")[2]
    host = rest if rest.startswith("[") else re.sub(r":\d*$", "", rest)
    if re.fullmatch(r"[0-9a-fA-F:]+:[0-9a-fA-F:.]*", rest):
        raise DomainError(DomainProblem.IP_ADDRESS, value)
    try:
        return ascii_host(host)
    except FetchRefused as error:
        if "IP" in error.detail:
            raise DomainError(DomainProblem.IP_ADDRESS, value) from error
        raise DomainError(DomainProblem.NO_NAME, value) from error


@lru_cache(maxsize=1024)
def normalize_email(value: str) -> str:
    """Return an e-mail address in the form it is stored and compared in: lower case, ASCII domain.

    Raises `EmailError`. Nothing is asked of the network.
    """
    text = value.strip().strip("<>").strip()
    if text.lower().startswith("mailto:"):
        text = text[7:].partition("?")[0]
    if not text:
        raise EmailError("the e-mail address is empty")
    try:
        found = email_validator.validate_email(text, check_deliverability=False, test_environment=True)
    except email_validator.EmailNotValidError as error:
        raise EmailError(f"{_shown(value)} is not an e-mail address: {error}") from error
    return f"{found.local_part}@{found.ascii_domain}".lower()


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


def _suffix(host: str) -> str | None:
    if host == _DEMO_SUFFIX or host.endswith("." + _DEMO_SUFFIX):
        return _DEMO_SUFFIX
    last = host.rpartition(".")[2]
    if last in _RESERVED:
        return last
    found = _suffixes().publicsuffix(host)
    return str(found) if found else None


def _is_address(host: str) -> bool:
    return ":" in host or bool(re.fullmatch(r"[\d.]+", host))


def _shown(value: str) -> str:
    return repr(value.strip()[:80])
