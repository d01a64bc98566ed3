"""One tolerant parse per page, bounded in size and depth so that hostile markup cannot take a worker down."""

from __future__ import annotations

import re

from lxml import etree

from scrapers.extract.encoding import decode

MAX_CHARS = 3_000_000
# What XML knows no character for. In UTF-8 the common ones are single bytes, which `translate` blanks at the speed of a
# copy; a character class over the whole text took a tenth of the reading of a page.
_BLANKED = bytes(code for code in range(32) if code not in b"\t\n\r") + b"\x7f"
_TO_SPACES = bytes.maketrans(_BLANKED, b" " * len(_BLANKED))
_SURROGATE = re.compile("[\ud800-\udfff]")
_RARE = re.compile(rb"\xc2[\x80-\x84\x86-\x9f]|\xef\xbf[\xbe\xbf]")


def parse_html(body: bytes | str, content_type: str | None = None) -> etree._Element | None:
    """Return the root element, or None when there is nothing that could be called a page."""
    text = body if isinstance(body, str) else decode(body, content_type)
    data = _cleaned(text[:MAX_CHARS])
    if not data.strip():
        return None
    # huge_tree lifts the depth limit from 256, which real pages reach, to 2048, and keeps it there.
    # Plain elements, not lxml.html's: those are looked up in Python, one by one.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True, remove_comments=True)
    try:
        root: etree._Element | None = etree.fromstring(data, parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    return root


def _cleaned(text: str) -> bytes:
    """Return a text as UTF-8 with a blank for every character that XML forbids."""
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        data = _SURROGATE.sub(" ", text).encode("utf-8")
    return _RARE.sub(b" ", data.translate(_TO_SPACES))
