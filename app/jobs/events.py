"""Read the provider's posts into events, each in a transaction of its own; one bad post never stops the rest."""

import time

from sqlalchemy.exc import OperationalError

from app import dispatch
from app.db import reading, transaction
from app.dispatch import Job
from app.log import get_logger
from app.services.provider_posts import is_storm, read_post, set_post_aside, waiting_posts

log = get_logger(__name__)

TIME_BUDGET_S = 400.0
_AT_ONCE = 40
# How long the reading rests after each post, in the time the post took.
_PAUSE = 0.2
_PAUSE_IN_STORM = 4.0
_PAUSE_AT_MOST_S = 0.15


def read_posts(*, time_budget_s: float = TIME_BUDGET_S) -> int:
    """Read waiting posts until none is left or the time is up; return how many events were new."""
    dispatch.heard(Job.READ_POSTS)
    deadline = time.monotonic() + time_budget_s
    added = 0
    while time.monotonic() < deadline:
        with reading() as session:
            waiting = waiting_posts(session, limit=_AT_ONCE)
            # While posts come in a storm, storing them goes first: SQLite has one writer, and the machine few cores.
            pause = _PAUSE_IN_STORM if is_storm(session) else _PAUSE
        if not waiting:
            return added
        for post_id in waiting:
            began = time.monotonic()
            added += _read_one(post_id)
            time.sleep(min((time.monotonic() - began) * pause, _PAUSE_AT_MOST_S))
    dispatch.ring(Job.READ_POSTS)
    return added


def _read_one(post_id: int) -> int:
    try:
        with transaction() as session:
            return read_post(session, post_id)
    except OperationalError:
        raise  # the database is away or busy: the post waits, and the sweeper rings again
    except Exception as error:  # a fault of ours with one post must not hold up the others
        log.exception("post_broke", post_id=post_id)
        with transaction() as session:
            set_post_aside(session, post_id, cause=f"A fault of Scoutboard's own: {type(error).__name__}: {error}")
    return 0
