"""The reports area: each report opens, says what it is about, and is the same as a file; nothing of other programs."""

import csv
from io import StringIO

import pytest
from flask.testing import FlaskClient

from app.db import transaction
from app.models import Stage
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers
NAMES = ("funnel", "losses", "sequences", "fit", "onboarding", "workload", "automation")


@pytest.fixture
def client(sign_in: SignIn) -> FlaskClient:
    with transaction() as session:
        user = make_user(session)
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
