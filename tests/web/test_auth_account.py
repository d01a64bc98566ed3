"""A person's own page: name, appearance, password and devices."""

import pytest
from flask import Flask

from app.db import reading, transaction
from app.models import User
from app.services.passwords import check_password, hash_password
from tests.web.conftest import SignIn
from tests.world import make_user

PASSWORD = "copper lantern orchard"
NEW = "violet anchor meadow"


@pytest.fixture(scope="module")
def password_hash() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def user(app: Flask, password_hash: str) -> User:
    with transaction() as session:
        return make_user(session, name="Ada Vint", password_hash=password_hash)


def stored(user: User) -> User:
    with reading() as session:
        return session.get_one(User, user.id)


def test_name_and_appearance_are_saved(sign_in: SignIn, user: User) -> None:
    client = sign_in(user)
    answer = client.post("/account/details", data={"name": " Ada  Lindqvist ", "theme": "dark"})
    assert (answer.status_code, answer.location) == (303, "/account")
    assert (stored(user).name, stored(user).theme) == ("Ada Lindqvist", "dark")
    assert 'data-theme="dark"' in client.get("/account").text


@pytest.mark.parametrize("values", [{"name": "", "theme": "dark"}, {"name": "Ada", "theme": "neon"}, {}])
def test_bad_details_are_explained_and_change_nothing(sign_in: SignIn, user: User, values: dict[str, str]) -> None:
    assert sign_in(user).post("/account/details", data=values).status_code == 422
    assert (stored(user).name, stored(user).theme) == ("Ada Vint", "auto")


def test_role_and_email_cannot_be_changed_by_oneself(sign_in: SignIn, user: User) -> None:
    sign_in(user).post(
        "/account/details",
        data={"name": "Ada", "theme": "auto", "role": "admin", "email": "x@example.com", "is_active": "0"},
    )
    after = stored(user)
    assert (after.role, after.email, after.is_active) == (user.role, user.email, True)


def test_new_password_signs_the_other_devices_out(sign_in: SignIn, user: User) -> None:
    here, there = sign_in(user), sign_in(user)
    answer = here.post("/account/password", data={"current_password": PASSWORD, "password": NEW})
    assert answer.status_code == 303
    assert check_password(stored(user).password_hash, NEW).fits
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"current_password": "not this one at all", "password": NEW}, "That is not your current password."),
        ({"current_password": PASSWORD, "password": "short"}, "at least 12 characters"),
        ({"current_password": PASSWORD, "password": ""}, "Choose a password."),
        ({"current_password": "", "password": NEW}, "Type your current password."),
    ],
)
def test_refused_password_changes_nothing(
    sign_in: SignIn, user: User, password_hash: str, values: dict[str, str], words: str
) -> None:
    answer = sign_in(user).post("/account/password", data=values)
    assert answer.status_code == 422
    assert words in answer.text
    assert stored(user).password_hash == password_hash


def test_devices_are_listed_and_signed_out_one_by_one(sign_in: SignIn, user: User) -> None:
    first, second = sign_in(user), sign_in(user)
    page = first.get("/account").text
    assert page.count("This device") == 1
    assert "Sign out everywhere else" in page
    assert first.post("/account/sessions/2/end").location == "/account"
    assert second.get("/account").status_code == 303
    assert "Sign out everywhere else" not in first.get("/account").text
    assert first.post("/account/sessions/1/end").location == "/login"
    assert first.get("/account").status_code == 303


def test_signing_out_everywhere_else(sign_in: SignIn, user: User) -> None:
    here, *others = (sign_in(user) for _ in range(3))
    assert here.post("/account/sessions/end-others").status_code == 303
    assert here.get("/account").status_code == 200
    assert [other.get("/account").status_code for other in others] == [303, 303]


def test_somebody_elses_device_is_not_found(sign_in: SignIn, user: User) -> None:
    with transaction() as session:
        stranger = make_user(session)
    mine, theirs = sign_in(user), sign_in(stranger)
    assert theirs.post("/account/sessions/1/end").status_code == 404
    assert mine.get("/account").status_code == 200
