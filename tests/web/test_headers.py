"""Security headers on every answer of every route, whoever asks and whatever the answer."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import db, dispatch
from app.config import AppEnv, Settings
from app.factory import create_app
from app.models import Role
from tests.conftest import NO_QUEUE
from tests.web.access_world import AccessWorld
from tests.web.route_map import ROUTES, Route

pytestmark = pytest.mark.any_servers

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def assert_guarded(headers: object) -> None:
    policy = headers["Content-Security-Policy"]  # type: ignore[index]
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    assert directives["default-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"
    assert directives["object-src"] == directives["base-uri"] == "'none'"
    assert directives["form-action"] == "'self'"
    assert "unsafe" not in policy
    assert "*" not in policy
    assert {name: headers[name] for name in EXPECTED} == EXPECTED  # type: ignore[index]


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_every_route_for_everyone(shared_app: Flask, request: pytest.FixtureRequest, route: Route) -> None:
    world: AccessWorld = request.getfixturevalue("fresh_world" if route.changes_something else "world")
    for client in (shared_app.test_client(), world.clients[Role.DATA_ANALYST], world.clients[Role.ADMIN]):
        answer = client.open(world.path(route), method=route.method, buffered=True)
        assert_guarded(answer.headers)
        if route.endpoint != "static":
            assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method == "GET"], ids=str)
def test_pages_hold_no_inline_code(world: AccessWorld, route: Route) -> None:
    answer = world.clients[Role.ADMIN].get(world.path(route), buffered=True)
    if answer.mimetype != "text/html":
        return
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", answer.text)
    assert not re.search(r"<[^>]+\s(on\w+|style)\s*=", answer.text)
    assert not re.search(r"<style\b", answer.text)
    assert not re.search(r"""(?:src|href|action)=["']\s*(?:javascript|data):""", answer.text, re.IGNORECASE)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("DELETE", "/login", 405), ("GET", "/static/nowhere.css", 404), ("GET", "/%00", 404)],
)
def test_errors_have_them_too(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert_guarded(answer.headers)


def test_fault_of_ours_has_them_and_shows_no_trace(settings: Settings, make_app: Callable[[Settings], Flask]) -> None:
    app = make_app(settings)
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)

    @app.before_request
    def break_down() -> None:
        raise RuntimeError("planted-detail")

    answer = app.test_client().get("/login")
    assert answer.status_code == 500
    assert_guarded(answer.headers)
    assert "planted-detail" not in answer.text


@pytest.mark.parametrize("path", ["/outbox/{}", "/settings/people/{}"])
@pytest.mark.parametrize("number", ["2147483648", "9" * 30, "-1"])
def test_ids_no_row_can_have_are_not_found(world: AccessWorld, path: str, number: str) -> None:
    assert world.clients[Role.ADMIN].get(path.format(number)).status_code == 404


def test_production_speaks_https_only(database_url: str) -> None:
    settings = Settings(
        app_env=AppEnv.PRODUCTION,
        secret_key="k" * 40,
        public_url="https://scoutboard.example",
        database_url=database_url,
        redis_url=NO_QUEUE,
    )
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = True
    answer = app.test_client().get("/login")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    cookie = answer.headers["Set-Cookie"]
    assert all(flag in cookie for flag in ("Secure", "HttpOnly", "SameSite=Lax"))
    db.dispose()
    dispatch.dispose()


@pytest.mark.parametrize("path", ["/login", "/static/vendor/tabler.min.css"])
def test_pages_and_files_come_compressed_to_who_can_unpack_them(client: FlaskClient, path: str) -> None:
    plain = client.get(path, buffered=True)
    packed = client.get(path, headers={"Accept-Encoding": "gzip, deflate, br"}, buffered=True)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) * 2 < len(plain.data)
