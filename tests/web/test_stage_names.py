"""How a program calls its stages: on board, table, filter, menus, messages and reports; never in another program."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import transaction
from app.models import Program, Role, Stage
from app.models.stage import stages_called
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers


@pytest.fixture
def program(app: Flask) -> Program:
    with transaction() as session:
        return make_program(session)


@pytest.fixture
def admin(app: Flask, sign_in: SignIn) -> FlaskClient:
    with transaction() as session:
        user = make_user(session, Role.ADMIN)
    return sign_in(user)


def test_a_name_stands_wherever_people_of_the_program_read_the_stage(admin: FlaskClient, program: Program) -> None:
    with transaction() as session:
        other = make_program(session)
        prospect = make_prospect(session, program, "harborlights.example")
        elsewhere = make_prospect(session, other, "harborhouse.example")
    assert admin.post(f"/p/{program.slug}/stages", data={"qualified": "Worth <a call>"}).status_code == 303
    root = f"/p/{program.slug}"
    name = "Worth &lt;a call&gt;"
    moved = admin.post(f"{root}/prospects/{prospect.id}/move", data={"stage": "qualified"}, follow_redirects=True)
    assert f"Moved to {name}." in moved.text
    for path in ("board", "table", "board/filter", "reports/funnel", "split", f"prospects/{prospect.id}"):
        page = admin.get(f"{root}/{path}").text
        assert name in page, path
        assert ">Qualified<" not in page, path
    assert name not in admin.get(f"/p/{other.slug}/board").text
    assert "Qualified" in admin.get(f"/p/{other.slug}/prospects/{elsewhere.id}/move").text
    with stages_called({"qualified": "left over from the request before"}):
        assert "left over" not in admin.get("/today").text
    found = admin.get("/search", query_string={"q": "harborlights.example"}).text
    assert name in found


def test_names_that_cannot_be_told_apart_or_are_too_long_are_refused(admin: FlaskClient, program: Program) -> None:
    path = f"/p/{program.slug}/stages"
    for data, said in (
        ({"sourced": "Pool", "qualified": "POOL"}, "Sourced is called “POOL” too"),
        ({"engaged": "contacted"}, "Contacted is called “contacted” too"),
        ({"active": "x" * 25}, "25 characters; a column holds 24"),
    ):
        answer = admin.post(path, data=data)
        assert (answer.status_code, said in answer.text) == (422, True), said
    assert "Moved" not in admin.post(path, data={stage.value: f" {stage.word} " for stage in Stage}).text
    swapped = admin.post(path, data={"contacted": "Engaged", "engaged": "Contacted"}, follow_redirects=True)
    assert 'value="Engaged"' in swapped.text
    cleared = admin.post(path, data={}, follow_redirects=True)
    assert 'value="Engaged"' not in cleared.text
