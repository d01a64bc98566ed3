"""What an address of the table says: filter, columns, order; read leniently, so that no address breaks the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask import session as browser
from flask_login import current_user
from sqlalchemy.orm import Session

from app.languages import counted
from app.languages import gettext as _
from app.models import Program
from app.queries.prospect_filter import FIELDS, ProspectFilter, filter_args, read_filter
from app.queries.table_columns import Builtin, Column, choose_columns, columns_of
from app.queries.table_order import TableOrder, read_order, usually_falls
from app.services.custom_fields import fields_of
from app.web.board.filters import OTHER_NAMES, label_of
from app.web.prospects.opened_from import link_end

_KEPT, _PROGRAMS = "table-columns", 4
OWN_NAMES = OTHER_NAMES | {"column", "show"}


@dataclass(frozen=True, slots=True)
class Chip:
    """One value of a filter in words, and the address's parameters without it."""

    label: str
    text: str
    without: dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableState:
    """Whom the table shows, in which columns of those `known`, in which order; `problems` says what was left out."""

    filter: ProspectFilter
    columns: tuple[Column, ...]
    known: tuple[Column, ...]
    order: TableOrder
    view_id: str = ""
    problems: tuple[str, ...] = ()
    are_usual: bool = True

    @property
    def args(self) -> dict[str, list[str]]:
        """Return the parameters of an address that shows the same."""
        own = {"by": [] if self.order.word == Builtin.FIT else [self.order.word]}
        own["col"] = [] if self.are_usual else [column.key for column in self.columns]
        own["view"] = [self.view_id] if self.view_id else []
        return filter_args(self.filter) | {name: words for name, words in own.items() if words}

    @property
    def view_args(self) -> dict[str, list[str]]:
        """Return the parameters as a saved view keeps them: with the columns and the order, usual or not."""
        own = {"by": [self.order.word], "col": [column.key for column in self.columns]}
        return filter_args(self.filter) | own

    @property
    def link_end(self) -> str:
        """Return what links to prospects end with, so that their pages step along this table."""
        return link_end("table", self.args)

    @property
    def filter_query(self) -> str:
        """Return the filter alone as the words of an address, as a bulk action's selection keeps it."""
        return urlencode(filter_args(self.filter), doseq=True)

    def sorted_by(self, column: Column) -> dict[str, list[str]]:
        """Return the parameters for a click on a heading: its usual order first, then the other way round."""
        falls = not self.order.is_falling if column == self.order.column else usually_falls(column)
        return replace(self, order=TableOrder(column, falls)).args

    def raised(self, column: Column) -> dict[str, list[str]]:
        """Return the parameters with a column one place further left."""
        columns = list(self.columns)
        place = columns.index(column)
        columns[place - 1], columns[place] = columns[place], columns[place - 1]
        return replace(self, columns=tuple(columns), are_usual=False).args

    def chips(self, owners: Mapping[int, str]) -> list[Chip]:
        """Return every value of the filter in words; `owners` names the people by id."""
        own = {column.field_id: column.label for column in self.known if column.field_id is not None}
        return [
            Chip(
                label_of(field, value, own),
                _in_words(field.name, value, field.say, owners),
                replace(self, filter=field.without(self.filter, value)).args,
            )
            for field in FIELDS
            for value in field.of(self.filter)
        ]


def read_state(session: Session, program: Program, *, keeps_columns: bool = True) -> TableState:
    """Read the address of the request; without columns in it, those that this browser chose last for the program.

    With `keeps_columns` those in the address are the browser's last choice from then on.
    """
    chosen, problems = read_filter(request.args, user_id=current_user.id, also=OWN_NAMES)
    known = columns_of(fields_of(session, program.id))
    wanted = request.args.getlist("col")
    columns, gone = choose_columns(known, wanted or _remembered(program.id))
    if wanted and keeps_columns:
        _remember(program.id, columns)
    if gone and wanted:
        words = counted(
            "%(num)s of the columns asked for is gone: archived fields.",
            "%(num)s of the columns asked for are gone: archived fields.",
            gone,
        )
        problems = [*problems, words]
    word = request.args.get("by", "")
    order = read_order(word, known) if word else None
    if word and order is None:
        words = _("The order “%(word)s” was left out: there is no such column to order by.", word=word[:40])
        problems = [*problems, words]
    fit = next(column for column in known if column.key == Builtin.FIT)
    return TableState(
        filter=chosen,
        columns=columns,
        known=known,
        order=order or TableOrder(fit, usually_falls(fit)),
        view_id=request.args.get("view", "")[:12],
        problems=tuple(problems),
        are_usual=not wanted,
    )


def _remembered(program_id: int) -> Sequence[str]:
    kept: dict[str, str] = browser.get(_KEPT, {})
    return kept.get(str(program_id), "").split(",")


def _remember(program_id: int, columns: Sequence[Column]) -> None:
    """Keep the choice in the browser's own cookie, which has room for that of a few programs."""
    others = {key: words for key, words in browser.get(_KEPT, {}).items() if key != str(program_id)}
    chosen = {str(program_id): ",".join(column.key for column in columns)}
    kept = dict(list(others.items())[1 - _PROGRAMS :]) | chosen
    if kept != browser.get(_KEPT):
        browser[_KEPT] = kept


def _in_words(name: str, value: Any, say: Any, owners: Mapping[int, str]) -> str:
    if name != "owner":
        return str(say(value))
    if value.is_viewer:
        return _("me")
    return _("nobody") if value.user_id is None else owners.get(value.user_id) or _("somebody who is gone")
