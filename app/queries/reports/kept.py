"""Reports that took long to work out, kept for a minute by the process that did: for their file, and who looks next.

What people do in the program since makes a new one (`board_mark`); all else shows once the minute is over.
"""

import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.clock import now, today
from app.languages import current_language
from app.queries.board_changes import board_mark
from app.queries.reports.kinds import Kind
from app.queries.reports.scope import Scope
from app.queries.reports.table import Report

# What is quicker is worked out each time.
KEPT_FROM_S = 0.1
KEPT_FOR_S = 60.0
_MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report, when it was worked out (UTC), and the clock's seconds until which it serves others."""

    report: Report
    made_at: datetime
    until_s: float


_kept: dict[tuple[object, ...], KeptReport] = {}


def ask(session: Session, kind: Kind, scope: Scope, *, anew: bool = False) -> KeptReport:
    """Return a report of this minute; with `anew` it is worked out whatever is kept."""
    # A scope says in words all that it is limited to.
    key = (kind.name, repr(scope), today(), current_language(), board_mark(session, *scope.programs))
    begun = time.monotonic()
    found = _kept.get(key)
    if found is not None and begun < found.until_s and not anew:
        return found
    _kept.pop(key, None)
    report, made_at = kind.ask(session, scope), now()
    ended = time.monotonic()
    made = KeptReport(report, made_at, ended + KEPT_FOR_S)
    if ended - begun >= KEPT_FROM_S:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[key] = made
    return made
