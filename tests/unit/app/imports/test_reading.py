"""Files as people have them: encodings, delimiters, quotes, headings; and the ones that are refused, in words."""

import csv
import io
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.errors import InvalidInput
from app.services.imports.columns import Field
from app.services.imports.decoding import TextEncoding, decode_file, find_encoding
from app.services.imports.reading import MAX_FILE_BYTES, Table, TableRow, read_table
from app.services.imports.records import read_records, split_lines

TEXT = "domain,name\nacme.com,Zażółć\n"


def rows_of(content: bytes | str, encoding: TextEncoding | None = None) -> list[TableRow]:
    return list(read_table(content.encode() if isinstance(content, str) else content, encoding).rows())


def names_of(content: bytes) -> list[str]:
    return [row.fields["name"] for row in rows_of(content)]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.encode(), TextEncoding.UTF_8),
        (TEXT.encode("utf-8-sig"), TextEncoding.UTF_8_BOM),
        (TEXT.encode("utf-16"), TextEncoding.UTF_16),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), TextEncoding.UTF_16),
        (TEXT.encode("utf-16-le"), TextEncoding.UTF_16_LE),
        (TEXT.encode("utf-16-be"), TextEncoding.UTF_16_BE),
        (TEXT.encode("utf-32"), TextEncoding.UTF_32),
        (TEXT.encode("cp1250"), TextEncoding.CENTRAL),
    ],
)
def test_encoding_is_found(content: bytes, encoding: TextEncoding) -> None:
    assert find_encoding(content) is encoding
    assert names_of(content) == ["Zażółć"]


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Müller & Söhne GmbH", TextEncoding.WESTERN),
        ("Café Coruña – “Señor”", TextEncoding.WESTERN),
        ("Łódź Śląsk Księgarnia", TextEncoding.CENTRAL),
        ("Příliš žluťoučký", TextEncoding.CENTRAL),
        ("Рекламное агентство Иванов", TextEncoding.CYRILLIC),
        ("株式会社テスト広告代理店", TextEncoding.JAPANESE),
        ("上海广告有限公司 网络营销", TextEncoding.CHINESE),
    ],
)
def test_windows_code_page_is_told_by_its_letters(name: str, encoding: TextEncoding) -> None:
    content = f"domain,name\nacme.com,{name}\n".encode(encoding)
    assert find_encoding(content) is encoding
    assert names_of(content) == [name]


def test_lines_of_two_encodings_in_one_file_are_both_read() -> None:
    content = b"domain,name\na.com," + "Żółw".encode() + b"\nb.com," + "Müller".encode("cp1252") + b"\n"
    assert find_encoding(content) is TextEncoding.MIXED
    assert names_of(content) == ["Żółw", "Müller"]


def test_bytes_without_a_letter_in_windows_1252_are_kept() -> None:
    assert names_of(b"domain,name\na.com,M\xfcller \x81\n") == ["Müller \x81"]


def test_chosen_encoding_is_used() -> None:
    content = "domain,name\na.com,Łódź\n".encode("cp1250")
    assert rows_of(content, TextEncoding.WESTERN)[0].fields["name"] == "£ódŸ"


def test_chosen_encoding_that_does_not_fit_names_the_line() -> None:
    with pytest.raises(InvalidInput, match="Line 2 of the file is not UTF-8"):
        read_table(b"domain,name\na.com,M\xfcller\n", TextEncoding.UTF_8)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(delimiter: str) -> None:
    table = read_table(f"name{delimiter}domain{delimiter}note\nA{delimiter}a.com{delimiter}x, y; z\n".encode())
    assert table.delimiter == delimiter
    assert list(table.columns.values()) == [Field.NAME, Field.SITE, Field.NOTE]


def test_excel_separator_line_decides() -> None:
    table = read_table(b"sep=;\r\ndomain;note\r\na.com;b,c,d\r\n")
    assert (table.delimiter, [row.fields for row in table.rows()]) == (";", [{"domain": "a.com", "note": "b,c,d"}])


def test_any_line_end_counts_and_blank_lines_do_not() -> None:
    rows = rows_of("domain\r\na.com\n\n\rb.com\r\n  \nc.com")
    assert [(row.line, row.fields["domain"]) for row in rows] == [(2, "a.com"), (5, "b.com"), (7, "c.com")]


def test_quoted_cells_hold_delimiters_quotes_and_line_ends() -> None:
    rows = rows_of('domain,note\na.com,"x, ""y""\nand z"\nb.com, "spaced"\n')
    assert [row.fields["note"] for row in rows] == ['x, "y"\nand z', "spaced"]
    assert rows[1].line == 4


def test_quote_that_never_closes_costs_one_line() -> None:
    rows = rows_of('domain,name\na.com,A\n"b.com,B\nc.com,C\nd.com,"D"\n')
    assert [row.line for row in rows] == [2, 3, 4, 5]
    assert [bool(row.problem) for row in rows] == [False, True, False, False]
    assert "line 3 never closes" in rows[1].problem
    assert rows[1].fields == {"domain": '"b.com,B'}


def test_quote_that_another_line_seems_to_close_costs_one_line() -> None:
    rows = rows_of('domain,name\na.com,"A\nb.com,B\nc.com,"C"\n')
    assert [(row.line, bool(row.problem)) for row in rows] == [(2, True), (3, False), (4, False)]


def test_quote_that_closes_a_hundred_lines_later_is_not_a_cell() -> None:
    filler = "".join(f"f{number}.com,x\n" for number in range(150))
    rows = rows_of(f'domain,name\na.com,"A\n{filler}x"\n')
    assert rows[0].problem
    assert len(rows) > 150


def test_quote_inside_a_cell_is_a_letter() -> None:
    assert rows_of('domain,name\na.com,5" pipe\n')[0].fields["name"] == '5" pipe'


def test_hostile_quotes_are_read_in_linear_time() -> None:
    content = ("domain,name\n" + 'x,"' + '""' * 50_000 + "\n" + 'y,"a""b\n' * 20_000).encode()
    start = time.process_time()
    rows_of(content)
    assert time.process_time() - start < 25


def test_too_many_cells_are_bad_and_too_few_are_told() -> None:
    many, few, blank_tail = rows_of("domain,name\na.com,A,b,c\nb.com\nc.com,C,,\n")
    assert "4 cells, but there are 2 columns" in many.problem
    assert many.fields == {"domain": "a.com", "name": "A", "(cell 3)": "b", "(cell 4)": "c"}
    assert few.remark == "The row has 1 of 2 cells; the missing ones count as empty."
    assert (blank_tail.problem, blank_tail.remark) == ("", "")


def test_control_characters_are_removed_and_told() -> None:
    row = rows_of(b"domain,name\na\x00.com,A\x07cme\n")[0]
    assert row.fields == {"domain": "a.com", "name": "Acme"}
    assert "control characters were removed" in row.remark


def test_apostrophe_of_a_disarmed_formula_is_taken_off() -> None:
    row = rows_of("domain,name,note\na.com,'=x,'quoted'\n")[0]
    assert (row.fields["name"], row.fields["note"]) == ("=x", "'quoted'")


def test_headings_are_known_in_three_languages_and_any_spelling() -> None:
    table = read_table(b"Strona WWW;Nazwa firmy;Ansprechpartner;E-Mail-Adresse;KRAJ;Uwagi;Opiekun;Umsatz\na.pl\n")
    assert list(table.columns.values()) == [
        Field.SITE, Field.NAME, Field.CONTACT, Field.EMAIL, Field.COUNTRY, Field.NOTE, Field.OWNER, Field.EXTRA,
    ]  # fmt: skip


def test_empty_and_repeated_headings_get_names_of_their_own() -> None:
    table = read_table(b"domain,,note,note,note (2)\na.com,1,2,3,4\n")
    assert next(table.rows()).fields == {
        "domain": "a.com", "column 2": "1", "note": "2", "note (2)": "3", "note (2) (2)": "4",
    }  # fmt: skip


def test_list_of_domains_without_headings_is_read() -> None:
    table = read_table(b"acme.com\nfoo.pl\n")
    assert not table.has_headings
    assert [row.fields for row in table.rows()] == [{"column 1": "acme.com"}, {"column 1": "foo.pl"}]


def test_rows_without_headings_find_site_and_email_by_value() -> None:
    table = read_table(b"Acme,acme.com,jo@acme.com\nFoo,foo.pl,x@foo.pl\n")
    assert list(table.columns.values()) == [Field.EXTRA, Field.SITE, Field.EMAIL]


def test_unknown_heading_over_websites_is_taken_for_the_website() -> None:
    table = read_table(b"Firmenauftritt,Ort\nacme.com,Ulm\nwww.foo.de,Bonn\n,Kiel\n")
    assert table.columns == {"Firmenauftritt": Field.SITE, "Ort": Field.EXTRA}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xff\xfe", "is empty"),
        (b"name,city\nAcme,Ulm\n", "Found: “name”, “city”. Needed: a column named “domain”"),
        (b"domain\n\n", "no rows under them"),
        (b'"domain,name\nacme.com\n', "line 1 never closes"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel workbook"),
        (b'[{"domain": "a.com"}]', "JSON"),
        (b"domain" + b",x" * 250 + b"\na.com\n", "251 columns; at most 200"),
        (b"x" * (MAX_FILE_BYTES + 1), "25.1 MB; at most 25 MB"),
    ],
)
def test_unusable_file_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words.replace("[", r"\[")):
        read_table(content)


def test_row_estimate_is_never_too_small() -> None:
    table: Table = read_table(b'domain,note\n\na.com,"x\ny"\nb.com,z')
    assert table.row_estimate >= len(list(table.rows())) == 2


@given(
    st.lists(
        st.lists(st.text(st.characters(blacklist_categories=("Cs",)), max_size=12), min_size=1, max_size=4), max_size=6
    )
)
def test_what_a_csv_writer_writes_is_read_back(table: list[list[str]]) -> None:
    table = [[cell.replace("\r", "").lstrip(" ") for cell in row] for row in table]
    wanted = [row for row in table if any(cell.strip() for cell in row)]
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(wanted)
    found = [record.cells for record in read_records(split_lines(out.getvalue()), ",")]
    assert found == wanted


@given(st.binary(max_size=300))
def test_no_bytes_bring_the_reader_down(content: bytes) -> None:
    with suppress(InvalidInput):
        list(read_table(content).rows())


def test_byte_order_mark_is_no_part_of_the_first_heading() -> None:
    assert decode_file(b"\xef\xbb\xbfdomain\nx\n").text == "domain\nx\n"
