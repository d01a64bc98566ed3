"""Tags on prospects: put on, taken off, renamed and given up. Tags of one name are one tag, whoever typed it first."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Program, Prospect, User
from app.models.tag import MAX_TAG_LENGTH, ProspectTag, Tag
from app.queries.prospect_conditions import tag_key
from app.services.audit import record_audit
from app.services.errors import InvalidInput, NotFound
from app.services.plain_text import clean_line

MAX_TAGS = 30


def tags_of(session: Session, prospect_id: int) -> list[str]:
    """Return the names of a prospect's tags in alphabetical order."""
    rows = (
        select(Tag.name).join(ProspectTag, ProspectTag.tag_id == Tag.id).where(ProspectTag.prospect_id == prospect_id)
    )
    return list(session.scalars(rows.order_by(Tag.key)))


def set_tags(session: Session, prospect: Prospect, names: Iterable[str], *, actor: User | None) -> list[str]:
    """Give a prospect these tags and no others; return them. Raises InvalidInput (field `tags`)."""
    wanted = clean_tags(names)
    known = {tag_key(name) for name in wanted}
    gone = [name for name in tags_of(session, prospect.id) if tag_key(name) not in known]
    untag_prospect(session, prospect, gone, actor=actor)
    tag_prospect(session, prospect, wanted, actor=actor)
    return tags_of(session, prospect.id)


def tag_prospect(session: Session, prospect: Prospect, names: Iterable[str], *, actor: User | None) -> list[str]:
    """Put tags on a prospect and return those that were not there yet. Raises InvalidInput (field `tags`).

    Two people may tag at once: it adds up, so the prospect's version stays.
    """
    there = {tag_key(name) for name in tags_of(session, prospect.id)}
    fresh = [name for name in clean_tags(names) if tag_key(name) not in there]
    if len(there) + len(fresh) > MAX_TAGS:
        raise InvalidInput(
            {"tags": _("%(most)s tags on one prospect are the most. Take one off first.", most=MAX_TAGS)}
        )
    added = []
    for name in fresh:
        tag = find_or_add_tag(session, prospect.program_id, name, actor=actor)
        try:
            with session.begin_nested():
                session.add(ProspectTag(tag_id=tag.id, prospect_id=prospect.id))
            added.append(tag.name)
        except IntegrityError:
            continue  # somebody put the same tag on at the same moment
    _note(session, prospect, "prospect.tagged", added, actor)
    return added


def untag_prospect(session: Session, prospect: Prospect, names: Iterable[str], *, actor: User | None) -> list[str]:
    """Take tags off a prospect and return those that were there."""
    keys = {tag_key(name) for name in names}
    rows = session.execute(
        select(Tag.id, Tag.name)
        .join(ProspectTag, ProspectTag.tag_id == Tag.id)
        .where(ProspectTag.prospect_id == prospect.id, Tag.key.in_(keys))
        .order_by(Tag.key)
    ).all()
    if rows:
        ids = [row.id for row in rows]
        session.execute(delete(ProspectTag).where(ProspectTag.prospect_id == prospect.id, ProspectTag.tag_id.in_(ids)))
    removed = [row.name for row in rows]
    _note(session, prospect, "prospect.untagged", removed, actor)
    return removed


def find_or_add_tag(session: Session, program_id: int, name: str, *, actor: User | None) -> Tag:
    """Return the program's tag of a name, made where there is none. Raises InvalidInput (field `tags`)."""
    (clean,) = clean_tags([name]) or [""]
    if not clean:
        raise InvalidInput({"tags": _("A tag needs a name.")})
    query = select(Tag).where(Tag.program_id == program_id, Tag.key == tag_key(clean))
    known = session.scalar(query)
    if known is not None:
        return known
    tag = Tag(program_id=program_id, name=clean, key=tag_key(clean), created_by_id=actor.id if actor else None)
    try:
        with session.begin_nested():
            session.add(tag)
    except IntegrityError:
        return session.scalars(query).one()
    return tag


def tag_in(session: Session, program: Program, tag_id: int) -> Tag:
    """Return a tag of a program that access was checked for; raises NotFound."""
    tag = session.get(Tag, tag_id)
    if tag is None or tag.program_id != program.id:
        raise NotFound(_("There is no such tag in this program; it may have been given up."))
    return tag


def delete_tag(session: Session, tag: Tag, *, actor: User) -> int:
    """Give a tag up, on every prospect; return on how many it was."""
    number = session.scalar(select(func.count()).select_from(ProspectTag).where(ProspectTag.tag_id == tag.id)) or 0
    record_audit(
        session,
        "tag.deleted",
        subject=f"tag:{tag.id}",
        actor_id=actor.id,
        program_id=tag.program_id,
        details={"name": tag.name, "prospects": number},
    )
    session.delete(tag)
    session.flush()
    return number


def clean_tags(names: Iterable[str]) -> list[str]:
    """Return names as tags are stored, each once, without empty ones. Raises InvalidInput (field `tags`)."""
    found: dict[str, str] = {}
    for name in names:
        line = clean_line(name.replace(",", " "))
        if len(line) > MAX_TAG_LENGTH:
            words = _(
                "“%(text)s…” is too long for a tag: %(most)s characters at most.", text=line[:30], most=MAX_TAG_LENGTH
            )
            raise InvalidInput({"tags": words})
        if line:
            found.setdefault(tag_key(line), line)
    return list(found.values())


def split_tags(typed: str) -> list[str]:
    """Return the tags in a typed line, which commas separate."""
    return [part for part in typed.split(",") if part.strip()]


def _note(session: Session, prospect: Prospect, action: str, names: Sequence[str], actor: User | None) -> None:
    if not names:
        return
    record_audit(
        session,
        action,
        subject=f"prospect:{prospect.id}",
        actor_id=actor.id if actor else None,
        program_id=prospect.program_id,
        details={"tags": list(names)},
    )
