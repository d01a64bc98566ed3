"""The reports area: each report opens, says what it is about, and is the same as a file; nothing of other programs."""

import csv
from io import StringIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import transaction
from app.models import Program, Stage, User
from tests.outreach_world import make_contact, make_enrollment, make_sender, make_sequence
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers
NAMES = ("funnel", "losses", "sequences", "fit", "onboarding", "workload", "migration", "automation")


@pytest.fixture
def user(app: Flask) -> User:
    with transaction() as session:
        return make_user(session)


@pytest.fixture
def client(user: User, sign_in: SignIn) -> FlaskClient:
    with transaction() as session:
        program = make_program(session, user, slug="north")
        make_program(session, slug="elsewhere")
        make_prospect(session, program, source="=HYPERLINK(1)", stage=Stage.CONTACTED)
    return sign_in(user)


def test_every_report_opens_and_is_a_file_too(client: FlaskClient) -> None:
    for name in NAMES:
        page = client.get(f"/p/north/reports/{name}")
        assert page.status_code == 200, name
        answer = client.get(f"/p/north/reports/{name}.csv")
        assert answer.mimetype == "text/csv"
        assert list(csv.reader(StringIO(answer.text))), name


def test_the_file_says_what_the_page_says_and_runs_no_formula(client: FlaskClient) -> None:
    rows = list(csv.reader(StringIO(client.get("/p/north/reports/funnel.csv?period=30").text)))
    assert rows[4][:2] == ["Contacted", "1"]
    source = next(row for row in rows if "HYPERLINK" in "".join(row))
    assert not source[0].startswith("=")


def test_a_filter_of_the_board_holds_and_is_said(client: FlaskClient) -> None:
    page = client.get("/p/north/reports/funnel?country=DE&period=nonsense&color=red").text
    assert "Narrowed as on the board: Country: DE" in page
    assert "“color” is no filter" in page
    assert "Nothing happened in this period" in page


def test_reports_of_programs_one_is_no_member_of_are_not_there(client: FlaskClient) -> None:
    assert client.get("/p/elsewhere/reports").status_code == 404
    assert client.get("/p/north/reports/gossip").status_code == 404
    assert "elsewhere" not in client.get("/p/north/reports?group=program").text.casefold()


def test_own_dates_hold_on_the_page_in_its_link_in_the_file_and_in_the_other_reports(client: FlaskClient) -> None:
    page = client.get("/p/north/reports/funnel?from=2020-01-01&to=2020-02-01&period=30").text
    assert "2020-01-01 to 2020-02-01" in page
    assert "Nothing happened in this period" in page
    link = "period=own&amp;from=2020-01-01&amp;to=2020-02-01"
    for address in ("/reports/funnel?", "/reports/funnel.csv?", "/reports/losses?"):
        assert f"{address}{link}" in page, address
    assert 'name="from" value="2020-01-01"' in page
    since = client.get("/p/north/reports/funnel?from=2020-01-01").text
    assert "since 2020-01-01" in since
    assert "Nothing happened" not in since
    rows = list(csv.reader(StringIO(client.get("/p/north/reports/funnel.csv?to=2020-02-01").text)))
    assert rows[4][:2] == ["Contacted", "0"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=yesterday", "“yesterday” is no day, such as 2026-11-30."),
        ("to=2026-02-31", "“2026-02-31” is no day"),
        ("from=0001-01-01", "“0001-01-01” is no day"),
        ("period=own", "Choose the first day, the last day or both"),
        ("period=month", "There is no period “month”"),
        ("program=elsewhere", "There is no program “elsewhere” that you work in; this is"),
        ("sequence=99999999999", "There is no sequence “99999999999” here; all count."),
        ("sequence=7;drop", "There is no sequence “7;drop” here"),
    ],
)
def test_what_an_address_asks_for_in_vain_is_left_out_and_said(client: FlaskClient, query: str, said: str) -> None:
    for name in ("funnel", "migration", "automation"):
        answer = client.get(f"/p/north/reports/{name}?{query}")
        assert (answer.status_code, said in answer.text) == (200, True), name
        assert client.get(f"/p/north/reports/{name}.csv?{query}").status_code == 200


def test_days_the_wrong_way_round_are_turned(client: FlaskClient) -> None:
    assert "2020-01-01 to 2020-02-01" in client.get("/p/north/reports/fit?from=2020-02-01&to=2020-01-01").text


def test_a_report_speaks_of_another_of_my_programs_or_of_all(client: FlaskClient, user: User) -> None:
    with transaction() as session:
        south = make_program(session, user, slug="south", name="South pole")
        make_prospect(session, south, source="fair in the south")
    page = client.get("/p/north/reports/funnel?program=south").text
    assert "<strong>" in page
    assert "South pole · " in page
    assert "fair in the south" in page
    everything = client.get("/p/north/reports/funnel.csv?program=all").text
    assert "fair in the south" in everything
    assert "HYPERLINK" in everything
    assert "fair in the south" not in client.get("/p/north/reports/funnel.csv").text


def test_a_sequence_narrows_a_report_and_stays_chosen(client: FlaskClient) -> None:
    with transaction() as session:
        program = session.scalars(select(Program).where(Program.slug == "north")).one()
        enrolled, sender = make_prospect(session, program, source="in the sequence"), make_sender(session, program)
        running = make_sequence(session, program, sender)
        make_enrollment(session, enrolled, make_contact(session, enrolled), running, sender)
        sequence = running.id
    rows = client.get(f"/p/north/reports/funnel.csv?sequence={sequence}").text
    assert "in the sequence" in rows
    assert "HYPERLINK" not in rows
    page = client.get(f"/p/north/reports/losses?sequence={sequence}").text
    assert f'<option value="{sequence}" selected>' in page
    hidden = client.get(f"/p/north/reports/migration?sequence={sequence}").text
    assert f'<input type="hidden" name="sequence" value="{sequence}">' in hidden
    assert "Narrowed as on the board: Sequence: " in hidden


def test_several_sources_are_carried_whole_through_the_form(client: FlaskClient) -> None:
    page = client.get("/p/north/reports/funnel?source=fair&source=list").text
    assert '<input type="hidden" name="source" value="fair"><input type="hidden" name="source" value="list">' in page
    assert "Source: fair, list" in page
    one = client.get("/p/north/reports/funnel?source=gone").text
    assert '<option value="gone" selected>' in one
