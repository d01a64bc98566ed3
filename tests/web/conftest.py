"""A browser that is signed in, the way the sign-in itself leaves it."""

import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app import db, dispatch
from app.config import Settings
from app.db import transaction
from app.extensions import limiter
from app.factory import create_app
from app.models import User
from app.services.sessions import Browser, start_session
from tests.conftest import DATABASE_URL, NO_QUEUE

SignIn = Callable[[User], FlaskClient]
COOKIE_KEY = "_user_id"


@pytest.fixture
def app(app: Flask) -> Iterator[Flask]:
    """The app without limits on tries; tests/web/test_auth_limits.py switches them on."""
    limiter.enabled = False
    yield app
    limiter.enabled = True


@pytest.fixture(scope="module")
def shared_database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the URL of a migrated database that the tests of one module share."""
    if not DATABASE_URL:
        path = tmp_path_factory.mktemp("shared") / "scoutboard.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        return f"sqlite+pysqlite:///{path}"
    url: str = request.getfixturevalue("migrated_postgres")
    tables = ", ".join(f'"{table.name}"' for table in db.Base.metadata.sorted_tables)
    with db.configure(url).begin() as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    return url


@pytest.fixture(scope="module")
def _shared_app(shared_database_url: str) -> Flask:
    app = create_app(Settings(database_url=shared_database_url, redis_url=NO_QUEUE))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def shared_app(_shared_app: Flask, shared_database_url: str) -> Iterator[Flask]:
    """An app for tests that walk through every route: made once a module, with rows of earlier tests in it."""
    db.configure(shared_database_url)
    dispatch.configure(NO_QUEUE)
    limiter.enabled = False
    yield _shared_app
    limiter.enabled = True
    db.dispose()
    dispatch.dispose()


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Return a function that signs a user in and returns their browser; call it as often as there are people.

    The session row and the cookie are real; only the password is not asked.
    """

    def open_browser(user: User) -> FlaskClient:
        client = app.test_client()
        with transaction() as session:
            token = start_session(session, user, browser=Browser(user_agent="test"))
        with client.session_transaction() as cookie:
            cookie[COOKIE_KEY] = token
            cookie.permanent = True
        return client

    return open_browser


def without_tokens(page: str) -> str:
    """Return a page without its CSRF tokens: they change every second, and nothing else should."""
    return re.sub(r'((?:value|content)=")[\w-]+\.[\w-]+\.[\w-]+"', r'\1"', page)
