"""The languages people read: which one is in force, and how words, days and numbers are written in it.

English stands in the code; Polish and German in `app/translations/<language>/LC_MESSAGES/`: what applicants and
partners read in `applicants.po`, what staff read in `staff.po`, whose readers find the words of the first one too. Both
are read as they are when first asked. The language is held per request or job, outside any web framework: a
mail to an applicant is written while a reviewer's request runs, or by a job, and is in the applicant's language.
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

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

SOURCE = "en"
LANGUAGES = {"en": "English", "pl": "Polski", "de": "Deutsch"}
CATALOGS = Path(__file__).parent / "translations"
# British English writes 22 November 2026, as the rest of the product does.
_LOCALES = {"en": "en_GB", "pl": "pl", "de": "de"}
_WEEKDAY = {"en": "EEEE, d MMMM y", "pl": "EEEE, d MMMM y", "de": "EEEE, d. MMMM y"}
# Where a country speaks one of ours; what somebody chose, or their browser, always counts more.
_OF_COUNTRY = {"PL": "pl", "DE": "de", "AT": "de", "CH": "de", "LI": "de"}
_current: ContextVar[str] = ContextVar("language", default=SOURCE)
_is_staff: ContextVar[bool] = ContextVar("is_staff", default=False)


def current_language() -> str:
    """Return the language in force, by its code."""
    return _current.get()


def choose_language(code: str, *, is_staff: bool = False) -> None:
    """Speak this language from now on, in this request or job; one we do not speak leaves it at English.

    Staff are spoken to in the words of their catalog; where it has none, in those of applicants and partners.
    """
    _current.set(code if code in LANGUAGES else SOURCE)
    _is_staff.set(is_staff)


@contextmanager
def in_language(code: str, *, is_staff: bool = False) -> Iterator[None]:
    """Speak a language for the length of a block."""
    before = _current.get(), _is_staff.get()
    choose_language(code, is_staff=is_staff)
    try:
        yield
    finally:
        _current.set(before[0])
        _is_staff.set(before[1])


def gettext(text: str, /, **values: Any) -> str:
    """Return a text in the language in force, with `%(name)s` filled in where values are given."""
    said = catalog_in_force().gettext(text)
    return said % values if values else said


def ngettext(one: str, many: str, num: int) -> str:
    """Return a text in the form that the language has for a count; `%(num)s` and others are the caller's to fill in."""
    return catalog_in_force().ngettext(one, many, num)


def counted(one: str, many: str, count: int, /, **values: Any) -> str:
    """Return a text in the form that the language has for a count, the count (`%(num)s`) and other values filled in."""
    return ngettext(one, many, count) % {"num": number(count), **values}


def inside(label: str) -> str:
    """Say a heading within a line: only English may lose its capital, for German nouns keep theirs."""
    return label.lower() if current_language() == SOURCE else gettext(label)


def mark(text: str) -> str:
    """Return a text as it is, and have it put into the catalogs: it is said later, with gettext."""
    return text


def catalog_in_force() -> NullTranslations:
    """Return the words of whoever is spoken to."""
    return (staff_catalog_of if _is_staff.get() else catalog_of)(_current.get())


@cache
def catalog_of(language: str) -> NullTranslations:
    """Return the words of applicants and partners in a language; English is the code itself.

    Read from the text, not from a compiled copy: there is none to forget. It takes some 20 ms, once a process.
    """
    return NullTranslations() if language == SOURCE else _read(language, "applicants")


@cache
def staff_catalog_of(language: str) -> NullTranslations:
    """Return the words of staff in a language; what they do not know is looked for among those of applicants."""
    if language == SOURCE:
        return NullTranslations()
    catalog = _read(language, "staff")
    catalog.add_fallback(catalog_of(language))
    return catalog


@cache
def script_words(language: str) -> dict[str, str | list[str]]:
    """Return what the scripts of the staff's screens say in a language, by the English text; empty for English.

    Of a text with a count, the forms in the order of the catalog's plural rule.
    """
    if language == SOURCE:
        return {}
    said: dict[str, str | list[str]] = {}
    for message in _entries(language, "staff"):
        if message.string and any(path.startswith("app/static/js/") for path, _line in message.locations):
            one = message.id if isinstance(message.id, str) else message.id[0]
            said[one] = message.string if isinstance(message.string, str) else list(message.string)
    return said


def _read(language: str, domain: str) -> GNUTranslations:
    catalog, compiled = _entries(language, domain), BytesIO()
    for message in catalog:
        if message.id and isinstance(message.string, (list, tuple)) and not all(message.string):
            message.string = ""  # one form of several: English is better than a text that is not there
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)


def _entries(language: str, domain: str) -> Catalog:
    with (CATALOGS / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file, locale=language)


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


def short_day_and_month(moment: date) -> str:
    """Write a day without its year in short, as in `22 Nov`."""
    if current_language() == SOURCE:
        return f"{moment:%d %b}"
    return format_skeleton("MMMd", moment, locale=_LOCALES[current_language()])


def weekday_and_day(moment: date) -> str:
    """Write a day of this year in short with its name, as in `Sun 22 Nov`."""
    return format_skeleton("MMMEd", moment, locale=_LOCALES[current_language()])


def weekday(moment: date) -> str:
    """Write a day with its name, as in `Sunday, 22 November 2026`."""
    language = current_language()
    return format_date(moment, _WEEKDAY[language], locale=_LOCALES[language])


def day_of_week(moment: date) -> str:
    """Write which day of the week it is, as in `Sunday`."""
    return format_date(moment, "EEEE", locale=_LOCALES[current_language()])


def short_moment(moment: datetime | None) -> str:
    """Write a moment to the minute in UTC, as in `22 Nov 2026, 14:05 UTC`; a dash for None."""
    return f"{short_day(moment)}, {moment:%H:%M} UTC" if moment else "–"


def month_words(month: date) -> str:
    """Write a month, as in `November 2026`."""
    return format_skeleton("yMMMM", month, locale=_LOCALES[current_language()])


def territory(code: str) -> str:
    """Return a country's name for its two letters, the letters themselves where nobody knows it."""
    return str(Locale.parse(_LOCALES[current_language()]).territories.get(code, code))


def number(value: float | Decimal) -> str:
    """Write a number with its thousands apart and at most two decimals, the way the language does."""
    if isinstance(value, int) and current_language() == SOURCE:
        return f"{value:,}"  # as Babel does, at a hundredth of its time
    return format_decimal(value, format="#,##0.##", locale=_LOCALES[current_language()])


def decimal(value: float, places: int) -> str:
    """Write a number with its thousands apart and just so many decimals, the way the language does."""
    return format_decimal(round(value, places), format=f"#,##0.{'0' * places}", locale=_LOCALES[current_language()])


def money(cents: int, currency: str) -> str:
    """Write an amount of hundredths with its currency behind it, as in `1,234.50 EUR`."""
    amount = format_decimal(Decimal(cents) / 100, format="#,##0.00", locale=_LOCALES[current_language()])
    return f"{amount} {currency}"
