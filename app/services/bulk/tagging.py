"""Putting a tag on many prospects, or taking it off."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Program, Prospect, User
from app.models.tag import ProspectTag, Tag
from app.queries.prospect_conditions import tag_key
from app.services.access import Permission
from app.services.bulk.act import Params, Skip, Typed
from app.services.errors import InvalidInput
from app.services.tags import clean_tags, tag_prospect, tags_of, untag_prospect


class _TagWork:
    """What both ways have in common: the tag's name, and taking back what was done."""

    is_undoable = True

    def permission(self, params: Params) -> Permission:
        """Return what a person must be allowed to do."""
        return Permission.WORK_PROSPECTS

    def undo(self, session: Session, prospect: Prospect, before: Params, actor: User) -> str:
        """Put the tag on or take it off again, unless somebody did since."""
        name, was_put_on = before["tag"], before["on"]
        is_there = tag_key(name) in {tag_key(each) for each in tags_of(session, prospect.id)}
        if is_there is not was_put_on:
            return _("The tag was taken off since.") if was_put_on else _("The tag was put on again since.")
        (untag_prospect if was_put_on else tag_prospect)(session, prospect, [name], actor=actor)
        return ""


class TagAct(_TagWork):
    """Put a tag on; one that nobody used yet is made."""

    def read(self, session: Session, program: Program, typed: Typed) -> dict[str, Any]:
        """Return the tag's name as it is stored."""
        names = clean_tags([typed.get("tag", "")])
        if not names:
            raise InvalidInput({"tag": _("Write the tag to put on.")})
        return {"tag": names[0]}

    def words(self, session: Session, params: Params) -> str:
        """Say in a few words what is done."""
        return _("Tag “%(tag)s”", tag=params["tag"])

    def skips(self, session: Session, program_id: int, params: Params) -> Sequence[Skip]:
        """Leave out who has it."""
        return [Skip(_("Has this tag already."), _has(program_id, params["tag"]))]

    def do(self, session: Session, prospect: Prospect, params: Params, actor: User) -> dict[str, Any]:
        """Tag one."""
        tag_prospect(session, prospect, [params["tag"]], actor=actor)
        return {"tag": params["tag"], "on": True}


class UntagAct(_TagWork):
    """Take a tag off."""

    def read(self, session: Session, program: Program, typed: Typed) -> dict[str, Any]:
        """Return the tag's name; one that the program does not have is refused."""
        key = tag_key(typed.get("tag", ""))
        name = session.scalar(select(Tag.name).where(Tag.program_id == program.id, Tag.key == key))
        if name is None:
            raise InvalidInput({"tag": _("Choose a tag of this program.")})
        return {"tag": name}

    def words(self, session: Session, params: Params) -> str:
        """Say in a few words what is done."""
        return _("Take the tag “%(tag)s” off", tag=params["tag"])

    def skips(self, session: Session, program_id: int, params: Params) -> Sequence[Skip]:
        """Leave out who does not have it."""
        return [Skip(_("Does not have this tag."), ~_has(program_id, params["tag"]))]

    def do(self, session: Session, prospect: Prospect, params: Params, actor: User) -> dict[str, Any]:
        """Untag one."""
        untag_prospect(session, prospect, [params["tag"]], actor=actor)
        return {"tag": params["tag"], "on": False}


def _has(program_id: int, name: str) -> ColumnElement[bool]:
    return exists().where(
        ProspectTag.prospect_id == Prospect.id,
        ProspectTag.tag_id == Tag.id,
        Tag.program_id == program_id,
        Tag.key == tag_key(name),
    )
