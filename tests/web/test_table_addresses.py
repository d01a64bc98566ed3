"""Addresses of the table that are older than what they ask for, or made by hand: clear words, and no broken page."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Program, Role
from app.models.custom_field import FieldKind
from app.models.view import SavedView
from app.services.custom_field_values import set_value
from app.services.custom_fields import archive_field
from tests.bulk_world import make_field
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers


class World:
    """A program with two prospects, one of which has a size."""

    def __init__(self) -> None:
        with transaction() as session:
            self.user = make_user(session, Role.RECRUITMENT_SPECIALIST)
            self.program: Program = make_program(session, self.user)
            self.size = make_field(session, self.program, label="Size", kind=FieldKind.NUMBER)
            alpha = make_prospect(session, self.program, "alpha.example")
            make_prospect(session, self.program, "bravo.example")
            set_value(session, alpha, self.size, "7", actor=None, version=None)
        self.root = f"/p/{self.program.slug}"


@pytest.fixture
def world(app: Flask) -> World:
    return World()


@pytest.fixture
def client(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.user)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("owner=abc", "owner=“abc” is no person"),
        ("min=nan", "is no score"),
        ("stage=shortlist", "is no stage"),
        ("touch=soon", "is no time since a touch"),
        ("own=x:=1", "is no condition on an own field"),
        ("color=red", "“color” is no filter"),
        ("by=nonsense", "The order “nonsense” was left out"),
        ("by=-touch", "The order “-touch” was left out"),
        ("col=nonsense", "1 of the columns asked for is gone"),
        ("view=99", "a view that was deleted or is somebody else"),
        ("view=%C2%B2", "a view that was deleted or is somebody else"),
        ("tag=nowhere", "the tag “nowhere”"),
        ("own=999999:=1", "the own field 999999"),
        ("q=%00", ""),
        ("min=90&max=10", ""),
    ],
)
def test_an_address_made_by_hand_shows_rows_or_says_why_not(
    world: World, client: FlaskClient, query: str, words: str
) -> None:
    for path in ("table", "table/live", "table/filter", "table/export.csv"):
        assert client.get(f"{world.root}/{path}?{query}").status_code == 200, path
    assert words in client.get(f"{world.root}/table?{query}").text


def test_a_view_that_filters_by_a_field_put_away_says_so_and_goes_on(world: World, client: FlaskClient) -> None:
    own = f"{world.size.id}:>=5"
    data = {"name": "Big ones", "layout": "table", "own": own, "by": f"f{world.size.id}", "col": ["name", "stage"]}
    opened = client.post(f"{world.root}/views", data=data).location
    assert "Alpha" in client.get(opened).text
    with transaction() as session:
        archive_field(session, session.merge(world.size), actor=world.user)
    page = client.get(opened)
    assert page.status_code == 200
    assert f"the own field {world.size.id}: it is not there any more" in page.text
    assert "there is no such column to order by" in page.text
    assert "Big ones" in page.text
    assert f'action="{world.root}/table"' in page.text, "the filter can be changed"


def test_a_view_that_was_deleted_leaves_its_rows_to_whoever_kept_the_address(world: World, client: FlaskClient) -> None:
    opened = client.post(f"{world.root}/views", data={"name": "All", "layout": "table", "by": "name", "col": "name"})
    with reading() as session:
        view_id = session.scalars(select(SavedView.id)).one()
    client.post(f"{world.root}/views/{view_id}/delete")
    page = client.get(opened.location)
    assert page.status_code == 200
    assert "Alpha" in page.text
    assert "a view that was deleted" in page.text
