"""Send the product's own mail: claim, hand over with no transaction open, record; one bad mail never stops the rest."""

import time

from app import dispatch
from app.config import MailTransport, Settings
from app.db import transaction
from app.dispatch import Job
from app.jobs import runtime
from app.log import get_logger
from app.services.notices import ClaimedNotice, claim_notices, record_failure, record_sent
from app.services.report_mails import PICTURE
from outreach.transports.message import (
    BadMessage,
    InlinePicture,
    Mailbox,
    Message,
    NotSent,
    Refused,
    Transport,
    TransportError,
)
from outreach.transports.outbox import OutboxTransport
from outreach.transports.sendgrid import SendgridTransport
from outreach.transports.smtp import SmtpServer, SmtpTransport

log = get_logger(__name__)

TIME_BUDGET_S = 200.0


def send_notices() -> int:
    """Send what is due until nothing is or the time is up; return how many left."""
    settings = runtime.settings()
    transport = transport_of(settings)
    sender = Mailbox.parse(settings.mail_from)
    deadline = time.monotonic() + TIME_BUDGET_S
    sent = 0
    while time.monotonic() < deadline:
        with transaction() as session:
            claimed = claim_notices(session, limit=1)
        if not claimed:
            return sent
        sent += sum(send_one(notice, transport=transport, sender=sender) for notice in claimed)
    dispatch.ring(Job.SEND_NOTICES)
    return sent


def send_one(notice: ClaimedNotice, *, transport: Transport, sender: Mailbox) -> bool:
    """Hand one claimed notice over and record the outcome; returns whether it left.

    An uncertain outcome is tried again: a second reset link harms nobody, a missing one locks somebody out. What nobody
    asked for waits for a person instead: a second copy to many would harm.
    """
    try:
        message = Message(
            sender=sender,
            to=Mailbox(notice.to_address),
            subject=notice.subject,
            text=notice.text,
            reference=f"notice-{notice.id}-{notice.attempt}",
            headers=headers_of(notice),
            html=notice.html,
            pictures=(InlinePicture(PICTURE, notice.picture),) if notice.picture else (),
        )
        accepted = transport.send(message)
    except (TransportError, BadMessage) as error:
        log.warning("notice_not_sent", notice_id=notice.id, attempt=notice.attempt, cause=str(error))
        is_doubt = notice.is_unasked and not isinstance(error, NotSent)
        _note_failure(notice, str(error), is_final=is_doubt or isinstance(error, (Refused, BadMessage)))
        return False
    except Exception as error:  # a fault of ours with one mail must not hold up everybody else's
        log.exception("notice_broke", notice_id=notice.id, attempt=notice.attempt)
        fault = f"A fault of Scoutboard's own ({type(error).__name__}); see the worker's log."
        _note_failure(notice, fault, is_final=notice.is_unasked)
        return False
    with transaction() as session:
        record_sent(session, notice, kept=accepted.is_kept)
    return True


def headers_of(notice: ClaimedNotice) -> dict[str, str]:
    """Return the headers of a mail; what was not asked for can be ended by one press in the mail program (RFC 8058)."""
    headers = {"Auto-Submitted": "auto-generated"}
    if notice.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{notice.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _note_failure(notice: ClaimedNotice, cause: str, *, is_final: bool = False) -> None:
    with transaction() as session:
        record_failure(session, notice, cause=cause, is_final=is_final)


def transport_of(settings: Settings) -> Transport:
    """Return the transport that the settings choose."""
    if settings.mail_transport is MailTransport.SMTP:
        return SmtpTransport(SmtpServer.from_url(settings.smtp_url, timeout_s=settings.mail_timeout_s))
    if settings.mail_transport is MailTransport.SENDGRID:
        return SendgridTransport(settings.sendgrid_api_key, host=settings.sendgrid_api_host)
    return OutboxTransport()
