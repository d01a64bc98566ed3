"""A tag as a whole: renamed, colored, merged into another, given up, and brought back as it was."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import Program, Prospect, User
from app.models.program_settings import TagChange, TagDeed
from app.models.tag import ProspectTag, Tag
from app.models.view import SavedView
from app.queries.prospect_conditions import tag_key
from app.services.audit import record_audit
from app.services.errors import InvalidInput, NotFound
from app.services.tags import clean_tags

COLORS = ("", *(str(number) for number in range(8)))
KEPT_DAYS = 30
_AT_ONCE = 500


def change_tag(session: Session, tag: Tag, *, name: str, color: str, actor: User) -> bool:
    """Rename and color a tag, in saved views too; say whether anything changed.

    Raises InvalidInput (fields `name`, `color`), also where another tag has the name: those two can be merged.
    """
    (clean,) = _named(name) or [""]
    if not clean:
        raise InvalidInput({"name": _("A tag needs a name.")})
    if color not in COLORS:
        raise InvalidInput({"color": _("Choose one of the colors shown.")})
    other = _by_name(session, tag.program_id, clean)
    if other is not None and other.id != tag.id:
        raise InvalidInput(
            {"name": _("There is a tag “%(name)s” already. Merge this one into it instead.", name=other.name)}
        )
    before = {"name": tag.name, "color": tag.color}
    after = {"name": clean, "color": color}
    if before == after:
        return False
    _rename_in_views(session, tag, clean)
    tag.name, tag.key, tag.color = clean, tag_key(clean), color
    _note(session, "tag.changed", tag, actor, {"before": before, "after": after})
    return True


def merge_tag(session: Session, tag: Tag, *, into: str, actor: User) -> tuple[TagChange, int]:
    """Put another tag on all that carry this one and give this one up; return what Undo needs and how many gained it.

    Raises InvalidInput (field `into`).
    """
    target = _by_name(session, tag.program_id, into)
    if target is None:
        raise InvalidInput(
            {"into": _("There is no tag “%(into)s” in this program. Write its name in full.", into=into.strip()[:40])}
        )
    if target.id == tag.id:
        raise InvalidInput({"into": _("Choose another tag than this one.")})
    carrying, there = _carrying(session, tag.id), set(_carrying(session, target.id))
    gained = [each for each in carrying if each not in there]
    _put_on(session, target.id, gained)
    _rename_in_views(session, tag, target.name)
    change = _give_up(session, tag, TagDeed.MERGED, actor)
    change.into_id, change.gained_ids, change.prospect_ids = target.id, gained, carrying
    _note(session, "tag.merged", tag, actor, {"name": tag.name, "into": target.name, "prospects": len(carrying)})
    session.flush()
    return change, len(gained)


def give_up_tag(session: Session, tag: Tag, *, actor: User) -> TagChange:
    """Take a tag off every prospect and out of the list; return what Undo needs."""
    carrying = _carrying(session, tag.id)
    change = _give_up(session, tag, TagDeed.DELETED, actor)
    change.prospect_ids = carrying
    _note(session, "tag.deleted", tag, actor, {"name": tag.name, "prospects": len(carrying)})
    session.flush()
    return change


def change_in(session: Session, program: Program, change_id: int) -> TagChange:
    """Return a change that can be undone in a program that access was checked for; raises NotFound."""
    change = session.get(TagChange, change_id)
    if change is None or change.program_id != program.id:
        raise NotFound(_("This can be brought back no more: tags are kept for 30 days after they are given up."))
    return change


def bring_back(session: Session, change: TagChange, *, actor: User) -> Tag:
    """Put a tag back on the prospects that carried it and still exist; of a merge, take the other tag off again.

    A tag of its name that was made since is the one that comes back. Doing it twice changes nothing more.
    """
    tag = _by_name(session, change.program_id, change.name)
    if change.undone_at is not None and tag is not None:
        return tag
    if tag is None:
        tag = Tag(program_id=change.program_id, name=change.name, key=tag_key(change.name), color=change.color)
        session.add(tag)
        session.flush()
    there = set(_carrying(session, tag.id))
    wanted = [each for each in _still_there(session, change.prospect_ids) if each not in there]
    _put_on(session, tag.id, wanted)
    for ids in _portions(change.gained_ids if change.into_id else ()):
        session.execute(
            delete(ProspectTag).where(ProspectTag.tag_id == change.into_id, ProspectTag.prospect_id.in_(ids))
        )
    change.undone_at = now()
    _note(session, "tag.brought_back", tag, actor, {"name": tag.name, "prospects": len(wanted)})
    return tag


def _give_up(session: Session, tag: Tag, deed: TagDeed, actor: User) -> TagChange:
    """Delete a tag and start the note of it; notes that are too old to undo go with this opportunity."""
    old = now() - timedelta(days=KEPT_DAYS)
    session.execute(delete(TagChange).where(TagChange.program_id == tag.program_id, TagChange.at < old))
    change = TagChange(
        program_id=tag.program_id, deed=deed, name=tag.name, color=tag.color, by_user_id=actor.id, prospect_ids=[]
    )
    session.add(change)
    session.execute(delete(ProspectTag).where(ProspectTag.tag_id == tag.id))
    session.delete(tag)
    return change


def _named(name: str) -> list[str]:
    try:
        return clean_tags([name])
    except InvalidInput as error:
        raise InvalidInput({"name": error.fields["tags"]}) from error


def _by_name(session: Session, program_id: int, name: str) -> Tag | None:
    return session.scalar(select(Tag).where(Tag.program_id == program_id, Tag.key == tag_key(name)))


def _carrying(session: Session, tag_id: int) -> list[int]:
    rows = select(ProspectTag.prospect_id).where(ProspectTag.tag_id == tag_id)
    return list(session.scalars(rows.order_by(ProspectTag.prospect_id)))


def _still_there(session: Session, prospect_ids: Sequence[int]) -> list[int]:
    found: list[int] = []
    for ids in _portions(prospect_ids):
        found += session.scalars(select(Prospect.id).where(Prospect.id.in_(ids)))
    return found


def _put_on(session: Session, tag_id: int, prospect_ids: list[int]) -> None:
    if prospect_ids:
        at = now()
        rows = [{"tag_id": tag_id, "prospect_id": each, "created_at": at} for each in prospect_ids]
        session.execute(insert(ProspectTag), rows)


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut ids into portions that a database takes as parameters of one statement."""
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))


def _rename_in_views(session: Session, tag: Tag, name: str) -> None:
    """Saved views ask for tags by name: they go on asking for the same prospects."""
    for view in session.scalars(select(SavedView).where(SavedView.program_id == tag.program_id)):
        asked = view.query.get("tag", [])
        if any(tag_key(each) == tag.key for each in asked):
            renamed = dict.fromkeys(name if tag_key(each) == tag.key else each for each in asked)
            view.query = {**view.query, "tag": list(renamed)}


def _note(session: Session, action: str, tag: Tag, actor: User, details: dict[str, Any]) -> None:
    record_audit(
        session,
        action,
        subject=f"tag:{tag.id}",
        actor_id=actor.id,
        program_id=tag.program_id,
        details=details,
    )
