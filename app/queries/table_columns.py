"""The columns that a table of prospects can have: those every program has, and one for each of its own fields."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.languages import gettext, mark
from app.models.custom_field import CustomField, FieldKind

MAX_COLUMNS = 30
_FIELD = "f"


class Builtin(StrEnum):
    """Columns of every program, in the order they are offered."""

    NAME = "name"
    STAGE = "stage"
    FIT = "fit"
    OWNER = "owner"
    STEP = "step"
    TAGS = "tags"
    AGE = "age"
    COUNTRY = "country"
    LANGUAGE = "language"
    DOMAIN = "domain"
    TOUCH = "touch"
    SOURCE = "source"
    ADDED = "added"
    KIND = "kind"
    TIER = "tier"
    CONTACT = "contact"
    SEQUENCE = "sequence"


_LABELS = {
    Builtin.NAME: mark("Name"),
    Builtin.STAGE: mark("Stage"),
    Builtin.FIT: mark("Fit"),
    Builtin.OWNER: mark("Owner"),
    Builtin.STEP: mark("Next step"),
    Builtin.TAGS: mark("Tags"),
    Builtin.AGE: mark("In stage"),
    Builtin.COUNTRY: mark("Country"),
    Builtin.LANGUAGE: mark("Language"),
    Builtin.DOMAIN: mark("Domain"),
    Builtin.TOUCH: mark("Last touch"),
    Builtin.SOURCE: mark("Source"),
    Builtin.ADDED: mark("Added"),
    Builtin.KIND: mark("Kind of site"),
    Builtin.TIER: mark("Tier"),
    Builtin.CONTACT: mark("Main contact"),
    Builtin.SEQUENCE: mark("Sequence"),
}
_DEFAULT = (
    Builtin.NAME,
    Builtin.STAGE,
    Builtin.FIT,
    Builtin.OWNER,
    Builtin.STEP,
    Builtin.TAGS,
    Builtin.AGE,
    Builtin.COUNTRY,
)
# No index holds them in order, so a long table could not be ordered by them in time.
_UNSORTED = frozenset({Builtin.TOUCH, Builtin.KIND, Builtin.CONTACT, Builtin.SEQUENCE})
_EDITABLE = frozenset({Builtin.OWNER, Builtin.STEP, Builtin.TAGS, Builtin.COUNTRY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its key in addresses, its heading, and the field it shows where it is one of the program's own.

    `label` is the heading in files, English where it is ours; `heading` is in the language of whom the table is shown.
    """

    key: str
    label: str
    heading: str
    field_id: int | None = None
    kind: FieldKind | None = None
    help: str = ""
    options: tuple[str, ...] = ()

    @property
    def is_sortable(self) -> bool:
        """Say whether a table of any length can be ordered by it."""
        return self.field_id is not None or self.key not in _UNSORTED

    @property
    def is_editable(self) -> bool:
        """Say whether it can be changed in its place."""
        return self.field_id is not None or self.key in _EDITABLE


def columns_of(fields: Iterable[CustomField]) -> tuple[Column, ...]:
    """Return every column a program's table can have."""
    builtin = (Column(key=each.value, label=_LABELS[each], heading=gettext(_LABELS[each])) for each in Builtin)
    own = (
        Column(
            key=f"{_FIELD}{field.id}",
            label=field.label,
            heading=field.label,
            field_id=field.id,
            kind=field.kind,
            help=field.help,
            options=tuple(field.options),
        )
        for field in fields
    )
    return (*builtin, *own)


def choose_columns(known: Sequence[Column], wanted: Iterable[str]) -> tuple[tuple[Column, ...], int]:
    """Return the wanted columns in their order, the name always first, and how many of them are gone.

    Without any the usual ones are returned.
    """
    by_key = {column.key: column for column in known}
    keys = [key for key in dict.fromkeys(wanted) if key]
    found = [by_key[key] for key in keys if key in by_key and key != Builtin.NAME]
    if not found:
        found = [by_key[key] for key in _DEFAULT if key != Builtin.NAME]
    gone = sum(key not in by_key for key in keys)
    return (by_key[Builtin.NAME], *found[: MAX_COLUMNS - 1]), gone
