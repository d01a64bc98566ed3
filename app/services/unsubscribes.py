"""The link under every mail: what its token holds, and what opening it and pressing the button does.

A token carries the keyed hash of the address and the enrollment's own token, signed. It needs no row to be read, so it
works for years and after the person and the enrollment were erased, and shows nobody the address.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Contact, Enrollment, Message, Suppression, SuppressionReason
from app.models.sequence import StopKind
from app.services.errors import NotFound
from app.services.keys import key_for
from app.services.ledger.gate import close_gate
from app.services.stops import record_stop
from app.services.suppressions import normalized, suppress, suppress_key, suppression_key

_MAC_BYTES = 16
_KEY_BYTES = 32
MAX_TOKEN_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class OptOutLink:
    """What a token says: whose address by its keyed hash, and which enrollment the mail belonged to ("" for none)."""

    address_key: str
    enrollment_token: str


def unsubscribe_token(address: str, enrollment_token: str) -> str:
    """Return the opaque token for a mail to this address. Raises InvalidInput for what is no address."""
    body = bytes.fromhex(suppression_key(normalized(address)[0])) + enrollment_token.encode()
    return _encoded(body)


def read_token(token: str) -> OptOutLink:
    """Return what a token says; raises NotFound, in words for whoever clicked, where it is not one of ours."""
    body = _signed_body(token)
    if body is None:
        raise NotFound(
            "This link is not complete. Copy the whole link from the mail, or answer the mail and write: unsubscribe."
        )
    return OptOutLink(body[:_KEY_BYTES].hex(), body[_KEY_BYTES:].decode("ascii", "replace"))


def unsubscribe(session: Session, token: str) -> Suppression:
    """Put the address behind a link on the list and end every sequence that writes to it; safe to repeat.

    Raises NotFound for an altered token. Works after erasure: then the hash alone goes on the list.
    """
    link = read_token(token)
    close_gate(session)
    enrollment = session.scalar(select(Enrollment).where(Enrollment.token == link.enrollment_token))
    address = _address_of(session, enrollment, link.address_key)
    source = f"link:{enrollment.id}" if enrollment is not None else "link"
    if address:
        row = suppress(session, address, reason=SuppressionReason.OPT_OUT, source=source)
    else:
        row = suppress_key(session, link.address_key, reason=SuppressionReason.OPT_OUT, source=source)
    if enrollment is not None:
        contact = session.get_one(Contact, enrollment.contact_id)
        record_stop(
            session,
            contact_id=contact.id,
            company_id=contact.company_id,
            program_id=enrollment.program_id,
            kind=StopKind.OPT_OUT,
            source=source,
        )
    return row


def _address_of(session: Session, enrollment: Enrollment | None, key: str) -> str:
    """Return the address a link was written for, where a mail of the enrollment still tells it; else ""."""
    if enrollment is None:
        return ""
    addresses = session.scalars(select(Message.to_address).where(Message.enrollment_id == enrollment.id).distinct())
    return next((each for each in addresses if suppression_key(normalized(each)[0]) == key), "")


def _signed_body(token: str) -> bytes | None:
    if len(token) > MAX_TOKEN_CHARACTERS or not token.isascii():
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if len(body) < _KEY_BYTES or not hmac.compare_digest(mac, _mac(body)):
        return None
    # The last character has bits to spare: only the one spelling that we hand out is ours.
    return body if _encoded(body) == token else None


def _encoded(body: bytes) -> str:
    return base64.urlsafe_b64encode(_mac(body) + body).decode().rstrip("=")


def _mac(body: bytes) -> bytes:
    return hmac.new(key_for("unsubscribe"), body, hashlib.sha256).digest()[:_MAC_BYTES]
