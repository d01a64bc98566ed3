"""Writing the same value into a field of many prospects, or emptying it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Program, Prospect, User
from app.models.custom_field import CustomField, CustomValue
from app.services.access import Permission
from app.services.bulk.act import Params, Skip, Typed, number_of
from app.services.custom_field_values import put_back_value, read_value, set_value, value_of
from app.services.custom_fields import field_for
from app.services.errors import InvalidInput, NotFound


class SetFieldAct:
    """Set a field of the program."""

    is_undoable = True

    def permission(self, params: Params) -> Permission:
        """Return what a person must be allowed to do."""
        return Permission.WORK_PROSPECTS

    def read(self, session: Session, program: Program, typed: Typed) -> dict[str, Any]:
        """Return the field and its value as it is kept; an empty one empties the field."""
        try:
            field = field_for(session, program, number_of(typed, "field_id") or 0)
        except NotFound:
            raise InvalidInput({"field_id": _("Choose a field of this program.")}) from None
        wanted = read_value(field, typed.get("value", ""))
        return {"field_id": field.id, "value": wanted.value if wanted else ""}

    def words(self, session: Session, params: Params) -> str:
        """Say in a few words what is done."""
        field = session.get(CustomField, params["field_id"])
        name = field.label if field else _("a field that is gone")
        if not params["value"]:
            return _("Empty %(field)s", field=name)
        return _("Set %(field)s to “%(value)s”", field=name, value=params["value"][:60])

    def skips(self, session: Session, program_id: int, params: Params) -> Sequence[Skip]:
        """Leave out where that value stands already."""
        held = (CustomValue.prospect_id == Prospect.id, CustomValue.field_id == params["field_id"])
        if not params["value"]:
            return [Skip(_("Is empty already."), ~exists().where(*held))]
        return [Skip(_("Says so already."), exists().where(*held, CustomValue.value == params["value"]))]

    def do(self, session: Session, prospect: Prospect, params: Params, actor: User) -> dict[str, Any]:
        """Set one."""
        field = session.get_one(CustomField, params["field_id"])
        before = {
            "field_id": field.id,
            "value": value_of(session, prospect.id, field.id),
            "set": params["value"],
        }
        set_value(session, prospect, field, params["value"], actor=actor, version=None)
        return before

    def undo(self, session: Session, prospect: Prospect, before: Params, actor: User) -> str:
        """Put back what stood there, unless somebody wrote something else since."""
        field = session.get(CustomField, before["field_id"])
        if field is None:
            return _("The field is gone.")
        if value_of(session, prospect.id, field.id) != before["set"]:
            return _("%(name)s was changed since.", name=field.label)
        put_back_value(session, prospect, field, before["value"], actor=actor)
        return ""
