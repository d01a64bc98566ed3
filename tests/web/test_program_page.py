"""The settings of a program's public page: saving, terms, questions, the trial, opening."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import ActionKind, Application, FormQuestion, Notice, Program, ProgramPage, ProgramTerms, Role
from tests.application_world import TERMS
from tests.keeping_world import make_resource
from tests.onboarding_world import make_template
from tests.web.conftest import SignIn
from tests.world import make_program, make_user

PAGE = {"type": "affiliate", "slug": "harbor", "headline": "Earn", "how_much": "25 %", "how_often": "monthly",
        "for_what": "each sale", "brand_color": "#ffee00", "answer_days": "3", "reapply_days": "0"}  # fmt: skip


@pytest.fixture
def program(app: Flask) -> Program:
    with transaction() as session:
        return make_program(session, name="Harbor")


@pytest.fixture
def client(sign_in: SignIn, program: Program) -> FlaskClient:
    with transaction() as session:
        admin = make_user(session, Role.ADMIN)
    return sign_in(admin)


def test_from_nothing_to_an_open_page(client: FlaskClient, program: Program) -> None:
    root = f"/p/{program.slug}/page"
    assert "The page opens when everything above is green." in client.get(root).text
    assert client.post(f"{root}/open").status_code == 404
    assert client.post(root, data=PAGE).status_code == 303
    assert client.post(f"{root}/open").status_code == 409
    assert client.post(f"{root}/terms", data={"base_version": "0", "text": TERMS}).status_code == 303
    assert re.search(r"LIX, \w+", client.get(root).text)
    with reading() as session:
        terms = session.scalars(select(ProgramTerms)).one()
    trial = {"name": "Ada", "email": "ada@harbor.example", "company_name": "Harbor", "website": "harbor.example"}
    assert client.post(f"{root}/trial", data=trial).status_code == 422
    assert client.post(f"{root}/trial", data=trial | {"accepts_terms": "y", "terms_id": terms.id}).status_code == 303
    with reading() as session:
        assert session.scalars(select(Application)).all() == session.scalars(select(Notice)).all() == []
    assert client.post(f"{root}/open").status_code == 409
    assert "Write an onboarding template" in client.get(root).text
    with transaction() as session:
        actor = make_user(session, Role.ADMIN)
        make_template(session, program, actor, ActionKind.TO_DO)
        make_resource(session, program, actor, url="https://kit.example/")
    assert client.post(f"{root}/open").status_code == 303
    assert client.get("/apply/harbor").status_code == 200
    assert "--ap-brand: #ffee00; --ap-on-brand: #000000" in client.get("/apply/harbor/brand.css").text
    assert client.post(f"{root}/close").status_code == 303
    assert client.get("/apply/harbor").status_code == 404


def test_refused_page_keeps_what_was_typed(client: FlaskClient, program: Program) -> None:
    answer = client.post(f"/p/{program.slug}/page", data=PAGE | {"slug": "No Good", "brand_color": "red;}"})
    assert answer.status_code == 422
    assert 'value="No Good"' in answer.text
    assert "six digits" in answer.text
    with reading() as session:
        assert session.scalars(select(ProgramPage)).all() == []


def test_questions_are_added_changed_and_taken_out(client: FlaskClient, program: Program) -> None:
    root = f"/p/{program.slug}/page"
    refused = client.post(f"{root}/questions", data={"label": "Kind", "kind": "choice", "shown_when_id": "0"})
    assert refused.status_code == 422
    assert "2 to 20 answers" in refused.text
    form = {"label": "Kind", "kind": "choice", "options": "Agency\nBlog", "shown_when_id": "0"}
    assert client.post(f"{root}/questions", data=form).status_code == 303
    with reading() as session:
        question = session.scalars(select(FormQuestion)).one()
    own = f"{root}/questions/{question.id}"
    assert "Agency\nBlog" in client.get(own).text.replace("\r", "")
    assert client.post(own, data=form | {"label": "What are you?"}).status_code == 303
    assert "What are you?" in client.get(root).text
    assert client.post(f"{own}/retire").status_code == 303
    assert "What are you?" not in re.sub(r'(?s)<div class="sb-toasts".*', "", client.get(root).text)
    assert client.post(f"{own}/restore").status_code == 303
