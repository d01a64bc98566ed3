"""Prepare a claimed batch: words, policy and threads of its mails, read with few queries before any of them begins.

Nothing here permits a mail to leave. The transaction that begins it reads the rows again, see `fingerprint`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Company, Message, Program
from app.services.composing import Known, known_of
from app.services.ledger.decision import CROWDED
from app.services.ledger.facts import Facts, load_facts
from app.services.ledger.fingerprint import SUPPRESSION_KEYS, Fingerprint, Subject, fingerprint_of
from app.services.ledger.wording import Wording, word_message
from app.services.suppressions import keys_of


@dataclass(frozen=True, slots=True)
class Ahead:
    """What was true of a mail when its batch was read: its facts, and the rows they came from."""

    message: Message
    facts: Facts
    subject: Subject
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Batch:
    """Claimed messages and what they stand on; for those missing in `ahead`, facts are read when they begin."""

    messages: dict[int, Message]
    known: Known
    ahead: dict[int, Ahead]
    # A session forgets what nobody holds; while these are held, composing finds them there.
    shared: Sequence[object]


def read_batch(session: Session, message_ids: Iterable[int], *, at: datetime) -> Batch:
    """Read what composing and the policy ask about claimed messages; the session has to show one moment throughout."""
    messages = {row.id: row for row in session.scalars(select(Message).where(Message.id.in_(list(message_ids))))}
    owners = [each.enrollment_id for each in messages.values() if each.enrollment_id is not None]
    facts = load_facts(session, owners, at=at, without_planned=True)
    shared: list[object] = []
    for model, ids in (
        (Company, {each.prospect.company_id for each in facts.values()}),
        (Program, {each.prospect.program_id for each in facts.values()}),
    ):
        shared += session.scalars(select(model).where(model.__table__.c.id.in_(ids))).all()
    known = known_of(session, [each.enrollment for each in facts.values()])
    ahead = (_ahead(session, message, facts.get(message.enrollment_id or 0)) for message in messages.values())
    return Batch(messages, known, {each.message.id: each for each in ahead if each is not None}, shared)


def word_in_batch(session: Session, batch: Batch, message_id: int) -> Wording:
    """Return what one message of the batch says."""
    return word_message(session, batch.messages[message_id], known=batch.known)


def _ahead(session: Session, message: Message, facts: Facts | None) -> Ahead | None:
    """Return what is true of a mail now; None for an answer, and for one whose time is changed before it is judged."""
    if facts is None or message.reason in CROWDED:
        return None
    keys = tuple(keys_of(facts.address)) if facts.address else ()
    if not keys or len(keys) > SUPPRESSION_KEYS:
        return None
    enrollment = facts.enrollment
    subject = Subject(
        message=message.id,
        enrollment=enrollment.id,
        sender=enrollment.sender_id,
        prospect=enrollment.prospect_id,
        company=facts.prospect.company_id,
        contact=enrollment.contact_id,
        program=enrollment.program_id,
        suppression_keys=keys,
    )
    return Ahead(message, facts, subject, fingerprint_of(session, subject))
