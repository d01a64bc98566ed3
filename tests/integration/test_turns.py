"""One request at a time per host, over processes: turns kept in a real queue server."""

import itertools
import threading
import time

from app import dispatch
from app.jobs.turns import QueueServerTurns


def test_two_holders_never_meet_and_the_pause_is_kept(queue_url: str) -> None:
    spans: list[tuple[float, float]] = []

    def visit() -> None:
        # Each thread with turns of its own, as different processes have.
        with QueueServerTurns(dispatch.connection()).turn("shop.example", delay_s=0.1):
            start = time.monotonic()
            time.sleep(0.05)
            spans.append((start, time.monotonic()))

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spans.sort()
    assert len(spans) == 4
    for (_, ended), (began, _) in itertools.pairwise(spans):
        assert began - ended >= 0.09


def test_other_hosts_do_not_wait(queue_url: str) -> None:
    turns = QueueServerTurns(dispatch.connection())
    with turns.turn("one.example", delay_s=60.0):
        pass
    started = time.monotonic()
    with turns.turn("two.example", delay_s=60.0):
        assert time.monotonic() - started < 30


def test_a_flush_in_the_middle_of_a_turn_breaks_nothing(queue_url: str) -> None:
    turns = QueueServerTurns(dispatch.connection())
    with turns.turn("shop.example", delay_s=0.0):
        dispatch.connection().flushdb()
    with turns.turn("shop.example", delay_s=0.0):
        assert dispatch.connection().exists("scoutboard:turn:shop.example")
