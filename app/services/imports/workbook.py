"""An Excel workbook's first sheet as the CSV that the one reader of imports takes.

A workbook is a zip of XML (ECMA-376). It is read as a stream, so that memory is that of the text in it: nothing is run
or fetched, a document type is refused, sizes are bounded by what is unpacked, and formulas are read by the value that
was last computed.
"""

import csv
import io
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from xml.parsers import expat

from app.languages import gettext as _
from app.languages import mark, number
from app.services.errors import InvalidInput
from app.services.imports.cells import DateStyles, column_place, number_written
from app.services.imports.reading import MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS, too_large

# What one part of a workbook may unpack to: 200,000 rows of 20 columns take some 200 MB of XML.
MAX_PART_BYTES = 400 * 1024 * 1024
MAX_LIST_BYTES = 4 * 1024 * 1024
MAX_STRINGS = 2_000_000
# What a cell of a spreadsheet holds at most.
MAX_CELL = 32_767
_PIECE = 65_536
_UNSOUND = (zipfile.BadZipFile, zlib.error, expat.ExpatError, KeyError, ValueError, IndexError, EOFError)
_BOMB = mark("A sheet of this workbook unpacks to more than %(most)s MB. Split it and try again.")
_BROKEN = mark(
    "This workbook cannot be read (%(cause)s). Open it in a spreadsheet, save it as “CSV UTF-8” and upload that."
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A workbook's first sheet as CSV in UTF-8, its name, and how many sheets there are beside it."""

    content: bytes
    name: str
    others: int


class _Handler(Protocol):
    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the begin of an element, by its name without namespace."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def text(self, words: str) -> None:
        """Take text between two tags."""


def is_workbook(content: bytes) -> bool:
    """Say whether a file is a zip that has a workbook among its parts."""
    return content.startswith(b"PK\x03\x04") and b"xl/workbook.xml" in content


def first_sheet(content: bytes, *, places: int | None = None) -> Sheet:
    """Return the first sheet; numbers are rounded to `places` where given.

    Raises InvalidInput (field `file`) for what is no sound workbook, or holds more than an import takes.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names, path, from_1904 = _sheets(archive)
            styles = _styles(archive, from_1904=from_1904)
            rows = _rows(archive, path, _Cells(_shared_strings(archive), styles, places))
            return Sheet(_written(rows), names[0], len(names) - 1)
    except _UNSOUND as error:
        raise InvalidInput({"file": _(_BROKEN, cause=type(error).__name__)}) from error
    except NotImplementedError as error:
        raise InvalidInput({"file": _(_BROKEN, cause=_("packed in a way we do not read"))}) from error
    except RuntimeError as error:
        raise InvalidInput({"file": _(_BROKEN, cause=_("protected by a password"))}) from error


def _parse(archive: zipfile.ZipFile, name: str, handler: _Handler, *, most: int = 0) -> Iterator[None]:
    """Hand a part to its handler piece by piece, and pause after each piece.

    The size in the table of contents is the file's own claim, so what is unpacked is counted.
    """
    most = most or MAX_PART_BYTES
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, attributes: handler.start(tag.rpartition(" ")[2], attributes)
    parser.EndElementHandler = lambda tag: handler.end(tag.rpartition(" ")[2])
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    unpacked = 0
    with archive.open(name) as part:
        while piece := part.read(_PIECE):
            unpacked += len(piece)
            if unpacked > most:
                raise InvalidInput({"file": _(_BOMB, most=most // 1024 // 1024)})
            parser.Parse(piece, False)
            yield
    parser.Parse(b"", True)
    yield


def _refuse_doctype(*_declared: object) -> None:
    raise ValueError("a workbook has no document type")


class _Elements:
    """The elements of a short part, in order; text is left out."""

    def __init__(self) -> None:
        self.found: list[tuple[str, dict[str, str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.found.append((name, attributes))

    def end(self, name: str) -> None:
        pass

    def text(self, words: str) -> None:
        pass


def _elements(archive: zipfile.ZipFile, name: str) -> list[tuple[str, dict[str, str]]]:
    elements = _Elements()
    for _piece in _parse(archive, name, elements, most=MAX_LIST_BYTES):
        pass
    return elements.found


def _sheets(archive: zipfile.ZipFile) -> tuple[list[str], str, bool]:
    """Return the names of the sheets, the path of the first, and whether days are counted from 1904."""
    elements = _elements(archive, "xl/workbook.xml")
    sheets = [attributes for name, attributes in elements if name == "sheet"]
    links = _elements(archive, "xl/_rels/workbook.xml.rels")
    targets = {link.get("Id"): link.get("Target", "") for name, link in links if name == "Relationship"}
    # The attribute's namespace differs between the two kinds of workbook there are.
    wanted = next(value for key, value in sheets[0].items() if key.endswith(" id"))
    target = targets[wanted]
    path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    from_1904 = any(
        attributes.get("date1904") in ("1", "true") for name, attributes in elements if name == "workbookPr"
    )
    return [sheet.get("name", "")[:100] for sheet in sheets], path, from_1904


def _styles(archive: zipfile.ZipFile, *, from_1904: bool) -> DateStyles:
    is_there = "xl/styles.xml" in archive.namelist()
    return DateStyles.of(_elements(archive, "xl/styles.xml") if is_there else [], from_1904=from_1904)


class _Texts:
    """Text as it comes, as far as a cell can hold it, without the reading aids that East Asian strings carry."""

    def __init__(self) -> None:
        self.is_open = False
        self._parts: list[str] = []
        self._length = 0

    def add(self, words: str) -> None:
        if self._length < MAX_CELL:
            self._parts.append(words)
            self._length += len(words)

    def take(self) -> str:
        found = "".join(self._parts)[:MAX_CELL]
        self._parts.clear()
        self._length = 0
        return found


class _Strings:
    """The strings that cells name by their place."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._texts = _Texts()
        self._is_aid = False
        self._letters = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._is_aid = self._is_aid or name == "rPh"
        self._texts.is_open = name == "t" and not self._is_aid

    def end(self, name: str) -> None:
        self._texts.is_open = False
        if name == "rPh":
            self._is_aid = False
        elif name == "si":
            self.found.append(self._texts.take())
            self._letters += len(self.found[-1])
            if self._letters > 2 * MAX_FILE_BYTES or len(self.found) > MAX_STRINGS:
                raise InvalidInput({"file": too_large(max(self._letters, MAX_FILE_BYTES))})

    def text(self, words: str) -> None:
        if self._texts.is_open:
            self._texts.add(words)


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    strings = _Strings()
    if "xl/sharedStrings.xml" in archive.namelist():
        for _piece in _parse(archive, "xl/sharedStrings.xml", strings):
            pass
    return strings.found


class _Cells:
    """The rows of a sheet as they are read: each its number from 1 and its cells."""

    def __init__(self, shared: list[str], styles: DateStyles, places: int | None) -> None:
        self.rows: list[tuple[int, list[str]]] = []
        self._shared, self._styles, self._places = shared, styles, places
        self._texts = _Texts()
        self._line = 0
        self._cells: list[str] = []
        self._place, self._next = 0, 0
        self._kind = self._style = self._inside = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._texts.is_open = name == self._inside
        if name == "c":
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
            self._inside = "t" if self._kind == "inlineStr" else "v"
            self._place = column_place(attributes.get("r", ""), self._next)
            self._next = self._place + 1
        elif name == "row":
            self._line, self._next = max(int(attributes.get("r", 0)), self._line + 1), 0
        elif name == "rPh":
            self._inside = ""

    def end(self, name: str) -> None:
        self._texts.is_open = False
        if name == "c":
            self._inside = ""
            value = self._value(self._texts.take())
            # One column more than is taken tells the reader that there are too many.
            if value and self._place <= MAX_COLUMNS:
                self._cells.extend([""] * (self._place - len(self._cells)))
                self._cells.append(value)
        elif name == "row" and self._cells:
            self.rows.append((self._line, self._cells))
            self._cells = []

    def text(self, words: str) -> None:
        if self._texts.is_open:
            self._texts.add(words)

    def _value(self, text: str) -> str:
        if self._kind == "s" and text:
            return self._shared[int(text)]
        if self._kind == "n" and text:
            return self._styles.day(self._style, text) or number_written(text, self._places)
        return "" if self._kind == "e" else text


def _rows(archive: zipfile.ZipFile, path: str, cells: _Cells) -> Iterator[tuple[int, list[str]]]:
    for _piece in _parse(archive, path, cells):
        yield from cells.rows
        cells.rows.clear()


def _written(rows: Iterator[tuple[int, list[str]]]) -> bytes:
    """Write the rows, all as wide as the widest; rows without a value are blank lines, so that a line is a row."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="")
    lines: list[bytes] = []
    widths = array("i")
    size = 0
    for filled, (place, row) in enumerate(rows, start=1):
        if filled > MAX_ROWS + 1 or place > 1_048_576:
            raise InvalidInput(
                {"file": _("The sheet has more than %(most)s rows. Split it and try again.", most=number(MAX_ROWS))}
            )
        missing = place - 1 - len(lines)
        lines.extend([b""] * missing)
        widths.extend([0] * missing)
        writer.writerow(row)
        lines.append(buffer.getvalue().encode())
        widths.append(len(row))
        buffer.seek(0)
        buffer.truncate()
        size += len(lines[-1]) + 1 + missing
        # One long text may stand in every cell of the sheet and yet be in the file only once.
        if size > MAX_FILE_BYTES:
            raise InvalidInput({"file": too_large(size)})
    width = max(widths, default=0)
    padded = size + sum(width - each for each in widths if each)
    if padded > MAX_FILE_BYTES:
        raise InvalidInput({"file": too_large(padded)})
    return b"".join(
        line + b"," * (width - each if each else 0) + b"\n" for line, each in zip(lines, widths, strict=True)
    )
