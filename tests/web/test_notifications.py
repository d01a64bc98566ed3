"""The bell, the page of what concerns one, how one is told, and the list behind an @."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app.db import transaction
from app.models import Prospect, User
from app.services.notifying.morning import ending_page
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers


@pytest.fixture
def people() -> Callable[[], tuple[User, User, Prospect]]:
    def make() -> tuple[User, User, Prospect]:
        with transaction() as session:
            theo, mara = make_user(session, name="Theo Brandt"), make_user(session, name="Mara Lindqvist")
            make_user(session, name="Joana Reis")
            program = make_program(session, theo, mara, slug="north")
            return theo, mara, make_prospect(session, program, "north.example")

    return make


@pytest.fixture
def clients(people: Callable[[], tuple[User, User, Prospect]], sign_in: SignIn) -> tuple[FlaskClient, FlaskClient, int]:
    theo, mara, prospect = people()
    return sign_in(theo), sign_in(mara), prospect.id


def write(client: FlaskClient, prospect_id: int, body: str) -> str:
    url = f"/p/north/prospects/{prospect_id}/notes"
    return client.post(url, data={"kind": "note", "body": body}, follow_redirects=True).text


def test_a_mention_rings_and_leads_to_the_note(clients: tuple[FlaskClient, FlaskClient, int]) -> None:
    theo, mara, prospect_id = clients
    quiet = mara.get("/notifications/bell")
    assert mara.get("/notifications/bell", headers={"If-None-Match": quiet.headers["ETag"]}).status_code == 304
    said = write(theo, prospect_id, "<b>@mara</b> or @Mara and @Joana")
    assert "Mara Lindqvist was told. Joana Reis was not told: they do not work in this program." in said
    rings = mara.get("/notifications/bell", headers={"If-None-Match": quiet.headers["ETag"]})
    assert (rings.status_code, 'data-count="1"' in rings.text) == (200, True)
    page = mara.get("/notifications").text
    assert "Theo Brandt mentioned you on North" in page
    assert "&lt;b&gt;@mara&lt;/b&gt;" in page
    [path] = re.findall(r'class="nt-link" href="([^"]+)"', page)
    assert theo.get(path).status_code == 404
    assert mara.get(path).location == f"/p/north/prospects/{prospect_id}#activity"
    assert 'data-count="0"' in mara.get("/notifications/bell").text
    assert "All read" in mara.get("/notifications?unread=1").text
    mara.post(f"{path}/read", data={"read": "0"})
    assert 'data-count="1"' in mara.get("/notifications/bell").text


def test_all_read_can_be_taken_back_and_older_ones_follow(clients: tuple[FlaskClient, FlaskClient, int]) -> None:
    theo, mara, prospect_id = clients
    write(theo, prospect_id, "@mara one")
    page = mara.get("/notifications").text
    newest = re.search(r'name="newest" value="(\d+)"', page)
    assert newest
    done = mara.post("/notifications/read-all", data={"newest": newest[1]}, follow_redirects=True).text
    assert "Marked as read: 1." in done
    moment = re.search(r'name="moment" value="([^"]+)"', done)
    assert moment
    mara.post("/notifications/unread-again", data={"moment": moment[1]})
    assert 'data-count="1"' in mara.get("/notifications/bell").text
    for path, data in (("read-all", {"newest": "x"}), ("unread-again", {"moment": "soon"})):
        assert mara.post(f"/notifications/{path}", data=data).status_code == 422
    assert "Nothing older" in mara.get("/notifications?before=2020-01-01T00:00:00%2B00:00_1").text
    for odd in ("x", "_", "2020-01-01T00:00:00_1", "2020-01-01T00:00:00%2B00:00_" + "9" * 30):
        assert "mentioned you" in mara.get(f"/notifications?before={odd}").text


def test_choices_are_kept_and_one_press_ends_the_mail(
    people: Callable[[], tuple[User, User, Prospect]], sign_in: SignIn
) -> None:
    theo, _, _ = people()
    client = sign_in(theo)
    said = client.post("/notifications/choices", data={"mention": "digest", "reply": "off"}, follow_redirects=True).text
    assert "The morning mail comes from Monday to Friday now" in said
    assert re.search(r'name="mention" value="digest" checked', said)
    assert re.search(r'name="reply" value="off" checked', said)
    assert client.post("/notifications/choices", data={"mention": "pigeon"}).status_code == 422
    path = ending_page(theo.id).partition("/u/")[2]
    stranger = client.application.test_client()
    assert "Stop the morning mail?" in stranger.get(f"/u/{path}").text
    assert stranger.post(f"/u/{path}").status_code == 200
    assert "Done: no more morning mail" in stranger.get(f"/u/{path}").text
    assert stranger.get("/u/morning/nothing").status_code == 404
    with transaction() as session:
        session.get_one(User, theo.id).language = "pl"
    page = stranger.get(f"/u/{path}").text
    assert '<html lang="pl"' in page
    assert "Gotowe: koniec porannych maili" in page


def test_the_list_behind_an_at_names_who_may_see_the_program(clients: tuple[FlaskClient, FlaskClient, int]) -> None:
    theo, _, prospect_id = clients
    assert [each["name"] for each in theo.get("/p/north/people-to-mention").json] == ["Mara Lindqvist", "Theo Brandt"]
    assert 'data-mentions="/p/north/people-to-mention"' in theo.get(f"/p/north/prospects/{prospect_id}").text
    assert 'data-mentions="/p/north/people-to-mention"' in theo.get("/p/north/tasks").text
    told = theo.post("/p/north/tasks", data={"title": "Ask @mara", "assignee_id": "0"}, follow_redirects=True).text
    assert "Mara Lindqvist was told." in told
