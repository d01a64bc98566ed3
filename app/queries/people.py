"""The people screen: who has an account, who is invited, and one person's page."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Invitation, Membership, Program, Prospect, Role, User, UserSession


@dataclass(frozen=True, slots=True)
class ProgramChoice:
    """A program that a person can be put into."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One account as the list shows it; an admin's programs are all of them, so none is listed."""

    id: int
    name: str
    email: str
    role: Role
    is_active: bool
    programs: tuple[str, ...]
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One invitation that was neither accepted nor withdrawn."""

    id: int
    email: str
    role: Role
    programs: tuple[str, ...]
    invited_by: str
    created_at: datetime
    expires_at: datetime
    is_expired: bool


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One account with what closing it would touch."""

    id: int
    name: str
    email: str
    role: Role
    is_active: bool
    created_at: datetime
    program_ids: tuple[int, ...]
    live_sessions: int
    owned_prospects: int


def list_people(session: Session) -> list[PersonRow]:
    """Return every account, active ones first, by name; two queries however many there are."""
    programs = defaultdict(list)
    for user_id, name in session.execute(
        select(Membership.user_id, Program.name)
        .join(Program, Program.id == Membership.program_id)
        .where(Program.archived_at.is_(None))
        .order_by(Program.name, Program.id)
    ):
        programs[user_id].append(name)
    seen = select(func.max(UserSession.last_seen_at)).where(UserSession.user_id == User.id).scalar_subquery()
    rows = session.execute(select(User, seen).order_by(User.is_active.desc(), User.name, User.id))
    return [
        PersonRow(
            id=user.id,
            name=user.name,
            email=user.email,
            role=user.role,
            is_active=user.is_active,
            programs=tuple(programs[user.id]),
            last_seen_at=last_seen_at,
        )
        for user, last_seen_at in rows
    ]


def open_invitations(session: Session) -> list[InvitationRow]:
    """Return the invitations that wait for an answer or ran out without one, newest first."""
    names = {choice.id: choice.name for choice in program_choices(session)}
    rows = session.execute(
        select(Invitation, User.name)
        .outerjoin(User, User.id == Invitation.invited_by_id)
        .where(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
        .order_by(Invitation.created_at.desc(), Invitation.id.desc())
    )
    moment = now()
    return [
        InvitationRow(
            id=row.id,
            email=row.email,
            role=row.role,
            programs=tuple(names[number] for number in row.program_ids if number in names),
            invited_by=inviter or "",
            created_at=row.created_at,
            expires_at=row.expires_at,
            is_expired=row.expires_at <= moment,
        )
        for row, inviter in rows
    ]


def program_choices(session: Session) -> list[ProgramChoice]:
    """Return the programs in force, by name."""
    rows = session.execute(
        select(Program.id, Program.name).where(Program.archived_at.is_(None)).order_by(Program.name, Program.id)
    )
    return [ProgramChoice(*row) for row in rows]


def person_page(session: Session, user_id: int) -> PersonPage | None:
    """Return one account, or None where there is none."""
    user = session.get(User, user_id)
    if user is None:
        return None
    members = select(Membership.program_id).where(Membership.user_id == user_id).order_by(Membership.program_id)
    live = select(func.count()).where(
        UserSession.user_id == user_id, UserSession.revoked_at.is_(None), UserSession.expires_at > now()
    )
    owned = select(func.count()).where(Prospect.owner_id == user_id)
    return PersonPage(
        id=user.id,
        name=user.name,
        email=user.email,
        role=user.role,
        is_active=user.is_active,
        created_at=user.created_at,
        program_ids=tuple(session.scalars(members)),
        live_sessions=session.scalar(live) or 0,
        owned_prospects=session.scalar(owned) or 0,
    )
