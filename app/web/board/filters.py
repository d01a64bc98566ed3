"""The board's filter in the address: read leniently, so that one made by hand never breaks the page."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from app.queries.board_filter import BoardFilter, BoardSort, FitFilter

MAX_TEXT_LENGTH = 100
MAX_ID = 2**31 - 1
T = TypeVar("T")


def read_filter(args: Mapping[str, str], *, user_id: int) -> tuple[BoardFilter, list[str]]:
    """Read a filter from an address; what cannot be used is left out and said in words.

    `owner` is a user's id, `me` or `none`; `min` and `max` are scores; `q` is text in name or domain; `fit` and
    `sort` are values of FitFilter and BoardSort.
    """
    problems: list[str] = []

    def read(name: str, how: Callable[[str], T], what: str) -> T | None:
        text = args.get(name, "").strip()
        if not text:
            return None
        try:
            return how(text)
        except ValueError:
            problems.append(f"{name}={text[:40]!r} was left out: it is no {what}.")
            return None

    owner = args.get("owner", "").strip()
    low, high = read("min", _score, "score from 0 to 100"), read("max", _score, "score from 0 to 100")
    if low is not None and high is not None and low > high:
        low, high = high, low
    chosen = BoardFilter(
        unowned=owner == "none",
        owner_id=user_id if owner == "me" else None if owner == "none" else read("owner", _id, "person"),
        score_min=low,
        score_max=high,
        text=args.get("q", "").replace("\x00", "").strip()[:MAX_TEXT_LENGTH],
        fit=read("fit", FitFilter, "state of a score"),
        sort=read("sort", BoardSort, "order") or BoardSort.RANK,
    )
    return chosen, problems


def filter_args(chosen: BoardFilter) -> dict[str, Any]:
    """Write a filter as the parameters of an address, without those that say nothing."""
    values = {
        "owner": "none" if chosen.unowned else str(chosen.owner_id or ""),
        "min": "" if chosen.score_min is None else f"{chosen.score_min:g}",
        "max": "" if chosen.score_max is None else f"{chosen.score_max:g}",
        "q": chosen.text,
        "fit": chosen.fit or "",
        "sort": "" if chosen.sort is BoardSort.RANK else chosen.sort.value,
    }
    return {name: value for name, value in values.items() if value}


def _score(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 100:
        raise ValueError(text)
    return value


def _id(text: str) -> int:
    value = int(text)
    if not 0 < value <= MAX_ID:
        raise ValueError(text)
    return value
