"""Jinja filters: how moments, spans, numbers and names are written for people."""

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_skeleton
from babel.units import format_unit
from flask import Flask

from app.clock import now, reader_zone, today_in
from app.languages import SOURCE, counted, current_language, decimal, gettext, ngettext, short_day
from scrapers.domain_names import shown_on_screen

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_STEPS = (("y", 365 * 86_400), ("mo", 30 * 86_400), ("w", 7 * 86_400), ("d", 86_400), ("h", 3_600), ("min", 60))
_UNITS = {"y": "year", "mo": "month", "w": "week", "d": "day", "h": "hour", "min": "minute"}


def span(seconds: float) -> str:
    """Write a length of time by its largest unit, as in `3 min`, `5 h`, `12 d`; under a minute it is `now`."""
    for unit, length in _STEPS:
        if seconds >= length:
            return _in_units(int(seconds // length), unit, current_language())
    return gettext("now")


@lru_cache(maxsize=1024)
def _in_units(count: int, unit: str, language: str) -> str:
    if language == SOURCE:
        return f"{count} {unit}"
    return format_unit(count, f"duration-{_UNITS[unit]}", "short", locale=language)


def age(moment: datetime | None) -> str:
    """Write how long ago a moment was, without the word "ago": `3 d`. None gives an empty string."""
    return "" if moment is None else span((now() - moment).total_seconds())


def ago(moment: datetime | None) -> str:
    """Write how long ago a moment was: `3 d ago`, `just now`; `never` for None."""
    if moment is None:
        return gettext("never")
    seconds = (now() - moment).total_seconds()
    return gettext("just now") if seconds < 60 else gettext("%(span)s ago", span=span(seconds))


def days(moment: datetime | None) -> int:
    """Return the whole days since a moment; 0 for None and for moments to come."""
    return 0 if moment is None else max(0, (now() - moment).days)


def number(value: float | None, places: int = 0) -> str:
    """Write a number with thousands separated; a dash for None."""
    if value is None:
        return "–"
    return f"{value:,.{places}f}" if current_language() == SOURCE else decimal(value, places)


def day(value: date | datetime | None) -> str:
    """Write a date, as in `22 Nov 2025`; a dash for None."""
    if value is not None and current_language() == SOURCE:
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    return short_day(value)


def moment(value: datetime | None) -> str:
    """Write a moment to the minute in UTC, as in `22 Nov 2025, 14:05 UTC`; a dash for None."""
    return "–" if value is None else f"{day(value)}, {value.hour:02}:{value.minute:02} UTC"


def days_until(value: date | None) -> int:
    """Return the days from the reader's today to a date; negative for days past, 0 for None."""
    return 0 if value is None else (value - today_in(reader_zone())).days


def due(value: date) -> str:
    """Write when something is due, from the reader's today on: `3 d late`, `today`, `tomorrow`, `Thu`, `5 Dec`."""
    left = days_until(value.date() if isinstance(value, datetime) else value)
    if left < 0:
        return gettext("%(span)s late", span=_in_units(-left, "d", current_language()))
    if left < 2:
        return gettext("tomorrow") if left else gettext("today")
    if current_language() != SOURCE:
        return format_skeleton("E" if left < 7 else "MMMd", value, locale=current_language())
    return _WEEKDAYS[value.weekday()] if left < 7 else f"{value.day} {_MONTHS[value.month - 1]}"


@lru_cache(maxsize=1024)
def initials(name: str) -> str:
    """Return at most two letters that stand for a name."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalpha()]
    picked = words if len(words) < 2 else [words[0], words[-1]]
    return "".join(word[0] for word in picked).upper() or "?"


@lru_cache(maxsize=1024)
def hue(name: str) -> int:
    """Return a stable number from 0 to 7 for a name, which picks an avatar's color."""
    return sum(ord(letter) * (place + 1) for place, letter in enumerate(name)) % 8


def plural(count: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun: `1 site`, `1,204 sites`."""
    if current_language() == SOURCE:
        return f"{count:,} {one if count == 1 else many or one + 's'}"
    said = ngettext(f"%(num)s {one}", f"%(num)s {many or one + 's'}", count)
    return said % {"num": number(count)}


def file_size(size_bytes: int) -> str:
    """Write the size of a file: `812 bytes`, `34 kB`, `2.1 MB`."""
    if size_bytes < 1024:
        return counted("%(num)s byte", "%(num)s bytes", size_bytes)
    return f"{number(size_bytes / 1024)} kB" if size_bytes < 1024**2 else f"{number(size_bytes / 1024**2, 1)} MB"


def domain_name(value: str | None) -> str:
    """Write a domain in its own letters where these mislead nobody; one from right to left with its ASCII name."""
    return shown_on_screen(value or "")


FILTERS = (span, age, ago, days, number, day, moment, days_until, due, initials, hue, plural, file_size, domain_name)


def register_filters(app: Flask) -> None:
    """Add the filters under their own names."""
    for function in FILTERS:
        app.add_template_filter(function, function.__name__)
