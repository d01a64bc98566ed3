"""An uploaded file, CSV or workbook, as a table and as the bytes that are kept of it."""

from dataclasses import dataclass

from app.services.errors import InvalidInput
from app.services.imports.decoding import TextEncoding
from app.services.imports.reading import MAX_FILE_BYTES, Table, read_table, too_large
from app.services.imports.workbook import first_sheet, is_workbook


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that can be imported: its bytes as CSV, how they are read, and what to know of it (in English)."""

    content: bytes
    table: Table
    remark: str = ""


def read_file(content: bytes, encoding: TextEncoding | None = None, *, names_companies: bool = True) -> ReadFile:
    """Read a CSV file, or the first sheet of a workbook.

    Raises InvalidInput (field `file`) saying what is wrong, as `read_table` does.
    """
    if len(content) > MAX_FILE_BYTES:
        raise InvalidInput({"file": too_large(len(content))})
    remark = ""
    if is_workbook(content):
        sheet = first_sheet(content)
        content, encoding = sheet.content, TextEncoding.UTF_8
        if sheet.others:
            remark = f"Of the {sheet.others + 1} sheets of this workbook the first one, “{sheet.name}”, was read."
    return ReadFile(content, read_table(content, encoding, names_companies=names_companies), remark)
