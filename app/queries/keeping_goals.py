"""Goals of partners: where each stands against its straight line, what was reported, what was agreed anew."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import today
from app.languages import mark
from app.models import Goal, GoalChange, GoalCheckpoint, PartnerPerson, User

CHART_WIDTH, CHART_HEIGHT = 240, 48


class GoalState(StrEnum):
    """Where a goal stands; computed, never typed."""

    NOTHING_REPORTED = "nothing_reported"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    REACHED = "reached"
    MISSED = "missed"

    @property
    def label(self) -> str:
        """Return the state as people read it."""
        return {"nothing_reported": "Nothing reported yet"}.get(self.value, self.value.replace("_", " ").capitalize())

    @property
    def tone(self) -> str:
        """Return the color of its badge."""
        return {"on_track": "blue", "behind": "amber", "reached": "green", "missed": "red"}.get(self.value, "neutral")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalLine:
    """A goal's figures: from `baseline` on its first day to `target` on its last, and the value reported last."""

    baseline: float
    target: float
    started_on: date
    due_on: date
    value: float | None
    value_on: date | None

    def expected_at(self, day: date) -> float:
        """Return the value of the straight line on a day; before it begins the baseline, after its end the target."""
        length = max(1, (self.due_on - self.started_on).days)
        share = min(1.0, max(0.0, (day - self.started_on).days / length))
        return self.baseline + share * (self.target - self.baseline)

    def state_on(self, day: date) -> GoalState:
        """Return where the goal stands on a day.

        The value reported last is held against the line on the day it was reached, for nobody knows a newer one. A
        goal may lead down: what counts is the direction from baseline to target.
        """
        if self.value is None or self.value_on is None:
            return GoalState.NOTHING_REPORTED
        way = 1.0 if self.target >= self.baseline else -1.0
        if (self.value - self.target) * way >= 0:
            return GoalState.REACHED
        if day > self.due_on:
            return GoalState.MISSED
        # A cent more or less is no delay: the line itself is a sum of fractions.
        slack = abs(self.target - self.baseline) * 1e-9
        is_on = (self.value - self.expected_at(self.value_on)) * way >= -slack
        return GoalState.ON_TRACK if is_on else GoalState.BEHIND

    @property
    def share(self) -> int:
        """Return how much of the way is done, from 0 to 100."""
        if self.value is None or self.target == self.baseline:
            return 0
        return round(100 * min(1.0, max(0.0, (self.value - self.baseline) / (self.target - self.baseline))))


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointRow:
    """A value that was reported: by whom, of which side."""

    id: int
    reached_on: date
    value: float
    note: str
    who: str
    is_from_partner: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """An agreed change."""

    at: datetime
    who: str
    why: str
    old_target: float
    new_target: float
    old_due_on: date
    new_due_on: date


@dataclass(frozen=True, slots=True)
class Chart:
    """The straight line and what was reported, as points of a drawing of CHART_WIDTH × CHART_HEIGHT."""

    line: str
    reported: str
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalRow:
    """A goal as its partner's page shows it; checkpoints and changes the newest first."""

    id: int
    kpi: str
    unit: str
    line: GoalLine
    version: int
    is_closed: bool
    checkpoints: tuple[CheckpointRow, ...]
    changes: tuple[ChangeRow, ...]

    @property
    def state(self) -> GoalState:
        """Return where it stands today."""
        return self.line.state_on(today())

    @property
    def is_over(self) -> bool:
        """Say whether its day has gone by."""
        return self.line.due_on < today()

    @property
    def latest_day(self) -> date:
        """Return the last day whose value can be reported."""
        return min(today(), self.line.due_on)

    @property
    def chart(self) -> Chart:
        """Return the drawing of the line and of what was reported, the oldest on the left."""
        reported = sorted({point.reached_on: point.value for point in reversed(self.checkpoints)}.items())
        values = [self.line.baseline, self.line.target, *(value for _, value in reported)]
        low, high = min(values), max(values)

        def place(day: date, value: float) -> tuple[float, float]:
            across = (day - self.line.started_on).days / max(1, (self.line.due_on - self.line.started_on).days)
            up = (value - low) / (high - low) if high > low else 0.5
            return round(4 + across * (CHART_WIDTH - 8), 1), round(CHART_HEIGHT - 4 - up * (CHART_HEIGHT - 8), 1)

        ends = (place(self.line.started_on, self.line.baseline), place(self.line.due_on, self.line.target))
        dots = tuple(place(day, value) for day, value in reported if day <= self.line.due_on)
        return Chart(_points(ends), _points((ends[0], *dots)), dots)


def plain(value: float | None) -> str:
    """Write a value with thousands separated and no needless zeros: `1,200`, `3.5`; a dash for None."""
    if value is None:
        return "–"
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")


def line_of(goal: Goal) -> GoalLine:
    """Return a goal's figures."""
    return GoalLine(
        baseline=goal.baseline,
        target=goal.target,
        started_on=goal.started_on,
        due_on=goal.due_on,
        value=goal.value,
        value_on=goal.value_on,
    )


def goals_of(session: Session, partnership_id: int) -> tuple[GoalRow, ...]:
    """Return a partner's goals, those put away last, in three statements."""
    goals = session.scalars(
        select(Goal)
        .where(Goal.partnership_id == partnership_id)
        .order_by(Goal.closed_at.is_not(None), Goal.due_on, Goal.id)
    ).all()
    ids = [goal.id for goal in goals]
    checkpoints, changes = _checkpoints(session, ids), _changes(session, ids)
    return tuple(
        GoalRow(
            id=goal.id,
            kpi=goal.kpi,
            unit=goal.unit,
            line=line_of(goal),
            version=goal.version,
            is_closed=goal.closed_at is not None,
            checkpoints=tuple(checkpoints[goal.id]),
            changes=tuple(changes[goal.id]),
        )
        for goal in goals
    )


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{across},{down}" for across, down in places)


def _checkpoints(session: Session, goal_ids: Sequence[int]) -> dict[int, list[CheckpointRow]]:
    rows = session.execute(
        select(GoalCheckpoint, User.name, PartnerPerson.name)
        .outerjoin(User, User.id == GoalCheckpoint.user_id)
        .outerjoin(PartnerPerson, PartnerPerson.id == GoalCheckpoint.person_id)
        .where(GoalCheckpoint.goal_id.in_(goal_ids), GoalCheckpoint.removed_at.is_(None))
        .order_by(GoalCheckpoint.reached_on.desc(), GoalCheckpoint.id.desc())
    )
    found: dict[int, list[CheckpointRow]] = defaultdict(list)
    for point, user, person in rows:
        found[point.goal_id].append(
            CheckpointRow(
                id=point.id,
                reached_on=point.reached_on,
                value=point.value,
                note=point.note,
                who=user or person or mark("Somebody who left"),
                is_from_partner=point.person_id is not None,
                created_at=point.created_at,
            )
        )
    return found


def _changes(session: Session, goal_ids: Sequence[int]) -> dict[int, list[ChangeRow]]:
    rows = session.execute(
        select(GoalChange, User.name)
        .outerjoin(User, User.id == GoalChange.user_id)
        .where(GoalChange.goal_id.in_(goal_ids))
        .order_by(GoalChange.id.desc())
    )
    found: dict[int, list[ChangeRow]] = defaultdict(list)
    for change, user in rows:
        found[change.goal_id].append(
            ChangeRow(
                at=change.at,
                who=user or mark("Somebody who left"),
                why=change.why,
                old_target=change.old_target,
                new_target=change.new_target,
                old_due_on=change.old_due_on,
                new_due_on=change.new_due_on,
            )
        )
    return found
