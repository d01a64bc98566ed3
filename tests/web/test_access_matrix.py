"""Every route × every role × own and other program, generated from the URL map.

What a route asks for is not written down here: the test listens which permissions the one policy function was asked
for, and holds the answer against them. So a route that forgets to ask is found, whoever adds it.
"""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import reading
from app.models import AuditEvent, Role
from app.services import access
from app.services.access import Permission
from app.web.login import PUBLIC_ENDPOINTS
from tests.web.access_world import ROLES, AccessWorld
from tests.web.route_map import ROUTES, Route

# Pages about nobody but the person who opens them: no role is asked, because every role may.
PERSONAL_ENDPOINTS = frozenset(
    {
        "auth.account",
        "auth.change_password",
        "auth.end_other_sessions",
        "auth.end_session",
        "auth.logout",
        "auth.save_details",
        "guide.close",
        "guide.go",
        "guide.page",
        "home.index",
        "notifications.bell",
        "notifications.choices",
        "notifications.choose",
        "notifications.follow",
        "notifications.index",
        "notifications.read",
        "notifications.read_all",
        "notifications.unread_again",
        "pipelines.choose",
        "pipelines.filter_form",
        "pipelines.live",
        "pipelines.show",
        "preferences.set_language",
        "preferences.set_theme",
        "programs.index",
        "search.page",
        "settings.home",
        "settings.roles",
        "today.end",
        "today.make",
        "today.page",
        "today.set_mail",
        "search.palette",
    }
)
# Rows that only their author may touch: 403 also for a role that has the permission.
OWNERS_ONLY = frozenset({"prospects.remove_note"})
# What a person keeps for themselves in a program, which whoever reads there may.
OWN_THINGS = frozenset(
    {"board.copy_view", "board.fold", "board.save_view", "board.set_default_view", "pipelines.fold", "reports.choose"}
)
pytestmark = pytest.mark.any_servers

GUARDED = [route for route in ROUTES if route.endpoint not in PUBLIC_ENDPOINTS]
WORKING = [route for route in GUARDED if route.endpoint not in PERSONAL_ENDPOINTS]
IN_PROGRAM = [route for route in WORKING if dict(route.arguments).get("slug")]
WITH_IDS = [route for route in IN_PROGRAM if any(kind == "int" for _, kind in route.arguments)]

Asked = list[tuple[Permission, bool]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Record what the policy function is asked and what it answers."""
    heard: Asked = []
    real = access.may

    def listen(role: Role, permission: Permission) -> bool:
        answer = real(role, permission)
        heard.append((permission, answer))
        return answer

    monkeypatch.setattr(access, "may", listen)
    return heard


def send(client: FlaskClient, route: Route, path: str) -> int:
    # A refusal as JSON says the same without the page around it, and tests/web/test_headers.py draws that page.
    return client.open(path, method=route.method, headers={"Accept": "application/json"}, buffered=True).status_code


def audit_length() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


@pytest.mark.parametrize("route", GUARDED, ids=str)
def test_visitor_is_sent_to_the_sign_in(shared_app: Flask, world: AccessWorld, route: Route) -> None:
    answer = shared_app.test_client().open(world.path(route), method=route.method)
    assert answer.status_code == 303
    assert answer.location.startswith("/login")


@pytest.mark.parametrize("route", IN_PROGRAM, ids=str)
def test_program_of_others_looks_like_one_that_does_not_exist(world: AccessWorld, route: Route) -> None:
    before = audit_length()
    theirs = world.path(route, slug_of="other", ids_of="other")
    nobodys = theirs.replace(world.other["slug"], "nobodys-program")
    for role in ROLES[:-1]:
        answer = send(world.clients[role], route, theirs)
        assert answer in {403, 404}, role
        assert answer == send(world.clients[role], route, nobodys), f"{role} can tell that the program exists"
    assert audit_length() == before


@pytest.mark.parametrize("route", WITH_IDS, ids=str)
def test_own_program_is_no_door_to_rows_of_another(world: AccessWorld, route: Route) -> None:
    before = audit_length()
    path = world.path(route, slug_of="own", ids_of="other")
    answers = {role: send(world.clients[role], route, path) for role in ROLES}
    assert set(answers.values()) <= {403, 404}, answers
    assert audit_length() == before


@pytest.mark.parametrize("route", WORKING, ids=str)
def test_answer_follows_the_permissions_asked(request: pytest.FixtureRequest, asked: Asked, route: Route) -> None:
    world: AccessWorld = request.getfixturevalue("fresh_world" if route.changes_something else "world")
    needed: set[Permission] = set()
    answers: dict[Role, int] = {}
    for role in ROLES:
        asked.clear()
        before = audit_length()
        answers[role] = send(world.clients[role], route, world.path(route))
        needed |= {permission for permission, _ in asked}
        was_denied = not all(granted for _, granted in asked)
        if route.endpoint not in OWNERS_ONLY:
            assert (answers[role] == 403) == was_denied, f"{role}: {answers[role]} after {asked}"
        if was_denied:
            assert answers[role] == 403
            assert audit_length() == before, f"{role} was denied, and changed something all the same"
    assert needed, "nobody was asked for a permission: reach the row through access.program_for or call require"
    for role, status in answers.items():
        if any(not access.may(role, permission) for permission in needed):
            assert status == 403, f"{role} lacks one of {needed} and got {status}"
    if route.changes_something and route.endpoint not in OWN_THINGS:
        assert needed - {Permission.READ}, "reading is not enough to change something"
        assert answers[Role.DATA_ANALYST] == 403
    elif not route.changes_something:
        assert answers[Role.ADMIN] in {200, 303}


@pytest.mark.parametrize("route", [route for route in WORKING if "slug" not in dict(route.arguments)], ids=str)
def test_areas_outside_programs_are_closed_to_most(world: AccessWorld, route: Route) -> None:
    assert send(world.clients[Role.DATA_ANALYST], route, world.path(route)) == 403


def test_personal_endpoints_exist_and_are_as_few_as_they_are() -> None:
    assert {route.endpoint for route in ROUTES} >= PERSONAL_ENDPOINTS
    assert not any("slug" in dict(route.arguments) for route in ROUTES if route.endpoint in PERSONAL_ENDPOINTS)


def test_every_part_of_every_address_has_a_row_that_stands_for_it(world: AccessWorld) -> None:
    unknown = {
        f"{name} of {route.endpoint}" for route in ROUTES for name, _ in route.arguments if name not in world.own
    }
    assert not unknown, "add a row for each to tests/web/access_world.py"
