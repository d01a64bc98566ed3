"""Whole numbers as a form or an address sends them; the largest one that a row can have."""

from typing import overload

# PostgreSQL's integer; a larger number would be a fault in the database driver instead of a plain "not found".
MAX_ID = 2**31 - 1


def whole_number(text: str, *, least: int = 0, most: int) -> int | None:
    """Return a number from `least` to `most` in plain digits, None for anything else.

    The length is looked at first, for Python refuses to read a number of thousands of digits.
    """
    if not (len(text) <= len(str(most)) and text.isascii() and text.isdecimal()):
        return None
    return number if least <= (number := int(text)) <= most else None


@overload
def row_number(text: str) -> int | None: ...


@overload
def row_number(text: str, default: int) -> int: ...


def row_number(text: str, default: int | None = None) -> int | None:
    """Return the id or the version of a row, `default` for what is no number that one can have."""
    number = whole_number(text, most=MAX_ID)
    return default if number is None else number
