"""Tokens of the API: what each may do and where, how they end, how they are kept, and the page that makes them."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import now
from app.db import reading, transaction
from app.extensions import limiter
from app.models import AuditEvent, Program, Role, User
from app.models.api_token import ApiScope, ApiToken
from app.services.api_tokens import hash_of_token
from tests.api_world import Api, make_api_world
from tests.onboarding_world import make_partner
from tests.web.conftest import SignIn
from tests.world import make_program

pytestmark = pytest.mark.any_servers


@pytest.fixture
def api(app: Flask) -> Api:
    return make_api_world(app)


def test_a_token_does_what_it_was_made_for_and_no_more(api: Api) -> None:
    with transaction() as session:
        other = make_program(session, slug="other")
        theirs, _ = make_partner(session, other, None)
    reader, writer = api.token(ApiScope.READ), api.token(ApiScope.RESULTS_WRITE, program_id=api.program.id)
    refused = api.put_month(reader, {"leads": 1})
    assert (refused.status_code, "results:write" in refused.json["detail"]) == (403, True)
    assert api.send(writer, "GET", "/partners").status_code == 403
    assert api.send(writer, "PUT", "/waves/partners/1/status", {"status": "lost"}).status_code == 403
    assert api.put_month(writer, {"leads": 1}).status_code == 201
    elsewhere = f"/api/v1/programs/{{}}/partners/{theirs.id}/results/2026-03"
    answers = [api.send(writer, "PUT", elsewhere.format(slug), {"leads": 1}) for slug in ("other", "nobody")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text.replace("other", "nobody") == answers[1].text
    mine = api.token(ApiScope.READ, program_id=api.program.id)
    assert [row["slug"] for row in api.send(mine, "GET", "/api/v1/programs").json["programs"]] == ["harbor"]
    with transaction() as session:
        session.get_one(Program, api.program.id).archived_at = now()
    assert api.send(reader, "GET", "/partners").status_code == 404


def test_a_token_ends_and_is_kept_as_a_hash_alone(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def status(token: str, **headers: str) -> int:
        return api.client.get("/api/v1/programs", headers={"Authorization": f"Bearer {token}", **headers}).status_code

    token, short = api.token(), api.token(days=30)
    assert status(token) == status(short) == 200
    with reading() as session:
        row = session.scalars(select(ApiToken).order_by(ApiToken.id)).first()
        assert row is not None
        assert (row.last_used_from, row.hint) == ("127.0.0.1", token[:10])
        assert token not in str([vars(row), session.scalars(select(AuditEvent.details)).all()])
    for wrong in ("", "sbt_", token[:-1], f"{token}x", "sbt_é", token.removeprefix("sbt_"), "x" * 5000):
        assert status(wrong) == 401
    refused = api.client.get("/api/v1/programs")
    assert (refused.status_code, refused.headers["WWW-Authenticate"][:6]) == (401, "Bearer")
    assert "Location" not in refused.headers
    with time_machine.travel(now() + timedelta(days=31)):
        assert (status(token), status(short)) == (200, 401)
    for ended in ({"is_active": False}, {"is_active": True, "role": Role.DATA_ANALYST}):
        with transaction() as session:
            for name, value in ended.items():
                setattr(session.get_one(User, api.admin.id), name, value)
        assert status(token) == 401
    before = hash_of_token(token)
    monkeypatch.setattr("app.services.api_tokens.key_for", lambda _purpose: b"another key")
    assert hash_of_token(token) != before


def test_wrong_tokens_are_slowed_down_and_a_working_one_is_not(api: Api) -> None:
    token = api.token(ApiScope.READ)
    limiter.enabled = True
    api.client.environ_base["REMOTE_ADDR"] = "198.51.100.88"
    statuses = [api.send(f"sbt_{number}", "GET", "/partners").status_code for number in range(31)]
    assert statuses == [401] * 30 + [429]
    limited = api.send("sbt_x", "GET", "/partners")
    assert limited.mimetype == "application/problem+json"
    assert "Retry-After" in limited.headers
    api.client.environ_base["REMOTE_ADDR"] = "198.51.100.89"
    assert {api.send(token, "GET", "/partners").status_code for _ in range(40)} == {200}


def test_admin_makes_a_token_that_is_shown_once_and_revokes_it(api: Api, sign_in: SignIn) -> None:
    browser: FlaskClient = sign_in(api.admin)
    form = {"name": "Nightly <b>", "scopes": ["read", "results:write"], "program_id": str(api.program.id), "days": "90"}
    for wrong in (
        {"name": " "},
        {"scopes": []},
        {"scopes": ["all"]},
        {"days": "7"},
        {"program_id": "999"},
        {"days": "x"},
    ):
        assert browser.post("/settings/tokens", data=form | wrong).status_code == 422
    assert browser.post("/settings/tokens", data=form).status_code == 303
    page = browser.get("/settings/tokens").text
    text = re.search(r"sbt_[\w-]{43}", page)
    assert text is not None
    assert "Nightly &lt;b&gt;" in page
    assert text[0] not in browser.get("/settings/tokens").text
    read: Callable[[], int] = lambda: api.send(text[0], "GET", "/partners").status_code  # noqa: E731
    assert read() == 200
    with reading() as session:
        token_id = session.scalars(select(ApiToken.id)).one()
    assert "last used" in browser.get("/settings/tokens").text
    assert browser.post(f"/settings/tokens/{token_id}/revoke").status_code == 303
    assert read() == 401
    assert browser.post(f"/settings/tokens/{token_id}/revoke").status_code == 409
    with reading() as session:
        acts = session.scalars(select(AuditEvent.action).where(AuditEvent.subject == f"api_token:{token_id}")).all()
    assert acts == ["api_token.created", "api_token.revoked"]
