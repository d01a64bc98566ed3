"""Lists of fields in forms, whose rows are told apart by the number in their keys, as in `topics-3-text`."""

from collections.abc import Iterable, Iterator

from wtforms import FieldList

_MOST_DIGITS = 6


class NumberedList(FieldList):
    """A FieldList that passes over keys whose row is no plain number.

    The original takes every digit of Unicode for one and fails on `topics-²-text`, and on a number of 5,000 digits.
    """

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> Iterator[int]:
        for key in formdata:
            if not key.startswith(f"{prefix}-"):
                continue
            row = key[len(prefix) + 1 :].split("-", 1)[0]
            if row.isascii() and row.isdecimal() and len(row) <= _MOST_DIGITS:
                yield int(row)
