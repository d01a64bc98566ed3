"""The import screens: upload, verdicts, import, error file, and what bad input is told."""

import io
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import reading, transaction
from app.jobs.imports import run_import
from app.models import BatchState, Company, ImportBatch, Membership, Program, Prospect, Role
from tests.web.conftest import SignIn
from tests.workbooks import sheet_of, workbook
from tests.world import make_program, make_prospect, make_user

GOOD = b"domain,name,email,country,tier\nacme.com,Acme,jo@acme.com,Germany,gold\nlocalhost,Bad,,,\nacme.com,Again,,,\n"


@pytest.fixture
def browser(sign_in: SignIn) -> FlaskClient:
    with transaction() as session:
        user = make_user(session)
        make_program(session, user, slug="upsell")
    return sign_in(user)


def upload(browser: FlaskClient, content: bytes, name: str = "list.csv", **fields: str) -> tuple[int, str]:
    answer = browser.post(
        "/p/upsell/imports", data={"file": (io.BytesIO(content), name), **fields}, follow_redirects=True
    )
    return answer.status_code, unescape(answer.text)


def only_batch() -> ImportBatch:
    with reading() as session:
        return session.scalars(select(ImportBatch)).one()


def test_upload_is_checked_and_adds_nothing(browser: FlaskClient) -> None:
    status, page = upload(browser, GOOD)
    assert status == 200
    assert "1 new prospect in 3 rows" in page
    assert "Import 1 prospect" in page
    assert "'localhost' is a name of a local network" in page
    assert "Same company as line 2" in page
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Company)) == 0


def test_upload_answers_303(browser: FlaskClient) -> None:
    answer = browser.post("/p/upsell/imports", data={"file": (io.BytesIO(GOOD), "list.csv")})
    assert answer.status_code == 303


def test_import_adds_prospects_and_shows_their_progress(browser: FlaskClient) -> None:
    upload(browser, GOOD)
    batch = only_batch()
    started = browser.post(f"/p/upsell/imports/{batch.id}/start", follow_redirects=True)
    assert "Importing" in started.text
    assert run_import(batch.id) == "done"
    page = browser.get(f"/p/upsell/imports/{batch.id}").text
    assert "1 prospect added" in page
    assert "0/1 read, 0 scored" in page
    with reading() as session:
        prospect = session.scalars(select(Prospect)).one()
        assert prospect.extra == {"tier": "gold"}


def test_status_fragment_polls_and_reloads_the_page_once_the_state_changed(browser: FlaskClient) -> None:
    upload(browser, GOOD)
    batch = only_batch()
    browser.post(f"/p/upsell/imports/{batch.id}/start")
    moving = browser.get(f"/p/upsell/imports/{batch.id}/status?seen=importing")
    assert 'hx-trigger="every 2s"' in moving.text
    assert "HX-Refresh" not in moving.headers
    run_import(batch.id)
    assert browser.get(f"/p/upsell/imports/{batch.id}/status?seen=importing").headers["HX-Refresh"] == "true"


def test_known_prospect_is_told_with_its_stage(browser: FlaskClient) -> None:
    with transaction() as session:
        make_prospect(session, make_program(session), "other.com")
        upsell = session.scalars(select(Program).where(Program.slug == "upsell")).one()
        make_prospect(session, upsell, "acme.com")
    _, page = upload(browser, b"domain\nacme.com\nother.com\n")
    assert "Already in this program, in Sourced" in page
    assert "Import 1 prospect" in page


def test_error_file_keeps_the_columns_and_disarms_formulas(browser: FlaskClient) -> None:
    upload(browser, b"domain,name,note\nlocalhost,\"=cmd|' /C calc'!A0\",+1\n")
    answer = browser.get(f"/p/upsell/imports/{only_batch().id}/rows.csv?verdict=bad")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="list-bad-rows.csv"'
    lines = answer.text.removeprefix("\ufeff").splitlines()
    assert lines[0] == "domain,name,note,import line,import verdict,import reason"
    assert lines[1].startswith("localhost,'=cmd|' /C calc'!A0,'+1,2,Bad,")
    assert "'localhost' is a name of a local network" in lines[1]
    assert len(lines) == 2


def test_corrected_error_file_can_be_uploaded(browser: FlaskClient) -> None:
    upload(browser, b'domain,name\nlocalhost,"=A1"\n')
    content = browser.get(f"/p/upsell/imports/{only_batch().id}/rows.csv?verdict=bad").data
    _, page = upload(browser, content.replace(b"localhost", b"acme.com", 1))
    assert "Import 1 prospect" in page
    assert "=A1" in page
    assert "'=A1" not in page


def test_pasted_lines_are_imported(browser: FlaskClient) -> None:
    answer = browser.post(
        "/p/upsell/imports", data={"pasted": "acme.com\nhttps://www.foo.pl/x\n"}, follow_redirects=True
    )
    assert "Import 2 prospects" in answer.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "The file is empty"),
        (b"domain,name\n", "headings but no rows"),
        (b"PK\x03\x04rest", "This file is a zip archive, not CSV"),
        (b"%PDF-1.7", "This file is a PDF"),
        (b"<!doctype html><p>x", "This file is a web page"),
        (b'domain,"name\nacme.com,x\n', 'A quote (") opened in line 1 never closes'),
    ],
)
def test_file_that_cannot_be_read_is_refused_in_words(browser: FlaskClient, content: bytes, words: str) -> None:
    status, page = upload(browser, content)
    assert status == 422
    assert words in page
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_nothing_given_is_told(browser: FlaskClient) -> None:
    answer = browser.post("/p/upsell/imports", data={})
    assert answer.status_code == 422
    assert "Choose a file" in answer.text


def test_file_over_25_mb_is_refused_before_it_is_read(browser: FlaskClient) -> None:
    answer = browser.post("/p/upsell/imports", environ_overrides={"CONTENT_LENGTH": str(26 * 1024 * 1024)})
    assert answer.status_code == 422
    assert "at most 25 MB can be imported" in answer.text


def test_rows_can_be_filtered_and_paged(browser: FlaskClient) -> None:
    upload(browser, b"domain\n" + b"".join(b"site%d.com\n" % n for n in range(60)) + b"localhost\n")
    root = f"/p/upsell/imports/{only_batch().id}"
    first = browser.get(root).text
    assert "Page 1 of 2" in first
    assert "site0.com" in first
    assert "site59.com" not in first
    assert "site59.com" in browser.get(f"{root}?page=2").text
    bad = browser.get(f"{root}?verdict=bad").text
    assert "localhost" in bad
    assert "site0.com" not in bad.partition("import-rows")[2]
    assert "Page 1 of 2" in browser.get(f"{root}?verdict=nonsense&page=x").text
    fragment = browser.get(f"{root}?verdict=bad", headers={"HX-Target": "import-rows"}).text
    assert "<html" not in fragment


def test_cancel_and_go_on(browser: FlaskClient) -> None:
    upload(browser, GOOD)
    batch = only_batch()
    page = browser.post(f"/p/upsell/imports/{batch.id}/cancel", follow_redirects=True).text
    assert "Canceled. Nothing was imported." in page
    assert run_import(batch.id) is None
    late = browser.post(f"/p/upsell/imports/{batch.id}/cancel", follow_redirects=True).text
    assert "nothing left to cancel" in late
    browser.post(f"/p/upsell/imports/{batch.id}/start")
    assert run_import(batch.id) == "done"
    again = browser.post(f"/p/upsell/imports/{batch.id}/start", follow_redirects=True).text
    assert "has been imported already" in again


def test_long_file_is_checked_in_the_background(browser: FlaskClient) -> None:
    _, page = upload(browser, b"domain\n" + b"".join(b"site%d.com\n" % n for n in range(2_001)))
    assert "Checking the rows" in page
    assert "Waiting for a free worker" in page
    batch = only_batch()
    assert batch.state is BatchState.CHECKING
    run_import(batch.id)
    assert "Import 2,001 prospects" in browser.get(f"/p/upsell/imports/{batch.id}").text


def test_import_of_another_program_is_not_there(browser: FlaskClient, sign_in: SignIn) -> None:
    upload(browser, GOOD)
    batch = only_batch()
    with transaction() as session:
        stranger = make_user(session)
        make_program(session, stranger, slug="other")
    foreign = sign_in(stranger)
    for path in (
        f"/p/upsell/imports/{batch.id}",
        f"/p/other/imports/{batch.id}",
        f"/p/other/imports/{batch.id}/rows.csv",
    ):
        assert foreign.get(path).status_code == 404
    assert foreign.post(f"/p/other/imports/{batch.id}/start").status_code == 404


def test_reader_may_look_but_not_import(browser: FlaskClient, sign_in: SignIn) -> None:
    upload(browser, GOOD)
    batch = only_batch()
    with transaction() as session:
        analyst = make_user(session, Role.DATA_ANALYST)
        program = session.scalars(select(Program)).one()
        session.add(Membership(user_id=analyst.id, program_id=program.id))
    reader = sign_in(analyst)
    page = reader.get(f"/p/upsell/imports/{batch.id}")
    assert page.status_code == 200
    assert "Import 1 prospect" not in page.text
    assert reader.post(f"/p/upsell/imports/{batch.id}/start").status_code == 403
    assert reader.post("/p/upsell/imports", data={"pasted": "acme.com"}).status_code == 403


def test_workbook_is_imported_and_its_sheet_named(browser: FlaskClient) -> None:
    content = workbook(sheet_of(["domain", "name"], ["acme.com", "Ącme"], ["foo.pl", ""]), sheets=("Leads", "Old"))
    _, page = upload(browser, content, "list.xlsx")
    assert "Import 2 prospects" in page
    assert "Excel workbook" in page
    words = "Of the 2 sheets of this workbook the first one, “Leads”, was read."
    assert words in page
    batch = only_batch()
    assert batch.content == "domain,name\nacme.com,Ącme\nfoo.pl,\n".encode()
    browser.post(f"/p/upsell/imports/{batch.id}/start")
    assert run_import(batch.id) == "done"
    assert words not in unescape(browser.get(f"/p/upsell/imports/{batch.id}").text)


def test_an_import_is_undone_with_a_button_and_says_what_stays(browser: FlaskClient) -> None:
    upload(browser, b"domain,note\nacme.com,Met\nother.com,\n")
    batch = only_batch()
    browser.post(f"/p/upsell/imports/{batch.id}/start")
    run_import(batch.id)
    done = unescape(browser.get(f"/p/upsell/imports/{batch.id}").text)
    assert "Undo this import…" in done
    with transaction() as session:
        session.scalars(select(Prospect).order_by(Prospect.id)).all()[1].version += 1
    under_way = unescape(browser.post(f"/p/upsell/imports/{batch.id}/undo", follow_redirects=True).text)
    assert "Taking the import back" in under_way
    run_import(batch.id)
    page = unescape(browser.get(f"/p/upsell/imports/{batch.id}").text)
    assert "1 prospect removed" in page
    assert "1 prospect stays: somebody has worked on it since." in page
    assert 'href="/p/upsell/prospects/2">other.com</a>' in page
    assert "Go on with the rest" not in page
    again = unescape(browser.post(f"/p/upsell/imports/{batch.id}/undo", follow_redirects=True).text)
    assert "This import was undone already." in again


def test_reader_is_not_offered_to_undo(browser: FlaskClient, sign_in: SignIn) -> None:
    upload(browser, b"domain\nacme.com\n")
    batch = only_batch()
    browser.post(f"/p/upsell/imports/{batch.id}/start")
    run_import(batch.id)
    with transaction() as session:
        reader = make_user(session, Role.DATA_ANALYST)
        session.add(Membership(user_id=reader.id, program_id=batch.program_id))
    looking = sign_in(reader)
    assert "Undo this import" not in looking.get(f"/p/upsell/imports/{batch.id}").text
    assert looking.post(f"/p/upsell/imports/{batch.id}/undo").status_code == 403
