"""What a report is made of: a picture, and tables whose cells know their unit, so that page and file say the same."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from statistics import median
from typing import Any

from app.languages import SOURCE, current_language, decimal, gettext, number


class Unit(StrEnum):
    """How a number reads. Shares are 0 to 1, days and hours may be broken."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"


Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading and what its cells are. None in a cell means there was nothing to measure."""

    label: str
    unit: Unit = Unit.COUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under columns; every row has as many cells as there are columns, the first one names it."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its length, what stands beside it, and between which bounds the true value lies where that is known."""

    label: str
    value: float
    note: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Bars of one unit; `most` is what a full bar stands for. Nothing to show has no bars."""

    title: str
    unit: Unit
    bars: tuple[Bar, ...]

    @property
    def most(self) -> float:
        """Return the value of a full bar: 1 for shares, the longest for everything else."""
        if self.unit is Unit.SHARE:
            return 1.0
        return max((bar.high if bar.high is not None else bar.value for bar in self.bars), default=0.0) or 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report's answer. `notes` say what the numbers leave out."""

    picture: Picture
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()


def share(part: float, whole: float) -> float | None:
    """Return part of whole, 0 to 1; None of nothing."""
    return part / whole if whole else None


def median_days(durations: list[timedelta]) -> float | None:
    """Return the middle of some durations in days; None of none."""
    return median(duration.total_seconds() for duration in durations) / 86_400 if durations else None


def percent(part: float) -> str:
    """Write a share of 0 to 1 as people read it, to a tenth of a percent."""
    return f"{part:.1%}" if current_language() == SOURCE else f"{decimal(100 * part, 1)} %"


def write(cell: Cell, unit: Unit) -> str:
    """Write a cell as people read it; a dash where there was nothing to measure."""
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    formats: dict[Unit, Callable[[Any], str]] = {
        Unit.SHARE: percent,
        Unit.DAYS: lambda value: gettext("%(num)s d", num=decimal(value, 1)),
        Unit.HOURS: lambda value: gettext("%(num)s h", num=decimal(value, 1)),
        Unit.MINUTES: lambda value: gettext("%(num)s min", num=number(value)),
    }
    return formats.get(unit, lambda value: decimal(value, 0))(cell)
