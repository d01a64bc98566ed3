"""A spreadsheet's numbers as a person reads them: without seventeen digits, and days as days."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

# Formats that every spreadsheet knows by number and that show a day; 18 to 21 and 45 to 47 show a time alone.
_DAY_FORMATS = frozenset({*range(14, 18), 22, *range(27, 37), *range(50, 59)})
_ASIDE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_LAST_DAY = 2_958_465
_TOO_MANY_DIGITS = Decimal(10) ** 18


@dataclass(frozen=True, slots=True)
class DateStyles:
    """The cell styles of a workbook that show a number as a day; `first` is the day that is 0."""

    days: frozenset[str]
    first: datetime

    @classmethod
    def of(cls, elements: Sequence[tuple[str, dict[str, str]]], *, from_1904: bool) -> "DateStyles":
        """Read them off the elements of the workbook's styles."""
        shows_day = {
            attributes.get("numFmtId", ""): bool(
                re.search("[yd]", _ASIDE.sub("", attributes.get("formatCode", "")).lower())
            )
            for name, attributes in elements
            if name == "numFmt"
        }
        days, group, place = set(), "", 0
        for name, attributes in elements:
            if name != "xf":
                group = name if name in ("cellXfs", "cellStyleXfs") or name == "cellStyles" else group
                continue
            if group == "cellXfs":
                code = attributes.get("numFmtId", "")
                if shows_day.get(code, code.isdigit() and int(code) in _DAY_FORMATS):
                    days.add(str(place))
                place += 1
        return cls(frozenset(days), datetime(*((1904, 1, 1) if from_1904 else (1899, 12, 30)), tzinfo=UTC))

    def day(self, style: str, value: str) -> str:
        """Return a number as a day (`2026-11-03`, with the time where there is one), empty where it is none."""
        if style not in self.days:
            return ""
        try:
            count = float(value)
        except ValueError:
            return ""
        if not 0 < count <= _LAST_DAY:
            return ""
        moment = self.first + timedelta(minutes=round(count * 1440))
        return moment.strftime("%Y-%m-%d" if count == int(count) else "%Y-%m-%d %H:%M")


def number_written(value: str, places: int | None) -> str:
    """Write a number out: spreadsheets store 1.2E3, and 0.1 with seventeen digits of which fifteen are meant.

    With `places` it is rounded to as many: two are what an amount has, three would read as thousands.
    """
    try:
        found = Decimal(value)
        if abs(found) >= _TOO_MANY_DIGITS:
            return value
        found = Decimal(f"{found if places is None else round(found, places):.15g}")
    except (InvalidOperation, ValueError):
        return value
    plain = f"{found:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def column_place(reference: str, following: int) -> int:
    """Return the column of `BC12` from 0; cells without a reference follow each other."""
    letters = re.match(r"[A-Z]{1,3}", reference)
    if letters is None:
        return following
    place = 0
    for letter in letters[0]:
        place = place * 26 + ord(letter) - 64
    return max(place - 1, following)
