"""Candidates out of whatever a person pastes: a list of links, lines of a mail, a table, Markdown, a page's source."""

from __future__ import annotations

import re

from scrapers.extract.title import squeeze
from scrapers.sources.candidates import Candidate, Found, domain_of, find_on_page
from scrapers.sources.naming import clean_name, name_of_domain
from scrapers.sources.platforms import why_not_a_company

PASTED = "pasted list"
MAX_TEXT_CHARS = 2_000_000
_CONTEXT_CHARS, _LINE_CHARS = 300, 5_000
_ADDRESS = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[^\W\d_]{2,24}(?::\d+)?(?:/[^\s,;|\"'<>]*)?", re.IGNORECASE)
_FILE_ENDINGS = frozenset(
    "html htm php asp aspx pdf png jpg jpeg gif svg webp css js ts py txt csv json xml zip doc docx xls xlsx md".split()
)
_MARKDOWN = re.compile(r"\[([^\]\n]{1,200})\]\((https?://[^)\s]+)\)")
_HTML_LINK = re.compile(r"<a\s[^>]{0,2000}href\s*=", re.IGNORECASE)
_NOWHERE = "https://pasted.invalid/"


def candidates_from_text(text: str, *, found_on: str = PASTED) -> tuple[Candidate, ...]:
    """Return the companies named by the addresses in a pasted text, one per domain, each with its line."""
    return tuple(find_in_text(text, found_on=found_on).companies.values())


def find_in_text(text: str, *, found_on: str = PASTED) -> Found:
    """Return the companies a pasted text names and the addresses in it that are none, each with the reason."""
    text = text[:MAX_TEXT_CHARS]
    if _HTML_LINK.search(text):
        found = _find_in_source(text, found_on)
        if found.companies or found.skipped:
            return found
    found = Found()
    for line in text.splitlines():
        _read_line(_MARKDOWN.sub(r"\1 \2", line[:_LINE_CHARS]), found, found_on)
    return found


def _read_line(line: str, found: Found, found_on: str) -> None:
    read = 0
    for match in _ADDRESS.finditer(line):
        before, read = line[read : match.start()], match.end()
        address = match.group().rstrip(".,:;!?)]}*_")
        domain = domain_of(address) if _is_meant(address) else None
        if domain is None:
            continue
        is_mail = before.endswith("@")
        name = "" if is_mail else clean_name(before.strip().strip("\"'(<[{|,;:–—-"))
        url = address if "://" in address and not is_mail else f"https://{domain if is_mail else address}"
        url = url if url.count("/") > 2 else f"{url}/"
        context = squeeze(line)[:_CONTEXT_CHARS]
        reason = why_not_a_company(domain) or ""
        found.add(Candidate(domain, name or name_of_domain(domain), url, found_on, context, reason))


def _is_meant(address: str) -> bool:
    """Tell an address from a file name and from two sentences without a space between them ("done.So we")."""
    host = address.partition("://")[2] or address
    host = host.partition("/")[0].partition(":")[0]
    first, _, last = host.rpartition(".")
    if "://" in address or address.lower().startswith("www."):
        return True
    if last.lower() in _FILE_ENDINGS:
        return False
    return not (last[:1].isupper() and not last.isupper() and first != first.upper())


def _find_in_source(text: str, found_on: str) -> Found:
    found = find_on_page(_NOWHERE, text)
    as_pasted = Found(title=found.title)
    for entry in (*found.companies.values(), *found.skipped.values()):
        as_pasted.add(Candidate(entry.domain, entry.name, entry.url, found_on, entry.context, entry.skipped))
    return as_pasted
