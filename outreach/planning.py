"""Which step comes next, when it will happen if nothing changes, and what blocks it until when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from outreach.enrollment import Enrollment, Sender, StepState
from outreach.policy import Block, Rule, holds, stops
from outreach.schedule import add_delay, lateness, next_opening, next_shared_opening
from outreach.sequence import Delay, Sequence, Step, StepKind, Window

# Other mail is in the way. The ledger moves such a step, so it is not late for that.
_CROWDED = frozenset((Rule.DAILY_CAP, Rule.DOMAIN_SPACING))


@dataclass(frozen=True, slots=True)
class Plan:
    """The next step of an enrollment.

    `step` is None when the sequence is through. `due_at` is None when there is no step or when something without a
    known end blocks it. `blocked_by` is empty for a step that only waits for its time.
    """

    step: str | None
    due_at: datetime | None
    blocked_by: list[Block]


def plan_next(sequence: Sequence, enrollment: Enrollment, now: datetime) -> Plan:
    """Plan the next step as of `now` (aware). The same input gives the same plan."""
    now = now.astimezone(UTC)
    step, earliest = next_step(sequence, enrollment)
    if step is None:
        return Plan(None, None, [])
    calendar = _Calendar.of(sequence, step, enrollment)
    natural = calendar.opening(earliest)
    blocks = [*stops(sequence, enrollment, now), *holds(enrollment, step, now)]
    if natural is None:
        return Plan(step.id, None, [*blocks, Block(Rule.WINDOW)])
    blocks = [block for block in blocks if not (block.rule in _CROWDED and block.until and block.until <= natural)]
    due_at = calendar.opening(max([now, natural, *(block.until for block in blocks if block.until is not None)]))
    too_late = _too_late(calendar, step, blocks, natural=natural, now=now, due_at=due_at)
    if too_late:
        blocks.append(Block(Rule.TOO_LATE))
    elif natural <= now and calendar.opening(now) != now:
        blocks.append(Block(Rule.WINDOW, calendar.opening(now)))
    endless = any(block.until is None for block in blocks)
    return Plan(step.id, None if endless else due_at, blocks)


def next_step(sequence: Sequence, enrollment: Enrollment) -> tuple[Step | None, datetime]:
    """Return the first step not yet over, and the earliest instant its delay allows; waits are added up on the way."""
    over = {
        record.step: record.at for record in enrollment.records if record.state in (StepState.DONE, StepState.SKIPPED)
    }
    reached = enrollment.enrolled_at.astimezone(UTC)
    for step in sequence.steps:
        if step.id in over:
            reached = over[step.id].astimezone(UTC)
            continue
        reached = _Calendar.of(sequence, step, enrollment).after(reached, step.delay)
        if step.kind is not StepKind.WAIT:
            moved = enrollment.rescheduled.get(step.id, reached).astimezone(UTC)
            return step, max(reached, moved)
    return None, reached


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The contact's zone, the step's window and the holidays between them; for a mail, its sender's hours as well."""

    zone: ZoneInfo
    window: Window
    holidays: frozenset[date]
    sender: Sender | None = None

    @classmethod
    def of(cls, sequence: Sequence, step: Step, enrollment: Enrollment) -> _Calendar:
        contact = enrollment.contact
        keeps_hours = step.kind is StepKind.EMAIL and enrollment.sender.hours is not None
        return cls(
            contact.time_zone,
            sequence.window_of(step),
            sequence.holidays_of(contact.country),
            enrollment.sender if keeps_hours else None,
        )

    def after(self, start: datetime, delay: Delay) -> datetime:
        if delay == Delay():
            return start
        return add_delay(start, delay, zone=self.zone, window=self.window, holidays=self.holidays)

    def opening(self, at: datetime) -> datetime | None:
        if self.sender is None or self.sender.hours is None:
            return next_opening(at, zone=self.zone, window=self.window, holidays=self.holidays)
        return next_shared_opening(
            at,
            zone=self.zone,
            window=self.window,
            holidays=self.holidays,
            other_zone=self.sender.time_zone,
            other_window=self.sender.hours,
        )

    def late(self, due_at: datetime, now: datetime) -> timedelta:
        """Return how late a step is; days on which its sender does not send make nothing late either."""
        window = self.window
        if self.sender is not None and self.sender.hours is not None:
            window = replace(window, days=window.days & self.sender.hours.days)
        return lateness(due_at, now, zone=self.zone, window=window, holidays=self.holidays)


def _too_late(
    calendar: _Calendar,
    step: Step,
    blocks: list[Block],
    *,
    natural: datetime,
    now: datetime,
    due_at: datetime | None,
) -> bool:
    """Whether the step is overdue past its limit, or will be when the last pause has ended."""
    limit = timedelta(hours=step.too_late_h)
    if calendar.late(natural, now) > limit:
        return True
    held = any(block.until is not None and block.rule not in _CROWDED for block in blocks)
    return held and due_at is not None and calendar.late(natural, due_at) > limit
