"""Addresses and domains that must not be mailed, in any program: put on the list, looked up, lifted, erased.

What is looked up is a keyed hash. Erasing a person removes the address and leaves the hash, so that the wish not to be
mailed outlives the knowledge of who had it. The key comes from SECRET_KEY: whoever changes that loses the erased rows.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import number
from app.models import Suppression, SuppressionReason
from app.services.audit import record_audit
from app.services.errors import InvalidInput, NotFound
from app.services.keys import key_for
from app.services.ledger.gate import close_gate
from app.services.retelling import retold
from scrapers.domains import DomainError, EmailError, host_of, normalize_domain, normalize_email

MAX_VALUE_CHARACTERS = 320
_PURPOSE = "suppression"
# A wish or a complaint is never replaced by a mere bounce, whichever came last.
_STRENGTH = (
    SuppressionReason.IMPORTED,
    SuppressionReason.BY_HAND,
    SuppressionReason.HARD_BOUNCE,
    SuppressionReason.OPT_OUT,
    SuppressionReason.COMPLAINT,
)
# Far below what either database takes in one statement, and far above what one page asks for.
_LOOKED_UP_AT_ONCE = 10_000
# What is stored with people is mostly like this, and normalized already: taking it apart again takes most of the time.
_PLAIN = re.compile(r"[a-z0-9]+(?:[._+-][a-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}", re.ASCII)


def normalized(value: str) -> tuple[str, bool]:
    """Return an address or a domain in the form it is compared in, and whether it is a domain.

    `@agency.example`, `*.agency.example` and `https://agency.example/` mean the domain. Raises InvalidInput (field
    `value`) for what is neither, and for a public suffix: `co.uk` would silence a country.
    """
    text = value.strip()
    if len(text) > MAX_VALUE_CHARACTERS:
        raise InvalidInput(
            {
                "value": _(
                    "%(text)s… is %(count)s characters long; an address has at most 320.",
                    text=text[:40],
                    count=number(len(text)),
                )
            }
        )
    try:
        if "@" in text.lstrip("@"):
            return normalize_email(text), False
        host = host_of(text.lstrip("@").removeprefix("*."))
        normalize_domain(host)
    except (EmailError, DomainError) as error:
        raise InvalidInput({"value": retold(f"{str(error)[:1].upper()}{str(error)[1:].rstrip('.')}.")}) from error
    return host, True


def suppression_key(value: str) -> str:
    """Return the keyed hash (64 hex digits) of a normalized address or domain."""
    return hmac.new(key_for(_PURPOSE), value.encode(), hashlib.sha256).hexdigest()


def suppress(
    session: Session,
    value: str,
    *,
    reason: SuppressionReason,
    source: str = "",
    note: str = "",
    added_by_id: int | None = None,
) -> Suppression:
    """Put an address or a domain on the list; one that is on it keeps the weightier reason. Raises InvalidInput.

    `source` names what told us, as in "inbound:12" or "event:34".
    """
    shown, is_domain = normalized(value)
    row = Suppression(
        key=suppression_key(shown),
        value=shown,
        is_domain=is_domain,
        reason=reason,
        source=source[:120],
        note=note.strip()[:2000],
        added_by_id=added_by_id,
    )
    return _put(session, row)


def suppression_named(session: Session, suppression_id: int) -> Suppression:
    """Return one row of the list; raises NotFound."""
    row = session.get(Suppression, suppression_id)
    if row is None:
        raise NotFound(_("This address is not on the list (any more)."))
    return row


def key_of_text(text: str) -> str:
    """Return the keyed hash of what somebody searches for; "" where it is no whole address or domain."""
    try:
        return suppression_key(normalized(text)[0])
    except InvalidInput:
        return ""


def suppress_key(session: Session, key: str, *, reason: SuppressionReason, source: str = "") -> Suppression:
    """Put an address on the list of which only the keyed hash is left, as in a link opened after erasure."""
    return _put(session, Suppression(key=key, value=None, is_domain=False, reason=reason, source=source[:120]))


def is_suppressed(session: Session, address: str) -> Suppression | None:
    """Return what forbids mail to an address: a row for itself, its domain or a domain above it; else None."""
    return suppressed_among(session, [address]).get(address)


def suppressed_among(session: Session, addresses: Iterable[str]) -> dict[str, Suppression]:
    """Return, for those of many addresses that must not be mailed, the row that forbids it."""
    keys = _keys_of_many(addresses)
    wanted = sorted({key for own in keys.values() for key in own})
    found: dict[str, Suppression] = {}
    for start in range(0, len(wanted), _LOOKED_UP_AT_ONCE):
        query = select(Suppression).where(Suppression.key.in_(wanted[start : start + _LOOKED_UP_AT_ONCE]))
        found |= {row.key: row for row in session.scalars(query)}
    return {
        address: next(found[key] for key in own if key in found)
        for address, own in keys.items()
        if any(key in found for key in own)
    }


def keys_of(address: str) -> list[str]:
    """Return the keys of all rows that would forbid mail to an address."""
    return _keys_of_many([address])[address]


def _keys_of_many(addresses: Iterable[str]) -> dict[str, list[str]]:
    """Return the keys of each address; a page may ask for thousands, so each part is hashed once and in one call."""
    secret, known = key_for(_PURPOSE), dict[str, str]()
    keys: dict[str, list[str]] = {}
    for address in addresses:
        parts = _parts(address)
        for part in parts:
            if part not in known:
                known[part] = hmac.digest(secret, part.encode(), "sha256").hex()
        keys[address] = [known[part] for part in parts]
    return keys


def lift(session: Session, suppression_id: int, *, reason: str, actor_id: int) -> None:
    """Take a row off the list, so that it may be mailed again; the audit log keeps who did it and why.

    Raises NotFound, and InvalidInput without a reason.
    """
    row = suppression_named(session, suppression_id)
    if not reason.strip():
        raise InvalidInput({"reason": _("Say why it may be mailed again: somebody may have to prove it later.")})
    session.delete(row)
    # The address itself stays out of the log, which nobody can edit when the person asks to be forgotten.
    details = {"key": row.key, "was": row.reason.value, "is_domain": row.is_domain, "reason": reason.strip()[:500]}
    record_audit(session, "suppression.lifted", subject=f"suppression:{row.id}", actor_id=actor_id, details=details)


def erase(session: Session, address: str, *, actor_id: int | None = None) -> Suppression:
    """Forget who an address belongs to and keep the keyed hash alone, on the list for good. Raises InvalidInput.

    An address that was not on the list is put on it: whoever wants to be forgotten does not want mail.
    """
    shown, is_domain = normalized(address)
    row = session.scalar(select(Suppression).where(Suppression.key == suppression_key(shown)))
    if row is None:
        row = Suppression(key=suppression_key(shown), is_domain=is_domain, reason=SuppressionReason.ERASED)
        session.add(row)
    row.value = None
    row.note = ""
    session.flush()
    record_audit(session, "suppression.erased", subject=f"suppression:{row.id}", actor_id=actor_id)
    return row


def _put(session: Session, row: Suppression) -> Suppression:
    """Add the row, or return the one with its key, strengthened. Two writers at the same moment make one row.

    No mail is handed over to the address once this transaction is committed: see app.services.ledger.gate.
    """
    close_gate(session)
    known = session.scalar(select(Suppression).where(Suppression.key == row.key))
    if known is None:
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            known = session.scalar(select(Suppression).where(Suppression.key == row.key))
            if known is None:
                raise
        else:
            _audit(session, row)
            return row
    if _strength(row.reason) > _strength(known.reason) and known.reason is not SuppressionReason.ERASED:
        known.reason = row.reason
        known.source = row.source
        session.flush()
    return known


def _audit(session: Session, row: Suppression) -> None:
    details = {"key": row.key, "reason": row.reason.value, "is_domain": row.is_domain, "source": row.source}
    subject = f"suppression:{row.id}"
    record_audit(session, "suppression.added", subject=subject, actor_id=row.added_by_id, details=details)


def _strength(reason: SuppressionReason) -> int:
    return _STRENGTH.index(reason) if reason in _STRENGTH else 0


def _normalized_or_not(address: str) -> str:
    try:
        return normalize_email(address)
    except EmailError:
        # Odd addresses come in with mail; they are compared as they stand.
        return address.strip().lower()


def _parts(address: str) -> list[str]:
    """Return what an address is looked up by: itself, its domain, and the domains above that."""
    whole = address if _PLAIN.fullmatch(address) else _normalized_or_not(address)
    labels = whole.rpartition("@")[2].split(".")
    domains = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    return [whole, *domains]
