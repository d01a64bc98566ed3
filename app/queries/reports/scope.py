"""What a report is about: which programs, since when, until when, which prospects."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, and_, any_, func, literal, select
from sqlalchemy.orm import Session

from app.clock import today
from app.languages import gettext, inside
from app.models import Enrollment, Prospect
from app.queries.by_dialect import ByDialect
from app.queries.prospect_filter import ProspectFilter, conditions

# Up to so many days are told by week, longer ones by month.
_DAYS_BY_WEEK = 92


class Period(StrEnum):
    """How far back a report looks."""

    MONTH = "30"
    QUARTER = "90"
    YEAR = "365"
    ALL = "all"
    OWN = "own"

    @property
    def label(self) -> str:
        """Return the period as people read it."""
        if self is Period.OWN:
            return "Own dates"
        return "All time" if self is Period.ALL else f"Last {self.value} days"

    @property
    def since(self) -> date | None:
        """Return its first day; None for all time, and where the days are one's own."""
        return today() - timedelta(days=int(self.value) - 1) if self.value.isdecimal() else None


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
    """One report's limits: programs by id with their names, the period, the prospects, and the funnel's grouping.

    `first_on` and `last_on` are the days of a period of one's own, both included; `asked` is what was asked of the
    programs: "" for the one whose page it is (`home_id`), "all", or another one's slug. `found` are the prospects' ids
    where they were looked up already.
    """

    programs: dict[int, str]
    home_id: int = 0
    period: Period = Period.QUARTER
    first_on: date | None = None
    last_on: date | None = None
    chosen: ProspectFilter = field(default_factory=ProspectFilter)
    sequence_id: int | None = None
    asked: str = ""
    group: Group = Group.SOURCE
    found: tuple[int, ...] | None = None

    @property
    def leading(self) -> int:
        """Return the program whose own settings count: of several the one whose page it is."""
        return self.home_id if self.home_id in self.programs else next(iter(self.programs), 0)

    @property
    def since(self) -> date | None:
        """Return the first day; None where there is none."""
        return self.first_on if self.period is Period.OWN else self.period.since

    @property
    def until(self) -> date | None:
        """Return the last day; None where it goes on until today."""
        return self.last_on if self.period is Period.OWN else None

    @property
    def said(self) -> str:
        """Return the period as it stands within a line."""
        if self.period is not Period.OWN:
            return inside(self.period.label)
        days = {"first": str(self.first_on), "last": str(self.last_on)}
        if self.last_on is None:
            return gettext("since %(first)s", **days)
        if self.first_on is None:
            return gettext("until %(last)s", **days)
        return gettext("%(first)s to %(last)s", **days)

    @property
    def is_by_week(self) -> bool:
        """Say whether what happened is told by week; over a longer time it is told by month."""
        return self.since is not None and ((self.until or today()) - self.since).days < _DAYS_BY_WEEK

    def in_programs(self, column: Any) -> ColumnElement[bool]:
        """Return the condition that a column of program ids is one of ours."""
        return and_(column.in_(list(self.programs)))

    def within(self, column: Any) -> list[ColumnElement[bool]]:
        """Return the conditions that a moment lies in the period; none for all time."""
        found = []
        if self.since is not None:
            found.append(column >= datetime.combine(self.since, time(), tzinfo=UTC))
        if self.until is not None:
            found.append(column < datetime.combine(self.until + timedelta(days=1), time(), tzinfo=UTC))
        return found

    @property
    def is_narrow(self) -> bool:
        """Say whether only some of the programs' prospects count."""
        return self.chosen.is_narrow or self.sequence_id is not None or self.found is not None

    @property
    def prospects(self) -> Sequence[ColumnElement[bool]]:
        """Return the conditions on Prospect: program, filter and sequence."""
        if self.found is not None:
            return [_among(Prospect.id, self.found)]
        found = [self.in_programs(Prospect.program_id), *conditions(self.chosen)]
        if self.sequence_id is not None:
            enrolled = select(Enrollment.prospect_id).where(Enrollment.sequence_id == self.sequence_id)
            found.append(Prospect.id.in_(enrolled))
        return found

    def of_prospects(self, column: Any) -> list[ColumnElement[bool]]:
        """Return the condition that a column of prospect ids is among the chosen; none without a filter."""
        if not self.is_narrow:
            return []
        if self.found is not None:
            return [_among(column, self.found)]
        return [column.in_(select(Prospect.id).where(*self.prospects))]

    def over(self, query: Select[*tuple[Any, ...]], prospect_id: Any) -> Select[*tuple[Any, ...]]:
        """Limit a query of rows that name a prospect to those whose prospect counts."""
        if self.found is not None:
            return query.where(_among(prospect_id, self.found))
        return query.join(Prospect, Prospect.id == prospect_id).where(*self.prospects)

    def looked_up(self, session: Session) -> "Scope":
        """Return the same limits with their prospects looked up: for a report that counts many things of them."""
        if not self.is_narrow:
            return self
        ids = session.scalars(select(Prospect.id).where(*self.prospects)).all()
        return replace(self, chosen=ProspectFilter(), sequence_id=None, found=tuple(ids))


def _among(column: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """Say that a column is one of many ids, given as one value: a statement holds only so many."""
    listed = select(func.json_each(json.dumps(ids)).table_valued("value").c.value)
    return ByDialect(sqlite=column.in_(listed), other=column == any_(literal(list(ids), ARRAY(Integer))))
