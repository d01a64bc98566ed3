"""From the text of a file to its records: delimiter, quotes, and what to do with a quote that never closes.

Python's csv module reads a quote that never closes as one cell up to the end of the file, and every company after it
is lost. Here a cell may run over several lines only where it ends the way a cell ends; otherwise the line alone is
reported and reading goes on with the next one.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

DELIMITERS = (",", ";", "\t", "|")
MAX_RECORD_LINES = 100
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_CLOSING = re.compile(r'(?:[^"]++|"")*+"[ ]*+')


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one record, the line of the file it begins in (from 1), and what is wrong with it, if anything."""

    line: int
    cells: list[str]
    problem: str = ""


def split_lines(text: str) -> list[str]:
    """Return the lines with their ends; CR LF, LF and CR end a line, other separators are letters of a cell."""
    return _LINE.findall(text)


def read_records(lines: list[str], delimiter: str, *, first: int = 0) -> Iterator[Record]:
    """Yield the records from line index `first` on; blank ones are left out."""
    index = first
    while index < len(lines):
        record, taken = _record_at(lines, index, delimiter)
        index += taken
        if record.problem or any(cell.strip() for cell in record.cells):
            yield record


def _record_at(lines: list[str], index: int, delimiter: str) -> tuple[Record, int]:
    line = lines[index].rstrip("\r\n")
    if '"' not in line:
        return Record(index + 1, line.split(delimiter)), 1
    if _is_complete(line, delimiter):
        return _parsed(index + 1, line, delimiter), 1
    for taken in range(2, min(MAX_RECORD_LINES, len(lines) - index) + 1):
        state = _continue_quote(lines[index + taken - 1].rstrip("\r\n"), delimiter)
        if state == "closed":
            text = "".join(lines[index : index + taken]).rstrip("\r\n")
            return _parsed(index + 1, text, delimiter), taken
        if state == "broken":
            break
    problem = (
        f'A quote (") opened in line {index + 1} never closes. Close it at the end of its cell, or remove it, '
        "and import the line again."
    )
    return Record(index + 1, [line], problem), 1


def _parsed(line: int, text: str, delimiter: str) -> Record:
    try:
        cells = next(csv.reader([text], delimiter=delimiter, skipinitialspace=True))
    except csv.Error as error:
        problem = f"Line {line} cannot be read as CSV ({error}). Check its quotes and the length of its cells."
        return Record(line, [text[:500]], problem)
    return Record(line, cells)


def _is_complete(line: str, delimiter: str) -> bool:
    """Say whether every quote that opens a cell of this line also closes in it."""
    return _complete(delimiter).fullmatch(line) is not None


def _continue_quote(line: str, delimiter: str) -> str:
    """Read on in an open quote: `open` still, `closed` properly, or `broken` off by text where the cell should end."""
    closing = _CLOSING.match(line)
    if closing is None:
        return "open"
    rest = line[closing.end() :]
    if not rest:
        return "closed"
    if not rest.startswith(delimiter):
        return "broken"
    return "closed" if _is_complete(rest[1:], delimiter) else "open"


@cache
def _complete(delimiter: str) -> re.Pattern[str]:
    mark = re.escape(delimiter)
    cell = rf'(?:[ ]*+"(?:[^"]++|"")*+"[^{mark}]*+|(?![ ]*+")[^{mark}]*+)'
    return re.compile(f"{cell}(?:{mark}{cell})*+", re.DOTALL)
