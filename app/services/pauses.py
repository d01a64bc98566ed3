"""Pauses: sending held for everything, a sequence, a sender or one enrollment, until a time or until resumed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select, true, update
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.models import Enrollment, EnrollmentState, Message, MessageKind, MessageState, Pause, PauseScope, Sender
from app.queries.pauses import standing_pauses
from app.services.audit import record_audit
from app.services.errors import InvalidInput
from app.services.ledger.gate import close_gate
from app.services.ledger.states import OPEN_MESSAGES
from app.services.notifying.occasions import sender_paused

LONGEST = timedelta(days=366)


def pause(
    session: Session,
    scope: PauseScope,
    *,
    subject_id: int = 0,
    reason: str,
    until_at: datetime | None = None,
    by_user_id: int | None,
) -> Pause:
    """Hold sending. Committed before a handing over, it wins against it. Raises InvalidInput for a time gone by."""
    if until_at is not None and until_at <= now():
        raise InvalidInput({"until_at": _("Choose a time that is still to come, or leave it open.")})
    close_gate(session)
    row = Pause(
        scope=scope, subject_id=subject_id, reason=reason.strip(), until_at=until_at, by_user_id=by_user_id, at=now()
    )
    session.add(row)
    if scope is PauseScope.SENDER:
        _mark_sender(session, subject_id, paused_at=row.at, pause_reason=row.reason)
    session.flush()
    _audit(session, "outreach.paused", row, by_user_id=by_user_id)
    sender = session.get(Sender, subject_id) if scope is PauseScope.SENDER else None
    if sender is not None:
        sender_paused(session, sender, reason=row.reason, actor_id=by_user_id)
    return row


def resume(session: Session, scope: PauseScope, *, subject_id: int = 0, by_user_id: int | None) -> int:
    """End the pauses of a scope and let what they held be looked at again at once; return how many there were."""
    rows = session.scalars(
        select(Pause).where(Pause.scope == scope, Pause.subject_id == subject_id, Pause.ended_at.is_(None))
    ).all()
    for row in rows:
        row.ended_at = now()
        _audit(session, "outreach.resumed", row, by_user_id=by_user_id)
    if scope is PauseScope.SENDER:
        _mark_sender(session, subject_id, paused_at=None, pause_reason="")
    _look_again(session, scope, subject_id)
    return len(rows)


def end_due_pauses(session: Session) -> int:
    """End the pauses whose time has come, so that what they held is looked at at once; return how many there were.

    The policy looks at the end itself: this is for the screens, and so that nobody waits for their next look.
    """
    due = select(Pause).where(Pause.ended_at.is_(None), Pause.until_at <= now()).with_for_update(skip_locked=True)
    rows = session.scalars(due).all()
    for row in rows:
        row.ended_at = row.until_at
        _audit(session, "outreach.pause_ran_out", row, by_user_id=None)
    session.flush()
    for row in rows:
        if row.scope is PauseScope.SENDER:
            left = standing_pauses(session, PauseScope.SENDER, [row.subject_id]).get(row.subject_id)
            at, reason = (left.at, left.reason) if left else (None, "")
            _mark_sender(session, row.subject_id, paused_at=at, pause_reason=reason)
        _look_again(session, row.scope, row.subject_id)
    return len(rows)


def end_on(day: str, *, zone: str) -> datetime | None:
    """Return when a pause ends that somebody ends on a day (YYYY-MM-DD): as it begins where the sender is.

    None for no day: until somebody resumes. Raises InvalidInput (field `until_on`) for one that is not to come.
    """
    if not day.strip():
        return None
    try:
        start = datetime.combine(date.fromisoformat(day.strip()), time(), ZoneInfo(zone))
    except ValueError:
        raise InvalidInput(
            {"until_on": _("“%(day)s” is no day. Choose one from the calendar.", day=day[:20])}
        ) from None
    if not now() < start <= now() + LONGEST:
        raise InvalidInput({"until_on": _("Choose a day after today and within a year, or leave it open.")})
    return start.astimezone(UTC)


def is_paused(session: Session, scope: PauseScope, *, subject_id: int = 0, at: datetime) -> bool:
    """Say whether a pause of exactly this scope holds at a moment."""
    query = select(Pause.id).where(
        Pause.scope == scope,
        Pause.subject_id == subject_id,
        Pause.ended_at.is_(None),
        or_(Pause.until_at.is_(None), Pause.until_at > at),
    )
    return session.scalar(query.limit(1)) is not None


def _look_again(session: Session, scope: PauseScope, subject_id: int) -> None:
    """Let the planner and the workers look at what was paused; the policy still has the last word."""
    enrollments: dict[PauseScope, ColumnElement[bool]] = {
        PauseScope.ALL: true(),
        PauseScope.SEQUENCE: Enrollment.sequence_id == subject_id,
        PauseScope.SENDER: Enrollment.sender_id == subject_id,
        PauseScope.ENROLLMENT: Enrollment.id == subject_id,
    }
    ours, rule, moment = enrollments[scope], f"paused_{scope.value}", now()
    session.execute(
        update(Enrollment)
        .where(ours, Enrollment.state == EnrollmentState.ACTIVE, Enrollment.reason == rule)
        .values(next_at=moment)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Message)
        .where(
            OPEN_MESSAGES,
            Message.state == MessageState.PLANNED,
            Message.reason == rule,
            or_(Message.kind != MessageKind.STEP, Message.enrollment_id.in_(select(Enrollment.id).where(ours))),
            Message.not_before_at > moment,
        )
        .values(not_before_at=moment)
        .execution_options(synchronize_session=False)
    )
    dispatch_after_commit(session, Job.PLAN_OUTREACH)
    dispatch_after_commit(session, Job.DRAIN_MAIL, 0)


def _mark_sender(session: Session, sender_id: int, *, paused_at: datetime | None, pause_reason: str) -> None:
    """Repeat the pause on the sender's own row, which lists show."""
    session.execute(
        update(Sender)
        .where(Sender.id == sender_id)
        .values(paused_at=paused_at, pause_reason=pause_reason)
        .execution_options(synchronize_session="fetch")
    )


def _audit(session: Session, action: str, row: Pause, *, by_user_id: int | None) -> None:
    record_audit(
        session,
        action,
        subject=f"{row.scope.value}:{row.subject_id}",
        actor_id=by_user_id,
        details={"reason": row.reason, "until_at": row.until_at.isoformat() if row.until_at else None},
    )
