"""What the morning's mail carries beside the day: what people want to read there, and the press that ends the mail."""

import base64
import binascii
import hashlib
import hmac

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import User
from app.models.day_choices import DayChoices, DayMail
from app.models.notification import Notification, NotificationWay
from app.queries.notifications import NotificationLine, notification_lines
from app.services.audit import record_audit
from app.services.errors import NotFound
from app.services.keys import key_for
from app.services.links import own_addresses

# As many lines as one reads in a mail; the page has them all.
MOST_LINES = 15
_MAC_BYTES, _NUMBER_BYTES = 16, 8


def news_for_morning(session: Session, user: User) -> list[NotificationLine]:
    """Return what a person wants in the morning's mail and has not read or got yet, marking it as mailed."""
    fresh = (
        Notification.way == NotificationWay.DIGEST,
        Notification.mailed_at.is_(None),
        Notification.read_at.is_(None),
    )
    lines = notification_lines(session, user, *fresh, limit=MOST_LINES + 1)
    if lines:
        session.execute(
            update(Notification)
            .where(Notification.user_id == user.id, *fresh)
            .values(mailed_at=now())
            .execution_options(synchronize_session=False)
        )
    return lines


def news_text(lines: list[NotificationLine]) -> list[str]:
    """Return the lines of the mail's part about what is new, in the language in force; none where nothing is."""
    if not lines:
        return []
    shown = [f"- {line.title}{f': {line.under}' if line.under else ''}" for line in lines[:MOST_LINES]]
    more = ["- " + _("and more")] if len(lines) > MOST_LINES else []
    return ["", _("New since the last mail"), *shown, *more]


def ending_page(user_id: int) -> str:
    """Return the page on which the receiver of the morning's mail ends it with one press, also from a mail program."""
    body = user_id.to_bytes(_NUMBER_BYTES, "big")
    token = base64.urlsafe_b64encode(_mac(body) + body).decode().rstrip("=")
    return f"{own_addresses().public_url.rstrip('/')}/u/morning/{token}"


def receiver_of(session: Session, token: str) -> DayChoices:
    """Return whose mail a link ends. Raises NotFound where it is not one of ours, or nobody's any more."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    row = None
    if len(raw) == _MAC_BYTES + _NUMBER_BYTES and hmac.compare_digest(mac, _mac(body)):
        row = session.scalar(select(DayChoices).where(DayChoices.user_id == int.from_bytes(body, "big")))
    if row is None:
        raise NotFound(_("This link is not complete. Copy the whole link from the mail, or sign in and open Today."))
    return row


def end_morning_mail(session: Session, token: str) -> None:
    """Send no morning mail to the link's holder any more; safe to repeat. Raises NotFound as receiver_of does."""
    choices = receiver_of(session, token)
    if choices.mail is not DayMail.OFF:
        choices.mail = DayMail.OFF
        record_audit(
            session,
            "user.day_mail_chosen",
            subject=f"user:{choices.user_id}",
            actor_id=choices.user_id,
            details={"mail": DayMail.OFF.value, "by": "one press"},
        )


def _mac(body: bytes) -> bytes:
    return hmac.new(key_for("morning mail"), body, hashlib.sha256).digest()[:_MAC_BYTES]
