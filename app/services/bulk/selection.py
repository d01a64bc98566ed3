"""Whom an act is about: prospects by id, or all that a filter leaves, frozen when the act begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from sqlalchemy import ColumnElement, Select, func, insert, literal, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import number
from app.models import Company, Prospect
from app.models.bulk import BulkAction, BulkItem, BulkItemState
from app.queries.prospect_filter import ProspectFilter, conditions, read_filter
from app.services.errors import InvalidInput
from app.whole_numbers import row_number

MAX_IDS = 5_000
MAX_FILTER = 4_000
PORTION = 5_000
_WRITTEN = ("action_id", "prospect_id", "state", "message", "before")


@dataclass(frozen=True, slots=True)
class Selection:
    """Either ids, or a filter as the address of a list writes it (everything for an empty one)."""

    ids: tuple[int, ...] = ()
    filter: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_all: bool = False

    def stored(self, last_id: int) -> dict[str, Any]:
        """Return the selection as a row keeps it; nobody who is added after `last_id` belongs to it."""
        if not self.is_all:
            return {"ids": list(self.ids)}
        return {"filter": {name: list(words) for name, words in self.filter.items()}, "last_id": last_id}


class _Words(dict[str, Sequence[str]]):
    """The words of an address by name, asked for as the filter asks."""

    def getlist(self, name: str) -> Sequence[str]:
        return self.get(name, ())


def read_selection(typed: Mapping[str, str]) -> Selection:
    """Return what a form selects: `all` with the filter in `filter`, else the numbers in `ids`. Raises InvalidInput."""
    if typed.get("all") == "1":
        return Selection(filter=parse_qs(typed.get("filter", "")[:MAX_FILTER]), is_all=True)
    words = [word for word in typed.get("ids", "").split(",") if word.strip()]
    ids = tuple(dict.fromkeys(key for word in words if (key := row_number(word)) is not None))
    if not ids:
        raise InvalidInput({"ids": _("Tick at least one prospect first.")})
    if len(ids) > MAX_IDS:
        raise InvalidInput(
            {"ids": _("Tick at most %(most)s, or choose all that the filter leaves.", most=number(MAX_IDS))}
        )
    return Selection(ids=ids)


def filter_of(selection: Selection, *, user_id: int) -> ProspectFilter:
    """Return the filter that a selection names; what means nothing (any more) is left out of it."""
    words: Any = _Words(selection.filter)
    return read_filter(words, user_id=user_id)[0]


def chosen(program_id: int, selection: Selection, *, user_id: int) -> list[ColumnElement[bool]]:
    """Return the selection as conditions on Prospect; ids of other programs are left out."""
    here: list[ColumnElement[bool]] = [Prospect.program_id == program_id]
    if not selection.is_all:
        return [*here, Prospect.id.in_(selection.ids)]
    return [*here, *conditions(filter_of(selection, user_id=user_id))]


def rows_of(*columns: Any) -> Select[Any]:
    """Select columns of prospects with their companies, which conditions may speak of."""
    return select(*columns).select_from(Prospect).join(Company, Company.id == Prospect.company_id)


def last_prospect_id(session: Session, program_id: int) -> int:
    """Return the newest prospect's id; 0 without any."""
    return session.scalar(select(func.max(Prospect.id)).where(Prospect.program_id == program_id)) or 0


def freeze_portion(session: Session, action: BulkAction) -> bool:
    """Write the next prospects of the selection down as items; return whether there may be more."""
    stored = action.selection
    selection = Selection(tuple(stored.get("ids", ())), stored.get("filter", {}), "ids" not in stored)
    wanted = chosen(action.program_id, selection, user_id=action.created_by_id or 0)
    if selection.is_all:
        wanted.append(Prospect.id <= stored["last_id"])
    wanted.append(Prospect.id > action.selected_up_to_id)
    part = select(Prospect.id).where(*wanted).order_by(Prospect.id).limit(PORTION).subquery()
    found, last = session.execute(select(func.count(), func.max(part.c.id)).select_from(part)).one()
    if found:
        fixed = (literal(BulkItemState.WAITING.value), literal(""), literal({}, BulkItem.before.type))
        values = select(literal(action.id), part.c.id, *fixed)
        session.execute(insert(BulkItem).from_select(_WRITTEN, values, include_defaults=False))
        action.selected_up_to_id = last
        action.total += found
    return bool(found == PORTION)
