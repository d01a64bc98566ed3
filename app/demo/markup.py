"""The small markup the demo sites are written in, turned into HTML.

Blocks are set apart by blank lines: ``#`` headings, ``-`` and ``1.`` lists, ``>`` quotes, ``|`` tables,
``!name`` widgets, raw HTML that starts with ``<``, and paragraphs. Inside a line: ``[text](link)``, ``**strong**``,
``*stress*``, ``<hello@>`` for an address at the site's own host (``<hello@|at>`` picks its style), and ``{date:40}``,
``{year}`` for days counted back from today.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from app.demo.widgets import WIDGETS
from app.demo.writing import Context, inline, write_dates

_HEADING = re.compile(r"(#{1,4}) (.+)")
_ORDERED = re.compile(r"\d+\. ")


def render_body(text: str, context: Context) -> str:
    """Return the HTML of a page's text; raises KeyError for a widget or address style that does not exist."""
    dated = write_dates(text, context)
    blocks = [block.strip("\n") for block in re.split(r"\n\s*\n", dated) if block.strip()]
    return "\n".join(_block(block, context) for block in blocks)


def _block(block: str, context: Context) -> str:
    if heading := _HEADING.fullmatch(block):
        level = len(heading[1])
        return f"<h{level}>{inline(heading[2], context)}</h{level}>"
    if block.startswith("!"):
        return _widget(block, context)
    if block.startswith("<") and not re.match(r"<[\w.+-]+@", block):
        return block
    for starts, render in _BLOCKS:
        if starts(block):
            return render(block, context)
    return f"<p>{inline(' '.join(block.splitlines()), context)}</p>"


def _list(block: str, context: Context) -> str:
    tag = "ul" if block.startswith("- ") else "ol"
    items = re.split(r"\n(?=- |\d+\. )", block)
    rows = [f"<li>{inline(re.sub(r'^(- |[0-9]+[.] )', '', ' '.join(i.split())), context)}</li>" for i in items]
    return f"<{tag}>\n" + "\n".join(rows) + f"\n</{tag}>"


def _quote(block: str, context: Context) -> str:
    lines = [line.removeprefix(">").strip() for line in block.splitlines()]
    said = " ".join(line for line in lines if not line.startswith("—"))
    who = "".join(f"<cite>{inline(line, context)}</cite>" for line in lines if line.startswith("—"))
    return f"<blockquote><p>{inline(said, context)}</p>{who}</blockquote>"


def _table(block: str, context: Context) -> str:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in block.splitlines()]
    head = "".join(f"<th>{inline(cell, context)}</th>" for cell in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{inline(cell, context)}</td>" for cell in row) + "</tr>" for row in rows[1:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _widget(block: str, context: Context) -> str:
    name, *rows = block.removeprefix("!").splitlines()
    return WIDGETS[name.strip()](rows, context)


_BLOCKS: list[tuple[Callable[[str], bool], Callable[[str, Context], str]]] = [
    (lambda block: block.startswith("- ") or bool(_ORDERED.match(block)), _list),
    (lambda block: block.startswith(">"), _quote),
    (lambda block: block.startswith("|"), _table),
]
