"""Senders as lists and screens show them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import (
    CountryRule,
    Delivery,
    Enrollment,
    EnrollmentState,
    Message,
    PauseScope,
    Sender,
    SenderDay,
    SenderTransport,
    User,
)
from app.queries.country_words import country_in_words
from app.queries.mailboxes import broken_mailboxes
from app.queries.pauses import standing_pauses
from app.queries.sending_rules import LANE_OVERRIDE, sending_lock
from outreach.enrollment import Ramp, Transport
from outreach.enrollment import Sender as PlannedSender


@dataclass(frozen=True, slots=True)
class UsableSender:
    """A sender that can be chosen; `lock` says why nothing leaves from it yet, "" where all is well."""

    id: int
    name: str
    address: str
    lock: str

    @property
    def label(self) -> str:
        """Return the sender as lists to choose from write it."""
        shown = f"{self.name} <{self.address}>"
        return _("%(sender)s (locked)", sender=shown) if self.lock else shown


def usable_senders(session: Session, program_id: int) -> list[UsableSender]:
    """Return the senders of a program that were not put away, by name."""
    rows = session.scalars(
        select(Sender).where(Sender.program_id == program_id, Sender.archived_at.is_(None)).order_by(Sender.name)
    )
    return [UsableSender(row.id, row.name, row.address, sending_lock(row)) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedSender:
    """A sender in the list, with what it has sent and how that fared (counts of mails)."""

    id: int
    name: str
    address: str
    transport: SenderTransport
    lock: str
    paused_at: datetime | None
    pause_reason: str
    sent_today: int
    cap_today: int | None
    sent: int
    hard_bounced: int
    complained: int
    people: int
    # Why its mailbox cannot be read, so that answers do not come in; "" where all is well.
    unread: str = ""
    # When it goes on by itself; None where somebody has to let it.
    pause_ends_at: datetime | None = None

    @property
    def bounce_share(self) -> float:
        """Return the share of hard bounces among the last mails, 0 to 1."""
        return self.hard_bounced / self.sent if self.sent else 0.0


def list_senders(session: Session, program_id: int) -> list[ListedSender]:
    """Return the senders in use with their numbers, in a fixed number of queries."""
    rows = session.scalars(
        select(Sender).where(Sender.program_id == program_id, Sender.archived_at.is_(None)).order_by(Sender.name)
    ).all()
    ids = [row.id for row in rows]
    fates = _fates(session, ids)
    people = _people_of(session, ids)
    sent_today = _sent_today(session, rows)
    unread = broken_mailboxes(session, [row.id for row in rows if row.transport is SenderTransport.SMTP])
    paused = standing_pauses(session, PauseScope.SENDER, [row.id for row in rows if row.paused_at])
    return [
        replace(
            _listed(row, fates.get(row.id, (0, 0, 0)), people.get(row.id, 0), sent_today.get(row.id, 0)),
            unread=unread.get(row.id, ""),
            pause_ends_at=paused[row.id].until_at if row.id in paused else None,
        )
        for row in rows
    ]


def _sent_today(session: Session, rows: Sequence[Sender]) -> dict[int, int]:
    """Return how many mails each sender handed over on the day that its own calendar shows now."""
    days = {row.id: _today_of(row) for row in rows}
    found = session.execute(
        select(SenderDay.sender_id, SenderDay.day, SenderDay.handed_over).where(
            SenderDay.sender_id.in_(days), SenderDay.day.in_(set(days.values()))
        )
    )
    return {sender_id: number for sender_id, day, number in found if days[sender_id] == day}


def _today_of(sender: Sender) -> date:
    return now().astimezone(ZoneInfo(sender.time_zone)).date()


def _listed(row: Sender, fates: tuple[int, int, int], people: int, sent_today: int) -> ListedSender:
    return ListedSender(
        id=row.id,
        name=row.name,
        address=row.address,
        transport=row.transport,
        lock=sending_lock(row),
        paused_at=row.paused_at,
        pause_reason=row.pause_reason,
        sent_today=sent_today,
        cap_today=cap_on(row, _today_of(row)),
        sent=fates[0],
        hard_bounced=fates[1],
        complained=fates[2],
        people=people,
    )


def cap_on(sender: Sender, day: date) -> int | None:
    """Return how many mails a sender may hand over on a day of its calendar; None for any number."""
    ramp = (
        Ramp(sender.ramp_since_on, sender.ramp_start, sender.ramp_per_day) if sender.ramp_since_on is not None else None
    )
    planned = PlannedSender(
        Transport(sender.transport.value), ZoneInfo(sender.time_zone), daily_cap=sender.daily_cap, ramp=ramp
    )
    return planned.cap_on(day)


def _fates(session: Session, ids: list[int]) -> dict[int, tuple[int, int, int]]:
    def count(condition: ColumnElement[bool]) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    rows = session.execute(
        select(
            Message.sender_id,
            func.count(),
            count(Message.delivery == Delivery.HARD_BOUNCED),
            count(Message.delivery == Delivery.COMPLAINED),
        )
        .where(Message.sender_id.in_(ids), Message.accepted_at.is_not(None))
        .group_by(Message.sender_id)
    )
    return {row[0]: (row[1], int(row[2]), int(row[3])) for row in rows}


def _people_of(session: Session, ids: list[int]) -> dict[int, int]:
    rows = session.execute(
        select(Enrollment.sender_id, func.count())
        .where(Enrollment.sender_id.in_(ids), Enrollment.state.in_((EnrollmentState.ACTIVE, EnrollmentState.HELD)))
        .group_by(Enrollment.sender_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A country's rule on cold mail, with who set it and when; `contacts` have their company there."""

    country: str
    name: str
    allows: bool
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShownRules:
    """The program's rules: the lane override, and the countries that have a rule."""

    override: ShownRule | None
    countries: list[ShownRule]


def shown_rules(session: Session, program_id: int) -> ShownRules:
    """Return the program's rules on cold mail."""
    rows = session.execute(
        select(CountryRule, User.name)
        .outerjoin(User, User.id == CountryRule.set_by_id)
        .where(CountryRule.program_id == program_id)
    )
    found = [
        ShownRule(row.country, country_in_words(row.country), row.allows_cold_mail, row.note, by or "", row.at)
        for row, by in rows
    ]
    override = next((rule for rule in found if rule.country == LANE_OVERRIDE and rule.allows), None)
    countries = sorted((rule for rule in found if rule.country != LANE_OVERRIDE), key=lambda rule: rule.name)
    return ShownRules(override, countries)
