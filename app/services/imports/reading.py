"""Read an uploaded file as a table: encoding, delimiter, headings, what each column means, and the rows under them."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.languages import decimal
from app.languages import gettext as _
from app.services.errors import InvalidInput
from app.services.imports.columns import Field, count_known, map_columns
from app.services.imports.decoding import TextEncoding, decode_file
from app.services.imports.records import DELIMITERS, Record, read_records, split_lines

MAX_FILE_BYTES = 25 * 1024 * 1024
MAX_COLUMNS = 200
MAX_ROWS = 200_000
_SAMPLE_ROWS = 50
_SEPARATOR_LINE = re.compile(r"\Asep=(.)[\r\n]*\Z", re.IGNORECASE)
# Everything below a space but tab and line ends, and the code points that no database stores.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: the line it begins in, its cells by heading, what is wrong with it, what was changed in it."""

    line: int
    fields: dict[str, str]
    problem: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be read: `columns` maps each heading, in file order, to the field it fills."""

    encoding: TextEncoding
    delimiter: str
    columns: dict[str, Field]
    has_headings: bool
    lines: list[str]
    first_row: int

    @property
    def row_estimate(self) -> int:
        """Return the number of rows at most: the lines below the headings, blank ones among them."""
        return max(len(self.lines) - self.first_row, 0)

    def rows(self) -> Iterator[TableRow]:
        """Yield the rows in file order, blank lines left out; rows that cannot be read carry their problem."""
        headings = list(self.columns)
        for record in read_records(self.lines, self.delimiter, first=self.first_row):
            yield _row(record, headings)


def read_table(content: bytes, encoding: TextEncoding | None = None, *, names_companies: bool = True) -> Table:
    """Read a file's encoding, delimiter and columns; the rows are read as they are asked for.

    Raises InvalidInput (field `file`) naming what was found, what is needed and what to do, for a file that is too
    large, empty, no text, or (where it should have one) without any column that names a company.
    """
    if len(content) > MAX_FILE_BYTES:
        raise InvalidInput({"file": too_large(len(content))})
    decoded = decode_file(content, encoding)
    lines = split_lines(decoded.text)
    delimiter, start = _find_delimiter(lines)
    sample = _sample(lines, delimiter, start)
    if not sample:
        raise InvalidInput({"file": _("The file holds only blank lines. Upload a CSV file with one company per line.")})
    if sample[0].problem:
        raise InvalidInput({"file": sample[0].problem})
    headings = [clean_cell(cell)[0] for cell in sample[0].cells]
    if len(headings) > MAX_COLUMNS:
        words = _("The file has %(count)s columns; at most %(most)s can be read. Remove some of them.",
                  count=len(headings), most=MAX_COLUMNS)  # fmt: skip
        raise InvalidInput({"file": words})
    columns, has_headings = map_columns(
        headings, [record.cells for record in sample[1:]], names_companies=names_companies
    )
    first_row = _index_after(sample, lines) if has_headings else sample[0].line - 1
    table = Table(decoded.encoding, delimiter, columns, has_headings, lines, first_row)
    if next(table.rows(), None) is None:
        raise InvalidInput({"file": _("The file has headings but no rows under them. Add one company per line.")})
    return table


def too_large(size_bytes: int) -> str:
    """Say that a file is over the limit, by how much, and what to do."""
    size, most = math.ceil(size_bytes / 1024 / 1024 * 10) / 10, MAX_FILE_BYTES // 1024 // 1024
    return _(
        "The file has %(size)s MB; at most %(most)s MB can be imported at once. Split it into several files; companies "
        "that stand in two of them are added once.",
        size=decimal(size, 1),
        most=most,
    )


def clean_cell(text: str) -> tuple[str, bool]:
    """Return a cell without its outer spaces and without control characters, and whether there were any.

    An apostrophe before = + - @ is what spreadsheets and our own error file put there to keep the cell from being a
    formula; it is not part of the value.
    """
    cleaned = _CONTROL.sub("", text)
    trimmed = cleaned.strip()
    if trimmed[:1] == "'" and trimmed[1:2] in ("=", "+", "-", "@"):
        trimmed = trimmed[1:]
    return trimmed, cleaned != text


def _row(record: Record, headings: list[str]) -> TableRow:
    if record.problem:
        return TableRow(record.line, {headings[0]: clean_cell(record.cells[0])[0]}, problem=record.problem)
    cleaned = [clean_cell(cell) for cell in record.cells]
    cells = [cell for cell, _ in cleaned]
    while len(cells) > len(headings) and not cells[-1]:
        cells.pop()
    fields = dict(zip(headings, cells, strict=False)) | {
        f"(cell {number})": cell for number, cell in enumerate(cells[len(headings) :], start=len(headings) + 1)
    }
    remarks = []
    if any(changed for _, changed in cleaned):
        remarks.append("Invisible control characters were removed.")
    problem = ""
    if len(cells) > len(headings):
        problem = (
            f"The row has {len(cells)} cells, but there are {len(headings)} columns, so it is unclear which cell is "
            "which. Put quotes around the cell that contains the delimiter, or remove the extra cells."
        )
    elif len(cells) < len(headings):
        remarks.append(f"The row has {len(cells)} of {len(headings)} cells; the missing ones count as empty.")
    return TableRow(record.line, fields, problem=problem, remark=" ".join(remarks))


def _find_delimiter(lines: list[str]) -> tuple[str, int]:
    """Return the delimiter and the index of the first line to read.

    Excel's own `sep=;` line decides; else the delimiter that gives the most headings we know, then the most rows of
    the same width, then the widest ones.
    """
    start = next((index for index, line in enumerate(lines) if line.strip()), 0)
    named = _SEPARATOR_LINE.match(lines[start]) if lines else None
    if named and named.group(1) in DELIMITERS:
        return named.group(1), start + 1

    def fitness(delimiter: str) -> tuple[int, float, int]:
        records = _sample(lines, delimiter, start)[:20]
        width = len(records[0].cells) if records else 1
        alike = sum(len(record.cells) == width for record in records) / max(len(records), 1)
        return count_known(records[0].cells if records else []), alike if width > 1 else 0.0, width

    return max(DELIMITERS, key=fitness), start


def _sample(lines: list[str], delimiter: str, start: int) -> list[Record]:
    sample = []
    for record in read_records(lines, delimiter, first=start):
        sample.append(record)
        if len(sample) > _SAMPLE_ROWS:
            break
    return sample


def _index_after(sample: list[Record], lines: list[str]) -> int:
    return sample[1].line - 1 if len(sample) > 1 else len(lines)
