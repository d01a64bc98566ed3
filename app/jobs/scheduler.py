"""The clock of the house: `python -m app.jobs.scheduler` rings the sweeper every minute.

What is due stands in tables; the sweeper looks there. So this process keeps no plan of its own, may be killed at any
moment, and two of them do no harm.
"""

import os
import signal
import sys
from collections.abc import Callable
from threading import Event

from app import dispatch
from app.config import Settings, SettingsError
from app.dispatch import Job
from app.jobs import runtime

PERIOD_S = 60.0


def ring_until(stopping: Event, *, period_s: float = PERIOD_S, ring: Callable[[Job], bool] = dispatch.ring) -> int:
    """Ring the sweeper at once and then every `period_s` seconds until `stopping` is set. Returns the rings heard.

    A ring that does not arrive is logged by dispatch and made up for by the next one.
    """
    heard = 0
    while not stopping.is_set():
        heard += ring(Job.SWEEP)
        stopping.wait(period_s)
    return heard


def main() -> int:
    """Ring until told to stop. Returns the exit code: 2 where the settings cannot be used."""
    try:
        runtime.start(Settings.from_env(os.environ))
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    ring_until(stopping)
    return 0


if __name__ == "__main__":
    sys.exit(main())
