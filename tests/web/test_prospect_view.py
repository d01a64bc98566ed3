"""The prospect page keeps to the view it was opened from: its steps, the way back, its forms; bad words are no view."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from app.db import transaction
from app.models import Program, Stage, User
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], FlaskClient]
NAMES = ("alpha", "bravo", "charlie", "delta")


class World:
    """Four prospects of a stage by hand rank; the first and last are the viewer's, and score best and worst."""

    def __init__(self) -> None:
        with transaction() as session:
            self.user = make_user(session)
            self.program: Program = make_program(session, self.user)
            self.ids = {
                name: make_prospect(
                    session,
                    self.program,
                    f"{name}.example",
                    rank=f"b{number}",
                    stage=Stage.QUALIFIED,
                    fit_sort=90.0 - number,
                    owner_id=self.user.id if name in ("alpha", "delta") else None,
                ).id
                for number, name in enumerate(NAMES)
            }
        self.root = f"/p/{self.program.slug}"

    def page(self, client: FlaskClient, name: str, view: str = "") -> str:
        words = f"?{urlencode({'in': view})}" if view else ""
        return unescape(client.get(f"{self.root}/prospects/{self.ids[name]}{words}").text)


@pytest.fixture
def world(app: object) -> World:
    return World()


@pytest.fixture
def client(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.user)


def key(page: str, letter: str) -> str:
    found = re.search(rf'data-key="{letter}" href="([^"]*)"', page)
    return found[1] if found else ""


@pytest.mark.parametrize(
    "listing", ["board?owner=me", "board?owner=me&sort=fit", "split?owner=me", "table?by=name&owner=me"]
)
def test_links_of_a_view_lead_through_it_and_back(world: World, client: FlaskClient, listing: str) -> None:
    shown = client.get(f"{world.root}/{listing}").text
    link = re.search(rf'href="([^"]*/prospects/{world.ids["alpha"]}\?in=[^"]*)"', shown)
    assert link is not None
    page = unescape(client.get(unescape(link[1])).text)
    assert key(page, "k") == ""
    following = key(page, "j")
    assert f"/prospects/{world.ids['delta']}?" in following
    last = unescape(client.get(following).text)
    assert (f"/prospects/{world.ids['alpha']}?" in key(last, "k"), key(last, "j")) == (True, "")
    back = key(last, "b")
    assert back.startswith(f"{world.root}/{listing.partition('?')[0]}?")
    assert "owner=me" in back
    assert "bravo.example" not in client.get(back).text


def test_forms_of_the_page_come_back_to_the_view(world: World, client: FlaskClient) -> None:
    page = world.page(client, "alpha", "table?owner=me")
    action = re.search(r'action="([^"]*/notes[^"]*)"', page)
    assert action is not None
    answer = client.post(action[1], data={"kind": "note", "body": "Called"})
    assert answer.status_code == 303
    assert f"/prospects/{world.ids['delta']}?" in key(unescape(client.get(answer.location).text), "j")


@pytest.mark.parametrize(
    "word", ["", "nonsense", "board", "table?by=gone&owner=\x00&min=abc", "//evil.example?x", "board?" + "&" * 500, "?"]
)
def test_no_view_or_a_broken_one_never_breaks_the_page(world: World, client: FlaskClient, word: str) -> None:
    page = world.page(client, "bravo", word)
    assert f"/prospects/{world.ids['alpha']}" in key(page, "k")
    assert f"/prospects/{world.ids['charlie']}" in key(page, "j")
    assert key(page, "b").startswith(f"{world.root}/")


def test_links_of_the_plain_board_stay_plain(world: World, client: FlaskClient) -> None:
    assert f'href="{world.root}/prospects/{world.ids["alpha"]}"' in client.get(f"{world.root}/board").text
