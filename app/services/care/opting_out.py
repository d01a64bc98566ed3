"""The link under every broadcast: one press, and no broadcast of the program goes to that address any more.

Mails about a partnership (terms, steps, messages) still come. A token carries the program and the keyed hash of the
address, signed: it needs no row to be read, works for years and after erasure, and shows nobody the address.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import Program
from app.models.partnership import BroadcastOptOut
from app.services.audit import record_audit
from app.services.errors import NotFound
from app.services.keys import key_for
from app.services.languages import gettext as _
from app.services.links import own_addresses
from app.services.suppressions import normalized, suppression_key

_MAC_BYTES, _KEY_BYTES, _NUMBER_BYTES = 16, 32, 8
_LENGTH = _MAC_BYTES + _KEY_BYTES + _NUMBER_BYTES


@dataclass(frozen=True, slots=True)
class OptOutLink:
    """What a token says: which program, and whose address by its keyed hash."""

    program_id: int
    key: str


def opt_out_page(program_id: int, address: str) -> str:
    """Return the page on which the receiver of a broadcast can end them."""
    body = bytes.fromhex(suppression_key(normalized(address)[0])) + program_id.to_bytes(_NUMBER_BYTES, "big")
    token = base64.urlsafe_b64encode(_mac(body) + body).decode().rstrip("=")
    return f"{own_addresses().public_url}/u/news/{token}"


def read_link(token: str) -> OptOutLink:
    """Return what a token says. Raises NotFound, in words for whoever clicked, where it is not one of ours."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if len(raw) != _LENGTH or not hmac.compare_digest(mac, _mac(body)):
        raise NotFound(_("This link is not complete. Copy the whole link from the mail, or answer the mail."))
    return OptOutLink(int.from_bytes(body[_KEY_BYTES:], "big"), body[:_KEY_BYTES].hex())


def program_of(session: Session, link: OptOutLink) -> Program:
    """Return the program a link speaks of. Raises NotFound where it was deleted: then nothing is sent anyway."""
    program = session.get(Program, link.program_id)
    if program is None:
        raise NotFound(_("This program does not exist any more, so nothing is sent to you."))
    return program


def opt_out(session: Session, link: OptOutLink) -> None:
    """Send no broadcast of the program to the address any more; safe to repeat, also at the same moment."""
    if is_opted_out(session, link):
        return
    try:
        with session.begin_nested():
            session.add(BroadcastOptOut(program_id=link.program_id, key=link.key))
    except IntegrityError:
        return
    _audit(session, "broadcasts.refused", link)


def opt_in(session: Session, link: OptOutLink) -> None:
    """Take it back: broadcasts may go to the address again, unless it is on the list of who must not be mailed."""
    taken = delete(BroadcastOptOut).where(
        BroadcastOptOut.program_id == link.program_id, BroadcastOptOut.key == link.key
    )
    if session.scalar(taken.returning(BroadcastOptOut.id)) is not None:
        _audit(session, "broadcasts.wanted_again", link)


def is_opted_out(session: Session, link: OptOutLink) -> bool:
    """Say whether the address behind a link wants no broadcasts of its program."""
    found = select(BroadcastOptOut.id).where(
        BroadcastOptOut.program_id == link.program_id, BroadcastOptOut.key == link.key
    )
    return session.scalar(found) is not None


def is_refused(session: Session, page: str) -> bool:
    """Say whether the receiver of a broadcast with this opt-out page has pressed its button meanwhile."""
    return bool(page) and is_opted_out(session, read_link(page.rpartition("/")[2]))


def opted_out_keys(session: Session, program_id: int) -> set[str]:
    """Return the keyed hashes of all addresses that want no broadcasts of a program."""
    return set(session.scalars(select(BroadcastOptOut.key).where(BroadcastOptOut.program_id == program_id)))


def _mac(body: bytes) -> bytes:
    return hmac.new(key_for("broadcast opt-out"), body, hashlib.sha256).digest()[:_MAC_BYTES]


def _audit(session: Session, action: str, link: OptOutLink) -> None:
    # The hash and nothing else: the log cannot be edited when the person asks to be forgotten.
    subject = f"program:{link.program_id}"
    record_audit(session, action, subject=subject, program_id=link.program_id, details={"key": link.key})
