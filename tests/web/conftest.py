"""A browser that is signed in, the way the sign-in itself leaves it."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

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
from tests.web.access_world import AccessWorld, browser, make_access_world

SignIn = Callable[[User], FlaskClient]


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


@pytest.fixture(scope="module")
def _worlds() -> dict[str, AccessWorld]:
    return {}


@pytest.fixture
def world(shared_app: Flask, shared_database_url: str, _worlds: dict[str, AccessWorld]) -> AccessWorld:
    """The world that the tests of a module share which only read, or only try."""
    if not _worlds:
        _worlds["steady"] = make_access_world(shared_app)
        if not DATABASE_URL:
            db.dispose()
            shutil.copy(_file(shared_database_url), _kept(shared_database_url))
            db.configure(shared_database_url)
    return _worlds["steady"]


@pytest.fixture
def fresh_world(shared_app: Flask, shared_database_url: str, world: AccessWorld) -> Iterator[AccessWorld]:
    """A world for one test that changes it: on SQLite the shared one, which comes back as it was."""
    if DATABASE_URL:
        yield make_access_world(shared_app)
        return
    yield world.with_new_browsers(shared_app)
    db.dispose()
    for part in ("-wal", "-shm"):
        Path(_file(shared_database_url) + part).unlink(missing_ok=True)
    shutil.copy(_kept(shared_database_url), _file(shared_database_url))


def _file(url: str) -> str:
    return url.removeprefix("sqlite+pysqlite:///")


def _kept(url: str) -> str:
    return f"{_file(url)}.kept"


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Return a function that signs a user in and returns their browser; call it as often as there are people.

    The session row and the cookie are real; only the password is not asked.
    """

    def open_browser(user: User) -> FlaskClient:
        with transaction() as session:
            token = start_session(session, user, browser=Browser(user_agent="test"))
        return browser(app, token)

    return open_browser


def without_tokens(page: str) -> str:
    """Return a page without its CSRF tokens: they change every second, and nothing else should."""
    return re.sub(r'((?:value|content)=")[\w-]+\.[\w-]+\.[\w-]+"', r'\1"', page)
