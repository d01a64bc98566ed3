"""E-mail addresses of a page: linked, written out, disguised against robots, or stated in JSON-LD.

Only what stands on the page counts; nothing is guessed. Image names, tracking ids and sample addresses are not people.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from lxml import etree

from scrapers.domains import DomainError, EmailError, normalize_domain, normalize_email
from scrapers.extract.page import FoundEmail

MAX_EMAILS = 50
_ADDRESS_CHARS, _SPACED_CHARS = 254, 1_000
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_AT_WORDS, _DOT_WORDS = "at|ät|małpa|arroba|arobase", "dot|punkt|kropka|punto|point"
_AT = rf"\s*(?:\[\s*(?:@|a|{_AT_WORDS})\s*\]|\(\s*(?:@|a|{_AT_WORDS})\s*\)|\{{\s*(?:@|{_AT_WORDS})\s*\}})\s*"
_DOT = rf"(?:\s*(?:\[\s*(?:{_DOT_WORDS}|\.)\s*\]|\(\s*(?:{_DOT_WORDS}|\.)\s*\))\s*|\.)"
_DISGUISED = re.compile(
    rf"(?<![\w.+-])([\w+-]{{1,40}}(?:{_DOT}[\w+-]{{1,40}}){{0,3}}){_AT}([\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,4}})",
    re.IGNORECASE,
)
_DOTS = re.compile(_DOT, re.IGNORECASE)
# With spaces or in words an address looks like prose ("our team @ acme.com", "meet at acme dot com"): it takes a name
# that mailboxes have, or capitals that prose has not.
_MAILBOXES = "info|infos|hello|hallo|contact|contacto|kontakt|mail|email|office|sales|support|biuro|sekretariat"
_SPACED = re.compile(
    rf"(?<![\w.+-])({_MAILBOXES})(?:\s+@\s*|\s*@\s+)([\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,3}})", re.IGNORECASE
)
_SPOKEN = re.compile(
    rf"(?<![\w.+-])({_MAILBOXES})\s+(?:{_AT_WORDS})\s+([\w-]{{1,63}}(?:\s+(?:{_DOT_WORDS})\s+[\w-]{{1,63}}){{1,3}})",
    re.IGNORECASE,
)
_SHOUTED = re.compile(r"(?<![\w.+-])([\w.+-]{1,40}) AT ([\w-]{1,63}(?: DOT [\w-]{1,63}){1,3})")
_SPOKEN_DOT = re.compile(rf"\s+(?:{_DOT_WORDS})\s+", re.IGNORECASE)
# Characters without width, put into an address to break it for programs.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
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
        elif "bidi-override" in (node.get("style") or ""):
            yield "obfuscated", "".join(map(str, node.itertext()))[:_ADDRESS_CHARS][::-1]
    for address in stated:
        yield "json_ld", address.removeprefix("mailto:")
    for line in lines:
        yield from _written(line)


def _written(line: str) -> Iterator[tuple[str, str]]:
    """Addresses in one visible text, plain or disguised."""
    if "@" in line:
        line = line.translate(_INVISIBLE)
        for plain in _EMAIL.findall(line[:5_000]):
            yield "text", plain
    if "(" in line or "[" in line or "{" in line:
        for name, domain in _DISGUISED.findall(line[:2_000]):
            yield "obfuscated", f"{_DOTS.sub('.', name)}@{_DOTS.sub('.', domain)}"
    if len(line) > _SPACED_CHARS:
        return
    if " @" in line or "@ " in line:
        for name, domain in _SPACED.findall(line):
            yield "obfuscated", f"{name}@{domain}"
    if _SPOKEN_DOT.search(line):
        for name, domain in (*_SPOKEN.findall(line), *_SHOUTED.findall(line)):
            yield "obfuscated", f"{name}@{_SPOKEN_DOT.sub('.', domain)}"


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
        if _mixes_alphabets(address.partition("@")[0]):
            return None
        host = address.rpartition("@")[2]
        return None if host in _SAMPLE_DOMAINS or normalize_domain(host) in _SAMPLE_DOMAINS else address
    except (EmailError, DomainError):
        return None


def _mixes_alphabets(name: str) -> bool:
    """Tell a Cyrillic or Greek letter among Latin ones: made to look like an address that is somebody else's."""
    if name.isascii():
        return False
    return len({unicodedata.name(letter, "").partition(" ")[0] for letter in name if letter.isalpha()}) > 1
