"""Giving many prospects to one person, or to nobody."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Membership, Program, Prospect, User
from app.services.access import Permission
from app.services.activities import assign_owner
from app.services.bulk.act import Params, Skip, Typed, number_of
from app.services.errors import InvalidInput


class AssignAct:
    """Give prospects to an owner."""

    is_undoable = True

    def permission(self, params: Params) -> Permission:
        """Return what a person must be allowed to do."""
        return Permission.WORK_PROSPECTS

    def read(self, session: Session, program: Program, typed: Typed) -> dict[str, Any]:
        """Return the owner: a member of the program, or nobody for `none`."""
        if typed.get("owner_id") == "none":
            return {"owner_id": None}
        owner_id = number_of(typed, "owner_id")
        is_member = select(Membership.id).where(Membership.program_id == program.id, Membership.user_id == owner_id)
        person = session.get(User, owner_id) if owner_id else None
        if person is None or not person.is_active or session.scalar(is_member) is None:
            raise InvalidInput({"owner_id": _("Choose somebody who works in this program, or nobody.")})
        return {"owner_id": owner_id}

    def words(self, session: Session, params: Params) -> str:
        """Say in a few words what is done."""
        person = session.get(User, params["owner_id"]) if params["owner_id"] else None
        return _("Assign to %(name)s", name=person.name) if person else _("Assign to nobody")

    def skips(self, session: Session, program_id: int, params: Params) -> Sequence[Skip]:
        """Leave out whom that person has already."""
        owner_id = params["owner_id"]
        if owner_id is None:
            return [Skip(_("Has no owner already."), Prospect.owner_id.is_(None))]
        return [Skip(_("Is theirs already."), Prospect.owner_id == owner_id)]

    def do(self, session: Session, prospect: Prospect, params: Params, actor: User) -> dict[str, Any]:
        """Assign one."""
        before = {"owner_id": prospect.owner_id, "set": params["owner_id"]}
        assign_owner(session, prospect, owner_id=params["owner_id"], version=prospect.version, actor=actor)
        return before

    def undo(self, session: Session, prospect: Prospect, before: Params, actor: User) -> str:
        """Give it back, unless it was given to somebody else since or the owner of before left."""
        if prospect.owner_id != before["set"]:
            return _("Was given to somebody else since.")
        try:
            assign_owner(session, prospect, owner_id=before["owner_id"], version=prospect.version, actor=actor)
        except InvalidInput:
            return _("Its owner of before does not work in the program any more.")
        return ""
