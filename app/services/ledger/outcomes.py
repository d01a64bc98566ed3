"""Record what a handing over came to. Whatever a worker knows for certain counts, even after its lease has run out."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from app.clock import now
from app.log import get_logger
from app.models import Attempt, AttemptOutcome, Message, MessageKind, MessageState
from app.services.ledger.acceptance import accept
from app.services.ledger.handing_over import Handover
from app.services.ledger.sending_back import REFUSED, hold_enrollment
from app.services.ledger.sent import mark_sent
from app.services.ledger.slots import give_day_slot_back
from app.services.ledger.states import DOUBTFUL, change_state
from app.services.ledger.uncertainty import close_question, make_uncertain
from app.services.stops import Ending

log = get_logger(__name__)

MAX_DETAIL, MAX_PROVIDER_ID = 2_000, 300
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60))


_ATTEMPTS = cast("Table", Attempt.__table__)
_CLOSE_ATTEMPT = _ATTEMPTS.update().where(_ATTEMPTS.c.id == bindparam("attempt_id"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a transport said of one attempt; `retry_after_s` is the provider's word on when to come back."""

    kind: AttemptOutcome
    detail: str = ""
    provider_id: str = ""
    retry_after_s: float | None = None

    def __post_init__(self) -> None:
        """Keep only what every database takes: a provider may answer with any bytes at all."""
        object.__setattr__(self, "detail", _storable(self.detail, MAX_DETAIL))
        object.__setattr__(self, "provider_id", _storable(self.provider_id, MAX_PROVIDER_ID))


def _storable(text: str, length: int) -> str:
    """Return the text without NUL and lone surrogates, which PostgreSQL refuses, and no longer than its column."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()[:length]


def record_accepted(session: Session, handover: Handover, outcome: Outcome) -> bool:
    """Record that the provider took a mail; False, with nothing written, where somebody has settled it meanwhile.

    It takes no lock but those of the mail's own rows, so the next mail may begin in the same transaction.
    """
    return outcome.kind is AttemptOutcome.ACCEPTED and accept(
        session,
        handover.message_id,
        attempt_id=handover.attempt_id,
        attempt_number=handover.attempt_number,
        provider_id=outcome.provider_id,
        detail=outcome.detail,
    )


def record_outcome(session: Session, handover: Handover, outcome: Outcome) -> None:
    """Record an attempt's outcome once and let the sequence go on, wait, or ask a person."""
    if record_accepted(session, handover, outcome):
        return
    message = session.get_one(Message, handover.message_id, populate_existing=True, with_for_update=True)
    _close_attempt(session, handover, outcome)
    if message.attempts != handover.attempt_number:
        # A person said that this attempt had not left, and it was begun again. If it did leave, say so loudly.
        level = log.error if outcome.kind is AttemptOutcome.ACCEPTED else log.info
        level("attempt_overtaken", message_id=message.id, attempt_id=handover.attempt_id, outcome=outcome.kind.value)
        return
    if outcome.kind is AttemptOutcome.ACCEPTED:
        _accepted(session, message, outcome)
    elif outcome.kind is AttemptOutcome.NOT_SENT:
        pause = BACKOFF[min(message.attempts, len(BACKOFF)) - 1]
        if outcome.retry_after_s is not None:
            pause = timedelta(seconds=outcome.retry_after_s)
        values = {"state": MessageState.RETRY_WAIT, "not_before_at": now() + pause}
        _take_back(session, message, handover, Ending("not_sent", outcome.detail), **values)
    elif outcome.kind is AttemptOutcome.REFUSED:
        ending = Ending(REFUSED, outcome.detail)
        if _take_back(session, message, handover, ending, state=MessageState.REFUSED, not_before_at=None):
            hold_enrollment(session, message.enrollment_id, ending)
    else:
        make_uncertain(session, message, handover.sender, detail=outcome.detail)


def _accepted(session: Session, message: Message, outcome: Outcome) -> None:
    """Record an answer that came after its lease, an event or a person."""
    if message.state in DOUBTFUL:
        mark_sent(session, message, state=MessageState.RESOLVED_SENT, at=now(), provider_id=outcome.provider_id)
    else:
        # The provider's event was faster than its answer, or a person has said so already.
        message.provider_id = message.provider_id or outcome.provider_id


def _close_attempt(session: Session, handover: Handover, outcome: Outcome) -> None:
    values = {"outcome": outcome.kind, "detail": outcome.detail, "provider_id": outcome.provider_id, "ended_at": now()}
    session.connection().execute(_CLOSE_ATTEMPT, {**values, "attempt_id": handover.attempt_id})


def _take_back(session: Session, message: Message, handover: Handover, ending: Ending, **values: Any) -> bool:
    """Write that a mail certainly did not leave, and give its slot of the day back."""
    if message.state is not MessageState.HANDING_OVER and message.state not in DOUBTFUL:
        return False
    is_changed = change_state(
        session,
        message.id,
        old=message.state,
        reason=ending.reason,
        detail=ending.detail,
        leased_by="",
        lease_until=None,
        **values,
    )
    if is_changed and message.kind is MessageKind.STEP:
        started_at = session.scalar(select(Attempt.started_at).where(Attempt.id == handover.attempt_id))
        give_day_slot_back(session, handover.sender, taken_at=started_at or now())
        close_question(session, message.id)
    return is_changed
