"""Server-side sessions: the row decides, not the cookie."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEvent, User, UserSession
from app.queries.sessions import live_session, sessions_of
from app.services import sessions
from app.services.errors import NotFound
from app.services.sessions import SESSION_LIFE, Browser, start_session
from app.services.tokens import hash_of
from tests.world import make_user

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


def test_database_holds_no_token(session: Session, user: User) -> None:
    token = start_session(session, user, browser=Browser("Firefox", "127.0.0.1"))
    row = session.scalars(select(UserSession)).one()
    assert len(token) == 43
    assert row.token_hash == hash_of(token) != token
    assert live_session(session, row.token_hash) is not None
    assert live_session(session, token) is None


def test_session_lasts_twelve_hours_from_the_sign_in(
    session: Session, user: User, clock: time_machine.Traveller
) -> None:
    token_hash = hash_of(start_session(session, user, browser=Browser()))
    clock.shift(SESSION_LIFE - timedelta(seconds=1))
    found = live_session(session, token_hash)
    assert found is not None
    sessions.touch_session(session, found.id)
    clock.shift(timedelta(seconds=1))
    assert live_session(session, token_hash) is None
    assert sessions_of(session, user.id) == []


def test_use_is_noted_once_a_minute(session: Session, user: User, clock: time_machine.Traveller) -> None:
    start_session(session, user, browser=Browser())
    row = session.scalars(select(UserSession)).one()
    clock.shift(timedelta(seconds=59))
    sessions.touch_session(session, row.id)
    session.refresh(row)
    assert row.last_seen_at == START
    clock.shift(timedelta(seconds=1))
    sessions.touch_session(session, row.id)
    session.refresh(row)
    assert row.last_seen_at == START + timedelta(minutes=1)


def test_ending_one_session_leaves_the_others(session: Session, user: User) -> None:
    first, second = (hash_of(start_session(session, user, browser=Browser())) for _ in range(2))
    found = live_session(session, first)
    assert found is not None
    sessions.end_session(session, user, found.id)
    sessions.end_session(session, user, found.id)
    assert live_session(session, first) is None
    assert live_session(session, second) is not None


def test_somebody_elses_session_cannot_be_ended(session: Session, user: User) -> None:
    token_hash = hash_of(start_session(session, user, browser=Browser()))
    found = live_session(session, token_hash)
    assert found is not None
    with pytest.raises(NotFound):
        sessions.end_session(session, make_user(session), found.id)
    assert live_session(session, token_hash) is not None


def test_signing_out_everywhere_else(session: Session, user: User) -> None:
    here, there, elsewhere = (hash_of(start_session(session, user, browser=Browser())) for _ in range(3))
    other = hash_of(start_session(session, make_user(session), browser=Browser()))
    found = live_session(session, here)
    assert found is not None
    assert sessions.end_sessions(session, user.id, actor_id=user.id, keep_id=found.id) == 2
    alive = [live_session(session, token) is not None for token in (here, there, elsewhere, other)]
    assert alive == [True, False, False, True]


def test_long_headers_are_cut_to_their_columns(session: Session, user: User) -> None:
    start_session(session, user, browser=Browser("x" * 5000, "y" * 500))
    row = session.scalars(select(UserSession)).one()
    assert (len(row.user_agent), len(row.ip_address)) == (255, 45)


def test_every_act_is_audited(session: Session, user: User) -> None:
    token = start_session(session, user, browser=Browser())
    sessions.sign_out(session, user, token)
    sessions.sign_out(session, user, token)
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["session.started", "session.ended"]
