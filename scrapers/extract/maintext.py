"""The main text of a page."""

from __future__ import annotations

import copy

from lxml import html

_CHROME = ("script", "style", "noscript", "template", "svg", "nav", "footer", "form", "iframe", "button", "select")
_INLINE = {"a", "abbr", "b", "bdi", "cite", "code", "em", "font", "i", "kbd", "label", "mark", "q", "s", "small",
           "span", "strong", "sub", "sup", "time", "u", "var"}  # fmt: skip


def main_text(tree: html.HtmlElement) -> str:
    """Return the text a reader came for, one block per line."""
    tree = copy.deepcopy(tree)
    for node in list(tree.iter(*_CHROME)):
        if node.getparent() is not None:
            node.drop_tree()
    body = tree.find("body")
    lines = [""]
    for event, node in _walk(body if body is not None else tree):
        if isinstance(node.tag, str) and node.tag not in _INLINE:
            lines.append("")
        lines[-1] += (node.text if event == "start" else node.tail) or ""
    squeezed = (" ".join(line.split()) for line in lines)
    return "\n".join(line for line in squeezed if line)


def _walk(root: html.HtmlElement) -> list[tuple[str, html.HtmlElement]]:
    """Start and end events of every element in document order, without recursion."""
    from lxml import etree

    return [(event, node) for event, node in etree.iterwalk(root, events=("start", "end")) if isinstance(node.tag, str)]
