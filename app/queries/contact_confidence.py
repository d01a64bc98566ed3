"""How sure an address is, from what is known already: whether it answered or bounced, and where it is from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import mark, short_day
from app.models import ContactField, Prospect, Provenance, ReceivedMail, Suppression, SuppressionReason
from app.queries.company_facts import KnownContact, KnownValue
from outreach.inbound import InboundKind


class Sureness(StrEnum):
    """How sure an address is, the surest first; BOUNCED is known to be wrong."""

    ANSWERED = "answered"
    GIVEN = "given"
    ON_SITE = "on_site"
    ELSEWHERE = "elsewhere"
    LISTED = "listed"
    TYPED = "typed"
    BOUNCED = "bounced"

    @property
    def label(self) -> str:
        """Return the word that stands beside the address."""
        return _LABELS[self]

    @property
    def tone(self) -> str:
        """Return the color of the word."""
        return _TONES.get(self, "neutral")


_LABELS = {
    Sureness.ANSWERED: mark("verified by a reply"),
    Sureness.GIVEN: mark("given by themselves"),
    Sureness.ON_SITE: mark("on their site"),
    Sureness.ELSEWHERE: mark("on another site"),
    Sureness.LISTED: mark("from a list, not verified"),
    Sureness.TYPED: mark("typed, not verified"),
    Sureness.BOUNCED: mark("does not arrive"),
}
_TONES = {
    Sureness.ANSWERED: "green",
    Sureness.GIVEN: "green",
    Sureness.ON_SITE: "blue",
    Sureness.LISTED: "amber",
    Sureness.TYPED: "amber",
    Sureness.BOUNCED: "red",
}


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure an address is, and why, in a sentence."""

    sureness: Sureness
    why: str


def confidence_of(
    session: Session, company_id: int, domain: str, contacts: Iterable[KnownContact]
) -> dict[int, Confidence]:
    """Return the confidence of each e-mail address by the id of its value; two queries, none without addresses."""
    values = [value for contact in contacts for value in contact.values if value.field is ContactField.EMAIL]
    if not values:
        return {}
    addresses = {value.value for value in values}
    prospects = select(Prospect.id).where(Prospect.company_id == company_id)
    replies = (
        select(ReceivedMail.from_address, func.max(ReceivedMail.received_at))
        .where(
            ReceivedMail.prospect_id.in_(prospects),
            ReceivedMail.kind == InboundKind.REPLY.value,
            ReceivedMail.from_address.in_(addresses),
        )
        .group_by(ReceivedMail.from_address)
    )
    bounced = select(Suppression.value).where(
        Suppression.value.in_(addresses), Suppression.reason == SuppressionReason.HARD_BOUNCE
    )
    answered = dict(session.execute(replies).all())
    gone = set(session.scalars(bounced))
    return {value.id: _judged(value, domain, answered, is_gone=value.value in gone) for value in values}


def _judged(value: KnownValue, domain: str, answered: Mapping[str, datetime], *, is_gone: bool) -> Confidence:
    if is_gone:
        return Confidence(Sureness.BOUNCED, _("A mail to this address came back for good."))
    if value.value in answered:
        day = short_day(answered[value.value])
        return Confidence(Sureness.ANSWERED, _("A reply came from this address on %(day)s.", day=day))
    if value.provenance is Provenance.APPLICATION:
        return Confidence(Sureness.GIVEN, _("They wrote it in their application."))
    if value.provenance is Provenance.PAGE:
        host = (urlsplit(value.source).hostname or "").lower()
        if host == domain or host.endswith(f".{domain}"):
            why = _("It stands on a page of their own site; nobody has answered from it yet.")
            return Confidence(Sureness.ON_SITE, why)
        return Confidence(Sureness.ELSEWHERE, _("It stands on another site; nobody has answered from it yet."))
    if value.provenance is Provenance.IMPORT:
        return Confidence(Sureness.LISTED, _("It came with a list; nothing was sent or answered that would prove it."))
    return Confidence(Sureness.TYPED, _("Somebody of us typed it; nothing was answered that would prove it."))
