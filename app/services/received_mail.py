"""Mail that came in: kept raw first; then read, matched, and heeded.

What a mail does: a person's reply, a wish to be left alone, a bounce and a complaint end outreach to whoever they are
about, in the transaction that records them; an automatic answer ends nothing. Nothing is ever answered automatically,
so two machines cannot write to each other.
"""

import hashlib
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.dispatch import Job, dispatch_after_commit
from app.models import MailState, MatchedBy, ReceivedMail, Sender
from app.services.ledger.gate import close_gate
from app.services.mail_effects import heed_mail
from app.services.mail_matching import Match, match_mail
from app.whole_numbers import row_number
from outreach.inbound.content import MailContent

SENDGRID_SOURCE = "sendgrid"
MAX_DETAIL = 2_000


def store_mail(session: Session, raw: bytes, *, source: str, envelope_to: str = "") -> ReceivedMail | None:
    """Keep a mail as it came and ring for its reading; None where the same mail is here already."""
    key = hashlib.sha256(raw).hexdigest()
    if session.scalar(select(ReceivedMail.id).where(ReceivedMail.content_key == key)) is not None:
        return None
    mail = ReceivedMail(source=source, content_key=key, raw=raw, envelope_to=_one_line(envelope_to)[:320])
    try:
        with session.begin_nested():
            session.add(mail)
    except IntegrityError:
        return None  # delivered twice at the same moment
    dispatch_after_commit(session, Job.READ_MAIL)
    return mail


def waiting_mails(session: Session, *, limit: int) -> Sequence[int]:
    """Return the ids of mails nobody has read yet, oldest first."""
    query = select(ReceivedMail.id).where(ReceivedMail.state == MailState.WAITING)
    return session.scalars(query.order_by(ReceivedMail.id).limit(limit)).all()


def raw_of(session: Session, mail_id: int) -> tuple[bytes, str] | None:
    """Return a waiting mail's bytes and the receiver of its envelope; None where somebody has read it."""
    query = select(ReceivedMail.raw, ReceivedMail.envelope_to)
    row = session.execute(query.where(ReceivedMail.id == mail_id, ReceivedMail.state == MailState.WAITING)).first()
    return None if row is None else (row[0], row[1])


def record_reading(session: Session, mail_id: int, content: MailContent) -> ReceivedMail | None:
    """Keep what a mail says, tie it to whom it belongs, and heed it; None where another worker was faster."""
    close_gate(session)
    mail = session.scalar(
        select(ReceivedMail)
        .where(ReceivedMail.id == mail_id, ReceivedMail.state == MailState.WAITING)
        .with_for_update(skip_locked=True)
    )
    if mail is None:
        return None
    _fill(mail, content)
    apply_match(mail, match_mail(session, content, program_id=_program_of_mailbox(session, mail.source)))
    mail.state = MailState.READ
    session.flush()
    heed_mail(session, mail, recipients=content.judged.recipients)
    return mail


def set_mail_aside(session: Session, mail_id: int, *, cause: str) -> None:
    """Mark a mail that could not be read, with the cause; its bytes stay, and it waits in the triage tray."""
    mail = session.get(ReceivedMail, mail_id)
    if mail is not None and mail.state is MailState.WAITING:
        mail.state = MailState.UNREADABLE
        mail.detail = cause[:MAX_DETAIL]
        session.flush()


def apply_match(mail: ReceivedMail, match: Match) -> None:
    """Write whose a mail is onto its row."""
    mail.matched_by = match.by
    mail.program_id = match.program_id
    mail.prospect_id = match.prospect_id
    mail.contact_id = match.contact_id
    mail.enrollment_id = match.enrollment_id
    mail.message_id = match.message_id
    if match.by is MatchedBy.NOTHING:
        mail.detail = "Nothing in it tells whose it is: no token, no mail of ours, no known address or company."


def _fill(mail: ReceivedMail, content: MailContent) -> None:
    mail.kind = content.judged.kind.value
    mail.kind_reason = _one_line(content.judged.reason)[:300]
    mail.from_address = content.from_address
    mail.from_name = content.from_name
    mail.subject = content.subject
    mail.internet_id = content.internet_id
    mail.in_reply_to = content.in_reply_to
    mail.new_text = content.new_text
    mail.quoted_text = content.quoted_text
    mail.html = content.html


def _program_of_mailbox(session: Session, source: str) -> int | None:
    kind, _, sender_id = source.partition(":")
    number = row_number(sender_id)
    if kind != "imap" or number is None:
        return None
    return session.scalar(select(Sender.program_id).where(Sender.id == number))


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
