"""The page's title and its headings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lxml import etree

_MAX_TITLE_CHARS = 300
_MAX_HEADINGS = 200


def squeeze(text: str) -> str:
    """Collapse every run of white space into one space."""
    return " ".join(text.split())


def text_of(node: etree._Element) -> str:
    """All text inside an element, squeezed."""
    return squeeze("".join(str(part) for part in node.itertext()))


def find_title(tree: etree._Element) -> str:
    """Return the page's own title: og:title, else <title>, else the first h1."""
    stated = next((node.get("content") for node in tree.iter("meta") if node.get("property") == "og:title"), None)
    for found in (stated, *(text_of(node) for tag in ("title", "h1") for node in _first(tree, tag))):
        if found and squeeze(found):
            return squeeze(found)[:_MAX_TITLE_CHARS]
    return ""


def _first(tree: etree._Element, tag: str) -> Iterator[etree._Element]:
    return islice(tree.iter(tag), 1)


def find_headings(tree: etree._Element) -> tuple[str, ...]:
    """Return the texts of h1 to h3 in page order, without repeats."""
    texts = (text_of(node) for node in tree.iter("h1", "h2", "h3"))
    return tuple(dict.fromkeys(text[:_MAX_TITLE_CHARS] for text in texts if text))[:_MAX_HEADINGS]


def find_description(tree: etree._Element) -> str:
    """Return the page's own summary (meta description or og:description), or an empty text."""
    for node in tree.iter("meta"):
        if (node.get("name") or node.get("property") or "").lower() in ("description", "og:description"):
            found = squeeze(node.get("content") or "")
            if found:
                return found[:500]
    return ""
