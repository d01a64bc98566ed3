"""How a directory goes on: its next page, and the profiles it lists on pages of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from lxml import etree

from scrapers.extract.links import base_url, find_links
from scrapers.extract.title import squeeze
from scrapers.frontier.listed import read_sitemap
from scrapers.frontier.traps import clean_url, is_trap
from scrapers.urls import bare_host, join_url

_MANY_ALIKE = 5
_NEXT = re.compile(
    r"^(?:go to |zur )?(?:next|next page|older|older posts|load more|more results|show more|nächste(?: seite)?|weiter"
    r"|następn[ay](?: strona)?|dalej|page suivante|suivante?|siguiente|página siguiente)?\s*[›»→>]*$",
    re.IGNORECASE,
)
_NUMBER_IN_ADDRESS = re.compile(
    r"(?:[?&](?:page|p|pg|paged|seite|strona|offset|start)=|/(?:page|p|seite|strona)/)(\d+)"
)
_WORTH = re.compile(
    r"agenc|partner|compan|member|profil|expert|provider|vendor|director|exhibitor|sponsor|firm|studio|startup|brand"
    r"|anbieter|aussteller|mitglied|firm[ay]|entrepris|empresa",
    re.IGNORECASE,
)


def next_page(tree: etree._Element, url: str, seen: Iterable[str]) -> str | None:
    """Return the address of the list's next page on the same host, None where it has none or was read before."""
    base = base_url(tree, url)
    host, known = _host(url), {clean_url(address) for address in seen}
    for reference in _next_references(tree, url):
        address = join_url(base, reference)
        if address and _host(address) == host and clean_url(address) not in known:
            return address
    return None


def profiles(tree: etree._Element, url: str) -> list[str]:
    """Return the links of the most frequent pattern on the page: same site, same parent path, five or more alike."""
    links = [link.url for link in find_links(tree, base_url(tree, url)) if not link.in_menu]
    return _most_alike([link for link in links if not _NUMBER_IN_ADDRESS.search(link)], url)


def listed_in_sitemap(body: bytes, url: str) -> tuple[list[str], list[str]]:
    """Return the profile pages a sitemap lists and the further sitemaps worth reading, those of companies first."""
    pages, sitemaps = read_sitemap(body)
    worth = [page for page in pages if _WORTH.search(urlsplit(page).path)]
    alike = _most_alike(worth, url) or _most_alike(pages, url)
    same_host = [entry for entry in sitemaps if _host(entry) == _host(url)]
    return alike or worth_reading(pages, url), sorted(same_host, key=lambda entry: not _WORTH.search(entry))


def worth_reading(addresses: Iterable[str], source: str) -> list[str]:
    """Return the addresses on the source's own host that lead to pages, cleaned, each once."""
    cleaned = dict.fromkeys(clean_url(address) for address in addresses if "://" in address)
    return [url for url in cleaned if _host(url) == _host(source) and not is_trap(url)]


def _next_references(tree: etree._Element, url: str) -> list[str]:
    """Return what may lead on, surest first: rel=next, a link called "Next", the link with the following number."""
    stated, called, numbered = [], [], []
    number = _number_of(url)
    for node in tree.iter("link", "a"):
        reference = node.get("href") or ""
        if not reference or reference.startswith("#"):
            continue
        if "next" in (node.get("rel") or "").lower().split():
            stated.append(reference)
        elif node.tag == "a":
            words = squeeze("".join(str(part) for part in node.itertext())) or node.get("aria-label") or ""
            if words and _NEXT.match(words):
                called.append(reference)
            elif words == str(number + 1) and _number_of(reference) == number + 1:
                numbered.append(reference)
    return [*stated, *called, *numbered]


def _number_of(address: str) -> int:
    found = _NUMBER_IN_ADDRESS.search(address)
    return int(found.group(1)) if found and len(found.group(1)) < 7 else 1


def _most_alike(addresses: Sequence[str], source: str) -> list[str]:
    cleaned = worth_reading(addresses, source)
    shapes = Counter(_shape(address) for address in cleaned)
    common = [shape for shape, count in shapes.most_common(3) if count >= _MANY_ALIKE and shape.count("/") >= 2]
    common.sort(key=lambda shape: not _WORTH.search(shape))
    return [address for address in cleaned if common and _shape(address) == common[0]]


def _shape(url: str) -> str:
    parts = urlsplit(url)
    return f"{_host(url)}{parts.path.rstrip('/').rpartition('/')[0]}/"


def _host(url: str) -> str:
    try:
        return bare_host((urlsplit(url).hostname or "").lower())
    except ValueError:
        return ""
