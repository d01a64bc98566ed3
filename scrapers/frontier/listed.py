"""Addresses a site lists for readers like us: sitemaps and feeds. Read without entities, external or other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime

from lxml import etree

_MAX_ADDRESSES = 2_000


def read_sitemap(body: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the pages and the further sitemaps a sitemap names, at most 2,000; nothing when it is not one."""
    root = _root(body)
    pages: list[str] = []
    sitemaps: list[str] = []
    for node in root.iter() if root is not None else ():
        parent = node.getparent()
        if _name(node) == "loc" and node.text:
            target = sitemaps if parent is not None and _name(parent) == "sitemap" else pages
            target.append(node.text.strip())
            if len(pages) + len(sitemaps) >= _MAX_ADDRESSES:
                break
    return tuple(pages), tuple(sitemaps)


def read_feed(body: bytes) -> tuple[tuple[str, str, datetime | None], ...]:
    """Return (address, title, published) of a feed's entries, newest first; nothing when it is not a feed."""
    root = _root(body)
    if root is None:
        return ()
    entries = [_entry(node) for node in root.iter() if _name(node) in ("item", "entry")][:_MAX_ADDRESSES]
    found = [entry for entry in entries if entry[0]]
    return tuple(sorted(found, key=lambda entry: entry[2].timestamp() if entry[2] else 0.0, reverse=True))


def _root(body: bytes) -> etree._Element | None:
    # No entities, no network, no huge trees: an XML bomb is an empty list of addresses.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True, load_dtd=False)
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _name(node: etree._Element) -> str:
    return etree.QName(node).localname.lower() if isinstance(node.tag, str) else ""


def _entry(node: etree._Element) -> tuple[str, str, datetime | None]:
    address, title, published = "", "", None
    for child in node:
        name = _name(child)
        if name == "link" and not address:
            address = (child.get("href") or child.text or "").strip()
        elif name == "title":
            title = (child.text or "").strip()[:200]
        elif name in ("pubdate", "published", "updated", "date") and published is None:
            published = next(_moments((child.text or "").strip()), None)
    return address, title, published


def _moments(text: str) -> Iterator[datetime]:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            yield read(text).astimezone()
        except (ValueError, TypeError, OverflowError):
            continue
