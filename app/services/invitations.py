"""Invitations: an admin names an address, a role and programs; its holder chooses a name and a password."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.languages import in_language, mark
from app.models import Invitation, Role, User
from app.services.accounts import NewUser, account_email, create_user, existing_programs
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.notices import post_notice
from app.services.preferences import language_of_new_people
from app.services.tokens import hash_of, new_token

INVITATION_LIFE = timedelta(days=7)
_TEXT = mark("""Hello,

%(inviter)s invites you to work in Scoutboard as: %(role)s.

Choose your name and password here:
%(link)s

The link works once, for seven days. If you did not expect it, you can ignore this mail.
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """Who is invited to what; `accept_url` is the page's address up to the token."""

    email: str
    role: Role
    program_ids: Iterable[int]
    accept_url: str


@dataclass(frozen=True, slots=True)
class Invited:
    """A fresh invitation: its link is known now and never again."""

    invitation_id: int
    email: str
    link: str


def invite(session: Session, wanted: Invite, *, inviter: User) -> Invited:
    """Invite a person and mail them the link; an earlier open invitation of the same address ends.

    Raises InvalidInput where the address cannot be used, has an account already, or a program is gone.
    """
    email = account_email(wanted.email)
    _require_no_account(session, email)
    program_ids = existing_programs(session, wanted.program_ids)
    _end_open_invitations(session, email)
    token = new_token()
    row = Invitation(
        email=email,
        role=wanted.role,
        token_hash=hash_of(token),
        program_ids=program_ids,
        invited_by_id=inviter.id,
        expires_at=now() + INVITATION_LIFE,
    )
    session.add(row)
    session.flush()
    link = wanted.accept_url + token
    with in_language(language_of_new_people(session), is_staff=True):
        post_notice(
            session,
            kind="invitation",
            to_address=email,
            subject=_("%(name)s invites you to Scoutboard", name=inviter.name),
            text=_(_TEXT, inviter=inviter.name, role=_(wanted.role.label), link=link),
        )
    details = {"role": wanted.role.value, "programs": program_ids}
    record_audit(session, "invitation.sent", subject=f"invitation:{row.id}", actor_id=inviter.id, details=details)
    return Invited(invitation_id=row.id, email=email, link=link)


def open_invitation(session: Session, token: str) -> Invitation:
    """Return the invitation a link stands for. Raises NotFound, in words, where it cannot be used any more."""
    row = session.scalar(select(Invitation).where(Invitation.token_hash == hash_of(token)))
    if row is None:
        raise NotFound(_("This invitation link is not known. Check that you copied all of it, or ask for a new one."))
    if row.accepted_at is not None:
        raise NotFound(_("This invitation was used already. Sign in with the password that was chosen then."))
    if row.revoked_at is not None:
        raise NotFound(_("This invitation was withdrawn or replaced by a newer one. Ask the person who invited you."))
    if row.expires_at <= now():
        raise NotFound(_("This invitation is more than seven days old. Ask the person who invited you for a new one."))
    return row


def accept_invitation(session: Session, token: str, *, name: str, password_hash: str) -> User:
    """Turn an invitation into an account, once. Raises as `open_invitation` and `create_user` do."""
    row = open_invitation(session, token)
    _require_no_account(session, row.email)
    _finish(session, row.id, accepted_at=now())
    return create_user(
        session,
        NewUser(
            email=row.email,
            name=name,
            role=row.role,
            password_hash=password_hash,
            program_ids=existing_of(session, row.program_ids),
        ),
        actor_id=None,
    )


def existing_of(session: Session, program_ids: list[int]) -> list[int]:
    """Return those of an invitation's programs that are still open; one archived since then is no reason to refuse."""
    kept = []
    for program_id in program_ids:
        try:
            kept += existing_programs(session, [program_id])
        except InvalidInput:
            continue
    return kept


def withdraw_invitation(session: Session, invitation_id: int, *, actor_id: int) -> str:
    """End an open invitation: its link opens nothing any more. Returns the address it was for."""
    row = session.get(Invitation, invitation_id)
    if row is None:
        raise NotFound(_("There is no such invitation."))
    _finish(session, invitation_id, revoked_at=now())
    record_audit(session, "invitation.withdrawn", subject=f"invitation:{invitation_id}", actor_id=actor_id)
    return row.email


def invite_again(session: Session, invitation_id: int, *, inviter: User, accept_url: str) -> Invited:
    """Replace an invitation, open or expired, by a fresh one with the same role and programs."""
    row = session.get(Invitation, invitation_id)
    if row is None or row.accepted_at is not None or row.revoked_at is not None:
        raise NotFound(_("This invitation is no longer open. Invite the person anew."))
    programs = existing_of(session, row.program_ids)
    wanted = Invite(email=row.email, role=row.role, program_ids=programs, accept_url=accept_url)
    return invite(session, wanted, inviter=inviter)


def _require_no_account(session: Session, email: str) -> None:
    user = session.scalar(select(User).where(User.email == email))
    if user is None:
        return
    words = [_("%(email)s already has an account.", email=email)]
    if not user.is_active:
        words.append(_("It is deactivated: open it again from its page."))
    raise InvalidInput({"email": " ".join(words)})


def _end_open_invitations(session: Session, email: str) -> None:
    session.execute(
        update(Invitation)
        .where(Invitation.email == email, Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=now())
    )


def _finish(session: Session, invitation_id: int, **ended: object) -> None:
    """Close an invitation by compare-and-set: of two people who click at once, one is told so."""
    closed = session.scalar(
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
        .values(**ended)
        .returning(Invitation.id)
    )
    if closed is None:
        raise Conflict(_("This invitation was used or withdrawn a moment ago."))
