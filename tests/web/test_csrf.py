"""No state-changing route takes a request that another site could have sent."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.models import Role
from tests.web.access_world import AccessWorld
from tests.web.route_map import CHANGING_ROUTES, Route
from tests.web.test_access_matrix import audit_length

pytestmark = pytest.mark.any_servers

# Only calls that bring their own proof may stand here: signed webhooks, one-click unsubscribe, and the form in a frame
# of another site, which gets no cookie: it carries the signed moment it was shown, and nobody's rights hang on it. The
# API looks at no cookie at all, only at the token that each request carries.
EXEMPT = frozenset(
    {
        "api.nothing",
        "api.put_result",
        "api.put_result_by_external_id",
        "api.put_results",
        "api.put_status",
        "apply.send_embedded",
        "morning.act",
        "news.act",
        "report_mail.act",
        "unsubscribe.act",
        "webhooks.events",
        "webhooks.inbound",
    }
)
REFUSED = "came from elsewhere"


@pytest.fixture
def protected(shared_app: Flask) -> Iterator[Flask]:
    shared_app.config["WTF_CSRF_ENABLED"] = True
    yield shared_app
    shared_app.config["WTF_CSRF_ENABLED"] = False


def token_for(client: FlaskClient) -> str:
    """Return a genuine token of this browser, read off a page."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/bot").text)
    assert found is not None
    return found.group(1)


@pytest.mark.parametrize("route", [r for r in CHANGING_ROUTES if r.endpoint not in EXEMPT], ids=str)
def test_no_token_and_a_foreign_token_are_refused(protected: Flask, world: AccessWorld, route: Route) -> None:
    admin, path = world.clients[Role.ADMIN], world.path(route)
    foreign = token_for(protected.test_client())
    before = audit_length()
    for values, headers in (
        ({}, {}),
        ({"csrf_token": foreign}, {}),
        ({}, {"X-CSRFToken": foreign}),
        ({"csrf_token": "x"}, {"X-CSRFToken": "x"}),
    ):
        answer = admin.open(path, method=route.method, data=values, headers=headers)
        assert answer.status_code == 400
        assert REFUSED in answer.text
    assert audit_length() == before


def test_own_token_is_taken_from_a_field_and_from_the_header(protected: Flask, fresh_world: AccessWorld) -> None:
    for role, by_header in ((Role.DIRECTOR, False), (Role.ADMIN, True)):
        client = fresh_world.clients[role]
        token = token_for(client)
        values, headers = ({}, {"X-CSRFToken": token}) if by_header else ({"csrf_token": token}, {})
        assert client.post("/logout", data=values, headers=headers).status_code == 303


def test_token_of_one_person_does_not_serve_another(protected: Flask, world: AccessWorld) -> None:
    token = token_for(world.clients[Role.DIRECTOR])
    assert world.clients[Role.ADMIN].post("/logout", data={"csrf_token": token}).status_code == 400


def test_reading_needs_no_token(protected: Flask, world: AccessWorld) -> None:
    assert world.clients[Role.ADMIN].get("/account").status_code == 200
