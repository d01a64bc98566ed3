"""Workbooks as files of companies: what their cells say, and what a damaged or a hostile one is told."""

import io
import tracemalloc
import zipfile

import pytest

from app.services.errors import InvalidInput
from app.services.imports.files import read_file
from app.services.imports.workbook import first_sheet
from tests.workbooks import packed, sheet_of, workbook


def rows_of(content: bytes) -> list[dict[str, str]]:
    return [row.fields for row in read_file(content).table.rows()]


def test_cells_are_read_as_they_are_shown() -> None:
    styles = (
        '<numFmts><numFmt numFmtId="170" formatCode="[$-409]d\\-mmm"/>'
        '<numFmt numFmtId="171" formatCode="0 &quot;days&quot;"/>'
        '</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs>'
    )
    rows = sheet_of(["domain", "since", "called", "waits", "rate", "share", "id"]) + (
        '<row><c t="s"><v>0</v></c><c s="1"><v>45964</v></c><c s="2"><v>45964.604166666664</v></c>'
        '<c s="3"><v>45</v></c><c s="0"><v>0.10000000000000001</v></c><c><v>4.625</v></c>'
        "<c><v>1.23456789012E11</v></c></row>"
    )
    aid = "<si><r><t>ada</t></r><rPh><t>aid</t></rPh><r><t>.example</t></r></si>"
    assert rows_of(workbook(rows, aid, styles=styles)) == [
        {
            "domain": "ada.example",
            "since": "2025-11-03",
            "called": "2025-11-03 14:30",
            "waits": "45",
            "rate": "0.1",
            "share": "4.625",
            "id": "123456789012",
        }
    ]
    early = workbook(rows, aid, styles=styles, setup='<workbookPr date1904="1"/>')
    assert rows_of(early)[0]["since"] == "2029-11-04"


def test_the_line_of_a_row_is_the_row_of_the_sheet() -> None:
    rows = '<row r="1"><c r="A1" t="str"><v>domain</v></c></row><row r="4"><c r="A4" t="str"><v>a.example</v></c></row>'
    table = read_file(workbook(rows + '<row r="900000"><c r="A9"/></row>')).table
    assert [row.line for row in table.rows()] == [4]
    assert len(table.lines) == 4


def test_a_row_wider_than_the_headings_keeps_its_cells() -> None:
    assert rows_of(workbook(sheet_of(["domain"], ["a.example", "x"], ["b.example"]))) == [
        {"domain": "a.example", "column 2": "x"},
        {"domain": "b.example", "column 2": ""},
    ]


def test_of_several_sheets_the_first_is_read_and_named() -> None:
    content = workbook(sheet_of(["domain"], ["a.example"]), sheets=("Leads & co", "Old"))
    assert read_file(content).remark == "Of the 2 sheets of this workbook the first one, “Leads & co”, was read."
    assert read_file(workbook(sheet_of(["domain"], ["a.example"]))).remark == ""


def test_a_workbook_that_is_none_is_named() -> None:
    broken = packed({"xl/workbook.xml": "<workbook/>"})
    for content in (broken, workbook('<row><c t="s"><v>7</v></c></row>'), workbook("<row>")):
        with pytest.raises(InvalidInput, match="save it as “CSV UTF-8”"):
            read_file(content)
    with pytest.raises(InvalidInput, match="This file is a zip archive, not CSV"):
        read_file(packed({"word/document.xml": "<w/>"}))


def test_a_workbook_with_damaged_data_is_named() -> None:
    content = bytearray(workbook(sheet_of(["domain"])))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        place = archive.getinfo("xl/worksheets/s.xml").header_offset + 30 + len("xl/worksheets/s.xml")
    content[place : place + 4] = b"\xff\xff\xff\xff"
    with pytest.raises(InvalidInput, match=r"cannot be read \(error\)"):
        read_file(bytes(content))


def test_a_document_type_is_refused() -> None:
    before = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    with pytest.raises(InvalidInput, match=r"cannot be read \(ValueError\)"):
        read_file(workbook(sheet_of(["domain"]), before=before))


def test_what_grows_on_unpacking_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.imports.workbook.MAX_FILE_BYTES", 100_000)
    cell, shared = '<c t="s"><v>0</v></c>', f"<si><t>{'x' * 40_000}</t></si>"
    with pytest.raises(InvalidInput, match="Split it into several files"):
        first_sheet(workbook(f"<row>{cell * 2}</row><row>{cell * 2}</row>", shared))
    assert first_sheet(workbook(f"<row>{cell}</row>", shared)).content == b"x" * 32_767 + b"\n"
    with pytest.raises(InvalidInput, match="Split it into several files"):
        first_sheet(workbook("", f"<si><t>{'x' * 30_000}</t></si>" * 7))
    # A narrow sheet with one wide row is padded to that row's width.
    wide = f'<row><c r="CW1" t="str"><v>x</v></c></row>{"<row><c><v>1</v></c></row>" * 1_200}'
    with pytest.raises(InvalidInput, match="Split it into several files"):
        first_sheet(workbook(wide))


def test_too_many_rows_or_columns_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="201 columns; at most 200"):
        read_file(workbook(sheet_of([f"c{place}" for place in range(300)], ["a.example"])))
    monkeypatch.setattr("app.services.imports.workbook.MAX_ROWS", 2)
    assert len(rows_of(workbook(sheet_of(["domain"], ["a.example"], ["b.example"])))) == 2
    with pytest.raises(InvalidInput, match="more than 2 rows"):
        read_file(workbook(sheet_of(["domain"], ["a.example"], ["b.example"], ["c.example"])))


def test_a_bomb_of_elements_takes_no_memory_and_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.imports.workbook.MAX_PART_BYTES", 1024 * 1024)
    content = workbook(f"<row>{'<c/>' * 500_000}</row>")
    assert len(content) < 50_000
    tracemalloc.start()
    with pytest.raises(InvalidInput, match="unpacks to more than 1 MB"):
        read_file(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 512 * 1024
