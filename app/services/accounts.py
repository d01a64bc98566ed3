"""People with a login: who they are, what they may do, which programs they work in."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import Membership, PasswordReset, Program, Role, User
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.preferences import language_of_new_people
from app.services.retelling import retold
from app.services.sessions import end_sessions
from scrapers.domains import EmailError, normalize_email

NAME_LENGTH = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """What it takes to add a person; `password_hash` is made outside the transaction."""

    email: str
    name: str
    role: Role
    password_hash: str
    program_ids: Iterable[int] = field(default=())


def account_email(text: str) -> str:
    """Return an e-mail the way accounts store it; raises InvalidInput naming the field `email`."""
    try:
        return normalize_email(text)
    except EmailError as error:
        raise InvalidInput(
            {"email": _("This does not look like an e-mail address: %(why)s", why=retold(error))}
        ) from error


def find_account(session: Session, email: str) -> User | None:
    """Return the user with this e-mail, active or not; None for an unknown or unreadable one."""
    try:
        normalized = normalize_email(email)
    except EmailError:
        normalized = ""
    return session.scalar(select(User).where(User.email == normalized))


def create_user(session: Session, new: NewUser, *, actor_id: int | None) -> User:
    """Add a person. Raises InvalidInput for a bad or taken e-mail, an empty name or an unknown program."""
    email = account_email(new.email)
    if session.scalar(select(User.id).where(User.email == email)) is not None:
        raise InvalidInput({"email": _("%(email)s already has an account.", email=email)})
    user = User(
        email=email,
        name=clean_name(new.name),
        role=new.role,
        password_hash=new.password_hash,
        language=language_of_new_people(session),
    )
    session.add(user)
    session.flush()
    ids = existing_programs(session, new.program_ids)
    session.add_all(Membership(user_id=user.id, program_id=program_id) for program_id in ids)
    record_audit(
        session,
        "user.created",
        subject=f"user:{user.id}",
        actor_id=actor_id if actor_id is not None else user.id,
        details={"role": user.role.value, "programs": ids},
    )
    return user


def existing_programs(session: Session, program_ids: Iterable[int]) -> list[int]:
    """Return the ids, sorted and once each; raises InvalidInput where one names no open program."""
    wanted = set(program_ids)
    known = set(session.scalars(select(Program.id).where(Program.id.in_(wanted), Program.archived_at.is_(None))))
    if wanted - known:
        raise InvalidInput({"program_ids": _("One of the programs is gone. Reload the page and choose again.")})
    return sorted(known)


def clean_name(name: str) -> str:
    """Return a name on one line; raises InvalidInput naming the field `name` where it cannot be used."""
    cleaned = " ".join(name.split())
    if not cleaned or not cleaned.isprintable():
        raise InvalidInput({"name": _("Type a name: letters and spaces.")})
    if len(cleaned) > NAME_LENGTH:
        raise InvalidInput({"name": _("Use at most %(most)s characters.", most=NAME_LENGTH)})
    return cleaned


def rename_user(session: Session, user_id: int, *, name: str, actor_id: int) -> None:
    """Change a person's name; raises InvalidInput as `clean_name` does."""
    user = _locked(session, user_id)
    cleaned = clean_name(name)
    if cleaned != user.name:
        user.name = cleaned
        record_audit(session, "user.renamed", subject=f"user:{user_id}", actor_id=actor_id)


def change_role(session: Session, user_id: int, role: Role, *, actor_id: int) -> None:
    """Give a person another role; it holds from their next click. Raises Conflict for the last active admin."""
    _lock_admins(session)
    user = _locked(session, user_id)
    if user.role is role:
        return
    if user.role is Role.ADMIN:
        _require_another_admin(session, user)
    details = {"from": user.role.value, "to": role.value}
    user.role = role
    record_audit(session, "user.role_changed", subject=f"user:{user_id}", actor_id=actor_id, details=details)


def set_programs(session: Session, user_id: int, program_ids: Iterable[int], *, actor_id: int) -> None:
    """Make these the programs a person works in. Raises InvalidInput for an unknown one."""
    _locked(session, user_id)
    wanted = set(existing_programs(session, program_ids))
    present = set(session.scalars(select(Membership.program_id).where(Membership.user_id == user_id)))
    archived = set(session.scalars(select(Program.id).where(Program.archived_at.is_not(None))))
    leaving = present - wanted - archived
    joining = wanted - present
    if not leaving and not joining:
        return
    session.execute(delete(Membership).where(Membership.user_id == user_id, Membership.program_id.in_(leaving)))
    session.add_all(Membership(user_id=user_id, program_id=program_id) for program_id in sorted(joining))
    record_audit(
        session,
        "user.programs_changed",
        subject=f"user:{user_id}",
        actor_id=actor_id,
        details={"joined": sorted(joining), "left": sorted(leaving)},
    )


def deactivate_user(session: Session, user_id: int, *, actor_id: int) -> int:
    """Close an account: nobody signs in with it, its sessions and reset links end. Returns the sessions ended.

    Everything the person did stays, under their name. Raises Conflict for the last active admin.
    """
    _lock_admins(session)
    user = _locked(session, user_id)
    if not user.is_active:
        raise Conflict(_("%(name)s is deactivated already.", name=user.name))
    if user.role is Role.ADMIN:
        _require_another_admin(session, user)
    user.is_active = False
    drop_reset_links(session, user_id)
    record_audit(session, "user.deactivated", subject=f"user:{user_id}", actor_id=actor_id)
    return end_sessions(session, user_id, actor_id=actor_id)


def reactivate_user(session: Session, user_id: int, *, actor_id: int) -> None:
    """Open a closed account again, with the password it had; raises Conflict for an open one."""
    user = _locked(session, user_id)
    if user.is_active:
        raise Conflict(_("%(name)s is active already.", name=user.name))
    user.is_active = True
    record_audit(session, "user.reactivated", subject=f"user:{user_id}", actor_id=actor_id)


def sign_out_everywhere(session: Session, user_id: int, *, actor_id: int) -> int:
    """End every session of a person; returns how many ended. Raises NotFound for nobody."""
    _locked(session, user_id)
    return end_sessions(session, user_id, actor_id=actor_id)


def change_password(session: Session, user_id: int, password_hash: str, *, keep_session_id: int | None = None) -> int:
    """Store a new password's hash and end the user's other sessions and reset links. Returns the sessions ended."""
    user = _locked(session, user_id)
    user.password_hash = password_hash
    drop_reset_links(session, user_id)
    record_audit(session, "user.password_changed", subject=f"user:{user_id}", actor_id=user_id)
    return end_sessions(session, user_id, actor_id=user_id, keep_id=keep_session_id)


def drop_reset_links(session: Session, user_id: int) -> None:
    """Make every unused reset link of a user useless."""
    unused = (PasswordReset.user_id == user_id, PasswordReset.used_at.is_(None))
    session.execute(delete(PasswordReset).where(*unused))


def _locked(session: Session, user_id: int) -> User:
    user = session.scalar(select(User).where(User.id == user_id).with_for_update())
    if user is None:
        raise NotFound(_("There is no such person."))
    return user


def _lock_admins(session: Session) -> None:
    """Let one transaction at a time change who is an admin, or two could each remove the other as "not the last"."""
    session.execute(select(User.id).where(User.role == Role.ADMIN).order_by(User.id).with_for_update())


def _require_another_admin(session: Session, user: User) -> None:
    others = select(func.count()).where(User.role == Role.ADMIN, User.is_active, User.id != user.id)
    if not session.scalar(others):
        raise Conflict(
            _(
                "%(name)s is the last active admin, and somebody must be able to let people in. Make another person "
                "an admin first.",
                name=user.name,
            )
        )


def count_users(session: Session) -> int:
    """Return how many people have an account; none means that the product was just installed."""
    return session.scalar(select(func.count()).select_from(User)) or 0
