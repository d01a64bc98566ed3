"""Events of SendGrid's Event Webhook: whether a post is really SendGrid's, and what each event in it says.

Source: SendGrid's Event Webhook reference and its signed-webhook page. The signature covers the timestamp and the raw
bytes with nothing between them, so a digit could move from one to the other and still fit: the timestamp must have ten
digits, be recent, and the rest must be a JSON array.
"""

import base64
import binascii
import hashlib
import json
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from outreach.transports.sendgrid import REFERENCE_KEY

# A post is repeated for up to 24 hours; clocks differ by minutes.
MAX_AGE = timedelta(hours=26)
MAX_AHEAD = timedelta(minutes=10)
_MAX_SIGNATURE_CHARACTERS = 200
_MAX_TEXT = 2_000
_MAX_DEPTH = 8
_EARLIEST = datetime(2009, 1, 1, tzinfo=UTC)


class EventKind(StrEnum):
    """What an event says of a mail."""

    PROCESSED = "processed"
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    SOFT_BOUNCE = "soft_bounce"
    HARD_BOUNCE = "hard_bounce"
    DROPPED = "dropped"
    OPT_OUT = "opt_out"
    COMPLAINT = "complaint"
    RESUBSCRIBED = "resubscribed"
    OPEN = "open"
    CLICK = "click"
    OTHER = "other"


class BadKey(ValueError):
    """The public key is none; the message names the setting and where the right one is found."""


class UnreadablePost(ValueError):
    """The body is no JSON array of events; the message says where it breaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event: what, when, about which attempt of ours.

    `event_id` is the provider's own and may be missing or new at a repeat; `content_key` (64 hex digits) is the same
    for every repeat. `reference` is empty for mail that is not ours.
    """

    kind: EventKind
    at: datetime
    reference: str
    event_id: str | None
    content_key: str
    address: str
    provider_id: str
    reason: str
    payload: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PostReading:
    """The events of a post, and a line for each entry that is none."""

    events: list[Event]
    problems: list[str]


def load_key(text: str) -> EllipticCurvePublicKey:
    """Return the key of a signed webhook from its base64 text; raises BadKey."""
    lines = [line.strip() for line in text.splitlines() if not line.startswith("-----")]
    try:
        key = load_der_public_key(base64.b64decode("".join(lines), validate=True))
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, EllipticCurvePublicKey):
        raise BadKey("not the verification key that SendGrid shows under Settings, Mail Settings, Event Webhook")
    return key


def is_genuine(key: EllipticCurvePublicKey, *, signature: str, timestamp: str, body: bytes, now: datetime) -> bool:
    """Whether SendGrid signed this body lately. `timestamp` is the header as it came; nothing makes this raise."""
    if len(timestamp) != 10 or not (timestamp.isascii() and timestamp.isdigit()):
        return False
    age = now - datetime.fromtimestamp(int(timestamp), UTC)
    if not -MAX_AHEAD <= age <= MAX_AGE or len(signature) > _MAX_SIGNATURE_CHARACTERS:
        return False
    if not body.lstrip().startswith(b"["):
        return False
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(raw, timestamp.encode() + body, ECDSA(SHA256()))
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    # base64 has bits to spare at its end: only one spelling of a signature counts.
    return base64.b64encode(raw).decode() == signature


def read_events(body: bytes, *, received_at: datetime) -> PostReading:
    """Return what a post says; one bad entry never stops the rest. Raises UnreadablePost for what is no JSON array."""
    try:
        entries = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadablePost(f"The post is no JSON: {error}") from error
    if not isinstance(entries, list):
        raise UnreadablePost(f"The post holds a JSON {type(entries).__name__}, not a list of events.")
    events, problems = [], []
    for number, entry in enumerate(entries, 1):
        if isinstance(entry, dict) and entry.get("event"):
            events.append(_event(_clean(entry), received_at))
        else:
            problems.append(f"Entry {number} is no event: {str(entry)[:80]}")
    return PostReading(events, problems)


def _event(entry: dict[str, Any], received_at: datetime) -> Event:
    return Event(
        kind=_kind(entry),
        at=_moment(entry.get("timestamp"), received_at),
        reference=_text(entry, REFERENCE_KEY)[:64],
        event_id=_event_id(entry),
        content_key=_content_key(entry),
        address=_text(entry, "email").strip().lower()[:320],
        provider_id=_text(entry, "sg_message_id")[:300],
        reason=(_text(entry, "reason") or _text(entry, "response"))[:500],
        payload=entry,
    )


_KINDS = {
    "processed": EventKind.PROCESSED,
    "deferred": EventKind.DEFERRED,
    "delivered": EventKind.DELIVERED,
    "spamreport": EventKind.COMPLAINT,
    "unsubscribe": EventKind.OPT_OUT,
    "group_unsubscribe": EventKind.OPT_OUT,
    "group_resubscribe": EventKind.RESUBSCRIBED,
    "open": EventKind.OPEN,
    "click": EventKind.CLICK,
}
# SendGrid drops mail to addresses on its own lists; the reason says what it knows of the person.
_DROPPED_BECAUSE = {
    "unsubscribed": EventKind.OPT_OUT,
    "spam reporting": EventKind.COMPLAINT,
    "bounced address": EventKind.HARD_BOUNCE,
    "invalid": EventKind.HARD_BOUNCE,
}
_SAYS_NOTHING_OF_THE_ADDRESS = ("reputation", "content", "frequency", "technical")


def _kind(entry: dict[str, Any]) -> EventKind:
    name = _text(entry, "event").strip().lower()
    if name == "bounce":
        return _bounce_kind(entry)
    if name == "dropped":
        reason = _text(entry, "reason").lower()
        return next((kind for words, kind in _DROPPED_BECAUSE.items() if words in reason), EventKind.DROPPED)
    return _KINDS.get(name, EventKind.OTHER)


def _bounce_kind(entry: dict[str, Any]) -> EventKind:
    """A bounce is for good unless SendGrid calls it blocked, or says that the mail was at fault, not the address."""
    classified = _text(entry, "bounce_classification").lower()
    is_soft = (
        _text(entry, "type").lower() == "blocked"
        or _text(entry, "status").startswith("4")
        or classified.startswith(_SAYS_NOTHING_OF_THE_ADDRESS)
    )
    return EventKind.SOFT_BOUNCE if is_soft else EventKind.HARD_BOUNCE


def _moment(value: object, received_at: datetime) -> datetime:
    """Return the event's time; that of receipt where it is missing, absurd or in the future."""
    try:
        moment = datetime.fromtimestamp(float(str(value)), UTC)
    except (ValueError, OverflowError, OSError):
        return received_at
    return moment if _EARLIEST <= moment <= received_at + MAX_AHEAD else received_at


def _event_id(entry: dict[str, Any]) -> str | None:
    found = _text(entry, "sg_event_id")
    return found if 0 < len(found) <= 200 else None


def _content_key(entry: dict[str, Any]) -> str:
    names = (REFERENCE_KEY, "event", "sg_message_id", "email", "timestamp", "url", "attempt", "type", "status")
    said = [_text(entry, name) for name in names]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _text(entry: dict[str, Any], name: str) -> str:
    value = entry.get(name)
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, sort_keys=True)


def _clean(value: Any, depth: int = 0) -> Any:
    """Return a JSON value that any database keeps: no NUL, no lone surrogate, no infinity, no endless text."""
    if depth > _MAX_DEPTH:
        return "…"
    if isinstance(value, str):
        return value[:_MAX_TEXT].replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {_clean(str(name)): _clean(held, depth + 1) for name, held in value.items()}
    if isinstance(value, list):
        return [_clean(held, depth + 1) for held in value]
    return value
