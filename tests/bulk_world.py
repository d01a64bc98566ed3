"""A field of a program and what was done to many of it, for tests of every route."""

from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from app.models import Program, User
from app.models.bulk import BulkAction, BulkKind, BulkState
from app.models.custom_field import CustomField, FieldKind

_numbers = count(1)


def make_field(session: Session, program: Program, **values: Any) -> CustomField:
    """Add a field to a program."""
    number = next(_numbers)
    field = CustomField(
        **{"program_id": program.id, "kind": FieldKind.TEXT, "label": f"Field {number}", "position": number} | values
    )
    session.add(field)
    session.flush()
    return field


def bulk_values(session: Session, program: Program, user: User) -> dict[str, int]:
    """Return the ids of a field and of an export that is done, as addresses name them."""
    action = BulkAction(
        program_id=program.id,
        kind=BulkKind.EXPORT,
        state=BulkState.DONE,
        token=f"bulk-world-{next(_numbers)}",
        created_by_id=user.id,
    )
    session.add(action)
    session.flush()
    return {"field_id": make_field(session, program).id, "bulk_id": action.id}
