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
# Browsers read on after `</body>` and `</html>`; the parser drops what follows the one and sets the other's text apart.
_PAGE_ENDS = re.compile(rb"</(?:[bB][oO][dD][yY]|[hH][tT][mM][lL])\b[^<>]{0,200}>")
# What may stand in a head. With `<body>` left out, the parser, which knows HTML 4, leaves newer elements in there too.
_HEAD_TAGS = frozenset(
    ("title", "meta", "link", "base", "style", "script", "noscript", "template", "object", "basefont", "bgsound")
)


def parse_html(body: bytes | str, content_type: str | None = None) -> etree._Element | None:
    """Return the root element, or None when there is nothing that could be called a page.

    What a browser would show stands in its `body`, whichever of the tags html, head and body the page leaves out.
    """
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
    if root is not None and root.tag == "html":
        _gather_body(root)
    return root


def _gather_body(root: etree._Element) -> None:
    """Move into `body` what the parser left in `head`, between the two or after `body`, in page order."""
    head, body = root.find("head"), root.find("body")
    early = _strays(head)
    if body is None and early:
        body = etree.SubElement(root, "body")
    if body is None:
        return
    early += [node for node in body.itersiblings(preceding=True) if node is not head][::-1]
    if early:
        early[-1].tail = (early[-1].tail or "") + (body.text or "")
        body.text = None
        body[:0] = early
    late = list(body.itersiblings())
    if body.tail:
        _say_at_end(body, body.tail)
        body.tail = None
    body.extend(late)


def _strays(head: etree._Element | None) -> list[etree._Element]:
    """Return the children of a head from the first that cannot stand there: it is where the body begins."""
    children = [] if head is None else list(head)
    begins = next((place for place, node in enumerate(children) if node.tag not in _HEAD_TAGS), len(children))
    return children[begins:]


def _say_at_end(body: etree._Element, text: str) -> None:
    if len(body):
        body[-1].tail = (body[-1].tail or "") + text
    else:
        body.text = (body.text or "") + text


def _cleaned(text: str) -> bytes:
    """Return a text as UTF-8 with a blank for every character that XML forbids."""
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        data = _SURROGATE.sub(" ", text).encode("utf-8")
    return _PAGE_ENDS.sub(b"", _RARE.sub(b" ", data.translate(_TO_SPACES)))
