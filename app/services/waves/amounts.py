"""Amounts and counts as exports write them: `$1,234.50`, `1.234,50 €`, `12 300 zł`, `1200.00 USD`."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

MAX_UNITS = 10**12
# Crowns are of four countries: "kr" is no code, so that it never passes for the plan's currency.
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "zł": "PLN", "¥": "JPY", "kr": "kr"}
_CODE = re.compile(r"[A-Z]{3}")
_DIGITS = re.compile(r"-?\d[\d.,]*")
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}([.,]\d{3})+")


@dataclass(frozen=True, slots=True)
class Amount:
    """A value in hundredths of its currency, with the currency's code where the cell names one ("" else)."""

    cents: int
    currency: str = ""


def read_amount(text: str) -> Amount | None:
    """Return the amount a cell holds, None where it holds none.

    Where both `.` and `,` stand, the last divides the fraction; one alone divides thousands where one to three
    digits stand before it, the first no nought, and three follow.
    """
    compact = re.sub(r"[\s\u00a0\u202f']", "", text)
    currency = ""
    for sign, code in _SIGNS.items():
        if sign in compact.lower():
            currency, compact = code, re.sub(re.escape(sign), "", compact, flags=re.IGNORECASE)
    named = _CODE.search(compact)
    if named:
        currency, compact = named[0], compact.replace(named[0], "", 1)
    if not _DIGITS.fullmatch(compact):
        return None
    try:
        value = Decimal(_plain(compact))
    except InvalidOperation:
        return None
    return Amount(int((value * 100).to_integral_value()), currency) if abs(value) <= MAX_UNITS else None


def read_count(text: str) -> int | None:
    """Return the whole number a cell holds, None where it holds none."""
    amount = read_amount(text)
    if amount is None or amount.currency or amount.cents % 100 or not 0 <= amount.cents <= 2**31 * 100 - 100:
        return None
    return amount.cents // 100


def _plain(digits: str) -> str:
    """Return digits with a point before the fraction and nothing between thousands."""
    dot, comma = digits.rfind("."), digits.rfind(",")
    if dot >= 0 and comma >= 0:
        divider, other = (".", ",") if dot > comma else (",", ".")
        return digits.replace(other, "").replace(divider, ".")
    mark = "." if dot >= 0 else ","
    return digits.replace(mark, "" if _THOUSANDS.fullmatch(digits) else ".")
