"""One walk over a page's tree that cuts its visible text into blocks, each with what surrounds it.

A block is a run of text between two block-level borders: a paragraph, a heading, a list item, a cell. The walk is
iterative: depth costs no stack.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from scrapers.extract.marks import BIT, marks_of_name, marks_of_role, marks_of_tag

_DROPPED = frozenset(
    ("script", "style", "noscript", "template", "svg", "math", "head", "iframe", "object", "embed", "canvas", "audio",
     "video", "map", "textarea", "option", "optgroup", "datalist", "select")
)  # fmt: skip
_INLINE = frozenset(
    ("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
     "ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
     "time", "tt", "u", "var", "wbr", "br", "picture", "source", "input", "nobr", "center-inline")
)  # fmt: skip
MAX_BLOCKS = 20_000
MAX_ELEMENTS = 300_000


@dataclass(slots=True)
class Block:
    """A run of text. `link_chars` of its `len(text)` characters are inside links; `marks` is a bit set."""

    text: str
    tag: str
    marks: int
    own_marks: int
    link_chars: int
    containers: tuple[int, ...]
    bold: bool
    depth: int


@dataclass(slots=True)
class Container:
    """A block-level element: characters and link characters seen before it opened and when it closed; its blocks."""

    tag: str
    first: int
    last: int = 0


@dataclass(slots=True)
class BlockPage:
    """The blocks of a page in order and the containers they stand in, by number."""

    blocks: list[Block] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)


@dataclass(slots=True)
class _Cursor:
    """Where the walk is: pieces of the running block, and the stacks of what is open."""

    page: BlockPage = field(default_factory=BlockPage)
    pieces: list[str] = field(default_factory=list)
    link_chars: int = 0
    in_link: int = 0
    bold: int = 0
    any_plain: bool = False
    any_bold: bool = False
    tags: list[str] = field(default_factory=lambda: ["body"])
    marks: list[int] = field(default_factory=lambda: [0])
    own: list[int] = field(default_factory=lambda: [0])
    path: list[int] = field(default_factory=list)


def cut_blocks(tree: etree._Element) -> BlockPage:
    """Return the page's visible text as blocks, at most 20,000 of them from at most 300,000 elements."""
    cursor = _Cursor()
    body = tree.find("body")
    root = body if body is not None else tree
    seen = 0
    node: etree._Element | None = root
    stack: list[tuple[etree._Element, bool, bool]] = []
    # Depth first by hand: `next child, else close and go to the next sibling`.
    while node is not None:
        seen += 1
        if seen > MAX_ELEMENTS or len(cursor.page.blocks) >= MAX_BLOCKS:
            break
        tag = node.tag
        if not isinstance(tag, str) or tag in _DROPPED or (tag in _INLINE and _is_hidden(node)):
            node = _leave(cursor, node, stack, root)
            continue
        _open(cursor, node, tag)
        child = node[0] if len(node) else None
        if child is not None:
            stack.append((node, tag not in _INLINE, tag == "a"))
            node = child
        else:
            _close(cursor, tag)
            node = _leave(cursor, node, stack, root)
    _flush(cursor)
    for container in cursor.page.containers:
        container.last = container.last or len(cursor.page.blocks)
    return cursor.page


def _leave(
    cursor: _Cursor, node: etree._Element, stack: list[tuple[etree._Element, bool, bool]], root: etree._Element
) -> etree._Element | None:
    """Read the text after a node and find the next one, closing parents on the way up."""
    while node is not root:
        if node.tail:
            _say(cursor, node.tail)
        following = node.getnext()
        if following is not None:
            return following
        node, _, _ = stack.pop()
        _close(cursor, node.tag)
    return None


def _is_hidden(node: etree._Element) -> bool:
    """Tell whether words within a line are not shown, such as the "nospam" in a disguised address."""
    style = node.get("style")
    return style is not None and "display:none" in style.replace(" ", "").lower()


def _open(cursor: _Cursor, node: etree._Element, tag: str) -> None:
    if tag in _INLINE:
        if tag == "a":
            cursor.in_link += 1
            cursor.pieces.append("\x01")
        elif tag in ("b", "strong"):
            cursor.bold += 1
        elif tag == "br":
            cursor.pieces.append(" ")
        cursor.pieces.append("\x00")
    else:
        _flush(cursor)
        own = marks_of_tag(tag)
        attributes = node.attrib
        if attributes:
            own |= _marks_of_attributes(attributes)
        cursor.tags.append(tag)
        cursor.own.append(own)
        cursor.marks.append(cursor.marks[-1] | own)
        cursor.path.append(len(cursor.page.containers))
        cursor.page.containers.append(Container(tag, len(cursor.page.blocks)))
    if node.text:
        _say(cursor, node.text)


def _marks_of_attributes(attributes: etree._Attrib) -> int:
    bits = 0
    name = attributes.get("class")
    if name:
        bits |= marks_of_name(name)
    name = attributes.get("id")
    if name:
        bits |= marks_of_name(name)
    role = attributes.get("role")
    if role:
        bits |= marks_of_role(role)
    if (
        "hidden" in attributes
        or attributes.get("aria-hidden") == "true"
        or "display:none" in attributes.get("style", "").replace(" ", "")
    ):
        bits |= BIT["hidden"]
    return bits


def _close(cursor: _Cursor, tag: str) -> None:
    if tag in _INLINE:
        if tag == "a":
            cursor.in_link -= 1
            cursor.pieces.append("\x01")
        elif tag in ("b", "strong"):
            cursor.bold -= 1
        cursor.pieces.append("\x00")
        return
    _flush(cursor)
    cursor.tags.pop()
    cursor.own.pop()
    cursor.marks.pop()
    cursor.page.containers[cursor.path.pop()].last = len(cursor.page.blocks)


def _say(cursor: _Cursor, text: str) -> None:
    cursor.pieces.append(text)
    if text.isspace():
        return
    if cursor.in_link:
        cursor.link_chars += len(text.strip())
    if cursor.bold:
        cursor.any_bold = True
    else:
        cursor.any_plain = True


def _flush(cursor: _Cursor) -> None:
    if not cursor.pieces:
        return
    text = _joined("".join(cursor.pieces))
    if text:
        cursor.page.blocks.append(
            Block(
                text=text,
                tag=cursor.tags[-1],
                marks=cursor.marks[-1],
                own_marks=cursor.own[-1],
                link_chars=min(cursor.link_chars, len(text)),
                containers=tuple(cursor.path[-6:]),
                bold=cursor.any_bold and not cursor.any_plain,
                depth=len(cursor.path),
            )
        )
    cursor.pieces.clear()
    cursor.link_chars = 0
    cursor.any_bold = cursor.any_plain = False


def _joined(raw: str) -> str:
    r"""Close the seams between inline elements: \x00 is any border, \x01 the border of a link.

    Two links side by side, or a small letter or full stop before a capital, were apart on screen; a drop cap was not.
    """
    if not raw or raw.isspace():
        return ""
    if "\x00" in raw:
        raw = _SEAM.sub(_seam, raw)
    return " ".join(raw.split())


import re  # noqa: E402

_SEAM = re.compile(r"([^\x00\x01]?)([\x00\x01]+)(?=(.?))", re.DOTALL)


def _seam(found: re.Match[str]) -> str:
    before, borders, after = found.groups()
    if borders.count("\x01") >= 2 or (
        after.isupper() and (before.islower() or before in ".!?:;,)" or before.isdigit())
    ):
        return f"{before} "
    return before
