"""Clean candidates out of a page of links or a pasted text: one per domain, with a name and the line it stood in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from scrapers.domains import DomainError, normalize_domain
from scrapers.extract.links import base_url
from scrapers.extract.parse import parse_html
from scrapers.extract.title import squeeze, text_of
from scrapers.sources.platforms import is_platform
from scrapers.urls import join_url

MAX_CANDIDATES = 2_000
_CONTEXT_CHARS, _NAME_CHARS, _CARD_CHARS = 300, 80, 1_500
_CARDS = ("li", "tr", "article", "dd", "p", "td", "section", "div")
_CHROME = frozenset(("nav", "footer", "header", "aside"))
_GENERIC = re.compile(
    r"^(?:visit|view|go to|see|open|read|learn|more|website|site|web|homepage|link|here|click|details|profile"
    r"|www|official"
    r"|zur website|webseite|strona|odwied[źz]|visiter|site web|visitar|sitio web|\W*$)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[^\W\d_]{2,24}(?::\d+)?(?:/[^\s,;|\"'<>]*)?", re.IGNORECASE)
_FILE_ENDINGS = frozenset("html htm php pdf png jpg jpeg gif svg css js txt csv json xml zip doc docx xls xlsx".split())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A company that may be worth recruiting: registrable `domain`, the page it was `found_on`, the line it was in."""

    domain: str
    name: str
    url: str
    found_on: str
    context: str


def candidates_from_page(url: str, body: bytes | str, content_type: str | None = None) -> tuple[Candidate, ...]:
    """Return the companies a page links to, in page order; its own site, platforms and page frames are left out."""
    tree = parse_html(body, content_type)
    if tree is None:
        return ()
    own = _domain(url)
    base = base_url(tree, url)
    found: dict[str, Candidate] = {}
    for link in tree.iter("a"):
        address = join_url(base, link.get("href") or "")
        domain = _domain(address) if address else None
        if address is None or domain is None or domain == own or is_platform(domain) or _in_frame(link):
            continue
        if domain not in found or (_GENERIC.match(found[domain].name) and not _GENERIC.match(_label(link))):
            found[domain] = Candidate(domain, _name(link, domain), address, url, _context(link))
        if len(found) >= MAX_CANDIDATES:
            break
    return tuple(found.values()) if len(found) != 1 else (_named_by_page(next(iter(found.values())), tree),)


def candidates_from_text(text: str, *, found_on: str = "pasted list") -> tuple[Candidate, ...]:
    """Return the companies named by the addresses in a pasted text, one per domain, each with its line."""
    found: dict[str, Candidate] = {}
    for line in text.splitlines():
        read = 0
        for match in _ADDRESS.finditer(line[:5_000]):
            before = squeeze(line[read : match.start()]).strip(" -–—:;,|•*\t(<@")
            read = match.end()
            domain = None if match.group().rpartition(".")[2].lower() in _FILE_ENDINGS else _domain(match.group())
            if domain is None or is_platform(domain) or domain in found:
                continue
            name = before if 1 < len(before) <= _NAME_CHARS and "@" not in line[:read] else _from_domain(domain)
            url = match.group() if "://" in match.group() else f"https://{domain}/"
            found[domain] = Candidate(domain, name, url, found_on, squeeze(line)[:_CONTEXT_CHARS])
        if len(found) >= MAX_CANDIDATES:
            break
    return tuple(found.values())


def _named_by_page(only: Candidate, tree: etree._Element) -> Candidate:
    """A page about one company, such as its profile in a directory, is headed by the company's name."""
    heading = next((text_of(node) for node in tree.iter("h1")), "")
    named = only.name == _from_domain(only.domain) and 1 < len(heading) <= _NAME_CHARS
    return replace(only, name=heading) if named else only


def _domain(address: str) -> str | None:
    try:
        return normalize_domain(address)
    except DomainError:
        return None


def _in_frame(link: etree._Element) -> bool:
    """Links in menus and footers are the page's own business: its tools, its maker, its group."""
    return any(parent.tag in _CHROME for parent in _parents(link))


def _parents(node: etree._Element) -> Iterator[etree._Element]:
    parent = node.getparent()
    for _ in range(12):
        if parent is None or parent.tag == "body":
            return
        yield parent
        parent = parent.getparent()


def _label(link: etree._Element) -> str:
    return squeeze(" ".join(str(part) for part in link.itertext()))


def _name(link: etree._Element, domain: str) -> str:
    """The link's words, unless they are "visit website": then the heading or picture of its card, else the domain."""
    label = _label(link)
    if label and len(label) <= _NAME_CHARS and not _GENERIC.match(label) and "://" not in label:
        return label
    for parent in _parents(link):
        if parent.tag in _CARDS:
            for heading in parent.iter("h1", "h2", "h3", "h4", "h5", "h6", "strong", "b"):
                text = text_of(heading)
                if text and len(text) <= _NAME_CHARS and not _GENERIC.match(text):
                    return text
            if len(text_of(parent)) > _CARD_CHARS:
                break
    image = next(link.iter("img"), None)
    alt = squeeze(image.get("alt") or "") if image is not None else ""
    return re.sub(r"\s*\blogo\b\s*", " ", alt, flags=re.IGNORECASE).strip()[:_NAME_CHARS] or _from_domain(domain)


def _from_domain(domain: str) -> str:
    return domain.partition(".")[0].replace("-", " ").title()


def _context(link: etree._Element) -> str:
    """The text of the smallest card around the link that says more than the link itself."""
    label = _label(link)
    for parent in _parents(link):
        if parent.tag in _CARDS:
            text = squeeze(" ".join(str(part) for part in parent.itertext()))
            if len(text) > len(label) + 10:
                return text[:_CONTEXT_CHARS]
    return label[:_CONTEXT_CHARS]
