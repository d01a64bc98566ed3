"""Countries: their names, and the time zone most of their people live in, from the tz database's own tables."""

from __future__ import annotations

from collections.abc import Iterator
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


# Names of the table that people write differently.
_NAMES = {
    "GB": "United Kingdom",
    "US": "United States",
    "KR": "South Korea",
    "KP": "North Korea",
    "CD": "Congo (Kinshasa)",
}


def country_names() -> dict[str, str]:
    """Return every country's name by its ISO code, in the order of names."""
    return dict(sorted(_names().items(), key=lambda pair: pair[1]))


def country_name(country: str | None) -> str:
    """Return a country's name for its ISO code; the code itself where nobody knows it, "" for none."""
    code = (country or "").upper()
    return _names().get(code, code)


def zone_of_country(country: str | None, default: str = "UTC") -> ZoneInfo:
    """Return the zone for a country's ISO code; `default` for none and for one that is not in the table."""
    return ZoneInfo(_zones().get((country or "").upper(), default))


@cache
def _zones() -> dict[str, str]:
    """Read the zone table of the tz database (zone.tab): country, coordinates, zone, remarks."""
    found: dict[str, str] = {}
    for country, _where, zone, *_ in _table("zone.tab"):
        found.setdefault(country, zone)
    return found | _LARGEST


@cache
def _names() -> dict[str, str]:
    """Read the names of countries (iso3166.tab): code, name."""
    return {code: name for code, name, *_ in _table("iso3166.tab")} | _NAMES


def _table(name: str) -> Iterator[list[str]]:
    text = resources.files("tzdata").joinpath(f"zoneinfo/{name}").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")
