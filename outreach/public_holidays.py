"""Public holidays by country, so that nobody gets a mail on the day their office is closed.

Days come from the `holidays` package. A country is worked out when it is first asked for and kept.
"""

from __future__ import annotations

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


class PublicHolidays(dict[str, frozenset[date]]):
    """Days off by country: those of a sequence ("*" for all countries), and each country's public holidays."""

    # The engine asks with a default and takes a frozenset; the wider promises of dict.get are not needed here.
    def get(self, country: str, default: Any = frozenset()) -> Any:
        """Return the country's own days and its public holidays."""
        own: frozenset[date] = super().get(country, default or frozenset())
        return own if country in ("", "*") else own | public_holidays(country)
