"""Columns of a file that are named like a field of the program fill it, where nothing stands there yet.

What a field cannot hold stays among the extra columns, with a remark: it never makes a row bad.
"""

from collections.abc import Sequence

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.models import ImportBatch
from app.models.custom_field import CustomField, CustomValue
from app.queries.table_fields import values_of
from app.services.custom_field_values import FieldText, read_value
from app.services.custom_fields import fields_of
from app.services.errors import InvalidInput
from app.services.imports.bulk import Entry
from app.services.imports.columns import Field, folded

Taken = list[tuple[Entry, CustomField, FieldText]]


def fields_by_heading(session: Session, batch: ImportBatch) -> dict[str, CustomField]:
    """Return the program's field behind each column of a file that fills nothing else; capitals do not matter."""
    by_name = {folded(field.label): field for field in fields_of(session, batch.program_id)}
    extras = (heading for heading, kind in batch.columns.items() if kind == Field.EXTRA)
    return {heading: by_name[folded(heading)] for heading in extras if folded(heading) in by_name}


def take_own_fields(session: Session, batch: ImportBatch, entries: Sequence[Entry]) -> Taken:
    """Take the fields' values out of the entries' extra columns, for `fill_own_fields` to write."""
    taken: Taken = []
    columns = fields_by_heading(session, batch)
    for entry in entries:
        extra = entry.values.extra
        for heading, field in columns.items():
            if heading not in extra:
                continue
            try:
                value = read_value(field, extra[heading])
            except InvalidInput as error:
                remark = f"{error} The value is kept under “{heading}” in the extra columns."
                entry.row.message = " ".join(filter(None, (entry.row.message, remark)))
                continue
            del extra[heading]
            if value is not None:
                taken.append((entry, field, value))
    return taken


def fill_own_fields(session: Session, taken: Taken) -> None:
    """Write the values to the prospects that the entries led to; what stands there already stays."""
    placed = [(entry.row.prospect_id, field, value) for entry, field, value in taken if entry.row.prospect_id]
    known = set(values_of(session, {each for each, _, _ in placed}, {field.id for _, field, _ in placed}))
    rows = []
    for prospect_id, field, value in placed:
        if (prospect_id, field.id) not in known:
            known.add((prospect_id, field.id))
            rows.append(
                {
                    "prospect_id": prospect_id,
                    "field_id": field.id,
                    "value": value.value,
                    "sort_key": value.sort_key,
                }
            )
    if rows:
        session.connection().execute(insert(CustomValue), rows)
