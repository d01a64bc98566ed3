"""Exporting many: the selection is frozen, and the file is written while it is downloaded."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Program, Prospect, User
from app.services.access import Permission
from app.services.bulk.act import Params, Skip, Typed


class ExportAct:
    """Write prospects to a CSV file; `columns` are the table's, in its order."""

    is_undoable = False

    def permission(self, params: Params) -> Permission:
        """Return what a person must be allowed to do."""
        return Permission.WORK_PROSPECTS

    def read(self, session: Session, program: Program, typed: Typed) -> dict[str, Any]:
        """Return the columns as the table's address names them; what is unknown is left out when they are written."""
        return {"columns": typed.get("columns", "")[:2000]}

    def words(self, session: Session, params: Params) -> str:
        """Say in a few words what is done."""
        return _("Export as CSV")

    def skips(self, session: Session, program_id: int, params: Params) -> Sequence[Skip]:
        """Leave out nobody."""
        return []

    def do(self, session: Session, prospect: Prospect, params: Params, actor: User) -> dict[str, Any]:
        """Change nothing: the file says what stands there when it is downloaded."""
        return {}

    def undo(self, session: Session, prospect: Prospect, before: Params, actor: User) -> str:
        """Take nothing back."""
        return _("A file that was downloaded cannot be taken back.")
