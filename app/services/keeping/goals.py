"""Goals of a partner: agreed, reported on by either side, changed only by agreement, put away."""

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import Goal, GoalChange, GoalCheckpoint, Partnership, User
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.keeping.typed import NotTyped, typed_day, typed_number
from app.services.languages import gettext as _
from app.services.languages import number, short_day
from app.services.onboarding.events import Doer
from app.services.plain_text import clean_line, clean_text

MAX_KPI, MAX_UNIT, MAX_WORDS = 120, 40, 2_000
MAX_GOALS, MAX_CHECKPOINTS = 20, 400
MAX_DAYS = 3 * 366


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedGoal:
    """A goal as a person typed it; an empty baseline is 0, an empty first day is today."""

    kpi: str
    target: str
    due_on: str
    unit: str = ""
    baseline: str = ""
    started_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalValues:
    """A goal in numbers and days."""

    kpi: str
    target: float
    due_on: date
    unit: str = ""
    baseline: float = 0.0
    started_on: date = field(default_factory=today)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A value that was reached, as typed; an empty day is the last one that can be reported."""

    value: str
    reached_on: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A change that was agreed, as typed; `version` is the goal's when the form was drawn."""

    target: str
    due_on: str
    why: str
    version: int


def add_goal(session: Session, partnership: Partnership, typed: TypedGoal, *, actor: User) -> Goal:
    """Agree on a goal. Raises InvalidInput naming every field that cannot be used."""
    figures, problems = _figures(typed)
    kpi, unit = clean_line(typed.kpi), clean_line(typed.unit)
    if problems:
        raise InvalidInput(problems | _name_problems(kpi, unit) | _room_problems(session, partnership))
    return agree_goal(session, partnership, GoalValues(kpi=kpi, unit=unit, **figures), by_user_id=actor.id)


def agree_goal(session: Session, partnership: Partnership, values: GoalValues, *, by_user_id: int | None) -> Goal:
    """Agree on a goal as add_goal does, of values that nobody types, also for nobody in particular."""
    problems = _name_problems(values.kpi, values.unit) | _line_problems(
        baseline=values.baseline, target=values.target, started_on=values.started_on, due_on=values.due_on
    )
    problems |= _room_problems(session, partnership)
    if problems:
        raise InvalidInput(problems)
    goal = Goal(
        program_id=partnership.program_id, partnership_id=partnership.id, created_by_id=by_user_id, **asdict(values)
    )
    session.add(goal)
    session.flush()
    _audit(session, "goal.added", goal, by_user_id, target=goal.target, due_on=goal.due_on.isoformat())
    return goal


def has_room(session: Session, partnership: Partnership) -> bool:
    """Say whether one more goal can be agreed on with a partner."""
    known = (
        select(func.count()).select_from(Goal).where(Goal.partnership_id == partnership.id, Goal.closed_at.is_(None))
    )
    return (session.scalar(known) or 0) < MAX_GOALS


def goal_in(session: Session, partnership: Partnership, goal_id: int) -> Goal:
    """Return a goal of this partner, held until the transaction ends. Raises NotFound, for those of others too."""
    found = session.get(Goal, goal_id, with_for_update=True, populate_existing=True)
    if found is None or found.partnership_id != partnership.id:
        raise NotFound(_("There is no such goal of this partner."))
    return found


def report_checkpoint(session: Session, goal: Goal, report: Report, by: Doer) -> GoalCheckpoint:
    """Write down what was reached. A second report of the same day replaces the first in what is counted.

    Raises Conflict for a goal put away, InvalidInput naming each field that cannot be used.
    """
    if goal.closed_at is not None:
        raise Conflict(_("“%(goal)s” was put away, so nothing is reported on it any more.", goal=goal.kpi))
    latest, problems = min(today(), goal.due_on), {}
    value, reached_on, note = 0.0, latest, clean_text(report.note)
    try:
        value = typed_number(report.value)
    except NotTyped as error:
        problems["value"] = str(error)
    try:
        reached_on = typed_day(report.reached_on) if report.reached_on.strip() else latest
    except NotTyped as error:
        problems["reached_on"] = str(error)
    if "reached_on" not in problems and not goal.started_on <= reached_on <= latest:
        days = {"first": short_day(goal.started_on), "last": short_day(latest)}
        problems["reached_on"] = _("A day from %(first)s to %(last)s.", **days)
    if len(note) > MAX_WORDS:
        problems["note"] = _("At most %(most)s characters.", most=number(MAX_WORDS))
    kept = select(func.count()).select_from(GoalCheckpoint).where(GoalCheckpoint.goal_id == goal.id)
    if (session.scalar(kept) or 0) >= MAX_CHECKPOINTS:
        full = _("%(most)s values were reported on this goal; that is all it holds.", most=MAX_CHECKPOINTS)
        problems["value"] = full
    if problems:
        raise InvalidInput(problems)
    point = GoalCheckpoint(
        goal_id=goal.id,
        reached_on=reached_on,
        value=value,
        note=note,
        user_id=by.user_id,
        person_id=by.person_id,
    )
    session.add(point)
    _count_anew(session, goal)
    _audit(session, "goal.reported", goal, by.user_id, checkpoint_id=point.id, person_id=by.person_id, value=value)
    return point


def checkpoint_in(session: Session, goal: Goal, checkpoint_id: int) -> GoalCheckpoint:
    """Return a checkpoint of a goal, taken back or not. Raises NotFound."""
    point = session.get(GoalCheckpoint, checkpoint_id)
    if point is None or point.goal_id != goal.id:
        raise NotFound(_("There is no such value on this goal."))
    return point


def remove_checkpoint(session: Session, goal: Goal, point: GoalCheckpoint, *, actor: User) -> None:
    """Take a reported value back; it is counted no more."""
    point.removed_at = point.removed_at or now()
    _count_anew(session, goal)
    _audit(session, "goal.report_removed", goal, actor.id, checkpoint_id=point.id, value=point.value)


def restore_checkpoint(session: Session, goal: Goal, point: GoalCheckpoint, *, actor: User) -> None:
    """Count a value again that was taken back."""
    point.removed_at = None
    _count_anew(session, goal)
    _audit(session, "goal.report_restored", goal, actor.id, checkpoint_id=point.id, value=point.value)


def agree_change(session: Session, goal: Goal, agreed: Agreement, *, actor: User) -> GoalChange:
    """Change target and due day as agreed; what they were stays. Raises Conflict and InvalidInput."""
    if goal.closed_at is not None:
        raise Conflict(_("“%(kpi)s” was put away. Take it up again first.", kpi=goal.kpi))
    if agreed.version != goal.version:
        raise Conflict(
            _("“%(kpi)s” was changed while you looked at it, and nothing of yours was written. Reload.", kpi=goal.kpi)
        )
    typed = TypedGoal(kpi=goal.kpi, target=agreed.target, due_on=agreed.due_on)
    values, problems = _figures(typed)
    why = clean_text(agreed.why)
    if not 1 <= len(why) <= MAX_WORDS:
        problems["why"] = _("Say why it was changed, in %(max_words)s characters at most.", max_words=f"{MAX_WORDS:,}")
    if not problems:
        problems = _line_problems(
            baseline=goal.baseline, target=values["target"], started_on=goal.started_on, due_on=values["due_on"]
        )
    if not problems and (values["target"], values["due_on"]) == (goal.target, goal.due_on):
        problems["target"] = _("This is what was agreed already. Change the target or the day.")
    if problems:
        raise InvalidInput(problems)
    change = GoalChange(
        goal_id=goal.id,
        old_target=goal.target,
        new_target=values["target"],
        old_due_on=goal.due_on,
        new_due_on=values["due_on"],
        why=why,
        user_id=actor.id,
    )
    session.add(change)
    goal.target, goal.due_on = values["target"], values["due_on"]
    goal.version += 1
    _count_anew(session, goal)
    _audit(session, "goal.changed", goal, actor.id, change_id=change.id, target=goal.target)
    return change


def close_goal(session: Session, goal: Goal, *, actor: User) -> None:
    """Put a goal away; what was reported stays."""
    goal.closed_at = goal.closed_at or now()
    _audit(session, "goal.closed", goal, actor.id)


def reopen_goal(session: Session, goal: Goal, *, actor: User) -> None:
    """Take a goal up again."""
    goal.closed_at = None
    _audit(session, "goal.reopened", goal, actor.id)


def _name_problems(kpi: str, unit: str) -> dict[str, str]:
    problems = {}
    if not 1 <= len(kpi) <= MAX_KPI:
        problems["kpi"] = _("Say what is counted, in %(max_kpi)s characters at most.", max_kpi=MAX_KPI)
    if len(unit) > MAX_UNIT:
        problems["unit"] = _("At most %(most)s characters.", most=MAX_UNIT)
    return problems


def _room_problems(session: Session, partnership: Partnership) -> dict[str, str]:
    if has_room(session, partnership):
        return {}
    words = _("%(max_goals)s goals are more than anybody follows; put one away first.", max_goals=MAX_GOALS)
    return {"kpi": words}


def _figures(typed: TypedGoal) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what was typed as numbers and days, and what is wrong with it by field."""
    values: dict[str, Any] = {"baseline": 0.0, "started_on": today()}
    problems: dict[str, str] = {}
    for name in ("baseline", "target"):
        text = getattr(typed, name)
        try:
            if text.strip() or name == "target":
                values[name] = typed_number(text)
        except NotTyped as error:
            problems[name] = str(error)
    for name in ("started_on", "due_on"):
        text = getattr(typed, name)
        try:
            if text.strip() or name == "due_on":
                values[name] = typed_day(text)
        except NotTyped as error:
            problems[name] = str(error)
    return values, problems


def _line_problems(*, baseline: float, target: float, started_on: date, due_on: date) -> dict[str, str]:
    problems = {}
    if target == baseline:
        problems["target"] = _("The target is where it stands already; give another one.")
    if due_on <= started_on:
        problems["due_on"] = _(
            "The day must come after %(isoformat)s, the day it began.", isoformat=started_on.isoformat()
        )
    elif due_on - started_on > timedelta(days=MAX_DAYS):
        problems["due_on"] = _("Three years from the first day are the most.")
    return problems


def _count_anew(session: Session, goal: Goal) -> None:
    """Keep the newest value up to the due day with the goal."""
    session.flush()
    newest = session.scalars(
        select(GoalCheckpoint)
        .where(
            GoalCheckpoint.goal_id == goal.id,
            GoalCheckpoint.removed_at.is_(None),
            GoalCheckpoint.reached_on <= goal.due_on,
        )
        .order_by(GoalCheckpoint.reached_on.desc(), GoalCheckpoint.id.desc())
        .limit(1)
    ).first()
    goal.value, goal.value_on = (newest.value, newest.reached_on) if newest else (None, None)


def _audit(session: Session, action: str, goal: Goal, actor_id: int | None, **details: object) -> None:
    session.flush()
    record_audit(
        session,
        action,
        subject=f"goal:{goal.id}",
        actor_id=actor_id,
        program_id=goal.program_id,
        details={"partnership_id": goal.partnership_id, "kpi": goal.kpi} | details,
    )
