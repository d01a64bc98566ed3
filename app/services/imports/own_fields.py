"""Columns of a file that a person gave to a field of the program, or that are named like one, fill it by their rule.

What a field cannot hold stays among the extra columns, with a remark: it never makes a row bad.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.languages import SOURCE, in_language
from app.models import ImportBatch, Prospect
from app.models.custom_field import CustomField, CustomValue
from app.queries.table_fields import values_of
from app.services.custom_field_values import FieldText, read_value
from app.services.custom_fields import fields_of
from app.services.errors import InvalidInput
from app.services.imports.collisions import rule_of, settles
from app.services.imports.columns import Field, folded, own_id
from app.services.imports.entries import Entry
from app.services.imports.journal import OWN_FIELD, Change, Journal
from app.services.imports.settling import added_by

Taken = list[tuple[Entry, CustomField, FieldText]]


def fields_by_heading(session: Session, batch: ImportBatch) -> dict[str, CustomField]:
    """Return the program's field behind each column of a file: as it was chosen, else by name where it fills no other.

    A field that was archived since is filled no more; its column stays among the extra ones.
    """
    return named_fields(batch.columns, fields_of(session, batch.program_id))


def named_fields(columns: Mapping[str, str], fields: Sequence[CustomField]) -> dict[str, CustomField]:
    """Return the field behind each kept column by its heading; capitals do not matter."""
    by_id: dict[int | None, CustomField] = {field.id: field for field in fields}
    chosen = {heading: by_id[number] for heading, value in columns.items() if (number := own_id(value)) in by_id}
    by_name = {folded(field.label): field for field in fields if field not in chosen.values()}
    extras = (heading for heading, kind in columns.items() if kind == Field.EXTRA)
    return chosen | {heading: by_name[folded(heading)] for heading in extras if folded(heading) in by_name}


def as_kept(fields: Mapping[str, CustomField], extra: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return a row's extra columns with the fields' values as they would be kept, and a remark on each that cannot be.

    What cannot be kept in its field is left out here: it fills nothing that somebody sees.
    """
    kept, remarks = dict(extra), []
    for heading, field in fields.items():
        if heading not in extra:
            continue
        try:
            value = _read(field, extra[heading])
        except InvalidInput as error:
            del kept[heading]
            remarks.append(_remark(error, heading))
            continue
        kept[heading] = value.value if value else ""
    return kept, remarks


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
                value = _read(field, extra[heading])
            except InvalidInput as error:
                remark = _remark(error, heading)
                if remark not in entry.row.message:
                    # The field became stricter since the dry run, which says it else.
                    entry.row.message = " ".join(filter(None, (entry.row.message, remark)))
                continue
            del extra[heading]
            if value is not None:
                taken.append((entry, field, value))
    return taken


def own_values(session: Session, batch: ImportBatch, prospect_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """Return what stands in the fields that the file's columns fill, by prospect and heading."""
    fields = fields_by_heading(session, batch)
    values = values_of(session, prospect_ids, {field.id for field in fields.values()})
    return {
        prospect_id: {heading: values.get((prospect_id, field.id), "") for heading, field in fields.items()}
        for prospect_id in {place for place, _ in values}
    }


def fill_own_fields(session: Session, batch: ImportBatch, taken: Taken, journal: Journal) -> None:
    """Write the values to the prospects that the entries led to, as the columns' collision rules have it."""
    placed = [(entry, entry.row.prospect_id, field, value) for entry, field, value in taken if entry.row.prospect_id]
    ids = {prospect_id for _, prospect_id, _, _ in placed}
    if not ids:
        return
    rules = {field.id: rule_of(batch.rules, heading) for heading, field in fields_by_heading(session, batch).items()}
    there = values_in(session, ids, rules)
    ours = added_by(session, batch.id, ids)
    companies = dict(session.execute(select(Prospect.id, Prospect.company_id).where(Prospect.id.in_(ids))).all())
    rows: dict[tuple[int, int], CustomValue] = {}
    changed: set[int] = set()
    for _entry, prospect_id, field, value in placed:
        place = (prospect_id, field.id)
        row = there.get(place) or rows.get(place)
        before = row.value if row else ""
        if not settles(rules[field.id], there=before, given=value.value):
            continue
        if row is None:
            row = rows[place] = CustomValue(prospect_id=prospect_id, field_id=field.id)
        row.value, row.sort_key = value.value, value.sort_key
        if prospect_id not in ours:
            changed.add(prospect_id)
            company_id = companies[prospect_id]
            journal.note(
                Change(
                    kind=OWN_FIELD,
                    company_id=company_id,
                    prospect_id=prospect_id,
                    field=str(field.id),
                    before=before,
                    after=value.value,
                )
            )
    session.add_all(rows.values())
    session.flush()
    if changed:
        count_up(session, changed)


def count_up(session: Session, prospect_ids: Collection[int]) -> None:
    """Count the versions of prospects up: who looks at one of them has seen something that is gone."""
    session.execute(
        update(Prospect)
        .where(Prospect.id.in_(prospect_ids))
        .values(version=Prospect.version + 1)
        .execution_options(synchronize_session=False)
    )


def values_in(
    session: Session, prospect_ids: Collection[int], field_ids: Collection[int]
) -> dict[tuple[int, int], CustomValue]:
    """Return the rows of some fields of some prospects, by prospect and field."""
    rows = session.scalars(
        select(CustomValue).where(CustomValue.prospect_id.in_(prospect_ids), CustomValue.field_id.in_(field_ids))
    )
    return {(row.prospect_id, row.field_id): row for row in rows}


def _read(field: CustomField, text: str) -> FieldText | None:
    # What is kept with a row is English, and told to each reader in their language.
    with in_language(SOURCE):
        return read_value(field, text)


def _remark(error: InvalidInput, heading: str) -> str:
    return f"{error} The value is kept under “{heading}” in the extra columns."
