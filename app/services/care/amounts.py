"""Months, amounts, bands and counts as people and files write them."""

import re
from datetime import date

from app.models import RevenueBand
from app.services.languages import gettext as _

MAX_AMOUNT_CENTS = 10**14
MAX_LEADS = 10_000_000
FIRST_YEAR, LAST_YEAR = 1990, 2100
_SIGNS = {"€": "EUR", "£": "GBP", "zł": "PLN", "¥": "JPY", "$": "USD"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.]\d{1,2})?(?:[T ].*)?")
_MONTH_FIRST = re.compile(r"(\d{1,2})[-/.](\d{4})")
_NAMED = re.compile(r"([A-Za-z]{3,9})\.?[ -/]*(\d{4})")
_CURRENCY = re.compile(r"[A-Z]{3}")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_FIRST_GROUP = re.compile(r"-?[1-9]\d{0,2}", re.ASCII)
_WHOLE, _WHOLE_WITH_NOTHING = re.compile(r"\d+", re.ASCII), re.compile(r"(\d+)[.,]0+", re.ASCII)
_GROUPED = re.compile(r"[1-9]\d{0,2}([.,' ])\d{3}(?:\1\d{3})*", re.ASCII)
_BANDS = {re.sub(r"\W+", "", word.lower()): band for band in RevenueBand for word in (band.value, band.label)}


class Unreadable(ValueError):
    """A value cannot be read; the message says what was found and how to write it."""


def read_month(text: str) -> date:
    """Return the first day of a month written as 2026-03, 2026-03-15, 03/2026 or March 2026. Raises Unreadable."""
    written = text.strip()
    if found := _YEAR_FIRST.fullmatch(written):
        year, month = int(found[1]), int(found[2])
    elif found := _MONTH_FIRST.fullmatch(written):
        year, month = int(found[2]), int(found[1])
    elif (found := _NAMED.fullmatch(written)) and found[1][:3].lower() in _MONTHS:
        year, month = int(found[2]), _MONTHS.index(found[1][:3].lower()) + 1
    else:
        raise _unreadable(_("%(written)s is no month. Write it as 2026-03."), written)
    if not (1 <= month <= 12 and FIRST_YEAR <= year <= LAST_YEAR):
        raise _unreadable(_("%(written)s is no month. Write it as 2026-03."), written)
    return date(year, month, 1)


def read_amount(text: str) -> tuple[int | None, str]:
    """Return hundredths and, where a sign or code stands beside the number, the currency; (None, "") for nothing.

    1,234.50 and 1.234,50 are the same amount; a mark with three digits behind it groups thousands where one to
    three digits, not beginning with 0, stand before it. Raises Unreadable.
    """
    written = text.strip()
    if not written:
        return None, ""
    plain, currency = _without_currency(written)
    number = _plain_number(re.sub(r"[\s\u00a0\u202f']", "", plain))
    if not _NUMBER.fullmatch(number):
        raise _unreadable(_("%(written)s is no amount. Write it as 1234.50."), written)
    whole, _point, rest = number.partition(".")
    # Before it is computed with: a number of a thousand digits is no amount either.
    if len(whole) > 13:
        raise _unreadable(_("%(written)s is too much to be an amount."), written)
    if number.startswith("-"):
        raise _unreadable(_("%(written)s is less than nothing. Give what the month brought, 0 at least."), written)
    if rest[2:].strip("0"):
        raise _unreadable(_("%(written)s has parts of a cent. Give two decimals at most, as in 1234.50."), written)
    return int(whole) * 100 + int((rest + "00")[:2]), currency


def read_currency(text: str) -> str:
    """Return a currency's three letters; "" for nothing. Raises Unreadable."""
    written = text.strip()
    code = _SIGNS.get(written, written.upper())
    if code and not _CURRENCY.fullmatch(code):
        raise _unreadable(_("%(written)s is no currency. Give its three letters, such as EUR."), written)
    return code


def read_leads(text: str) -> int | None:
    """Return a number of leads, None for nothing: 12, 12.0 and 1,200 are such, 3.5 is none. Raises Unreadable."""
    written = re.sub(r"\s", " ", text.strip())
    if not written:
        return None
    if _GROUPED.fullmatch(written):
        digits = re.sub(r"\D", "", written)
    elif found := _WHOLE_WITH_NOTHING.fullmatch(written):
        digits = found[1]
    else:
        digits = written
    if not _WHOLE.fullmatch(digits) or len(digits) > 9 or int(digits) > MAX_LEADS:
        raise _unreadable(_("%(written)s is no number of leads. Write it as 12."), written)
    return int(digits)


def read_band(text: str) -> RevenueBand | None:
    """Return a band by its name or its words, None for nothing. Raises Unreadable."""
    written = text.strip()
    if not written:
        return None
    found = _BANDS.get(re.sub(r"\W+", "", written.lower()))
    if found is None:
        names = ", ".join(band.value for band in RevenueBand)
        why = _("%(written)s is no band of revenue. Use one of: %(names)s.")
        raise Unreadable(why % {"written": repr(written[:40]), "names": names})
    return found


def _unreadable(why: str, written: str) -> Unreadable:
    return Unreadable(why % {"written": repr(written[:40])})


def _without_currency(text: str) -> tuple[str, str]:
    for sign, code in _SIGNS.items():
        if sign in text:
            return text.replace(sign, ""), code
    found = re.fullmatch(r"([A-Za-z]{3})?\s*([^A-Za-z]+?)\s*([A-Za-z]{3})?", text)
    if found and (found[1] or found[3]):
        return found[2], (found[1] or found[3]).upper()
    return text, ""


def _plain_number(text: str) -> str:
    """Return a number with a point before its cents and no marks of thousands."""
    if "," in text and "." in text:
        cents = max(",.", key=text.rfind)
        return text.replace("." if cents == "," else ",", "").replace(",", ".")
    for mark in (",", "."):
        parts = text.split(mark)
        is_grouped = _FIRST_GROUP.fullmatch(parts[0]) and all(len(part) == 3 for part in parts[1:])
        if len(parts) > 1 and is_grouped:
            return "".join(parts)
        if len(parts) == 2:
            return ".".join(parts)
    return text
