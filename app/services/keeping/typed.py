"""Numbers and days as people type them, with what is wrong in words."""

import math
import re
from datetime import date
from decimal import Decimal

from app.services.languages import gettext as _
from app.services.plain_text import clean_line

MAX_NUMBER = 1e12
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
# As German writes, and shows them: 2.400 and 2.400,5. 0.125 begins with 0, so nothing is grouped in it.
_DOTTED = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)")


class NotTyped(Exception):
    """What was typed cannot be used; the text says why, for who typed it."""


def typed_number(text: str) -> float:
    """Return a typed number: `1200`, `1,200.50`, `1.200,50`, `1 200`, `0,5`. Raises NotTyped."""
    shown = re.sub(r"\s", "", clean_line(text)).replace("'", "").removesuffix("%")
    if _THOUSANDS.fullmatch(shown):
        shown = shown.replace(",", "")
    elif _DOTTED.fullmatch(shown):
        shown = shown.replace(".", "")
    if not _NUMBER.fullmatch(shown):
        raise NotTyped(_("Give a number, such as 250 or 12.5."))
    value = float(shown.replace(",", "."))
    if not math.isfinite(value) or abs(value) > MAX_NUMBER:
        raise NotTyped(_("This number is too large."))
    return value


def retyped(value: float) -> str:
    """Return a number as typed_number reads exactly it, whatever its size."""
    shown = f"{Decimal(repr(value)):f}".removesuffix(".0")
    # 1.125 would be read as thousands.
    return f"{shown}0" if _DOTTED.fullmatch(shown) else shown


def typed_day(text: str) -> date:
    """Return a typed day. Raises NotTyped."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise NotTyped(_("Give a day, such as 2026-12-01.")) from None
