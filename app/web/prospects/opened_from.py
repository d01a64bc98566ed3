"""The view a prospect was opened from, as its address carries it: `in=table?by=name&owner=me`, in one parameter.

Board and table write it into the links of cards and rows; the page steps along it and leads back to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from flask import url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.models import Program
from app.queries.board_filter import BoardSort
from app.queries.neighbors import Pair, in_column, in_table
from app.queries.prospect import ProspectHeader
from app.queries.prospect_filter import ProspectFilter, read_filter
from app.queries.table_columns import Builtin, columns_of
from app.queries.table_order import TableOrder, read_order
from app.services.custom_fields import fields_of

NAME = "in"
# A filter has at most 1,200 characters as an address writes them.
_MOST = 2_000
_LAYOUTS = {"board": "board.show", "split": "board.split", "table": "table.show", "pipelines": "pipelines.show"}


@dataclass(frozen=True, slots=True)
class OpenedFrom:
    """A layout (board, split, table, pipelines) with its address's parameters, the filter and the order in them."""

    layout: str
    args: Mapping[str, Sequence[str]]
    filter: ProspectFilter
    sort: BoardSort = BoardSort.RANK
    order: TableOrder | None = None

    @property
    def word(self) -> str:
        """Return it as the page's address carries it; empty for the plain board."""
        return word_of(self.layout, self.args)

    def address(self, slug: str, prospect_id: int) -> str:
        """Return the address of that very view; beside the list the prospect is open again."""
        more: dict[str, Any] = {"open": prospect_id} if self.layout == "split" else {}
        more |= {"at": slug} if self.layout == "pipelines" else {"slug": slug}
        return url_for(_LAYOUTS[self.layout], **dict(self.args) | more)

    def neighbors(self, session: Session, header: ProspectHeader) -> Pair:
        """Return the prospects before and after one in this view."""
        if self.order is not None:
            return in_table(session, header, self.filter, self.order)
        return in_column(session, header, self.filter, self.sort)


def read_opened_from(session: Session, program: Program, word: str, *, user_id: int) -> OpenedFrom:
    """Read the view back, leniently: what is no view is the plain board, what is no filter is left out."""
    layout, _, query = word[:_MOST].partition("?")
    if layout not in _LAYOUTS:
        return OpenedFrom("board", {}, ProspectFilter())
    args = MultiDict(parse_qsl(query, max_num_fields=100) if query.count("&") < 100 else [])
    chosen = read_filter(args, user_id=user_id)[0]
    kept = dict(args.lists())
    if layout == "table":
        known = columns_of(fields_of(session, program.id))
        order = read_order(args.get("by", ""), known) or read_order(Builtin.FIT.value, known)
        return OpenedFrom(layout, kept, chosen, order=order)
    sorts = {sort.value: sort for sort in BoardSort}
    return OpenedFrom(layout, kept, chosen, sort=sorts.get(args.get("sort", ""), BoardSort.RANK))


def word_of(layout: str, args: Mapping[str, Sequence[str]]) -> str:
    """Return a view as one word; columns stay behind, for the browser remembers them and steps need none."""
    query = urlencode({name: words for name, words in args.items() if name != "col"}, doseq=True)
    return f"{layout}?{query}" if query else "" if layout == "board" else layout


def link_end(layout: str, args: Mapping[str, Sequence[str]]) -> str:
    """Return what a link to a prospect ends with so that its page knows the view; empty for the plain board."""
    word = word_of(layout, args)
    return f"?{NAME}={quote(word, safe='?=,:')}" if word else ""
