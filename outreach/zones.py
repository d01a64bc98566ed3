"""The time zone most people of a country live in, for contacts of whom only the country is known."""

from __future__ import annotations

from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

# Where the first zone of the table is an island or a border region: the zone of the largest city.
_LARGEST = {
    "AQ": "UTC",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "EC": "America/Guayaquil",
    "FM": "Pacific/Pohnpei",
    "GL": "America/Nuuk",
    "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty",
    "MN": "Asia/Ulaanbaatar",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}


def zone_of_country(country: str | None, default: str = "UTC") -> ZoneInfo:
    """Return the zone for a country's ISO code; `default` for none and for one that is not in the table."""
    return ZoneInfo(_zones().get((country or "").upper(), default))


@cache
def _zones() -> dict[str, str]:
    """Read the zone table of the tz database (zone.tab): country, coordinates, zone, remarks."""
    table = resources.files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _where, zone = line.split("\t")[:3]
            found.setdefault(country, zone)
    return found | _LARGEST
