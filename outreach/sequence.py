"""A sequence: the ordered touches of one version, when they may happen, and what ends them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DEFAULT_TOO_LATE_H = 24


class StepKind(StrEnum):
    """What a step is: a mail, a task for a person (a call, a message elsewhere), or only time."""

    EMAIL = "email"
    TASK = "task"
    WAIT = "wait"


class StopKind(StrEnum):
    """What ends a sequence for good. An automatic answer and a soft bounce are not among them."""

    REPLY = "reply"
    OPT_OUT = "opt_out"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    APPLICATION = "application"


@dataclass(frozen=True, slots=True)
class Delay:
    """Time after the step before: days keep the hour of the contact's clock, hours are counted by the real clock."""

    days: int = 0
    working_days: int = 0
    hours: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """The hours of a contact's day in which a step may happen: from `opens` up to, not including, `closes`."""

    days: frozenset[int] = frozenset(range(5))
    opens: time = time(9)
    closes: time = time(17)


@dataclass(frozen=True, slots=True)
class Variant:
    """One wording of a step, and its share of the enrollments."""

    id: str
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One touch. `window` is the sequence's unless the step has its own; a step later than `too_late_h` is held."""

    id: str
    kind: StepKind
    delay: Delay = Delay()
    window: Window | None = None
    too_late_h: int = DEFAULT_TOO_LATE_H
    variants: tuple[Variant, ...] = ()


@dataclass(frozen=True, slots=True)
class Sequence:
    """A version of a sequence: its steps in order, window, holidays by country ("*" for all), company-wide stops."""

    id: str
    steps: tuple[Step, ...]
    window: Window = Window()
    holidays: dict[str, frozenset[date]] = field(default_factory=dict)
    stops_company: frozenset[StopKind] = frozenset()

    def window_of(self, step: Step) -> Window:
        """Return the window a step keeps to."""
        return step.window or self.window

    def holidays_of(self, country: str) -> frozenset[date]:
        """Return the days without any step for contacts of a country."""
        return self.holidays.get("*", frozenset()) | self.holidays.get(country, frozenset())


def choose_variant(step: Step, enrollment_id: str) -> Variant | None:
    """Return the variant an enrollment gets, the same each time it is asked and spread by weight; None without any."""
    total = sum(variant.weight for variant in step.variants)
    if total <= 0:
        return None
    digest = hashlib.sha256(f"{enrollment_id}\0{step.id}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") % total
    for variant in step.variants:
        place -= variant.weight
        if place < 0:
            return variant
    return None
