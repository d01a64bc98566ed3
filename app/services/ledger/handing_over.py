"""Begin a handing over: policy is read again, slots are taken and the attempt is written, all in one transaction.

Only after that transaction is committed may the transport be called. A stop that was committed before it wins.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.clock import now
from app.models import Attempt, AttemptOutcome, Enrollment, Message, MessageKind, MessageState, Sender
from app.services.ledger.answers import answer_blocker
from app.services.ledger.cases import domain_of
from app.services.ledger.claiming import Worker
from app.services.ledger.decision import CROWDED, LOOK_AGAIN_AFTER, SENTENCES, Blocker, Decision, Verdict, decide
from app.services.ledger.facts import Facts, load_facts
from app.services.ledger.gate import pass_gate
from app.services.ledger.marks import count_handing_over
from app.services.ledger.sending_back import CANNOT_COMPOSE, put_answer_off, put_off, refuse_claimed, send_back
from app.services.ledger.slots import (
    domain_free_at,
    give_day_slot_back,
    move_sender_mail,
    take_day_slot,
    take_domain_turn,
)
from app.services.ledger.states import change_state
from app.services.ledger.wording import Thread, Wording, headers_of, reply_mailbox, thread_of
from app.services.stops import Ending
from outreach.policy import Rule
from outreach.schedule import next_midnight
from outreach.transports.message import BadMessage, Mailbox
from outreach.transports.message import Message as Mail


class Restored(Exception):
    """The database counts fewer handings over than its worker remembers: it was replaced by an older one."""


@dataclass(frozen=True, slots=True)
class Handover:
    """An attempt that is committed and may be carried out once: the mail, from whom, and its number among all mails."""

    message_id: int
    attempt_id: int
    attempt_number: int
    number: int
    mail: Mail
    sender: Sender
    worker: Worker


def begin_attempt(session: Session, message_id: int, *, worker: Worker, wording: Wording) -> Handover | None:
    """Write `handing_over` for a claimed message, or take it back with the reason and return None.

    Returns None also where the lease has passed to somebody else. Raises Restored, with nothing written, where the
    database is older than the worker.
    """
    pass_gate(session)
    at = now()
    message = session.get(Message, message_id, populate_existing=True, with_for_update=True)
    if message is None or message.state is not MessageState.CLAIMED or message.leased_by != worker.name:
        return None
    sender = session.get_one(Sender, message.sender_id)
    if wording.problems:
        put_off(session, message, Ending(CANNOT_COMPOSE, " ".join(wording.problems)), until=at + LOOK_AGAIN_AFTER)
        return None
    address = _address_allowed(session, message, sender, at=at)
    if address is None:
        return None
    return _write(session, message, _Leaving(sender, address, wording, worker))


@dataclass(frozen=True, slots=True)
class _Leaving:
    """What is known of a mail that may leave."""

    sender: Sender
    address: str
    wording: Wording
    worker: Worker


def _address_allowed(session: Session, message: Message, sender: Sender, *, at: datetime) -> str | None:
    """Read the policy again and take the slots; return whom to write to, or send the message back."""
    enrollment = session.get(Enrollment, message.enrollment_id) if message.enrollment_id else None
    if enrollment is None:
        blocker = answer_blocker(session, message, sender, at=at)
        if blocker is not None:
            put_answer_off(session, message, blocker)
        return message.to_address if blocker is None else None
    if message.reason in CROWDED and message.step:
        enrollment.rescheduled = enrollment.rescheduled | {message.step: message.due_at.isoformat()}
        session.flush()
    facts = load_facts(session, [enrollment.id], at=at, without_planned=True)[enrollment.id]
    decision = decide(facts, at)
    is_this_step = decision.step is not None and decision.step.id == message.step
    crowd = None
    if decision.verdict is Verdict.NOW and is_this_step:
        crowd = _take_slots(session, facts, at=at)
        if crowd is None:
            return facts.address
        decision = Decision(Verdict.BLOCKED, decision.step, crowd.until, (crowd,))
    send_back(session, message, decision, at=at)
    return None


def _take_slots(session: Session, facts: Facts, *, at: datetime) -> Blocker | None:
    """Take the day's slot and the domain's turn, or neither; return what was full."""
    sender, zone = facts.sender, facts.case.sender.time_zone
    cap = facts.case.sender.cap_on(at.astimezone(zone).date())
    if not take_day_slot(session, sender, cap=cap, at=at):
        until = next_midnight(at, zone)
        move_sender_mail(session, sender, at=at, to=until, reason=Rule.DAILY_CAP.value)
        return Blocker(Rule.DAILY_CAP.value, SENTENCES[Rule.DAILY_CAP], until)
    domain = domain_of(facts.address)
    if not take_domain_turn(session, sender, domain, at=at):
        give_day_slot_back(session, sender, taken_at=at)
        until = domain_free_at(session, sender, domain) or at
        return Blocker(Rule.DOMAIN_SPACING.value, SENTENCES[Rule.DOMAIN_SPACING], max(until, at))
    return None


def _write(session: Session, message: Message, leaving: _Leaving) -> Handover | None:
    """Write the attempt and the new state; nothing of it is true before the commit."""
    sender, worker, wording = leaving.sender, leaving.worker, leaving.wording
    thread = thread_of(session, message, sender)
    reference = secrets.token_hex(16)
    try:
        mail = _mail(session, message, leaving, thread=thread, reference=reference)
    except BadMessage as error:
        refuse_claimed(session, message, f"It cannot be put on the wire: {error}")
        return None
    number = count_handing_over(session)
    if number <= worker.remembered:
        raise Restored
    change_state(
        session,
        message.id,
        old=MessageState.CLAIMED,
        held_by=worker.name,
        state=MessageState.HANDING_OVER,
        attempts=message.attempts + 1,
        lease_until=now() + worker.lease,
        to_address=leaving.address,
        subject=wording.subject,
        text=wording.text,
        html=wording.html,
        internet_id=thread.internet_id,
        in_reply_to=thread.in_reply_to,
        references=list(thread.references),
        reason="",
        detail="",
    )
    attempt = Attempt(
        message_id=message.id,
        number=message.attempts + 1,
        reference=reference,
        outcome=AttemptOutcome.OPEN,
        worker=worker.name,
        started_at=now(),
    )
    session.add(attempt)
    session.flush()
    return Handover(message.id, attempt.id, attempt.number, number, mail, sender, worker)


def _mail(session: Session, message: Message, leaving: _Leaving, *, thread: Thread, reference: str) -> Mail:
    token = ""
    if message.kind is MessageKind.STEP and message.enrollment_id is not None:
        token = session.get_one(Enrollment, message.enrollment_id).token
    return Mail(
        sender=Mailbox(leaving.sender.address, leaving.sender.name),
        to=Mailbox(leaving.address),
        subject=leaving.wording.subject,
        text=leaving.wording.text,
        html=leaving.wording.html,
        reply_to=reply_mailbox(leaving.sender, enrollment_token=token),
        message_id=thread.internet_id,
        reference=reference,
        headers=headers_of(thread, to_address=leaving.address, enrollment_token=token),
    )
