"""Begin a handing over: policy is read again, slots are taken and the attempt is written, all in one transaction.

Only after that transaction is committed may the transport be called. A stop that was committed before it wins.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.clock import now
from app.models import Enrollment, Message, MessageKind, MessageState, Sender
from app.services.ledger.answers import answer_blocker
from app.services.ledger.beginning import begin
from app.services.ledger.cases import domain_of
from app.services.ledger.claiming import Worker
from app.services.ledger.decision import CROWDED, LOOK_AGAIN_AFTER, SENTENCES, Blocker, Decision, Verdict, decide
from app.services.ledger.facts import Facts, load_facts
from app.services.ledger.fingerprint import fingerprint_of
from app.services.ledger.gate import pass_gate
from app.services.ledger.preparing import Ahead
from app.services.ledger.sending_back import CANNOT_COMPOSE, put_answer_off, put_off, refuse_claimed, send_back
from app.services.ledger.slots import (
    domain_free_at,
    give_day_slot_back,
    move_sender_mail,
    take_day_slot,
    take_domain_turn,
)
from app.services.ledger.wording import Thread, Wording, headers_of, reply_mailbox, thread_of
from app.services.stops import Ending
from outreach.policy import Rule
from outreach.schedule import next_midnight
from outreach.transports.message import BadMessage, Mailbox
from outreach.transports.message import Message as Mail


class Restored(Exception):
    """The database counts fewer handings over than its worker remembers: it was replaced by an older one."""


class LeaseLost(Exception):
    """The message passed to somebody else in the middle of the transaction that was to begin it."""


@dataclass(frozen=True, slots=True)
class Handover:
    """An attempt that is committed and may be carried out once: the mail, from whom, and its number among all mails.

    `prospect_id` is whom a sequence's mail writes to, None for an answer.
    """

    message_id: int
    attempt_id: int
    attempt_number: int
    number: int
    mail: Mail
    sender: Sender
    worker: Worker
    prospect_id: int | None = None


def begin_attempt(
    session: Session, message_id: int, *, worker: Worker, wording: Wording, ahead: Ahead | None = None
) -> Handover | None:
    """Write `handing_over` for a claimed message, or take it back with the reason and return None.

    Returns None also where the lease has passed to somebody else. With `ahead`, facts that still hold are not read
    again. Raises Restored where the database is older than the worker, and LeaseLost; nothing may be committed then.
    """
    pass_gate(session)
    at = now()
    if ahead is not None and not wording.problems:
        leaving = _still_allowed(session, ahead, worker=worker, wording=wording, at=at)
        if leaving is not None:
            return _write(session, ahead.message, leaving)
    message = session.get(Message, message_id, populate_existing=True, with_for_update=True)
    if message is None or message.state is not MessageState.CLAIMED or message.leased_by != worker.name:
        return None
    sender = session.get_one(Sender, message.sender_id)
    if wording.problems:
        put_off(session, message, Ending(CANNOT_COMPOSE, " ".join(wording.problems)), until=at + LOOK_AGAIN_AFTER)
        return None
    leaving = _allowed(session, message, _Leaving(sender, worker, wording, message.to_address), at=at)
    return _write(session, message, leaving) if leaving is not None else None


@dataclass(frozen=True, slots=True)
class _Leaving:
    """What is known of a mail that may leave; of one of a sequence, its enrollment's token and mails as well."""

    sender: Sender
    worker: Worker
    wording: Wording
    address: str
    token: str = ""
    around: tuple[Message, ...] = ()


def _still_allowed(
    session: Session, ahead: Ahead, *, worker: Worker, wording: Wording, at: datetime
) -> _Leaving | None:
    """Take the slots of a mail of which every row is what it was; None, with nothing taken, where one is not."""
    facts, message = ahead.facts, ahead.message
    if fingerprint_of(session, ahead.subject) != ahead.fingerprint:
        return None
    is_ours = message.state is MessageState.CLAIMED and message.leased_by == worker.name
    if not is_ours or not _is_now(decide(facts, at), message) or _full(session, facts, at=at):
        return None
    return _leaving(facts, worker, wording)


def _allowed(session: Session, message: Message, leaving: _Leaving, *, at: datetime) -> _Leaving | None:
    """Read the policy again and take the slots; return what is needed to leave, or send the message back."""
    enrollment = session.get(Enrollment, message.enrollment_id) if message.enrollment_id else None
    if enrollment is None:
        blocker = answer_blocker(session, message, leaving.sender, at=at)
        if blocker is not None:
            put_answer_off(session, message, blocker)
        return leaving if blocker is None else None
    if message.reason in CROWDED and message.step:
        enrollment.rescheduled = enrollment.rescheduled | {message.step: message.due_at.isoformat()}
        session.flush()
    facts = load_facts(session, [enrollment.id], at=at, without_planned=True)[enrollment.id]
    decision = decide(facts, at)
    if _is_now(decision, message):
        full = _full(session, facts, at=at)
        if full is None:
            return _leaving(facts, leaving.worker, leaving.wording)
        crowd = _crowded(session, facts, full, at=at)
        decision = Decision(Verdict.BLOCKED, decision.step, crowd.until, (crowd,))
    send_back(session, message, decision, at=at)
    return None


def _is_now(decision: Decision, message: Message) -> bool:
    return decision.verdict is Verdict.NOW and decision.step is not None and decision.step.id == message.step


def _leaving(facts: Facts, worker: Worker, wording: Wording) -> _Leaving:
    return _Leaving(facts.sender, worker, wording, facts.address, facts.enrollment.token, facts.messages)


def _full(session: Session, facts: Facts, *, at: datetime) -> Rule | None:
    """Take the day's slot and the domain's turn and return None; or neither, and return which is used up."""
    sender = facts.sender
    cap = facts.case.sender.cap_on(at.astimezone(facts.case.sender.time_zone).date())
    if not take_day_slot(session, sender, cap=cap, at=at):
        return Rule.DAILY_CAP
    if not take_domain_turn(session, sender, domain_of(facts.address), at=at):
        give_day_slot_back(session, sender, taken_at=at)
        return Rule.DOMAIN_SPACING
    return None


def _crowded(session: Session, facts: Facts, rule: Rule, *, at: datetime) -> Blocker:
    """Return until when what other mail has used up is used up; a full day moves all mail of the sender."""
    sender = facts.sender
    if rule is Rule.DAILY_CAP:
        until = next_midnight(at, facts.case.sender.time_zone)
        move_sender_mail(session, sender, at=at, to=until, reason=rule.value)
    else:
        until = max(domain_free_at(session, sender, domain_of(facts.address)) or at, at)
    return Blocker(rule.value, SENTENCES[rule], until)


def _write(session: Session, message: Message, leaving: _Leaving) -> Handover | None:
    """Write the attempt and the new state; nothing of it is true before the commit."""
    sender, worker, wording = leaving.sender, leaving.worker, leaving.wording
    thread = thread_of(message, sender, leaving.around)
    reference = secrets.token_hex(16)
    try:
        mail = _mail(leaving, thread=thread, reference=reference)
    except BadMessage as error:
        refuse_claimed(session, message, f"It cannot be put on the wire: {error}")
        return None
    at = now()
    begun = begin(
        session,
        message.id,
        worker=worker.name,
        reference=reference,
        at=at,
        attempts=message.attempts + 1,
        lease_until=at + worker.lease,
        to_address=leaving.address,
        subject=wording.subject,
        text=wording.text,
        html=wording.html,
        internet_id=thread.internet_id,
        in_reply_to=thread.in_reply_to,
        references=list(thread.references),
    )
    if begun is None:
        raise LeaseLost
    if begun.number <= worker.remembered:
        raise Restored
    contacted = message.prospect_id if message.kind is MessageKind.STEP else None
    return Handover(message.id, begun.attempt_id, message.attempts + 1, begun.number, mail, sender, worker, contacted)


def _mail(leaving: _Leaving, *, thread: Thread, reference: str) -> Mail:
    return Mail(
        sender=Mailbox(leaving.sender.address, leaving.sender.name),
        to=Mailbox(leaving.address),
        subject=leaving.wording.subject,
        text=leaving.wording.text,
        html=leaving.wording.html,
        reply_to=reply_mailbox(leaving.sender, enrollment_token=leaving.token),
        message_id=thread.internet_id,
        reference=reference,
        headers=headers_of(thread, to_address=leaving.address, enrollment_token=leaving.token),
    )
