"""How many forms are taken from whom, and that a queue server which goes away fails none."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.config import Settings
from app.db import transaction
from app.extensions import limiter
from app.factory import create_app
from app.models import Application, Notice, Program
from tests.application_world import make_open_page
from tests.conftest import NO_QUEUE
from tests.web.test_apply import PATH, count_of, sent, typed
from tests.world import make_program


@pytest.fixture
def program(app: Flask) -> Program:
    with transaction() as session:
        program = make_program(session)
        make_open_page(session, program, slug="harbor")
    return program


@pytest.fixture
def limited(program: Program, database_url: str) -> Iterator[FlaskClient]:
    """A browser of an app with its limits on, counting in memory, for the queue server is away."""
    limiter.enabled = True
    app = create_app(Settings(database_url=database_url, redis_url=NO_QUEUE))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    limiter._storage_dead = False  # a limiter lives as long as its process; this app has not tried its server yet
    yield app.test_client()
    limiter._storage_dead = False


def test_too_many_forms_for_one_mailbox_are_refused(limited: FlaskClient) -> None:
    answers = [sent(limited, submit_key=f"k{number}")[0] for number in range(6)]
    assert answers == [303] * 5 + [429]
    assert sent(limited, email="other@harbor.example", submit_key="other")[0] == 303
    assert count_of(Notice) == 6


def test_queue_server_that_goes_away_fails_no_form(limited: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    form = typed(limited)

    def away(*_limit: object, **_cost: object) -> bool:
        limiter._storage_dead = True  # another request of the same moment has noticed it first
        raise ConnectionError("the queue server is away")

    monkeypatch.setattr(limiter._limiter, "hit", away)
    monkeypatch.setattr(limiter._limiter, "test", away)
    assert limited.post(PATH, data=form).status_code == 303
    assert count_of(Application) == 1
