"""Filtering by a program's own fields: one filter for all of them, each of its words names its field.

In an address `own=12:…` speaks of field 12: `12:-` nothing stands in it, `12:=gold` exactly this, `12:>=5` and
`12:<=5` from and to, anything else stands somewhere in the text. Words on one field that say what it is mean any of
them, from and to hold together, and different fields hold together.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from sqlalchemy import ColumnElement, Select, and_, or_, select

from app.languages import gettext as _
from app.models import Prospect
from app.models.custom_field import CustomValue, number_key
from app.queries.prospect_conditions import Look
from app.whole_numbers import MAX_ID

MAX_WORD = 120
_WORD = re.compile(r"(\d{1,10}):(-$|>=|<=|=|)(.*)", re.ASCII)
# As the form names them, which has a field of its own for each end.
_FORM_NAME = re.compile(r"own(\d{1,10})(|_from|_to)", re.ASCII)
_SIGNS = {"": "", "_from": ">=", "_to": "<="}


@dataclass(frozen=True, slots=True)
class OwnValue:
    """One condition on one field: `sign` is "-" (empty), "=", ">=", "<=" or "" (contains)."""

    field_id: int
    sign: str
    text: str

    @classmethod
    def read(cls, word: str) -> "OwnValue":
        """Read a word of an address. Raises ValueError."""
        found = _WORD.fullmatch(word)
        if found is None or len(word) > MAX_WORD or not word.isprintable() or not 0 < int(found[1]) <= MAX_ID:
            raise ValueError(word)
        if found[2] != "-" and not found[3].strip():
            raise ValueError(word)
        return cls(int(found[1]), found[2], found[3].strip())

    @property
    def word(self) -> str:
        """Return it as it stands in an address."""
        return f"{self.field_id}:{self.sign}{self.text}"

    @property
    def said(self) -> str:
        """Return it in words, without the field's name."""
        words = {
            "-": _("empty"),
            "=": self.text,
            ">=": _("from %(value)s", value=self.text),
            "<=": _("to %(value)s", value=self.text),
            "": _("has %(value)s", value=self.text),
        }
        return words[self.sign]


def is_form_name(name: str) -> bool:
    """Say whether a parameter is one of the form's for own fields."""
    return _FORM_NAME.fullmatch(name) is not None


def words_of_form(args: Mapping[str, str]) -> list[str]:
    """Return the words that the form's parameters stand for, `own12_from=5` as `12:>=5`."""
    found = []
    for name in args:
        if part := _FORM_NAME.fullmatch(name):
            texts: Iterable[str] = args.getlist(name) if hasattr(args, "getlist") else [args[name]]
            found += [f"{part[1]}:{_SIGNS[part[2]]}{text.strip()}" for text in texts if text.strip()]
    return found


def by_own_fields(values: Sequence[OwnValue], look: Look) -> ColumnElement[bool]:
    """Every field that is named has what is asked of it."""
    of_field: dict[int, list[OwnValue]] = {}
    for value in values:
        of_field.setdefault(value.field_id, []).append(value)
    return and_(*(_field(field_id, asked, look) for field_id, asked in of_field.items()))


def _field(field_id: int, asked: list[OwnValue], look: Look) -> ColumnElement[bool]:
    here = select(CustomValue.prospect_id).where(CustomValue.field_id == field_id)
    bounds = [_bound(value) for value in asked if value.sign in (">=", "<=")]
    either: list[ColumnElement[bool]] = [~_among(here, Look.EACH) for value in asked if value.sign == "-"]
    texts = [_text(value) for value in asked if value.sign in ("=", "")]
    if texts:
        either.append(_among(here.where(or_(*texts)), look))
    parts = [or_(*either)] if either else []
    if bounds:
        parts.append(_among(here.where(*bounds), look))
    return and_(*parts)


def _among(found: Select[int], look: Look) -> ColumnElement[bool]:
    if look is Look.SETS:
        return Prospect.id.in_(found)
    return found.where(CustomValue.prospect_id == Prospect.id).correlate(Prospect).exists()


def _text(value: OwnValue) -> ColumnElement[bool]:
    if value.sign == "=":
        return CustomValue.sort_key.in_(_keys(value.text))
    return CustomValue.sort_key.contains(value.text.casefold(), autoescape=True)


def _bound(value: OwnValue) -> ColumnElement[bool]:
    key = _keys(value.text)[-1]
    return CustomValue.sort_key >= key if value.sign == ">=" else CustomValue.sort_key <= key


def _keys(text: str) -> list[str]:
    """Return the keys that a text may have in an index of values: as words, and as a number where it is one."""
    keys = [text.casefold()[:200]]
    try:
        number = float(text)
    except ValueError:
        return keys
    return [*keys, number_key(number)] if isfinite(number) else keys
