"""Public holidays by country, so that nobody gets a mail on the day their office is closed.

Days come from the `holidays` package. A country is worked out when it is first asked for and kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import holidays

# Sequences are planned at most some 800 days ahead (outreach.schedule), and old enrollments look back.
_YEARS = range(2024, 2037)


@lru_cache(maxsize=300)
def public_holidays(country: str) -> frozenset[date]:
    """Return a country's days off from 2024 to 2036 by its ISO code; none for a code nobody knows."""
    try:
        return frozenset(holidays.country_holidays(country, years=_YEARS))
    except NotImplementedError:
        return frozenset()


@lru_cache(maxsize=50)
def named_holidays(country: str, year: int, language: str = "en") -> tuple[tuple[date, str], ...]:
    """Return a country's days off in a year with their names by day, in a language where the package has them in it.

    Where it has not, they are in English, and where it has no English either, as the country calls them.
    """
    try:
        found = holidays.country_holidays(country, years=year, language="en_US")
        if language in found.supported_languages:
            found = holidays.country_holidays(country, years=year, language=language)
    except NotImplementedError:
        return ()
    return tuple(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A day that somebody keeps free (`is_free`) or works, whatever the calendar says; `country` "" is every one."""

    day: date
    country: str
    is_free: bool


class PublicHolidays(dict[str, frozenset[date]]):
    """Days off by country: those of a sequence ("*" for all countries), and each country's public holidays."""

    def __init__(self, days: Mapping[str, frozenset[date]] | None = None, own: tuple[OwnDay, ...] = ()) -> None:
        """Take a sequence's days by country, and the days that its people add or take out."""
        super().__init__(days or {})
        self._own = own

    # The engine asks with a default and takes a frozenset; the wider promises of dict.get are not needed here.
    def get(self, country: str, default: Any = frozenset()) -> Any:
        """Return the country's own days and its public holidays, with what people added and took out."""
        own: frozenset[date] = super().get(country, default or frozenset())
        if country == "*":
            return own
        meant = [each for each in self._own if each.country in ("", country)]
        free = frozenset(each.day for each in meant if each.is_free)
        worked = frozenset(each.day for each in meant if not each.is_free)
        return ((own | public_holidays(country) if country else own) - worked) | free
