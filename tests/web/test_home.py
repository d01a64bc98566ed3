"""The front door: `/` leads to work, `/healthz` tells whether the house stands."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from app import db
from app.db import transaction
from app.models import Role, User
from tests.world import make_program, make_user

SignIn = Callable[[User], FlaskClient]


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 303
    assert "/login" in answer.headers["Location"]


def test_a_member_lands_on_their_board(app: object, sign_in: SignIn) -> None:
    with transaction() as session:
        user = make_user(session)
        make_program(session, slug="not-mine", name="Aaa")
        make_program(session, user, slug="mine", name="Bbb")
    assert sign_in(user).get("/").headers["Location"] == "/p/mine/board"


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DATA_ANALYST])
def test_without_a_program_the_list_says_what_to_do(app: object, sign_in: SignIn, role: Role) -> None:
    with transaction() as session:
        user = make_user(session, role)
    client = sign_in(user)
    assert client.get("/").headers["Location"] == "/programs"
    assert client.get("/programs").status_code == 200


def test_health_follows_the_database(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
    db.configure("sqlite+pysqlite:////nonexistent/folder/x.db")
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (503, {"status": "database out of reach"})
