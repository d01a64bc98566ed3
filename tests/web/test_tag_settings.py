"""Tags of a program on their settings page: renamed (saved views follow), merged, given up, brought back."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, insert, select

from app.clock import now
from app.db import reading, transaction
from app.models import Program, Role
from app.models.tag import ProspectTag, Tag
from app.models.view import SavedView
from app.queries.prospect_conditions import tag_key
from app.queries.tags import tag_page
from app.services.tags import tag_prospect, tags_of
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers


@pytest.fixture
def program(app: Flask) -> Program:
    with transaction() as session:
        return make_program(session)


@pytest.fixture
def admin(app: Flask, program: Program, sign_in: SignIn) -> FlaskClient:
    with transaction() as session:
        user = make_user(session, Role.ADMIN)
        for names in (["Fashion", "mode"], ["mode"], ["Fashion"]):
            tag_prospect(session, make_prospect(session, program), names, actor=user)
        view = SavedView(program_id=program.id, owner_id=user.id, name="Mine", query={"tag": ["MODE", "Fashion"]})
        session.add(view)
    return sign_in(user)


def tag_id(program: Program, name: str) -> int:
    with reading() as session:
        return session.scalars(select(Tag.id).where(Tag.program_id == program.id, Tag.key == tag_key(name))).one()


def carried(program: Program) -> list[list[str]]:
    with reading() as session:
        ids = select(ProspectTag.prospect_id).join(Tag).where(Tag.program_id == program.id).distinct()
        return [tags_of(session, each) for each in session.scalars(ids.order_by(ProspectTag.prospect_id))]


def asked(program: Program) -> list[str]:
    with reading() as session:
        return session.scalars(select(SavedView).where(SavedView.program_id == program.id)).one().query["tag"]


def test_a_tag_is_renamed_and_colored_and_views_follow(admin: FlaskClient, program: Program) -> None:
    path = f"/p/{program.slug}/tags/{tag_id(program, 'mode')}"
    taken = admin.post(path, data={"name": "FASHION", "color": ""})
    assert (taken.status_code, "Merge this one into it instead" in taken.text) == (422, True)
    assert admin.post(path, data={"name": " ", "color": ""}).status_code == 422
    assert "Choose one of the colors" in admin.post(path, data={"name": "Chic", "color": "9"}).text
    assert admin.post(path, data={"name": "Chic", "color": "6"}).status_code == 303
    assert asked(program) == ["Chic", "Fashion"]
    listed = admin.get(f"/p/{program.slug}/tags").text
    assert '<span class="sb-badge sb-hue-6">Chic</span>' in listed
    assert "2 prospects" in listed


def test_a_tags_color_comes_with_the_tag_wherever_it_stands(
    database: Engine, admin: FlaskClient, program: Program
) -> None:
    admin.post(f"/p/{program.slug}/tags/{tag_id(program, 'mode')}", data={"name": "Chic", "color": "6"})
    with reading() as session:
        prospect_id = session.scalars(select(ProspectTag.prospect_id).join(Tag).where(Tag.name == "Chic")).first()
    asked: list[str] = []
    event.listen(database, "before_cursor_execute", lambda _c, _k, sql, *_rest: asked.append(sql))
    card = '<span class="sb-tag sb-hue-6" title="Tag">Chic</span>'
    badge = '<span class="sb-badge sb-hue-6">Chic</span>'
    assert card in admin.get(f"/p/{program.slug}/board").text
    assert card in admin.get(f"/pipelines?p={program.slug}").text, "side by side too"
    assert badge in admin.get(f"/p/{program.slug}/table?col=tags").text
    assert badge in admin.get(f"/p/{program.slug}/prospects/{prospect_id}").text
    colors = [sql for sql in asked if "tags.color" in sql]
    assert len(colors) == 4
    assert all("prospect_tags.prospect_id IN" in sql for sql in colors), "only those of the prospects on screen"


def test_two_tags_become_one_and_two_again(admin: FlaskClient, program: Program) -> None:
    before = carried(program)
    root, old = f"/p/{program.slug}/tags", tag_id(program, "mode")
    for into, problem in (("nothing", "There is no tag “nothing”"), ("mode", "Choose another tag")):
        assert problem in admin.post(f"{root}/{old}/merge", data={"into": into}).text
    done = admin.post(f"{root}/{old}/merge", data={"into": "fashion"}, follow_redirects=True)
    assert carried(program) == [["Fashion"], ["Fashion"], ["Fashion"]]
    assert asked(program) == ["Fashion"]
    assert f'action="{root}/changes/1/undo"' in done.text
    for _ in range(2):
        assert admin.post(f"{root}/changes/1/undo").status_code == 303
    assert carried(program) == before


def test_a_tag_that_was_given_up_comes_back_where_it_was(admin: FlaskClient, program: Program) -> None:
    before = carried(program)
    root = f"/p/{program.slug}/tags"
    admin.post(f"{root}/{tag_id(program, 'Fashion')}/delete")
    assert carried(program) == [["mode"], ["mode"]]
    assert "was on 2 prospects" in admin.get(root).text
    admin.post(f"{root}/changes/1/undo")
    assert carried(program) == before


def test_many_tags_are_read_a_page_at_a_time(admin: FlaskClient, program: Program) -> None:
    rows = [
        {"program_id": program.id, "name": f"word {n:03}", "key": f"word {n:03}", "color": "", "created_at": now()}
        for n in range(250)
    ]
    with transaction() as session:
        session.execute(insert(Tag), rows)
    with reading() as session:
        first = tag_page(session, program.id, text="WORD")
        second = tag_page(session, program.id, text="WORD", after=first.next_after)
    assert (first.total, len(first.tags), second.tags[0].name) == (250, 100, "word 100")
    assert "after=word+099" in admin.get(f"/p/{program.slug}/tags?q=word").text
