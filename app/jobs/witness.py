"""What workers remember outside the database: how many mails were handed over. See app.services.ledger.marks.

Kept in a file of the data folder and in the queue server: one of them survives whatever happens to the other.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from app.log import get_logger

log = get_logger(__name__)

_KEY = "scoutboard:handed-over"
_FILE = "handed-over"
# Sets the key to the number unless it holds a higher one; one step, so that two workers cannot undo each other.
_RAISE = """
local known = tonumber(redis.call('get', KEYS[1]) or '-1')
if tonumber(ARGV[1]) > known then redis.call('set', KEYS[1], ARGV[1]) end
"""


class Witness:
    """The memory of this machine's workers, shared by them."""

    def __init__(self, data_dir: Path, redis: Redis) -> None:
        """Keep it in this folder and this queue server."""
        self._path = data_dir / _FILE
        self._redis = redis

    def remembered(self) -> int | None:
        """Return the most handings over that anything outside the database knows of, None where nothing does."""
        known = [number for number in (self._from_file(), self._from_queue()) if number is not None]
        return max(known, default=None)

    def remember(self, number: int) -> None:
        """Remember that this many mails were handed over; a lower number than known changes nothing."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if number > _number(os.read(descriptor, 32)):
                # One write of fixed width: a reader never meets half of it.
                os.pwrite(descriptor, b"%020d\n" % number, 0)
        finally:
            os.close(descriptor)
        with suppress(RedisError):  # the file remembers too
            self._redis.eval(_RAISE, 1, _KEY, str(number))

    def _from_file(self) -> int | None:
        try:
            return _number(self._path.read_bytes())
        except FileNotFoundError:
            return None

    def _from_queue(self) -> int | None:
        try:
            found = self._redis.get(_KEY)
        except RedisError as error:
            log.warning("witness_not_asked", cause=str(error))
            return None
        return int(found) if isinstance(found, bytes) else None


def _number(text: bytes) -> int:
    return int(text) if text.strip().isdigit() else -1
