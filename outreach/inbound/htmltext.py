"""HTML mail to plain text, with the quoted parts marked the way plain mails mark them.

Mail programs mark what they quote by element, not by words, so the marks are read here, where they still exist: a
blockquote becomes "> " lines, a program's "header of the original" becomes a separator line.
"""

from __future__ import annotations

import re

from lxml import etree, html

MAX_HTML_CHARS = 400_000
SEPARATOR = "-----Original Message-----"
_BLOCKS = frozenset(
    "address article aside blockquote body center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr li main"
    " nav ol p pre section table tbody td tfoot th thead tr ul".split()
)
_HIDDEN = frozenset(("script", "style", "head", "title", "template", "noscript", "xml", "object", "select"))
_ORIGINAL_IDS = re.compile(
    r"divRplyFwdMsg|appendonsend|reply-intro|mail-editor-reference-message-container|OLK_SRC_BODY"
)
_ORIGINAL_CLASSES = re.compile(r"\b(yahoo_quoted|WordSection1_quoted|OutlookMessageHeader|protonmail_quote_header)\b")
_OUTLOOK_RULE = re.compile(r"border-top:\s*solid\s*#(e1e1e1|b5c4df)", re.IGNORECASE)
_QUOTE_CLASSES = re.compile(r"\b(protonmail_quote|zmail_extra|moz-forward-container|tutanota_quote)\b")
_INVISIBLE = re.compile(r"display:\s*none|font-size:\s*0(px)?\s*(;|$)|mso-hide:\s*all", re.IGNORECASE)


def text_of_html(markup: str) -> str:
    """Return the text a reader sees, quoted lines beginning with "> "; "" for markup without any."""
    try:
        root = html.document_fromstring(_prepared(markup), parser=html.HTMLParser(recover=True, remove_comments=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    writer = _Writer()
    _walk(root, writer)
    return writer.text()


def _prepared(markup: str) -> str:
    cut = markup[:MAX_HTML_CHARS].replace("\x00", "")
    # A string with an encoding declaration is refused by lxml, and Office's conditional blocks are noise.
    cut = re.sub(r"<\?xml[^>]{0,200}\?>", "", cut)
    return re.sub(r"<!\[(?:if|endif)[^>]{0,100}\]>", "", cut, flags=re.IGNORECASE) or "<p></p>"


class _Writer:
    """Lines of text being written, each with the depth of the quote it stands in."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []
        self.current = ""
        self.depth = 0

    def add(self, text: str) -> None:
        self.current += text

    def end_line(self) -> None:
        line = re.sub(r"[ \t\r\f\v\u00a0]+", " ", self.current).strip()
        self.lines.append((self.depth, line))
        self.current = ""

    def end_block(self) -> None:
        if self.current.strip():
            self.end_line()

    def text(self) -> str:
        self.end_block()
        shown = [(">" * depth + " " + line if depth else line).rstrip() for depth, line in self.lines]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(shown)).strip()


def _walk(root: html.HtmlElement, writer: _Writer) -> None:
    """Write a tree without recursion: mails nest tables deeper than Python's stack."""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if event == "start":
            _open(element, writer)
        else:
            _close(element, writer)


def _open(element: html.HtmlElement, writer: _Writer) -> None:
    if _is_hidden(element):
        for child in list(element):
            element.remove(child)
        element.text = None
        return
    if element.tag in _BLOCKS:
        writer.end_block()
    if _starts_original(element):
        writer.lines += [(writer.depth, ""), (writer.depth, SEPARATOR)]
    if _is_quote(element):
        writer.depth += 1
    writer.add(_inline(element.text, element))


def _close(element: html.HtmlElement, writer: _Writer) -> None:
    if element.tag == "br":
        writer.end_line()
    elif element.tag in _BLOCKS:
        writer.end_block()
    if element.tag in ("p", "table", "ul", "ol", "h1", "h2", "h3") and writer.lines and writer.lines[-1][1]:
        writer.lines.append((writer.depth, ""))
    if _is_quote(element):
        writer.end_block()
        writer.depth = max(0, writer.depth - 1)
    writer.add(_inline(element.tail, element.getparent()))


def _inline(text: str | None, element: html.HtmlElement | None) -> str:
    if not text:
        return ""
    if element is not None and element.tag == "pre":
        return text
    return re.sub(r"\s+", " ", text)


def _is_hidden(element: html.HtmlElement) -> bool:
    return element.tag in _HIDDEN or bool(_INVISIBLE.search(element.get("style") or ""))


def _is_quote(element: html.HtmlElement) -> bool:
    return element.tag == "blockquote" or bool(_QUOTE_CLASSES.search(element.get("class") or ""))


def _starts_original(element: html.HtmlElement) -> bool:
    if _ORIGINAL_IDS.search(element.get("id") or "") or _ORIGINAL_CLASSES.search(element.get("class") or ""):
        return True
    return element.tag in ("div", "p") and bool(_OUTLOOK_RULE.search(element.get("style") or ""))
