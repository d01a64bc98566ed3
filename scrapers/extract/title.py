"""The page's title and its headings."""

from __future__ import annotations

from lxml import html

_MAX_TITLE_CHARS = 300
_MAX_HEADINGS = 200


def squeeze(text: str) -> str:
    """Collapse every run of white space into one space."""
    return " ".join(text.split())


def find_title(tree: html.HtmlElement) -> str:
    """Return the page's own title: og:title, else <title>, else the first h1."""
    for query in ("//meta[@property='og:title']/@content", "//title//text()", "(//h1)[1]//text()"):
        found = squeeze(" ".join(str(part) for part in tree.xpath(query)))
        if found:
            return found[:_MAX_TITLE_CHARS]
    return ""


def find_headings(tree: html.HtmlElement) -> tuple[str, ...]:
    """Return the texts of h1 to h3 in page order, without repeats."""
    texts = (squeeze(str(node.text_content())) for node in tree.iter("h1", "h2", "h3"))
    return tuple(dict.fromkeys(text[:_MAX_TITLE_CHARS] for text in texts if text))[:_MAX_HEADINGS]


def find_description(tree: html.HtmlElement) -> str:
    """Return the page's own summary (meta description or og:description), or an empty text."""
    for node in tree.iter("meta"):
        if (node.get("name") or node.get("property") or "").lower() in ("description", "og:description"):
            found = squeeze(node.get("content") or "")
            if found:
                return found[:500]
    return ""
