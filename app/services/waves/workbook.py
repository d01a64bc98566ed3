"""An Excel workbook's first sheet as the CSV that the one reader of imports takes.

A workbook is a zip of XML (ECMA-376). Nothing is run or fetched: entities stay unresolved, sizes are bounded before
anything is unpacked, and formulas are read by the value that was last computed.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from lxml import etree

from app.languages import gettext as _
from app.languages import mark, number
from app.services.errors import InvalidInput
from app.services.imports.reading import MAX_FILE_BYTES, too_large

MAX_PART_BYTES = 20 * 1024 * 1024
MAX_COLUMNS = 200
MAX_SHEET_ROWS = 20_000
# What a cell of a spreadsheet holds at most.
MAX_CELL = 32_767
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINKS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_LINK_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_UNSOUND = (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, KeyError, ValueError, IndexError, EOFError)
_BROKEN = mark(
    "This workbook cannot be read (%(cause)s). Open it in a spreadsheet, save it as “CSV UTF-8” and upload that."
)


def is_workbook(content: bytes) -> bool:
    """Say whether a file is a zip with a workbook's table of contents."""
    return content.startswith(b"PK\x03\x04") and b"[Content_Types].xml" in content


def csv_of(content: bytes) -> bytes:
    """Return the first sheet as CSV in UTF-8. Raises InvalidInput (field `file`) for what is no sound workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            shared = _shared_strings(archive)
            return _written(_rows(_part(archive, _first_sheet(archive)), shared))
    except _UNSOUND as error:
        raise InvalidInput({"file": _(_BROKEN, cause=type(error).__name__)}) from error
    except NotImplementedError as error:
        raise InvalidInput({"file": _(_BROKEN, cause=_("packed in a way we do not read"))}) from error
    except RuntimeError as error:
        raise InvalidInput({"file": _(_BROKEN, cause=_("protected by a password"))}) from error


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > MAX_PART_BYTES:
        most = MAX_PART_BYTES // 1024 // 1024
        raise InvalidInput(
            {"file": _("A sheet of this workbook unpacks to more than %(most)s MB. Split it and try again.", most=most)}
        )
    with archive.open(name) as part:
        # The size in the table of contents is the file's own claim; what is unpacked is bounded too.
        return part.read(MAX_PART_BYTES)


def _tree(content: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(content, parser)


def _first_sheet(archive: zipfile.ZipFile) -> str:
    sheet = _tree(_part(archive, "xl/workbook.xml")).find(f"{_MAIN}sheets/{_MAIN}sheet")
    links = _tree(_part(archive, "xl/_rels/workbook.xml.rels"))
    wanted = sheet.get(_LINK_ID) if sheet is not None else None
    targets = {link.get("Id"): link.get("Target", "") for link in links.findall(f"{_LINKS}Relationship")}
    target = targets[wanted]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    root = _tree(_part(archive, "xl/sharedStrings.xml"))
    return [_text(item) for item in root.findall(f"{_MAIN}si")]


def _text(item: etree._Element) -> str:
    """Return the words of a string, without the reading aids that East Asian ones carry."""
    parts = [*item.findall(f"{_MAIN}t"), *item.findall(f"{_MAIN}r/{_MAIN}t")]
    return "".join(part.text or "" for part in parts)[:MAX_CELL]


def _rows(sheet: bytes, shared: list[str]) -> Iterator[list[str]]:
    for line, row in enumerate(_tree(sheet).iterfind(f"{_MAIN}sheetData/{_MAIN}row"), start=1):
        if line > MAX_SHEET_ROWS:
            raise InvalidInput(
                {
                    "file": _(
                        "The sheet has more than %(most)s rows. Split it and try again.", most=number(MAX_SHEET_ROWS)
                    )
                }
            )
        cells: list[str] = []
        for cell in row.iterfind(f"{_MAIN}c"):
            place = _place(cell.get("r", ""), len(cells))
            if place >= MAX_COLUMNS:
                continue
            cells.extend([""] * (place - len(cells)))
            cells.append(_value(cell, shared))
        yield cells


def _place(reference: str, following: int) -> int:
    """Return the column of `BC12` from 0; cells without a reference follow each other."""
    letters = re.match(r"[A-Z]{1,3}", reference)
    if letters is None:
        return following
    place = 0
    for letter in letters[0]:
        place = place * 26 + ord(letter) - 64
    return max(place - 1, following)


def _value(cell: etree._Element, shared: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find(f"{_MAIN}is")
        return _text(inline) if inline is not None else ""
    value = (cell.findtext(f"{_MAIN}v") or "")[:MAX_CELL]
    if kind == "s" and value:
        return shared[int(value)]
    return _number(value) if kind == "n" and value else "" if kind == "e" else value


def _number(value: str) -> str:
    """Write a number out: spreadsheets store 1.2E3, and 0.1 with seventeen digits.

    Two places are what an amount has; three would read as thousands.
    """
    try:
        plain = f"{round(Decimal(value), 2):f}"
    except (InvalidOperation, ValueError):
        return value
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _written(rows: Iterator[list[str]]) -> bytes:
    found = list(rows)
    width = max((len(row) for row in found), default=0)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for row in found:
        writer.writerow([*row, *[""] * (width - len(row))])
        # One long text may stand in every cell of the sheet and yet be in the file only once.
        if buffer.tell() > MAX_FILE_BYTES:
            raise InvalidInput({"file": too_large(buffer.tell())})
    return buffer.getvalue().encode()
