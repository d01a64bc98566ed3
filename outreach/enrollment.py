"""One contact going through a sequence: all that is known when the next step is planned."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from outreach.sequence import StopKind, Window


class Transport(StrEnum):
    """The way a sender's mail leaves."""

    SENDGRID = "sendgrid"
    SMTP = "smtp"
    OUTBOX = "outbox"


class StepState(StrEnum):
    """What became of a step: it is over, in hand, or nobody knows whether it went out."""

    DONE = "done"
    SKIPPED = "skipped"
    OPEN = "open"
    UNCERTAIN = "uncertain"


class PauseScope(StrEnum):
    """What is paused."""

    ALL = "all"
    SEQUENCE = "sequence"
    SENDER = "sender"
    ENROLLMENT = "enrollment"


@dataclass(frozen=True, slots=True)
class Contact:
    """The person written to.

    `consented` also holds for applicants and partners. `legal_basis` and `source_url` are what a cold mail needs;
    `country` is an ISO code, "" when unknown.
    """

    email: str
    time_zone: ZoneInfo
    country: str = ""
    consented: bool = False
    legal_basis: str = ""
    source_url: str = ""


@dataclass(frozen=True, slots=True)
class Ramp:
    """A new sender's cap: `start` mails on `since_on`, `per_day` more each day after."""

    since_on: date
    start: int
    per_day: int


@dataclass(frozen=True, slots=True)
class Sender:
    """The fixed sender of an enrollment and what it has sent already; None for no cap, and for no hours of its own.

    `hours` are on the sender's own clock, and hold for mails beside the sequence's window.
    """

    transport: Transport
    time_zone: ZoneInfo
    daily_cap: int | None = None
    sent_today: int = 0
    ramp: Ramp | None = None
    last_to_domain_at: datetime | None = None
    domain_spacing: timedelta = timedelta()
    hours: Window | None = None

    def cap_on(self, day: date) -> int | None:
        """Return how many mails may leave on a day of the sender's calendar, None for any number."""
        if self.ramp is None:
            return self.daily_cap
        ramped = self.ramp.start + self.ramp.per_day * max(0, (day - self.ramp.since_on).days)
        return ramped if self.daily_cap is None else min(ramped, self.daily_cap)


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step that was begun: its state and when it got there."""

    step: str
    state: StepState
    at: datetime


@dataclass(frozen=True, slots=True)
class StopEvent:
    """Something that ends sequences; `of_company` when a colleague of the contact did it."""

    kind: StopKind
    at: datetime
    of_company: bool = False


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address or domain that must not be mailed, until a time or for good."""

    value: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Somebody or something has paused sending, until a time or until resumed."""

    scope: PauseScope
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """The program's rules on cold mail: countries that allow it (none by default), and the admin's override."""

    cold_countries: frozenset[str] = frozenset()
    cold_override: bool = False


@dataclass(frozen=True, slots=True)
class Enrollment:
    """One contact in one sequence, with everything that may hold or end it.

    `rescheduled` gives steps a later time than their own: a person released one that was too late, or the ledger moved
    one because the day's cap was full. Lateness counts from then.
    """

    id: str
    enrolled_at: datetime
    contact: Contact
    sender: Sender
    stage: str = "contacted"
    wakes_at: datetime | None = None
    records: tuple[StepRecord, ...] = ()
    events: tuple[StopEvent, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    pauses: tuple[Pause, ...] = ()
    rules: Rules = Rules()
    rescheduled: dict[str, datetime] = field(default_factory=dict)
