"""A team view for the tests that walk every route."""

from typing import Any

from sqlalchemy.orm import Session

from app.models import Program, User
from app.models.view import SavedView


def view_values(session: Session, program: Program, owner: User) -> dict[str, Any]:
    """Add a view that everybody of the program sees, and return what stands for it in addresses."""
    view = SavedView(program_id=program.id, owner_id=owner.id, name="Good fits", is_team=True, query={"min": ["60"]})
    session.add(view)
    session.flush()
    return {"view_id": view.id}
