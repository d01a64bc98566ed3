"""How far the ledger is, and whether the database is older than what left through it: a restored backup.

Workers remember outside the database how many mails were handed over. A database that counts fewer does not know of
mails that left, so it would send them again. It starts held: nothing leaves until a person has looked and resumes.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import cast

from sqlalchemy import Table, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.models import LedgerMark, Pause, PauseScope
from app.services.audit import record_audit
from app.services.ledger.gate import close_gate

# Longer than any ordinary night or weekend's work on a server: after it the machine itself may be a restored copy.
SILENCE = timedelta(hours=24)
_ONLY = 1
_MARKS = cast("Table", LedgerMark.__table__)
COUNT = (
    update(_MARKS)
    .where(_MARKS.c.id == _ONLY)
    .values(handed_over=_MARKS.c.handed_over + 1)
    .returning(_MARKS.c.handed_over)
)


def count_handing_over(session: Session) -> int:
    """Count one mail that is about to be handed over, and return how many there were in all."""
    counted: int | None = session.connection().execute(COUNT).scalar()
    if counted is not None:
        return counted
    _add_row(session)
    return count_handing_over(session)


def handed_over(session: Session) -> int:
    """Return how many mails this database knows to have been handed over."""
    return session.scalar(select(LedgerMark.handed_over).where(LedgerMark.id == _ONLY)) or 0


def hold_if_restored(session: Session, remembered: Callable[[], int | None]) -> str:
    """Pause all sending where the database is older than its workers; return why in a sentence, "" where it is not.

    `remembered` tells the most handings over that any witness outside the database knows of, None where there is no
    witness at all. Also notes that the ledger is alive: after SILENCE without a sign of life the machine may be a copy.
    """
    # Asked before the database: another worker may count one up in between, which must not look like a restored copy.
    witnessed = remembered()
    mark = session.get(LedgerMark, _ONLY, populate_existing=True) or _add_row(session)
    known, moment = mark.handed_over, now()
    if witnessed is None and known > 0:
        # The very first worker may have made the witness since.
        witnessed = remembered()
    why = _why(known, witnessed, silence=moment - (mark.beat_at or moment))
    if why:
        # Before the mark is written: a handing over has passed the gate when it waits for the mark.
        _hold(session, why)
        _catch_up(session, witnessed or 0)
    session.execute(
        update(LedgerMark)
        .where(LedgerMark.id == _ONLY)
        .values(beat_at=moment)
        .execution_options(synchronize_session=False)
    )
    return why


def _why(known: int, witnessed: int | None, *, silence: timedelta) -> str:
    if known > 0 and witnessed is None:
        return "Nothing outside the database remembers what was sent: it may be a copy on a new machine."
    if witnessed is not None and witnessed > known:
        return f"The database knows of {known:,} mails handed over, its workers of {witnessed:,}: it was restored."
    if known > 0 and silence > SILENCE:
        return f"Nothing ran for {silence.total_seconds() / 3600:.0f} hours: this may be a restored copy."
    return ""


def _catch_up(session: Session, witnessed: int) -> None:
    """Take over the higher count, so that the hold is not repeated once a person has resumed."""
    session.execute(
        update(LedgerMark)
        .where(LedgerMark.id == _ONLY, LedgerMark.handed_over < witnessed)
        .values(handed_over=witnessed)
        .execution_options(synchronize_session=False)
    )


def _hold(session: Session, why: str) -> None:
    close_gate(session)
    reason = f"{why} Compare with the provider what left since, then resume."
    session.add(Pause(scope=PauseScope.ALL, subject_id=0, reason=reason, at=now()))
    session.flush()
    record_audit(session, "outreach.held", subject="outreach:all", details={"reason": reason})


def _add_row(session: Session) -> LedgerMark:
    try:
        with session.begin_nested():
            session.add(LedgerMark(id=_ONLY, handed_over=0))
    except IntegrityError:
        # Somebody was faster.
        pass
    return session.get_one(LedgerMark, _ONLY)
