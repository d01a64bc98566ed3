"""Fractional ranks: text keys that sort byte by byte, with room for another between any two.

A moved card gets one new key and no other row changes. Digits are base 62 in ASCII order; a key never ends in the
lowest digit, so that something always fits before it.
"""

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE = len(DIGITS)
# Cards mostly arrive at an end of a column: keys of this width are counted up or down there instead of halved, so they
# stay short. The first key stands in the middle of the room.
_WIDTH = 8
_FIRST = "V" + "0" * (_WIDTH - 2) + "1"
MAX_RANK_LENGTH = 255


def rank_between(before: str | None, after: str | None) -> str:
    """Return a key that sorts after `before` and before `after`; None stands for the end of the list.

    Raises ValueError where the two are not in order.
    """
    if before is None and after is None:
        return _FIRST
    if after is None:
        return _counted(before or "", step=1) or f"{before}V"
    if before is not None and before >= after:
        raise ValueError(f"rank {before!r} does not come before {after!r}")
    if before is None:
        return _counted(after, step=-1) or _midpoint("", after)
    return _midpoint(before, after)


def _counted(rank: str, *, step: int) -> str:
    """Count the first eight digits of a key up or down by one; empty where that end of the room is reached."""
    number = 0
    for digit in rank[:_WIDTH].ljust(_WIDTH, "0"):
        number = number * _BASE + DIGITS.index(digit)
    number += step
    if number % _BASE == 0:
        # A key never ends in the lowest digit.
        number += step
    if not 0 < number < _BASE**_WIDTH:
        return ""
    digits = []
    while number:
        number, rest = divmod(number, _BASE)
        digits.append(DIGITS[rest])
    return "".join(reversed(digits)).rjust(_WIDTH, "0")


def _midpoint(low: str, high: str) -> str:
    """Return a key strictly between two, no longer than one digit more than it must be."""
    shared = 0
    while shared < len(high) and (low[shared] if shared < len(low) else "0") == high[shared]:
        shared += 1
    prefix, low, high = high[:shared], low[shared:], high[shared:]
    first = DIGITS.index(low[0]) if low else 0
    last = DIGITS.index(high[0])
    if last - first > 1:
        return prefix + DIGITS[(first + last) // 2]
    if len(high) > 1 and last > first:
        # `high` cut to its first digit is below it (it has more digits) and above `low` (its first digit is smaller).
        return prefix + high[0]
    return prefix + DIGITS[first] + _after(low[1:])


def _after(low: str) -> str:
    """Return a key above `low` with nothing to stay below."""
    if not low:
        return DIGITS[_BASE // 2]
    first = DIGITS.index(low[0])
    if first < _BASE - 1:
        return DIGITS[(first + _BASE) // 2] if first < _BASE - 2 else DIGITS[_BASE - 1]
    return low[0] + _after(low[1:])
