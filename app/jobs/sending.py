"""One worker's turn at the ledger: claim, begin, call the transport with no transaction open, record.

One mail is on its way at a time in a worker process, so that killing it leaves at most one in doubt.
"""

import os
import secrets
import socket
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.orm import Session

from app import dispatch
from app.clock import now
from app.db import snapshot, transaction
from app.dispatch import Job
from app.log import get_logger
from app.models import AttemptOutcome, Sender
from app.services.ledger.claiming import Worker, claim, put_aside
from app.services.ledger.contacted import note_contacted
from app.services.ledger.gate import pass_gate
from app.services.ledger.handing_over import Handover, LeaseLost, Restored, begin_attempt
from app.services.ledger.marks import hold_if_restored
from app.services.ledger.outcomes import Outcome, record_accepted, record_outcome
from app.services.ledger.preparing import Ahead, Batch, read_batch, word_in_batch
from app.services.ledger.wording import Wording
from outreach.transports.message import NotSent, Refused, Transport, TransportError

log = get_logger(__name__)

# A turn ends before its job's timeout does, and rings for what is left.
TIME_BUDGET_S = 120.0
CLAIM_AT_ONCE = 20
# Late enough that no lease is spent on waiting, early enough that the batch is ready when it is needed.
CLAIM_WITH_LEFT = 3
MAX_LANES = 16
# How long an answer is kept in hand while the database is away: it is the only copy of what happened.
RECORD_FOR_S = 150.0
_WORDLESS = "What the provider said could not be kept; see the worker's log."


class Settled(Exception):
    """Somebody has settled a mail while the provider was answering."""


class Memory(Protocol):
    """What remembers outside the database how many mails were handed over."""

    def remembered(self) -> int | None:
        """Return the most it knows of, None for nothing."""
        ...

    def remember(self, number: int) -> None:
        """Remember this many."""
        ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """A claimed message, what it says, and what was true of it; `ahead` is None where that is read when it begins."""

    message_id: int
    wording: Wording
    ahead: Ahead | None


class Sending:
    """One worker's turn at the ledger."""

    def __init__(self, witness: Memory, *, lease: timedelta, transport_of: Callable[[Sender], Transport]) -> None:
        """Work under a name of its own, so that a worker that lost its lease finds another name on the row."""
        self._witness = witness
        self._make_transport = transport_of
        self._worker = Worker(f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}", lease)
        self._transports: dict[tuple[int, int], Transport] = {}
        # Whose mail is recorded as taken, and who is not yet moved on for it.
        self._contacted: deque[int] = deque()
        # A mail the provider has taken, until that is recorded.
        self._answered: tuple[Handover, Outcome] | None = None

    @property
    def identity(self) -> Worker:
        """Return the name under which it holds messages."""
        return self._worker

    def drain(self, lane: int) -> int:
        """Claim and send until nothing is due or the time is up."""
        deadline = time.monotonic() + TIME_BUDGET_S
        begun, has_rung = 0, False
        with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
            batch = self._claim()
            while batch:
                is_full = len(batch) == CLAIM_AT_ONCE
                if is_full and lane + 1 < MAX_LANES and not has_rung:
                    has_rung = dispatch.ring(Job.DRAIN_MAIL, lane + 1)
                is_over = time.monotonic() > deadline
                ahead: Future[list[Prepared]] | None = None
                for left, prepared in zip(range(len(batch), 0, -1), batch, strict=True):
                    if left == CLAIM_WITH_LEFT and is_full and not is_over:
                        # The next batch is prepared while the provider's answers are waited for.
                        ahead = pool.submit(self._look_ahead)
                    begun += self._send_one(prepared)
                self._record_answer()
                prepared_ahead = ahead.result() if ahead else []
                if is_over or not prepared_ahead:
                    self._note_contacted()
                if is_over:
                    dispatch.ring(Job.DRAIN_MAIL, lane)
                    return begun
                batch = prepared_ahead or self._claim()
        return begun

    def _look_ahead(self) -> list[Prepared]:
        self._note_contacted()
        return self._claim()

    def _claim(self) -> list[Prepared]:
        """Claim what is due and prepare it with one reading of what it shares."""
        with transaction() as session:
            claimed = claim(session, self._worker, limit=CLAIM_AT_ONCE)
        if not claimed:
            return []
        with snapshot() as session:
            batch = read_batch(session, claimed, at=now())
            return [
                Prepared(message_id, _worded(session, batch, message_id), batch.ahead.get(message_id))
                for message_id in claimed
                if message_id in batch.messages
            ]

    def _send_one(self, prepared: Prepared) -> bool:
        """Carry one claimed message through; a fault of ours with it must not hold up everybody else's mail."""
        handover = self._begin(prepared)
        if handover is None:
            return False
        self._witness.remember(handover.number)
        self._worker = replace(self._worker, remembered=handover.number)
        outcome = self._hand_over(handover)
        self._answered = (handover, outcome)
        if outcome.kind is AttemptOutcome.ACCEPTED:
            return True
        self._record_answer()
        if outcome.retry_after_s is not None:
            # The provider asked everybody to slow down, not only this mail.
            time.sleep(min(outcome.retry_after_s, 10.0))
        return True

    def _begin(self, prepared: Prepared) -> Handover | None:
        """Begin a mail, in the transaction that records the one before it where that was accepted.

        So there is one commit a mail, and still never more than one mail whose fate only this process knows.
        """
        if self._answered is not None:
            try:
                with transaction() as session:
                    pass_gate(session)
                    if record_accepted(session, *self._answered):
                        handover = self._attempt(session, prepared)
                    else:
                        raise Settled
            except (Settled, DBAPIError, LeaseLost, Restored):
                # What the provider said goes first; then the mail is begun apart, and says the same for itself.
                self._record_answer()
            except Exception:
                log.exception("begun_apart", message_id=prepared.message_id)
                self._record_answer()
            else:
                self._note_recorded()
                return handover
        return self._begin_apart(prepared)

    def _attempt(self, session: Session, prepared: Prepared) -> Handover | None:
        return begin_attempt(
            session, prepared.message_id, worker=self._worker, wording=prepared.wording, ahead=prepared.ahead
        )

    def _begin_apart(self, prepared: Prepared) -> Handover | None:
        message_id = prepared.message_id
        try:
            with transaction() as session:
                return self._attempt(session, prepared)
        except LeaseLost:
            return None
        except Restored:
            with transaction() as session:
                hold_if_restored(session, self._witness.remembered)
            raise
        except Exception as error:
            if isinstance(error, DBAPIError) and not isinstance(error, DataError):
                raise  # the database is away: so is everybody else's mail, and the lease gives this one back
            log.exception("message_broke", message_id=message_id)
            detail = f"A fault of Scoutboard's own ({type(error).__name__}); see the worker's log."
            with transaction() as session:
                put_aside(session, message_id, self._worker, detail=detail)
            return None

    def _record_answer(self) -> None:
        """Record what the provider said of the last mail, if that is still to be done."""
        if self._answered is not None:
            record_patiently(*self._answered)
            self._note_recorded()

    def _note_recorded(self) -> None:
        if self._answered is not None:
            handover, outcome = self._answered
            self._answered = None
            if outcome.kind is AttemptOutcome.ACCEPTED and handover.prospect_id is not None:
                self._contacted.append(handover.prospect_id)

    def _note_contacted(self) -> None:
        """Move those written to on; what is left over the planner does when it looks at them next."""
        contacted = [self._contacted.popleft() for _ in range(len(self._contacted))]
        if contacted:
            with transaction() as session:
                left = note_contacted(session, contacted)
            self._contacted.extend(left)

    def _hand_over(self, handover: Handover) -> Outcome:
        """Call the transport, with no transaction open, and put its answer into one of four words."""
        try:
            accepted = self._transport_of(handover).send(handover.mail)
        except NotSent as error:
            return Outcome(AttemptOutcome.NOT_SENT, str(error), retry_after_s=error.retry_after_s)
        except Refused as error:
            return Outcome(AttemptOutcome.REFUSED, str(error))
        except TransportError as error:
            return Outcome(AttemptOutcome.UNCERTAIN, str(error))
        except Exception as error:
            # Nobody knows how far it got: to call this "not sent" would be a guess.
            log.exception("transport_broke", message_id=handover.message_id)
            return Outcome(AttemptOutcome.UNCERTAIN, f"A fault of Scoutboard's own ({type(error).__name__}).")
        return Outcome(AttemptOutcome.ACCEPTED, provider_id=accepted.provider_id)

    def _transport_of(self, handover: Handover) -> Transport:
        sender = handover.sender
        key = (sender.id, sender.version)
        if key not in self._transports:
            self._transports[key] = self._make_transport(sender)
        return self._transports[key]


def _worded(session: Session, batch: Batch, message_id: int) -> Wording:
    try:
        return word_in_batch(session, batch, message_id)
    except Exception as error:
        if isinstance(error, DBAPIError) and not isinstance(error, DataError):
            raise
        log.exception("wording_broke", message_id=message_id)
        return Wording("", "", problems=(f"A fault of Scoutboard's own ({type(error).__name__}); see its log.",))


def record_patiently(handover: Handover, outcome: Outcome) -> None:
    """Record an outcome, waiting for a database that is away: nobody else knows what the provider said."""
    deadline = time.monotonic() + RECORD_FOR_S
    pause_s = 0.1
    while True:
        try:
            with transaction() as session:
                record_outcome(session, handover, outcome)
            return
        except DataError:
            if outcome.detail == _WORDLESS:
                raise
            # It will never take these words, and waiting would keep everybody else's mail. What happened counts.
            log.exception("outcome_words_refused", message_id=handover.message_id, outcome=outcome.kind.value)
            outcome = Outcome(outcome.kind, _WORDLESS)
        except DBAPIError as error:
            if time.monotonic() > deadline:
                log.error("outcome_not_recorded", message_id=handover.message_id, outcome=outcome.kind.value)
                raise
            log.warning("outcome_waits", message_id=handover.message_id, cause=str(error.orig))
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, 5.0)
