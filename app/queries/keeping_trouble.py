"""Goals in trouble, found by the database: the same verdict as GoalLine.state_on, for thousands of goals at once."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, case, cast, func, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.sqltypes import Integer

from app.models import Goal


class DaysBetween(FunctionElement[int]):
    """The days from one date to a later one, a whole number; each database counts them in its own way."""

    type = Integer()
    inherit_cache = True


@compiles(DaysBetween, "sqlite")
def _on_sqlite(element: DaysBetween, compiler: SQLCompiler, **options: Any) -> str:
    earlier, later = (compiler.process(each, **options) for each in element.clauses)
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


@compiles(DaysBetween, "postgresql")
def _on_postgresql(element: DaysBetween, compiler: SQLCompiler, **options: Any) -> str:
    earlier, later = (compiler.process(each, **options) for each in element.clauses)
    return f"({later} - {earlier})"


def is_missed_on(day: date) -> ColumnElement[bool]:
    """Return what makes a goal that is in trouble a missed one: its day has gone by."""
    return Goal.due_on < day


def in_trouble_on(day: date) -> ColumnElement[bool]:
    """Return what makes a goal missed or behind: something was reported, not the target, and too late or too little."""
    way = case((Goal.target >= Goal.baseline, 1.0), else_=-1.0)
    length = cast(DaysBetween(Goal.started_on, Goal.due_on), Float)
    share = DaysBetween(Goal.started_on, Goal.value_on) / length
    expected = Goal.baseline + (Goal.target - Goal.baseline) * share
    slack = func.abs(Goal.target - Goal.baseline) * 1e-9
    is_reached = (Goal.value - Goal.target) * way >= 0
    is_behind = (Goal.value - expected) * way < -slack
    return and_(Goal.value.is_not(None), ~is_reached, or_(is_missed_on(day), is_behind))
