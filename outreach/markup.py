"""The text of a mail as HTML that looks like a person typed it: paragraphs, lists and links, nothing else.

What people write is plain text. `[words](https://…)` makes a link with words, `- ` at the start of lines a list; bare
addresses become links too. Everything else is escaped, so that no value of a recipient can become markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\(([^()\s]{1,2000})\)|(https?://[^\s<>\"'\])]+)")
_TRAILING = ".,;:!?"


def text_to_html(text: str) -> str:
    """Return the HTML body of a mail for its text."""
    blocks = [block for block in re.split(r"\n[ \t]*\n", text.strip("\n")) if block.strip()]
    return "\n".join(_block(block) for block in blocks)


def plain_text(text: str) -> str:
    """Return the text with links written out: `words (https://…)`, as a mail program without HTML shows them."""
    return LINK.sub(lambda match: f"{match[1]} ({match[2]})" if match[1] else match[0], text)


def links_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield each link of a text with its line, counted from 1."""
    for match in LINK.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match[2] or match[3].rstrip(_TRAILING)


def without_links(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values in which no text can make a link with words of its own: they come from other people's pages."""
    return {
        key: without_links(value)
        if isinstance(value, Mapping)
        else value.replace("](", "] (")
        if isinstance(value, str)
        else value
        for key, value in values.items()
    }


def _block(block: str) -> str:
    lines = block.split("\n")
    if all(line.lstrip().startswith("- ") for line in lines):
        items = "".join(f"<li>{_inline(line.lstrip()[2:])}</li>" for line in lines)
        return f"<ul>{items}</ul>"
    return f"<p>{'<br>'.join(_inline(line) for line in lines)}</p>"


def _inline(line: str) -> str:
    parts: list[str] = []
    end = 0
    for match in LINK.finditer(line):
        parts.append(escape(line[end : match.start()]))
        address = match[2] or match[3].rstrip(_TRAILING)
        words = match[1] or address
        # Only a web address becomes a link: a template may write javascript:, a page may too.
        is_web = address.startswith(("https://", "http://"))
        parts.append(f'<a href="{escape(address)}">{escape(words)}</a>' if is_web else escape(match[0]))
        end = match.end() if match[1] else match.start() + len(address)
    parts.append(escape(line[end:]))
    return "".join(parts)
