"""What an address of the board says: filter, order, view; read leniently, so that one made by hand never breaks it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from app.languages import gettext as _
from app.queries.board_filter import BoardSort
from app.queries.prospect_filter import (
    FIELDS,
    MAX_TEXT_LENGTH,
    NAMES,
    FilterField,
    ProspectFilter,
    filter_args,
    read_filter,
)
from app.whole_numbers import row_number

# Parameters of the board's addresses that are no filters.
# `by` and `col` are the table's order and columns: one address holds for every layout.
OTHER_NAMES = frozenset({"sort", "view", "fold", "open", "after", "shown", "since", "next", "by", "col"})


@dataclass(frozen=True, slots=True)
class Chip:
    """One value of a filter in words, and the address's parameters without it."""

    label: str
    text: str
    without: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardState:
    """What an address of the board asks for; `problems` says what of it was left out, `view_id` 0 is no view."""

    filter: ProspectFilter
    sort: BoardSort = BoardSort.RANK
    view_id: int | None = None
    problems: tuple[str, ...] = ()

    @property
    def args(self) -> dict[str, Any]:
        """Return the parameters (name to list of words) of an address that asks for the same."""
        args = filter_args(self.filter)
        if self.sort is not BoardSort.RANK:
            args["sort"] = [self.sort.value]
        if self.view_id is not None:
            args["view"] = [str(self.view_id)]
        return args

    @property
    def query(self) -> str:
        """Return the parameters as they stand behind a question mark."""
        return urlencode(self.args, doseq=True)

    def chips(self, owners: Mapping[int, str], own: Mapping[int, str]) -> list[Chip]:
        """Return every value of the filter in words; `owners` names the people by id, `own` the program's fields."""
        found = []
        for field in FIELDS:
            for value in field.of(self.filter):
                rest = replace(self, filter=field.without(self.filter, value))
                found.append(Chip(label_of(field, value, own), _in_words(field, value, owners), rest.args))
        return found


def read_state(args: Mapping[str, str], *, user_id: int, also: frozenset[str] = OTHER_NAMES) -> BoardState:
    """Read an address of the board (or of a screen with further parameters `also`); nothing in it can break a page."""
    chosen, problems = read_filter(args, user_id=user_id, also=also)
    word = args.get("sort", "").strip()
    try:
        sort = BoardSort(word) if word else BoardSort.RANK
    except ValueError:
        sort = BoardSort.RANK
        problems = [*problems, _("The order “%(word)s” was left out: there is no such order.", word=word[:40])]
    view_id = row_number(args.get("view", ""))
    return BoardState(filter=chosen, sort=sort, view_id=view_id, problems=tuple(problems))


def label_of(field: FilterField, value: Any, own: Mapping[int, str]) -> str:
    """Return what a value of a filter is about: the filter's own name, or that of the program's field."""
    return own.get(value.field_id) or _("A field that is gone") if field.name == "own" else _(field.label)


def _in_words(field: FilterField, value: object, owners: Mapping[int, str]) -> str:
    if field.name != "owner":
        return field.say(value)
    word = field.write(value)
    return {"me": _("me"), "none": _("nobody")}.get(word) or owners.get(int(word)) or _("somebody who is gone")


__all__ = [
    "FIELDS",
    "MAX_TEXT_LENGTH",
    "NAMES",
    "BoardState",
    "Chip",
    "filter_args",
    "label_of",
    "read_filter",
    "read_state",
]
