"""One request at a time per host across all workers and machines: turns kept in the queue server."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from redis import Redis
from redis.exceptions import LockError

from app.clock import now

# Longer than any fetch may take (30 s by the wall clock), so that only a dead worker's turn runs out.
_TURN_S = 60.0
_WAIT_AT_MOST_S = 600.0


class QueueServerTurns:
    """Turns as `scrapers.pacing.HostTurns` wants them, shared through the queue server.

    Flushing the server loses only the pause that is under way, never work.
    """

    def __init__(self, redis: Redis) -> None:
        """Keep the turns in this server."""
        self._redis = redis

    @contextmanager
    def turn(self, host: str, *, delay_s: float) -> Iterator[None]:
        """Hold the host for the length of the block, `delay_s` after its last turn ended."""
        lock = self._redis.lock(
            f"scoutboard:turn:{host}", timeout=_TURN_S, sleep=0.05, blocking_timeout=_WAIT_AT_MOST_S, thread_local=False
        )
        if not lock.acquire():
            raise TimeoutError(f"no turn at {host} within {_WAIT_AT_MOST_S:.0f} s; other workers are reading it")
        ended_key = f"scoutboard:turn-ended:{host}"
        try:
            self._pause(ended_key, delay_s)
            yield
        finally:
            self._redis.set(ended_key, repr(now().timestamp()), px=120_000)
            # Where the turn ran out (or the server was flushed), whoever holds it now keeps it.
            with suppress(LockError):
                lock.release()

    def _pause(self, ended_key: str, delay_s: float) -> None:
        ended = self._redis.get(ended_key)
        if ended is None:
            return
        wait_s = float(ended) + delay_s - now().timestamp()
        if 0 < wait_s <= delay_s:
            time.sleep(wait_s)
