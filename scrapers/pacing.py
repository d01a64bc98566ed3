"""Turns per host: one request at a time, with a pause between the end of one and the start of the next."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

_KEPT_HOSTS = 10_000


class HostTurns(Protocol):
    """Grants turns. The app's version holds them across processes and machines; tests count them."""

    def turn(self, host: str, *, delay_s: float) -> AbstractContextManager[None]:
        """Block until the host is free and `delay_s` seconds have passed since its last turn ended."""


class InProcessTurns:
    """Turns among the threads of one process."""

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._ended: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str, *, delay_s: float) -> Iterator[None]:
        """Hold the host for the length of the block."""
        with self._lock_of(host):
            ended = self._ended.get(host)
            if ended is not None:
                wait_s = ended + delay_s - self._clock()
                if wait_s > 0:
                    self._sleep(wait_s)
            try:
                yield
            finally:
                self._ended[host] = self._clock()

    def _lock_of(self, host: str) -> threading.Lock:
        with self._guard:
            if len(self._locks) > _KEPT_HOSTS:
                self._forget_idle()
            return self._locks.setdefault(host, threading.Lock())

    def _forget_idle(self) -> None:
        """Keep memory flat over millions of hosts: the older half of the idle ones goes."""
        idle = sorted((self._ended.get(host, 0.0), host) for host, lock in self._locks.items() if not lock.locked())
        for _, host in idle[: len(idle) // 2]:
            del self._locks[host]
            self._ended.pop(host, None)
