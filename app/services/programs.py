"""Programs: creating and changing them, and who works in them."""

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.languages import number
from app.models import Membership, Program, ProgramType, Prospect, Role, User
from app.services.access import Permission, require
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.ledger.gate import close_gate

MIN_SLUG, MAX_SLUG = 2, 63
MAX_NAME, MAX_TEXT = 120, 10_000
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramDetails:
    """What a person may say of a program."""

    name: str
    type: ProgramType
    description: str = ""
    offer: str = ""


def slug_of(name: str) -> str:
    """Return the slug a name suggests; empty where no letter of it can stand in an address."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:MAX_SLUG].rstrip("-")


def create_program(session: Session, details: ProgramDetails, *, slug: str, actor: User) -> Program:
    """Create a program and make its creator a member.

    An empty slug is made from the name. Raises InvalidInput naming every field that cannot be used.
    """
    wanted = slug.strip() or slug_of(details.name)
    problems = _check(details)
    if not _is_slug(wanted):
        problems["slug"] = _(
            "The short name must be %(least)s to %(most)s small letters (a-z), digits and single hyphens between them; "
            "%(wanted)s is not.",
            least=MIN_SLUG,
            most=MAX_SLUG,
            wanted=repr(wanted),
        )
    elif session.scalar(select(Program.id).where(Program.slug == wanted)) is not None:
        problems["slug"] = _taken(session, wanted)
    if problems:
        raise InvalidInput(problems)
    program = Program(slug=wanted, **_columns(details))
    try:
        with session.begin_nested():
            session.add(program)
    except IntegrityError:
        # Somebody took it between our look and our insert.
        raise InvalidInput({"slug": _taken(session, wanted)}) from None
    session.add(Membership(user_id=actor.id, program_id=program.id))
    _audit(session, "program.created", program, actor=actor, details={"slug": program.slug, "name": program.name})
    return program


def change_program(session: Session, program: Program, details: ProgramDetails, *, actor: User) -> list[str]:
    """Change what a program says of itself; return the names of the fields that changed.

    The slug stays for good: it stands in links that people have kept.
    """
    problems = _check(details)
    if problems:
        raise InvalidInput(problems)
    changed = [name for name, value in _columns(details).items() if getattr(program, name) != value]
    for name in changed:
        setattr(program, name, _columns(details)[name])
    if changed:
        _audit(session, "program.changed", program, actor=actor, details={"fields": changed})
    return changed


def add_member(session: Session, program: Program, user_id: int, *, actor: User) -> User:
    """Let a person work in a program; adding a member again changes nothing. Raises NotFound for nobody active."""
    user = session.get(User, user_id)
    if user is None or not user.is_active:
        raise NotFound(_("There is no such active person. An admin can invite people under Settings, People."))
    known = session.scalar(select(Membership.id).where(Membership.user_id == user_id, _of(program)))
    if known is None:
        session.add(Membership(user_id=user_id, program_id=program.id))
        _audit(session, "member.added", program, actor=actor, details={"user_id": user_id})
    return user


def remove_member(session: Session, program: Program, user_id: int, *, actor: User) -> User:
    """End a person's work in a program and leave their prospects without an owner.

    Raises NotFound for somebody who is no member, and Conflict for oneself: nobody locks themselves out by accident.
    """
    if user_id == actor.id:
        raise Conflict(_("You cannot remove yourself from a program. Ask another director or an admin to do it."))
    gone = session.execute(
        delete(Membership).where(Membership.user_id == user_id, _of(program)).returning(Membership.id)
    ).all()
    user = session.get(User, user_id)
    if not gone or user is None:
        raise NotFound(_("This person is not a member of the program; somebody may have removed them already."))
    given_up = _unassign(session, program, user_id)
    _audit(session, "member.removed", program, actor=actor, details={"user_id": user_id, "prospects": given_up})
    return user


def archive_program(session: Session, program: Program, *, actor: User) -> None:
    """Put a program away: nothing is deleted, its screens are closed and its mail waits until it is restored."""
    close_gate(session)
    program.archived_at = now()
    _audit(session, "program.archived", program, actor=actor, details={})


def archived_program_for(session: Session, user: User, slug: str) -> Program:
    """Return an archived program that a user worked in and may manage; raises NotFound and NotAllowed."""
    require(user, Permission.MANAGE_PROGRAMS)
    program = session.scalar(select(Program).where(Program.slug == slug, Program.archived_at.is_not(None)))
    is_member = program is not None and session.scalar(
        select(Membership.id).where(Membership.user_id == user.id, _of(program))
    )
    if program is None or not (is_member or user.role is Role.ADMIN):
        raise NotFound(_("There is no archived program %(slug)s that you worked in.", slug=repr(slug)))
    return program


def restore_program(session: Session, program: Program, *, actor: User) -> None:
    """Bring an archived program back as it was."""
    program.archived_at = None
    _audit(session, "program.restored", program, actor=actor, details={})


def _unassign(session: Session, program: Program, user_id: int) -> int:
    owned = session.scalars(select(Prospect).where(Prospect.program_id == program.id, Prospect.owner_id == user_id))
    number = 0
    for prospect in owned:
        prospect.owner_id = None
        prospect.version += 1
        number += 1
    return number


def _check(details: ProgramDetails) -> dict[str, str]:
    problems = {}
    if not details.name.strip():
        problems["name"] = _("Give the program a name.")
    elif len(details.name.strip()) > MAX_NAME:
        problems["name"] = _(
            "A name has at most %(most)s characters; this one has %(count)s.",
            most=MAX_NAME,
            count=len(details.name.strip()),
        )
    for field in ("description", "offer"):
        length = len(getattr(details, field))
        if length > MAX_TEXT:
            problems[field] = _(
                "At most %(most)s characters fit here; this is %(length)s.",
                most=number(MAX_TEXT),
                length=number(length),
            )
    return problems


def _columns(details: ProgramDetails) -> dict[str, str]:
    return {
        "name": details.name.strip(),
        "type": details.type,
        "description": details.description.strip(),
        "offer": details.offer.strip(),
    }


def _is_slug(slug: str) -> bool:
    return MIN_SLUG <= len(slug) <= MAX_SLUG and _SLUG.fullmatch(slug) is not None


def _taken(session: Session, slug: str) -> str:
    """Say that a slug is taken, and name one that is free."""
    stem = slug[: MAX_SLUG - 4].rstrip("-")
    used = set(session.scalars(select(Program.slug).where(Program.slug.startswith(stem, autoescape=True))))
    free = next(name for number in range(2, len(used) + 3) if (name := f"{stem}-{number}") not in used)
    return _("Another program has the short name %(slug)s already. %(free)s is free.", slug=repr(slug), free=repr(free))


def _of(program: Program) -> ColumnElement[bool]:
    return Membership.program_id == program.id


def _audit(session: Session, action: str, program: Program, *, actor: User, details: dict[str, object]) -> None:
    session.flush()
    record_audit(
        session,
        action,
        subject=f"program:{program.id}",
        actor_id=actor.id,
        program_id=program.id,
        details=details,
    )
