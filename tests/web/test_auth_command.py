"""`flask create-user`: the first account of an installation."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Membership, User
from app.services.passwords import check_password
from tests.world import make_program

GOOD = "copper lantern orchard"


def run(app: Flask, *arguments: str, typed: str = ""):
    return app.test_cli_runner().invoke(args=["create-user", *arguments], input=typed)


def users() -> list[User]:
    with reading() as session:
        return list(session.scalars(select(User)))


def test_person_can_sign_in_with_the_password_typed(app: Flask) -> None:
    with transaction() as session:
        program = make_program(session)
    result = run(
        app, "Ada@example.com", "--role", "admin", "--program", program.slug, typed=f"Ada Vint\n{GOOD}\n{GOOD}\n"
    )
    assert result.exit_code == 0, result.output
    assert GOOD not in result.output
    (user,) = users()
    assert (user.email, user.name, user.role) == ("ada@example.com", "Ada Vint", "admin")
    assert check_password(user.password_hash, GOOD).fits
    with reading() as session:
        assert session.scalars(select(Membership.program_id)).all() == [program.id]


def test_link_lets_the_person_choose(app: Flask, client: FlaskClient) -> None:
    result = run(app, "ada@example.com", "--role", "director", "--name", "Ada", "--link")
    assert result.exit_code == 0, result.output
    path = "/reset/" + result.output.partition("/reset/")[2].split()[0]
    assert client.post(path, data={"password": GOOD}).status_code == 303
    assert check_password(users()[0].password_hash, GOOD).fits


@pytest.mark.parametrize(
    ("arguments", "typed", "words"),
    [
        (("nobody", "--role", "admin", "--name", "A"), f"{GOOD}\n{GOOD}\n", "does not look like an e-mail address"),
        (("a@example.com", "--role", "admin", "--name", "A"), "short\nshort\n", "at least 12 characters"),
        (("a@example.com", "--role", "emperor", "--name", "A"), "", "emperor"),
        (("a@example.com", "--role", "admin", "--name", "A", "--program", "none"), f"{GOOD}\n{GOOD}\n", "no program"),
        (("a@example.com", "--role", "admin", "--name", " "), f"{GOOD}\n{GOOD}\n", "Type a name"),
    ],
)
def test_bad_values_are_explained_and_add_nobody(
    app: Flask, arguments: tuple[str, ...], typed: str, words: str
) -> None:
    result = run(app, *arguments, typed=typed)
    assert result.exit_code != 0
    assert words in result.output
    assert "Traceback" not in result.output
    assert users() == []
