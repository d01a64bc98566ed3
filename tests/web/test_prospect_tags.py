"""Tags on the prospect page: shown in their colors, changed in place, never over a colleague's change."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Membership, Prospect, Role, User
from app.models.tag import Tag
from app.services.tags import tag_prospect, tags_of
from tests.prospect_world import Worked, make_worked_prospect
from tests.world import make_user

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def world(app: object) -> Worked:
    with transaction() as session:
        worked = make_worked_prospect(session)
        tag_prospect(session, session.get_one(Prospect, worked.prospect.id), ["Fashion <b>"], actor=worked.user)
        session.scalars(select(Tag)).one().color = "6"
        return worked


def change(client: FlaskClient, world: Worked, typed: str, *, seen: str) -> int:
    here = f"/p/afterglow/prospects/{world.prospect.id}"
    form = {"column": "tags", "value": typed, "seen": seen, "next": here}
    answer = client.post(f"/p/afterglow/table/{world.prospect.id}/cell", data=form)
    assert answer.status_code != 303 or answer.location == here
    return answer.status_code


def test_page_shows_tags_in_their_colors_and_changes_them(world: Worked, sign_in: SignIn) -> None:
    client = sign_in(world.user)
    html = client.get(f"/p/afterglow/prospects/{world.prospect.id}").text
    assert '<span class="sb-badge sb-hue-6">Fashion &lt;b&gt;</span>' in html
    assert 'name="seen" value="Fashion &lt;b&gt;"' in html
    assert change(client, world, "priority, Fashion <b>, ", seen="Fashion <b>") == 303
    assert change(client, world, "priority", seen="Fashion <b>") == 409
    with reading() as session:
        assert tags_of(session, world.prospect.id) == ["Fashion <b>", "priority"]


def test_who_may_not_work_prospects_sees_tags_and_no_editor(world: Worked, sign_in: SignIn) -> None:
    with transaction() as session:
        reader = make_user(session, role=Role.DATA_ANALYST)
        session.add(Membership(user_id=reader.id, program_id=world.program.id))
    html = sign_in(reader).get(f"/p/afterglow/prospects/{world.prospect.id}").text
    assert "Fashion &lt;b&gt;" in html
    assert "data-tags-editor" not in html
