"""CSV that is safe to open in a spreadsheet: a cell that a program would run as a formula becomes plain text.

A cell is live when it begins with = + - @, a tab, a carriage return or a NUL; spreadsheets skip byte order marks and
no-break spaces before it and read full-width forms as the plain ones. An apostrophe in front keeps it text
(OWASP, "CSV Injection").
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00")
_SKIPPED = "\ufeff\u00a0\u200b\u2060 "


def neutralize_cell(value: str) -> str:
    """Return the cell as it may be written: with an apostrophe in front where a spreadsheet would run it."""
    start = unicodedata.normalize("NFKC", value.lstrip(_SKIPPED)[:1])
    return f"'{value}" if value.startswith(_LIVE) or start in _LIVE else value


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield each row as one CSV record with every cell neutralized; the first one carries a byte order mark.

    The mark makes Excel read the file as UTF-8.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    for row in rows:
        writer.writerow([neutralize_cell(str(cell)) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
