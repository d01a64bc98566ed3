"""A field of the program made of a column: named by its heading, of the kind its values look like."""

from collections.abc import Iterable, Mapping
from itertools import islice

from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import ImportBatch, Program, User
from app.models.custom_field import CustomField, FieldKind
from app.services.custom_field_values import read_value
from app.services.custom_fields import MAX_OPTION, MAX_OPTIONS, FieldContent, add_field
from app.services.errors import InvalidInput
from app.services.imports.columns import OWN
from app.services.imports.decoding import TextEncoding
from app.services.imports.reading import read_table

NEW = "new:"
# So many rows are looked through for the choices of a new field; what comes later is told in the check.
_ROWS_READ = 20_000
# More different values than that are no list to choose from, unless each comes again and again.
_FEW, _EACH = 8, 2
# From the narrowest to the widest: the first one that takes every value is the guess.
_NARROW = (FieldKind.YES_NO, FieldKind.NUMBER, FieldKind.DATE, FieldKind.URL)


def guess_kind(values: Iterable[str]) -> FieldKind:
    """Return the kind of field that takes all these values of a column, the narrowest one; without any it is text."""
    found = [text for value in values if (text := value.strip())]
    if not found:
        return FieldKind.TEXT
    for kind in _NARROW:
        if all(_fits(kind, value) for value in found):
            return kind
    different = {value.casefold() for value in found}
    is_list = len(different) <= _FEW and len(found) >= _EACH * len(different)
    return FieldKind.CHOICE if is_list and max(map(len, found)) <= MAX_OPTION else FieldKind.TEXT


def make_fields(
    session: Session, program: Program, batch: ImportBatch, columns: Mapping[str, str], *, actor: User
) -> dict[str, str]:
    """Return what was chosen by heading, with a field made for each `new:<kind>` and named in its place.

    Raises InvalidInput (field `columns`) for what cannot be made.
    """
    made = dict(columns)
    for heading, value in columns.items():
        if not value.startswith(NEW) or heading not in batch.columns:
            continue
        kind = _kind(heading, value.removeprefix(NEW))
        options = _choices(batch, heading) if kind is FieldKind.CHOICE else ()
        try:
            field = add_field(session, program, FieldContent(label=heading, kind=kind, options=options), actor=actor)
        except InvalidInput as error:
            raise InvalidInput({"columns": f"“{heading}”: {error}"}) from error
        made[heading] = f"{OWN}{field.id}"
    return made


def _fits(kind: FieldKind, value: str) -> bool:
    is_number_like = value.replace(" ", "").isdigit()
    if kind is FieldKind.YES_NO and is_number_like:
        return False
    # A number with a leading zero is a code, such as one of a post office, and loses the zero as a number.
    if kind is FieldKind.NUMBER and value.startswith("0") and value.isdigit() and len(value) > 1:
        return False
    if kind is FieldKind.URL and not value.startswith(("http://", "https://", "www.")):
        return False
    try:
        return read_value(CustomField(kind=kind, label="", options=[]), value) is not None
    except InvalidInput:
        return False


def _kind(heading: str, word: str) -> FieldKind:
    try:
        return FieldKind(word)
    except ValueError:
        words = _("“%(heading)s” cannot be “%(field)s”; choose from the list.", heading=heading, field=word[:40])
        raise InvalidInput({"columns": words}) from None


def _choices(batch: ImportBatch, heading: str) -> tuple[str, ...]:
    """Return the different values of a column in the file's order. Raises InvalidInput where they are too many."""
    table = read_table(batch.content or b"", TextEncoding(batch.encoding), names_companies=False)
    found: dict[str, str] = {}
    for row in islice(table.rows(), _ROWS_READ):
        text = " ".join(row.fields.get(heading, "").split())
        if text:
            found.setdefault(text.casefold(), text)
        if len(found) > MAX_OPTIONS:
            words = _("“%(heading)s” has more than %(most)s different values. Make it a text.",
                      heading=heading, most=MAX_OPTIONS)  # fmt: skip
            raise InvalidInput({"columns": words})
    return tuple(found.values())
