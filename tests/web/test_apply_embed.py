"""The form in a frame of another site: framed by named sites alone, sent without a cookie, in the language shown."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import now
from app.db import reading, transaction
from app.models import Application, Program, Role
from app.services.program_pages import origin_of
from app.web.apply.guards import new_start
from tests.application_world import make_open_page
from tests.web.conftest import SignIn
from tests.web.test_program_page import PAGE
from tests.world import make_program, make_user

PATH = "/embed/harbor"
SITES = ["https://partner.example", "https://xn--bcher-kva.example:8443"]


@pytest.fixture
def program(app: Flask) -> Program:
    with transaction() as session:
        program = make_program(session)
        make_open_page(session, program, slug="harbor", embed_sites=SITES)
    return program


def frames(answer: object) -> str:
    policy = answer.headers["Content-Security-Policy"]  # type: ignore[attr-defined]
    found = re.search(r"frame-ancestors ([^;]+)", policy)
    assert found is not None
    return found[1]


def test_only_the_form_made_for_it_may_be_framed_and_only_by_named_sites(client: FlaskClient, program: Program) -> None:
    assert frames(client.get(PATH)) == frames(client.get(f"{PATH}/sent")) == " ".join(SITES)
    assert frames(client.get("/apply/harbor")) == frames(client.get("/embed/nowhere")) == "'none'"
    with transaction() as session:
        make_open_page(session, make_program(session), slug="alone")
    assert frames(client.get("/embed/alone")) == "'none'"


def test_form_is_sent_without_any_cookie_and_stays_in_its_frame(app: Flask, program: Program) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    frame = app.test_client(use_cookies=False)
    page = frame.get(f"{PATH}?lang=pl").text
    assert "csrf_token" not in page
    action = re.search(r'action="([^"#]+)', page)
    assert action is not None
    hidden = dict(re.findall(r'name="(submit_key|terms_id)" type="hidden" value="([^"]*)"', page))
    person = {"name": "Ada", "email": "ada@harbor.example", "company_name": "Harbor", "website": "harbor.example"}
    form = person | hidden | {"accepts_terms": "y"}
    refused = frame.post(action[1], data=form | {"started": "1.forged"})
    assert refused.status_code == 422  # what no page of ours showed is not taken
    assert frames(refused) == " ".join(SITES)
    with time_machine.travel(now() - timedelta(minutes=1), tick=False):
        form["started"] = new_start()
    answer = frame.post(action[1], data=form)
    assert (answer.status_code, answer.location) == (303, f"{PATH}/sent?lang=pl")
    assert "proszę zajrzeć do skrzynki" in frame.get(answer.location).text
    with reading() as session:
        assert session.scalars(select(Application.language)).all() == ["pl"]


def test_sites_are_named_in_the_settings_with_a_snippet_to_copy(sign_in: SignIn, program: Program) -> None:
    with transaction() as session:
        admin = make_user(session, Role.ADMIN)
    client, url = sign_in(admin), f"/p/{program.slug}/page"
    page = client.get(url).text
    assert "&lt;iframe src=&#34;" not in page
    assert '&lt;iframe src="http://127.0.0.1:8000/embed/harbor"' in page
    refused = client.post(url, data=PAGE | {"embed_sites": "https://a.example\n*"})
    assert refused.status_code == 422
    assert "is no site" in refused.text
    sites = "https://Partner.example/page?x=1\nhttps://partner.example\nshop.example"
    assert client.post(url, data=PAGE | {"embed_sites": sites}).status_code == 303
    assert frames(client.get(PATH)) == "https://partner.example https://shop.example"


@pytest.mark.parametrize(
    "text",
    ["*", "https://*.example", "https://a.example; script-src *", "'self'", "data:", "https://a b", "a", "x:99999999"],
)
def test_nothing_but_an_origin_reaches_the_policy(text: str) -> None:
    assert origin_of(text) == ""
