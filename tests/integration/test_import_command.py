"""`flask --app wsgi import-prospects`: the same import for a terminal."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db import reading, transaction
from app.models import BatchState, Company, ImportBatch, Program, Prospect, User
from app.models.batch import ImportPreset
from app.services.imports.presets import headings_key
from tests.workbooks import sheet_of, workbook
from tests.world import make_program, make_user

CONTENT = "website;Firma;Ansprechpartner;E-Mail;Land\nhttps://www.bücher.de/shop;Bücher;Jo;jo@bücher.de;Deutschland\nlocalhost;x;;;\n"


@pytest.fixture
def file(app: Flask, tmp_path: Path) -> Path:
    with transaction() as session:
        make_program(session, make_user(session, email="ada@example.com"), slug="upsell")
    path = tmp_path / "list.csv"
    path.write_text(CONTENT, encoding="cp1252")
    return path


def count(kind: type[Company] | type[Prospect]) -> int:
    with reading() as session:
        return session.scalars(select(func.count()).select_from(kind)).one()


def test_imports_and_says_what_is_bad(app: Flask, file: Path) -> None:
    result = app.test_cli_runner().invoke(args=["import-prospects", str(file), "--program", "upsell"])
    assert result.exit_code == 0, result.output
    assert "1  new companies" in result.output
    assert "line 3: 'localhost' is a name of a local network" in result.output
    assert "1 prospects added" in result.output
    with reading() as session:
        company = session.scalars(select(Company)).one()
        batch = session.scalars(select(ImportBatch)).one()
    assert (company.domain, company.name, company.country) == ("xn--bcher-kva.de", "Bücher", "DE")
    assert company.website == "https://www.xn--bcher-kva.de/shop"
    assert batch.state is BatchState.DONE
    assert batch.content is None


def test_dry_run_adds_nothing(app: Flask, file: Path) -> None:
    result = app.test_cli_runner().invoke(args=["import-prospects", str(file), "--program", "upsell", "--dry-run"])
    assert result.exit_code == 0, result.output
    assert "nothing was added" in result.output
    assert count(Company) == 0


def test_second_run_adds_nothing_more(app: Flask, file: Path) -> None:
    for _ in range(2):
        result = app.test_cli_runner().invoke(
            args=["import-prospects", str(file), "--program", "upsell", "--as", "ada@example.com"]
        )
        assert result.exit_code == 0, result.output
    assert "0 prospects added" in result.output
    assert "1  already prospects" in result.output
    assert count(Company) == count(Prospect) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--program", "nowhere"], "There is no program 'nowhere'"),
        (["--program", "upsell", "--as", "nobody@example.com"], "Nobody here signs in as nobody@example.com"),
    ],
)
def test_wrong_names_are_told(app: Flask, file: Path, arguments: list[str], words: str) -> None:
    result = app.test_cli_runner().invoke(args=["import-prospects", str(file), *arguments])
    assert result.exit_code == 1
    assert words in result.output
    assert count(Company) == 0


def test_unreadable_file_is_told(app: Flask, file: Path) -> None:
    file.write_bytes(b"PK\x03\x04")
    result = app.test_cli_runner().invoke(args=["import-prospects", str(file), "--program", "upsell"])
    assert result.exit_code == 1
    assert "This file is a zip archive" in result.output


def test_workbook_is_imported_and_its_sheet_named(app: Flask, file: Path) -> None:
    file.write_bytes(workbook(sheet_of(["domain"], ["acme.com"]), sheets=("Leads", "Old")))
    result = app.test_cli_runner().invoke(args=["import-prospects", str(file), "--program", "upsell"])
    assert result.exit_code == 0, result.output
    assert "the first one, “Leads”, was read" in result.output
    assert "1 prospects added" in result.output


def test_file_without_a_company_is_refused_unless_its_columns_were_chosen_before(app: Flask, file: Path) -> None:
    file.write_text("who,what\nacme,see below\n")
    arguments = ["import-prospects", str(file), "--program", "upsell"]
    result = app.test_cli_runner().invoke(args=arguments)
    assert result.exit_code == 1
    assert "Found: “who”, “what”. Needed: a column named “domain”" in result.output
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(ImportBatch)) == 0
        program = session.scalars(select(Program)).one()
        ada = session.scalars(select(User)).one()
        session.add(
            ImportPreset(
                program_id=program.id,
                headings=headings_key(["Who", "What"]),
                filename="first.csv",
                columns={"Who": "name", "What": "site"},
                rules={"Who": "replace"},
                saved_by_id=ada.id,
                saved_at=datetime(2026, 11, 3, tzinfo=UTC),
            )
        )
    file.write_text("who,what\nacme,acme.com\nsee below,not a site\nnor,this\n")
    result = app.test_cli_runner().invoke(args=arguments)
    assert result.exit_code == 0, result.output
    assert f"Columns as {ada.name} chose them for “first.csv” on 3 Nov 2026." in result.output
    with reading() as session:
        assert session.scalars(select(ImportBatch.rules)).one() == {"who": "replace"}
        assert session.scalars(select(Company.name)).one() == "acme"
