"""How far the ledger is, and whether the database is older than what left through it: a restored backup.

Workers remember outside the database how many mails were handed over. A database that counts fewer does not know of
mails that left, so it would send them again. It starts held: nothing leaves until a person has looked and resumes.
"""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.models import LedgerMark, Pause, PauseScope
from app.services.audit import record_audit
from app.services.ledger.gate import close_gate

# Longer than any ordinary night or weekend's work on a server: after it the machine itself may be a restored copy.
SILENCE = timedelta(hours=24)
_ONLY = 1


def count_handing_over(session: Session) -> int:
    """Count one mail that is about to be handed over, and return how many there were in all."""
    counted = session.scalar(
        update(LedgerMark)
        .where(LedgerMark.id == _ONLY)
        .values(handed_over=LedgerMark.handed_over + 1)
        .returning(LedgerMark.handed_over)
        .execution_options(synchronize_session=False)
    )
    if counted is not None:
        return counted
    _add_row(session)
    return count_handing_over(session)


def handed_over(session: Session) -> int:
    """Return how many mails this database knows to have been handed over."""
    return session.scalar(select(LedgerMark.handed_over).where(LedgerMark.id == _ONLY)) or 0


def hold_if_restored(session: Session, *, remembered: int | None) -> str:
    """Pause all sending where the database is older than its workers; return why in a sentence, "" where it is not.

    `remembered` is the most handings over that any witness outside the database knows of, None where there is no
    witness at all. Also notes that the ledger is alive: after SILENCE without a sign of life the machine may be a copy.
    """
    mark = session.get(LedgerMark, _ONLY)
    if mark is None:
        mark = _add_row(session)
    known, beat_at, moment = mark.handed_over, mark.beat_at, now()
    why = ""
    if remembered is None and known > 0:
        why = "Nothing outside the database remembers what was sent: it may be a copy on a new machine."
    elif remembered is not None and remembered > known:
        why = f"The database knows of {known:,} mails handed over and its workers of {remembered:,}: it was restored."
    elif known > 0 and beat_at is not None and moment - beat_at > SILENCE:
        why = f"Nothing ran for {(moment - beat_at).days} days or more: this may be a restored copy."
    session.execute(
        update(LedgerMark)
        .where(LedgerMark.id == _ONLY)
        .values(beat_at=moment, handed_over=max(known, remembered or 0))
        .execution_options(synchronize_session="fetch")
    )
    if why:
        _hold(session, why)
    return why


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
