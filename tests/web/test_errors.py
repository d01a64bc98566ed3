"""Error pages: what each kind of refusal says."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy.exc import DataError

from app import db, dispatch
from app.config import Settings
from app.db import transaction
from app.models import Role
from tests.web.conftest import SignIn
from tests.world import make_user


@pytest.fixture
def app(settings: Settings, make_app: Callable[[Settings], Flask]) -> Iterator[Flask]:
    """An app that can still be given a route."""
    yield make_app(settings)
    db.dispose()
    dispatch.dispose()


def test_a_value_that_the_database_cannot_keep_is_a_refusal_in_words(app: Flask, sign_in: SignIn) -> None:
    def refuse() -> str:
        raise DataError("INSERT", {}, ValueError("PostgreSQL text fields cannot contain NUL (0x00) bytes"))

    app.add_url_rule("/refuse", view_func=refuse)
    with transaction() as session:
        user = make_user(session)
    answer = sign_in(user).get("/refuse")
    assert answer.status_code == 422
    assert "That cannot be used" in answer.text
    assert "an invisible character" in answer.text
    assert "PostgreSQL" not in answer.text


def test_a_conflict_is_not_called_unreadable(app: Flask, sign_in: SignIn) -> None:
    with transaction() as session:
        admin = make_user(session, Role.ADMIN)
    answer = sign_in(admin).post(f"/settings/people/{admin.id}/deactivate")
    assert answer.status_code == 409
    assert "That cannot be done now" in answer.text
    assert "last active admin" in answer.text
