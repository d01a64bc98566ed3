"""One tolerant parse per page, bounded in size and depth so that hostile markup cannot take a worker down."""

from __future__ import annotations

import re

from lxml import etree

from scrapers.extract.encoding import decode

MAX_CHARS = 3_000_000
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def parse_html(body: bytes | str, content_type: str | None = None) -> etree._Element | None:
    """Return the root element, or None when there is nothing that could be called a page."""
    text = body if isinstance(body, str) else decode(body, content_type)
    text = _FORBIDDEN.sub(" ", text[:MAX_CHARS])
    if not text.strip():
        return None
    # huge_tree lifts the depth limit from 256, which real pages reach, to 2048, and keeps it there.
    # Plain elements, not lxml.html's: those are looked up in Python, one by one.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True, remove_comments=True)
    try:
        root: etree._Element | None = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    return root
