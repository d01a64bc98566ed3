"""What stands in the fields of prospects, for many prospects in one query."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.custom_field import CustomField, CustomValue, FieldKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownField:
    """A field of a prospect as pages show it: `value` is "" where nothing stands in it."""

    id: int
    kind: FieldKind
    label: str
    help: str
    options: tuple[str, ...]
    value: str = ""


def shown_fields(session: Session, program_id: int, prospect_id: int) -> tuple[ShownField, ...]:
    """Return every field in use with what stands in it for one prospect, in the program's order."""
    rows = session.execute(
        select(CustomField, CustomValue.value)
        .outerjoin(CustomValue, (CustomValue.field_id == CustomField.id) & (CustomValue.prospect_id == prospect_id))
        .where(CustomField.program_id == program_id, CustomField.archived_at.is_(None))
        .order_by(CustomField.position, CustomField.id)
    )
    return tuple(shown_field(field, value or "") for field, value in rows)


def values_of(
    session: Session, prospect_ids: Collection[int], field_ids: Collection[int]
) -> dict[tuple[int, int], str]:
    """Return what stands in some fields of some prospects, by prospect and field."""
    if not prospect_ids or not field_ids:
        return {}
    rows = session.execute(
        select(CustomValue.prospect_id, CustomValue.field_id, CustomValue.value).where(
            CustomValue.prospect_id.in_(prospect_ids), CustomValue.field_id.in_(field_ids)
        )
    )
    return {(prospect_id, field_id): value for prospect_id, field_id, value in rows}


def shown_field(field: CustomField, value: str = "") -> ShownField:
    """Return a field with a value, as pages show it."""
    return ShownField(
        id=field.id, kind=field.kind, label=field.label, help=field.help, options=tuple(field.options), value=value
    )
