"""What the ledger says: the equation, where every mail stands, and each message's whole history."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import mark, number
from app.models import (
    Attempt,
    AttemptOutcome,
    Delivery,
    Enrollment,
    Message,
    MessageKind,
    MessageState,
    ProviderEvent,
)

_ACCEPTED = (MessageState.ACCEPTED, MessageState.RESOLVED_SENT)
_REFUSED = (MessageState.REFUSED,)
_SKIPPED = (MessageState.SKIPPED, MessageState.RESOLVED_NOT_SENT)
_UNCERTAIN = (MessageState.UNCERTAIN, MessageState.NEEDS_PERSON)
_WAITING = (MessageState.PLANNED, MessageState.CLAIMED, MessageState.HANDING_OVER, MessageState.RETRY_WAIT)


@dataclass(frozen=True, slots=True)
class Equation:
    """planned = accepted + refused + skipped + uncertain + waiting; `planned` is counted on its own."""

    planned: int
    accepted: int
    refused: int
    skipped: int
    uncertain: int
    waiting: int

    @property
    def is_exact(self) -> bool:
        """Whether every planned mail is in one of the other numbers."""
        return self.planned == self.accepted + self.refused + self.skipped + self.uncertain + self.waiting

    def __str__(self) -> str:
        """Write the equation out."""
        return _(
            "%(planned)s planned %(sign)s %(accepted)s accepted + %(refused)s refused + %(skipped)s skipped + "
            "%(uncertain)s uncertain + %(waiting)s waiting",
            sign="=" if self.is_exact else "≠",
            planned=number(self.planned),
            accepted=number(self.accepted),
            refused=number(self.refused),
            skipped=number(self.skipped),
            uncertain=number(self.uncertain),
            waiting=number(self.waiting),
        )


def equation(session: Session, *, program_id: int | None = None, sequence_id: int | None = None) -> Equation:
    """Return the equation over the mails of all sequences, of a program's, or of one sequence."""
    conditions = [Message.kind == MessageKind.STEP]
    if program_id is not None:
        conditions.append(Message.program_id == program_id)
    if sequence_id is not None:
        ours = select(Enrollment.id).where(Enrollment.sequence_id == sequence_id)
        conditions.append(Message.enrollment_id.in_(ours))
    rows = session.execute(select(Message.state, func.count()).where(*conditions).group_by(Message.state))
    counts: dict[MessageState, int] = {row[0]: row[1] for row in rows}

    def total(states: tuple[MessageState, ...]) -> int:
        return sum(counts.get(state, 0) for state in states)

    return Equation(
        planned=sum(counts.values()),
        accepted=total(_ACCEPTED),
        refused=total(_REFUSED),
        skipped=total(_SKIPPED),
        uncertain=total(_UNCERTAIN),
        waiting=total(_WAITING),
    )


@dataclass(frozen=True, slots=True)
class UncertainMail:
    """A mail of which nobody knows whether it left."""

    message_id: int
    program_id: int
    prospect_id: int | None
    to_address: str
    subject: str
    state: MessageState
    detail: str
    since_at: datetime


def uncertain_mails(session: Session, *, program_id: int | None = None, limit: int = 200) -> list[UncertainMail]:
    """Return the mails in doubt, the oldest first; all of them are listed, none is hidden."""
    newest = func.max(Attempt.started_at)
    query = (
        select(Message, newest)
        .join(Attempt, Attempt.message_id == Message.id)
        .where(Message.state.in_(_UNCERTAIN))
        .group_by(Message.id)
        .order_by(newest, Message.id)
        .limit(limit)
    )
    if program_id is not None:
        query = query.where(Message.program_id == program_id)
    return [
        UncertainMail(
            message_id=message.id,
            program_id=message.program_id,
            prospect_id=message.prospect_id,
            to_address=message.to_address,
            subject=message.subject,
            state=message.state,
            detail=message.detail,
            since_at=since_at,
        )
        for message, since_at in session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened to a message: what, when, and in a sentence."""

    at: datetime
    what: str
    detail: str = ""

    @property
    def said(self) -> str:
        """Return what happened, as people read it."""
        return event_word(self.what)


@dataclass(frozen=True, slots=True)
class MessageHistory:
    """A message, where it stands, and all that happened to it in order of time."""

    message_id: int
    state: MessageState
    delivery: Delivery
    to_address: str
    subject: str
    text: str
    reason: str
    detail: str
    lines: tuple[HistoryLine, ...]

    @property
    def state_word(self) -> str:
        """Return in a word or two where it stands."""
        return state_word(self.state)

    @property
    def delivery_word(self) -> str:
        """Return in a word or two what the receiver's side said."""
        return event_word(self.delivery.value)


_STATES = {
    MessageState.PLANNED: mark("planned"),
    MessageState.CLAIMED: mark("leaving"),
    MessageState.HANDING_OVER: mark("leaving"),
    MessageState.RETRY_WAIT: mark("will try again"),
    MessageState.ACCEPTED: mark("sent"),
    MessageState.REFUSED: mark("refused"),
    MessageState.SKIPPED: mark("skipped"),
    MessageState.UNCERTAIN: mark("in doubt"),
    MessageState.RESOLVED_SENT: mark("sent"),
    MessageState.RESOLVED_NOT_SENT: mark("not sent"),
    MessageState.NEEDS_PERSON: mark("in doubt"),
}
_WORDS = {
    AttemptOutcome.OPEN: mark("No answer yet."),
    AttemptOutcome.ACCEPTED: mark("It was taken."),
    AttemptOutcome.NOT_SENT: mark("It certainly did not leave."),
    AttemptOutcome.REFUSED: mark("It was refused."),
    AttemptOutcome.UNCERTAIN: mark("Nobody knows whether it left."),
}
_EVENTS = {
    "planned": mark("planned"),
    "handed over": mark("handed over"),
    "open": mark("open"),
    "accepted": mark("accepted"),
    "not sent": mark("not sent"),
    "refused": mark("refused"),
    "uncertain": mark("uncertain"),
    "unknown": mark("unknown"),
    "processed": mark("processed"),
    "deferred": mark("deferred"),
    "delivered": mark("delivered"),
    "soft bounce": mark("soft bounce"),
    "soft bounced": mark("soft bounced"),
    "hard bounce": mark("hard bounce"),
    "hard bounced": mark("hard bounced"),
    "dropped": mark("dropped"),
    "opt out": mark("opt out"),
    "opted out": mark("opted out"),
    "complaint": mark("complaint"),
    "complained": mark("complained"),
    "resubscribed": mark("resubscribed"),
    "click": mark("click"),
    "other": mark("other"),
}


def state_word(state: MessageState) -> str:
    """Return in a word or two where a mail stands."""
    return _(_STATES[state])


def event_word(code: str) -> str:
    """Return an outcome, a fate or an event of a mail in words; one that nobody here knows as it came."""
    plain = code.replace("_", " ")
    return _(_EVENTS[plain]) if plain in _EVENTS else plain


def message_history(session: Session, message_id: int) -> MessageHistory | None:
    """Return a message's whole history, None where there is no such message."""
    message = session.get(Message, message_id)
    if message is None:
        return None
    attempts = session.scalars(select(Attempt).where(Attempt.message_id == message_id).order_by(Attempt.id))
    events = session.scalars(select(ProviderEvent).where(ProviderEvent.message_id == message_id))
    due = _("For %(moment)s.", moment=f"{message.due_at:%Y-%m-%d %H:%M} UTC")
    lines = [HistoryLine(message.created_at, "planned", due)]
    for attempt in attempts:
        tried = _("Try %(number)s, to %(address)s.", number=attempt.number, address=message.to_address)
        lines.append(HistoryLine(attempt.started_at, "handed over", tried))
        if attempt.ended_at is not None:
            detail = f"{_(_WORDS[attempt.outcome])} {attempt.detail}".strip()
            lines.append(HistoryLine(attempt.ended_at, attempt.outcome.value, detail))
    for event in events:
        reason = event.payload.get("reason") or event.payload.get("response") or ""
        lines.append(HistoryLine(event.at, event.kind, str(reason)))
    return MessageHistory(
        message_id=message.id,
        state=message.state,
        delivery=message.delivery,
        to_address=message.to_address,
        subject=message.subject,
        text=message.text,
        reason=message.reason,
        detail=message.detail,
        lines=tuple(sorted(lines, key=lambda line: line.at)),
    )
