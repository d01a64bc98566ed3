"""A program's own fields on its settings page and on the page of a prospect."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import reading, transaction
from app.models import Program, Prospect, Role
from app.models.custom_field import FieldKind
from app.services.custom_field_values import value_of
from app.services.custom_fields import fields_of
from tests.bulk_world import make_field
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers


@pytest.fixture
def program(app: Flask) -> Program:
    with transaction() as session:
        return make_program(session)


@pytest.fixture
def director(app: Flask, program: Program, sign_in: SignIn) -> FlaskClient:
    with transaction() as session:
        user = make_user(session, Role.ADMIN)
    return sign_in(user)


def test_fields_are_made_changed_and_archived_with_an_undo(director: FlaskClient, program: Program) -> None:
    root = f"/p/{program.slug}/fields"
    refused = director.post(root, data={"label": "Tier", "kind": "choice", "options": ""})
    assert refused.status_code == 422
    assert "Give 1 to 50 choices" in refused.text
    for label in ("Tier", "Size"):
        data = {"label": label, "kind": "choice", "options": "A\nB"}
        assert director.post(root, data=data).status_code == 303
    with reading() as session:
        tier, size = fields_of(session, program.id)
    assert director.post(f"{root}/{tier.id}", data={"label": "Level", "options": "A\nB\nC"}).status_code == 303
    assert director.post(f"{root}/{size.id}/up").status_code == 303
    archived = director.post(f"{root}/{size.id}/archive", follow_redirects=True)
    assert f'action="{root}/{size.id}/restore"' in archived.text
    with reading() as session:
        assert [(field.label, field.options) for field in fields_of(session, program.id)] == [
            ("Level", ["A", "B", "C"])
        ]
    director.post(f"{root}/{size.id}/restore")
    with reading() as session:
        assert [field.label for field in fields_of(session, program.id)] == ["Size", "Level"]


def test_a_prospects_page_shows_and_fills_them(director: FlaskClient, program: Program) -> None:
    with transaction() as session:
        prospect = make_prospect(session, program)
        size = make_field(session, program, label="Team <size>", kind=FieldKind.NUMBER)
        site = make_field(session, program, kind=FieldKind.URL)
    page, names = f"/p/{program.slug}/prospects/{prospect.id}", (f"field-{size.id}", f"field-{site.id}")
    assert "Team &lt;size&gt;" in director.get(page).text
    typed = {"version": str(prospect.version), names[0]: "a few", names[1]: "https://a.example/"}
    refused = director.post(f"{page}/fields", data=typed)
    assert refused.status_code == 422
    assert 'value="a few"' in refused.text
    assert "no number" in refused.text
    assert director.post(f"{page}/fields", data=typed | {names[0]: "12"}).status_code == 303
    with reading() as session:
        assert value_of(session, prospect.id, size.id) == "12"
        assert session.get_one(Prospect, prospect.id).version > prospect.version
    stale = director.post(f"{page}/fields", data=typed | {names[0]: "13"})
    assert stale.status_code == 409
    assert "What you typed is still in the form" in stale.text
    assert 'value="13"' in stale.text
    with reading() as session:
        assert value_of(session, prospect.id, size.id) == "12"
