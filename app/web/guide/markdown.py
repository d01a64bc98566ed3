"""The product's own documentation as HTML: the few signs of Markdown it uses, everything else escaped.

Only files of docs/ are ever read with this, never what people type.
"""

import re
from collections.abc import Callable

from markupsafe import Markup, escape

_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|!?\[([^\]]+)\]\(([^)\s]+)\)")
_ITEM = re.compile(r"(?:[-*]|\d+\.) +(.*)")
_HEADING = re.compile(r"(#{1,4}) +(.+)")

LinkOf = Callable[[str], str]


def to_html(text: str, *, link_of: LinkOf) -> Markup:
    """Return a document as HTML. `link_of` turns the target of a link into an address; "" leaves its words alone."""
    lines, parts, at = text.splitlines(), [], 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
        elif line.startswith("```"):
            end = next((n for n in range(at + 1, len(lines)) if lines[n].startswith("```")), len(lines))
            parts.append(Markup('<pre tabindex="0"><code>{}</code></pre>').format("\n".join(lines[at + 1 : end])))
            at = end + 1
        elif heading := _HEADING.match(line):
            level = len(heading[1])
            parts.append(_tag(f"h{level}", _inline(heading[2], link_of)))
            at += 1
        else:
            end = next(
                (n for n in range(at, len(lines)) if not lines[n].strip() or lines[n].startswith("```")), len(lines)
            )
            parts.append(_block(lines[at:end], link_of))
            at = end
    return Markup("\n").join(parts)


def _block(lines: list[str], link_of: LinkOf) -> Markup:
    if lines[0].startswith("|"):
        return _table(lines, link_of)
    if _ITEM.match(lines[0]):
        return _list(lines, link_of)
    words = [line for line in lines if not line.startswith("![")]
    return _tag("p", _inline(" ".join(words), link_of)) if words else Markup("")


def _list(lines: list[str], link_of: LinkOf) -> Markup:
    items: list[str] = []
    for line in lines:
        item = _ITEM.match(line.strip())
        if item:
            items.append(item[1])
        else:
            items[-1] += f" {line.strip()}"
    kind = "ol" if lines[0][0].isdigit() else "ul"
    return _tag(kind, Markup("").join(_tag("li", _inline(item, link_of)) for item in items))


def _table(lines: list[str], link_of: LinkOf) -> Markup:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines if line.startswith("|")]
    head, *body = [row for row in rows if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    top = Markup("").join(_tag("th", _inline(cell, link_of)) for cell in head)
    rest = (Markup("").join(_tag("td", _inline(cell, link_of)) for cell in row) for row in body)
    made = _tag("thead", _tag("tr", top)) + _tag("tbody", Markup("").join(_tag("tr", row) for row in rest))
    return Markup(
        '<div class="gd-table" tabindex="0" role="region" aria-label="Table"><table class="table">{}</table></div>'
    ).format(made)


def _inline(text: str, link_of: LinkOf) -> Markup:
    made, at = Markup(""), 0
    for match in _INLINE.finditer(text):
        made += escape(text[at : match.start()])
        at = match.end()
        code, bold, words, target = match.groups()
        if code:
            made += _tag("code", escape(code))
        elif bold:
            made += _tag("strong", _inline(bold, link_of))
        else:
            address = link_of(target)
            made += Markup('<a href="{}">{}</a>').format(address, words) if address else escape(words)
    return made + escape(text[at:])


def _tag(name: str, inner: Markup) -> Markup:
    return Markup("<{0}>{1}</{0}>").format(name, inner)
