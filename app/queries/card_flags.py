"""Flags of a prospect: what one should know before the next step, shown quietly on its card and filtered by.

Each is the same condition for a card and for the filter, so that a filter finds what the cards show.
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased

from app.clock import now
from app.languages import mark
from app.models import (
    Company,
    Contact,
    ContactField,
    ContactValue,
    MailState,
    Prospect,
    ReceivedMail,
    Signal,
    SiteChange,
    Suppression,
    SuppressionReason,
    Task,
    TaskState,
)
from app.models.merge import DuplicatePair
from app.queries.due import late
from app.queries.prospect_conditions import Look, one_in
from outreach.inbound import InboundKind

CHANGED_WITHIN = timedelta(days=14)
# Kinds of sites that a partner program does not want to be seen on.
_RISKY_KINDS = ("adult", "gambling", "parked")
_WISHES = (SuppressionReason.OPT_OUT, SuppressionReason.COMPLAINT)
# What is looked for, and the column of Prospect that it names.
_Sets = list[tuple[Select[Any], Any]]


class CardFlag(StrEnum):
    """What a card says of its prospect at a glance, the most urgent first."""

    REPLY = "reply"
    OVERDUE = "overdue"
    OPTED_OUT = "opted_out"
    RISK = "risk"
    DUPLICATE = "duplicate"
    CHANGED = "changed"

    @property
    def label(self) -> str:
        """Return the flag as people read it."""
        return _LABELS[self]


_LABELS = {
    CardFlag.REPLY: mark("Reply not answered yet"),
    CardFlag.OVERDUE: mark("Next step overdue"),
    CardFlag.OPTED_OUT: mark("Asked not to be contacted"),
    CardFlag.RISK: mark("Risky site"),
    CardFlag.DUPLICATE: mark("May be here twice"),
    CardFlag.CHANGED: mark("Site changed lately"),
}


def flagged(flags: Sequence[CardFlag], look: Look) -> ColumnElement[bool]:
    """A prospect with one of these flags."""
    return or_(*(one_in(found, key, look) for flag in flags for found, key in _sets(flag)))


def _sets(flag: CardFlag) -> _Sets:
    match flag:
        case CardFlag.REPLY:
            return [(_replies(), Prospect.id)]
        case CardFlag.OVERDUE:
            overdue = select(Task.prospect_id).where(
                Task.state == TaskState.OPEN, Task.prospect_id.is_not(None), late()
            )
            return [(overdue, Prospect.id)]
        case CardFlag.OPTED_OUT:
            return _opted_out()
        case CardFlag.RISK:
            risky = select(Signal.company_id).where(Signal.name == "kind_of_site", Signal.value.in_(_RISKY_KINDS))
            return [(risky, Prospect.company_id)]
        case CardFlag.DUPLICATE:
            first, second = DuplicatePair.first_id, DuplicatePair.second_id
            return [(_twins(first, second), Prospect.id), (_twins(second, first), Prospect.id)]
        case CardFlag.CHANGED:
            lately = select(SiteChange.company_id).where(SiteChange.at >= now() - CHANGED_WITHIN)
            return [(lately, Prospect.company_id)]


def _replies() -> Select[Any]:
    """Select the prospects with a reply that nobody has handled; one that was put off until later is one, too."""
    return select(ReceivedMail.prospect_id).where(
        ReceivedMail.prospect_id.is_not(None),
        ReceivedMail.kind == InboundKind.REPLY.value,
        ReceivedMail.state == MailState.READ,
        ReceivedMail.handled_at.is_(None),
    )


def _opted_out() -> _Sets:
    """Return who asked not to be read or written to: the site's owner, one of their people, or their whole domain."""
    owners = select(Company.id).where(Company.opted_out_at.is_not(None))
    people = (
        select(Contact.company_id)
        .join(ContactValue, ContactValue.contact_id == Contact.id)
        .join(Suppression, Suppression.value == ContactValue.value)
        .where(ContactValue.field == ContactField.EMAIL, Suppression.reason.in_(_WISHES))
    )
    domains = (
        select(Company.id)
        .join(Suppression, Suppression.value == Company.domain)
        .where(Suppression.is_domain, Suppression.reason.in_(_WISHES))
    )
    return [(each, Prospect.company_id) for each in (owners, people, domains)]


def _twins(mine: Any, theirs: Any) -> Select[Any]:
    """Select the prospects whose company looks like another one of the same program."""
    here, twin = aliased(Prospect), aliased(Prospect)
    return (
        select(here.id)
        .join(DuplicatePair, mine == here.company_id)
        .join(twin, (twin.company_id == theirs) & (twin.program_id == here.program_id))
        .where(DuplicatePair.dismissed_at.is_(None))
    )
