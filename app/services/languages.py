"""The languages applicants and partners read: which one is in force, and how words, days and numbers are written in it.

English stands in the code; Polish and German in `app/translations/<language>/LC_MESSAGES/applicants.po`, which are read
as they are when a language is first used. The language is held per request or job, outside any web framework: a mail to
an applicant is written while a reviewer's request runs, or by a job, and is in the applicant's language all the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

SOURCE = "en"
LANGUAGES = {"en": "English", "pl": "Polski", "de": "Deutsch"}
CATALOGS = Path(__file__).parents[1] / "translations"
# British English writes 22 November 2026, as the rest of the product does.
_LOCALES = {"en": "en_GB", "pl": "pl", "de": "de"}
_WEEKDAY = {"en": "EEEE, d MMMM y", "pl": "EEEE, d MMMM y", "de": "EEEE, d. MMMM y"}
# Where a country speaks one of ours; what somebody chose, or their browser, always counts more.
_OF_COUNTRY = {"PL": "pl", "DE": "de", "AT": "de", "CH": "de", "LI": "de"}
_current: ContextVar[str] = ContextVar("language", default=SOURCE)


def current_language() -> str:
    """Return the language in force, by its code."""
    return _current.get()


def choose_language(code: str) -> None:
    """Speak this language from now on, in this request or job; one we do not speak leaves it at English."""
    _current.set(code if code in LANGUAGES else SOURCE)


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Speak a language for the length of a block."""
    before = _current.get()
    choose_language(code)
    try:
        yield
    finally:
        _current.set(before)


def gettext(text: str, /, **values: Any) -> str:
    """Return a text in the language in force, with `%(name)s` filled in where values are given."""
    said = catalog_of(current_language()).gettext(text)
    return said % values if values else said


def ngettext(one: str, many: str, num: int) -> str:
    """Return a text in the form that the language has for a count; `%(num)s` and others are the caller's to fill in."""
    return catalog_of(current_language()).ngettext(one, many, num)


def mark(text: str) -> str:
    """Return a text as it is, and have it put into the catalogs: it is said later, with gettext."""
    return text


@cache
def catalog_of(language: str) -> NullTranslations:
    """Return the words of a language; English is the code itself. Reading a catalog takes some 20 ms, once a process.

    Read from the text, not from a compiled copy: there is none to forget.
    """
    if language == SOURCE:
        return NullTranslations()
    compiled = BytesIO()
    with (CATALOGS / language / "LC_MESSAGES" / "applicants.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def language_of_country(country: str | None) -> str:
    """Return the language to write to somebody of a country (two letters) of whom nothing else is known."""
    return _OF_COUNTRY.get(country or "", SOURCE)


def long_day(moment: date | None) -> str:
    """Write a day out, as in `22 November 2026`; a dash for None."""
    return format_date(moment, "long", locale=_LOCALES[current_language()]) if moment else "–"


def short_day(moment: date | None) -> str:
    """Write a day in short, as in `22 Nov 2026`; a dash for None."""
    return format_date(moment, "medium", locale=_LOCALES[current_language()]) if moment else "–"


def day_and_month(moment: date) -> str:
    """Write a day without its year, as in `22 November`."""
    return format_skeleton("MMMMd", moment, locale=_LOCALES[current_language()])


def weekday(moment: date) -> str:
    """Write a day with its name, as in `Sunday, 22 November 2026`."""
    language = current_language()
    return format_date(moment, _WEEKDAY[language], locale=_LOCALES[language])


def short_moment(moment: datetime | None) -> str:
    """Write a moment to the minute in UTC, as in `22 Nov 2026, 14:05 UTC`; a dash for None."""
    return f"{short_day(moment)}, {moment:%H:%M} UTC" if moment else "–"


def month_words(month: date) -> str:
    """Write a month, as in `November 2026`."""
    return format_skeleton("yMMMM", month, locale=_LOCALES[current_language()])


def number(value: float | Decimal) -> str:
    """Write a number with its thousands apart and at most two decimals, the way the language does."""
    return format_decimal(value, format="#,##0.##", locale=_LOCALES[current_language()])


def money(cents: int, currency: str) -> str:
    """Write an amount of hundredths with its currency behind it, as in `1,234.50 EUR`."""
    amount = format_decimal(Decimal(cents) / 100, format="#,##0.00", locale=_LOCALES[current_language()])
    return f"{amount} {currency}"
