"""What a report is about: which programs, since when, until when, which prospects."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from app.clock import today
from app.models import Prospect
from app.queries.prospect_filter import ProspectFilter, conditions


class Period(StrEnum):
    """How far back a report looks."""

    MONTH = "30"
    QUARTER = "90"
    YEAR = "365"
    ALL = "all"

    @property
    def label(self) -> str:
        """Return the period as people read it."""
        return "All time" if self is Period.ALL else f"Last {self.value} days"

    @property
    def since(self) -> date | None:
        """Return its first day, None for all time."""
        return None if self is Period.ALL else today() - timedelta(days=int(self.value) - 1)


class Group(StrEnum):
    """By what the funnel is told apart."""

    SOURCE = "source"
    OWNER = "owner"
    KIND = "kind"
    WEEK = "week"
    PROGRAM = "program"

    @property
    def label(self) -> str:
        """Return it as people read it."""
        return {"kind": "Kind of site", "week": "Week added"}.get(self.value, self.value.capitalize())


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One report's limits: programs by id with their names, the period, the prospects, and the funnel's grouping."""

    programs: dict[int, str]
    period: Period = Period.QUARTER
    chosen: ProspectFilter = field(default_factory=ProspectFilter)
    group: Group = Group.SOURCE

    def in_programs(self, column: Any) -> ColumnElement[bool]:
        """Return the condition that a column of program ids is one of ours."""
        return and_(column.in_(list(self.programs)))

    def within(self, column: Any) -> list[ColumnElement[bool]]:
        """Return the condition that a moment lies in the period; none for all time."""
        since = self.period.since
        return [] if since is None else [column >= datetime.combine(since, time(), tzinfo=UTC)]

    @property
    def prospects(self) -> Sequence[ColumnElement[bool]]:
        """Return the conditions on Prospect: program and filter."""
        return [self.in_programs(Prospect.program_id), *conditions(self.chosen)]

    def of_prospects(self, column: Any) -> list[ColumnElement[bool]]:
        """Return the condition that a column of prospect ids is among the chosen; none without a filter."""
        if not self.chosen.is_narrow:
            return []
        return [column.in_(select(Prospect.id).where(*self.prospects))]
