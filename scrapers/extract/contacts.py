"""E-mail addresses of a page: linked, written out, disguised against robots, or stated in JSON-LD.

Only what stands on the page counts; nothing is guessed. Image names, tracking ids and sample addresses are not people.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from lxml import etree

from scrapers.domains import DomainError, EmailError, normalize_domain, normalize_email
from scrapers.extract.page import FoundEmail

MAX_EMAILS = 50
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_AT = r"\s*(?:\[\s*(?:at|@|ät|małpa|arroba|arobase)\s*\]|\(\s*(?:at|@|ät|małpa|arroba|arobase)\s*\)|\{\s*at\s*\})\s*"
_DOT = r"(?:\s*(?:\[\s*(?:dot|punkt|kropka|punto|point|\.)\s*\]|\(\s*(?:dot|punkt|kropka|punto|point|\.)\s*\))\s*|\.)"
_DISGUISED = re.compile(
    rf"(?<![\w.+-])([\w+-]{{1,40}}(?:{_DOT}[\w+-]{{1,40}}){{0,3}}){_AT}([\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,4}})",
    re.IGNORECASE,
)
_DOTS = re.compile(_DOT, re.IGNORECASE)
_FILES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif", ".ico", ".css", ".js", ".woff", ".mp4", ".pdf")
_SAMPLE_DOMAINS = frozenset(
    ("example.com", "example.org", "example.net", "domain.com", "email.com", "yourdomain.com", "company.com",
     "yourcompany.com", "mysite.com", "sentry.io", "wixpress.com", "sentry-next.wixpress.com", "mail.com", "test.com")
)  # fmt: skip
_TRACKING = re.compile(r"[0-9a-f]{20,}|\d{12,}")
_PROTECTED = re.compile(r"/cdn-cgi/l/email-protection#([0-9a-fA-F]{6,400})")


def find_emails(tree: etree._Element, lines: Iterable[str], stated: Iterable[str]) -> tuple[FoundEmail, ...]:
    """Return the addresses a page shows, each once, with how it stood there; at most 50.

    `lines` are the page's visible texts, `stated` the addresses of its JSON-LD.
    """
    found: dict[str, FoundEmail] = {}
    for how, raw in _candidates(tree, lines, stated):
        address = _accepted(raw)
        if address is not None:
            found.setdefault(address, FoundEmail(address, how))
        if len(found) >= MAX_EMAILS:
            break
    return tuple(found.values())


def _candidates(tree: etree._Element, lines: Iterable[str], stated: Iterable[str]) -> Iterator[tuple[str, str]]:
    for link in tree.iter("a"):
        href = (link.get("href") or "").strip()
        if href[:7].lower() == "mailto:":
            for part in unquote(href[7:].partition("?")[0]).split(","):
                yield "mailto", part
        else:
            protected = _PROTECTED.search(href)
            if protected:
                yield "cloudflare", decode_cloudflare(protected.group(1))
    for node in tree.iter("a", "span"):
        if "data-cfemail" in node.attrib:
            yield "cloudflare", decode_cloudflare(node.get("data-cfemail") or "")
    for address in stated:
        yield "json_ld", address.removeprefix("mailto:")
    for line in lines:
        if "@" in line:
            for plain in _EMAIL.findall(line[:5_000]):
                yield "text", plain
        if "(" in line or "[" in line or "{" in line:
            for name, domain in _DISGUISED.findall(line[:2_000]):
                yield "obfuscated", f"{_DOTS.sub('.', name)}@{_DOTS.sub('.', domain)}"


def decode_cloudflare(code: str) -> str:
    """Undo Cloudflare's e-mail protection: the first byte is XORed over the rest. Empty when it is not one."""
    try:
        key, *rest = bytes.fromhex(code)
        return bytes(byte ^ key for byte in rest).decode("utf-8").partition("?")[0]
    except ValueError:
        return ""


def _accepted(raw: str) -> str | None:
    text = raw.strip().strip(".-_'\"<>;:")
    text = re.sub(r"^(?:u003e|%20|x22|mailto:)+", "", text, flags=re.IGNORECASE)
    if text.lower().endswith(_FILES) or _TRACKING.search(text.partition("@")[0].lower()):
        return None
    try:
        address = normalize_email(text)
        host = address.rpartition("@")[2]
        return None if host in _SAMPLE_DOMAINS or normalize_domain(host) in _SAMPLE_DOMAINS else address
    except (EmailError, DomainError):
        return None
