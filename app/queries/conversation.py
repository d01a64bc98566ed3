"""One conversation: what came in and what went out between us and one person, oldest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import mark
from app.models import Delivery, Enrollment, Message, MessageState, ReceivedMail, User
from app.models.sequence import EnrollmentState
from outreach.inbound.attachments import Attachment, list_attachments

SCREEN = 60
# Mails that nobody will see outside: planned ones, and those that were skipped before they began.
_UNSEEN = (MessageState.SKIPPED,)
# As outreach.inbound names the kinds of what came in.
_KINDS = {
    "reply": mark("reply"),
    "auto_reply": mark("auto reply"),
    "bounce_hard": mark("bounce hard"),
    "bounce_soft": mark("bounce soft"),
    "complaint": mark("complaint"),
    "unsubscribe": mark("unsubscribe"),
}
_DELIVERIES = {
    Delivery.PROCESSED: mark("processed"),
    Delivery.DEFERRED: mark("deferred"),
    Delivery.DELIVERED: mark("delivered"),
    Delivery.SOFT_BOUNCED: mark("soft bounced"),
    Delivery.HARD_BOUNCED: mark("hard bounced"),
    Delivery.DROPPED: mark("dropped"),
    Delivery.OPTED_OUT: mark("opted out"),
    Delivery.COMPLAINED: mark("complained"),
}
_STATES = {
    MessageState.ACCEPTED: mark("sent"),
    MessageState.RESOLVED_SENT: mark("sent"),
    MessageState.PLANNED: mark("on its way"),
    MessageState.CLAIMED: mark("on its way"),
    MessageState.HANDING_OVER: mark("on its way"),
    MessageState.RETRY_WAIT: mark("will try again"),
    MessageState.REFUSED: mark("refused"),
    MessageState.SKIPPED: mark("skipped"),
    MessageState.UNCERTAIN: mark("uncertain"),
    MessageState.RESOLVED_NOT_SENT: mark("resolved not sent"),
    MessageState.NEEDS_PERSON: mark("needs person"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail of a conversation. `state` says of an outgoing one what became of it, `kind` what came in is."""

    id: int
    is_incoming: bool
    who: str
    address: str
    subject: str
    text: str
    quoted: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    at: datetime
    kind: str = ""
    kind_reason: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A mail and everything around it; `letters` are oldest first and hold at most SCREEN of each direction."""

    mail: ReceivedMail
    letters: tuple[Letter, ...]
    enrollment: Enrollment | None


def conversation(session: Session, mail: ReceivedMail) -> Conversation:
    """Return the conversation that a received mail is part of; of one without a prospect, that mail alone."""
    letters = [*_incoming(session, mail), *_outgoing(session, mail)]
    letters.sort(key=lambda letter: (letter.at, letter.is_incoming, letter.id))
    return Conversation(mail=mail, letters=tuple(letters), enrollment=_enrollment(session, mail))


def _incoming(session: Session, mail: ReceivedMail) -> list[Letter]:
    query = select(ReceivedMail).where(ReceivedMail.id == mail.id)
    if mail.prospect_id is not None:
        same = [ReceivedMail.from_address == mail.from_address]
        if mail.contact_id is not None:
            same.append(ReceivedMail.contact_id == mail.contact_id)
        query = select(ReceivedMail).where(ReceivedMail.prospect_id == mail.prospect_id, or_(*same))
    rows = session.scalars(query.order_by(ReceivedMail.id.desc()).limit(SCREEN))
    return [letter_of(row) for row in rows]


def letter_of(mail: ReceivedMail) -> Letter:
    """Return a received mail as a letter."""
    return Letter(
        id=mail.id,
        is_incoming=True,
        who=mail.from_name or mail.from_address or _("Unknown sender"),
        address=mail.from_address,
        subject=mail.subject,
        text=mail.new_text,
        quoted=mail.quoted_text,
        html=mail.html,
        attachments=tuple(list_attachments(mail.raw)),
        at=mail.received_at,
        kind=mail.kind,
        kind_reason=mail.kind_reason,
    )


def _outgoing(session: Session, mail: ReceivedMail) -> list[Letter]:
    if mail.prospect_id is None:
        return []
    same: list[Any] = [Message.to_address == mail.from_address]
    if mail.contact_id is not None:
        same.append(Message.contact_id == mail.contact_id)
    query: Select[Message, str | None] = (
        select(Message, User.name)
        .outerjoin(User, User.id == Message.created_by_id)
        .where(Message.prospect_id == mail.prospect_id, or_(*same), Message.text != "", Message.state.not_in(_UNSEEN))
    )
    rows = session.execute(query.order_by(Message.id.desc()).limit(SCREEN))
    return [_sent_letter(message, who) for message, who in rows]


def _sent_letter(message: Message, who: str | None) -> Letter:
    return Letter(
        id=message.id,
        is_incoming=False,
        who=who or "Scoutboard",
        address=message.to_address,
        subject=message.subject,
        text=message.text,
        at=message.accepted_at or message.created_at,
        state=in_words(message),
    )


def in_words(message: Message) -> str:
    """Say what became of an outgoing mail, in a word or two of English; they are in the catalogs."""
    if message.accepted_at is not None and message.delivery is not Delivery.UNKNOWN:
        return _DELIVERIES[message.delivery]
    return _STATES[message.state]


def kind_words(kind: str) -> str:
    """Say what a received mail is, by its `kind`, in the language in force."""
    return _(_KINDS.get(kind, kind))


def _enrollment(session: Session, mail: ReceivedMail) -> Enrollment | None:
    """Return the enrollment the mail answers, else the contact's open one."""
    if mail.enrollment_id is not None:
        return session.get(Enrollment, mail.enrollment_id)
    if mail.contact_id is None:
        return None
    is_open = Enrollment.state.in_((EnrollmentState.ACTIVE, EnrollmentState.HELD))
    return session.scalar(select(Enrollment).where(Enrollment.contact_id == mail.contact_id, is_open).limit(1))
