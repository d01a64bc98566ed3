"""The list of programs, one program's people, and what is still missing before it can work."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.models import FitProfile, Membership, Program, ProgramType, Prospect, Role, User


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRow:
    """A program in the list with its numbers; `profile_version` is None where it has no fit profile yet."""

    id: int
    slug: str
    name: str
    type: ProgramType
    description: str
    archived_at: datetime | None
    members: int
    prospects: int
    profile_version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person who works in a program; `prospects` counts the ones they own in it."""

    id: int
    name: str
    email: str
    role: Role
    is_active: bool
    since_at: datetime
    prospects: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """An active person who could become a member."""

    id: int
    name: str
    role: Role


def list_programs(session: Session, user_id: int, *, sees_all: bool, archived: bool = False) -> list[ProgramRow]:
    """Return the programs a user works in (all for one who sees all) by name, in one query."""
    members = _count(Membership.program_id == Program.id, Membership)
    prospects = _count(Prospect.program_id == Program.id, Prospect)
    version = (
        select(FitProfile.version)
        .where(FitProfile.program_id == Program.id, FitProfile.is_current.is_(True))
        .scalar_subquery()
    )
    query = select(
        Program.id,
        Program.slug,
        Program.name,
        Program.type,
        Program.description,
        Program.archived_at,
        members.label("members"),
        prospects.label("prospects"),
        version.label("profile_version"),
    ).where(Program.archived_at.is_not(None) if archived else Program.archived_at.is_(None))
    if not sees_all:
        query = query.where(Program.id.in_(select(Membership.program_id).where(Membership.user_id == user_id)))
    return [ProgramRow(**row._mapping) for row in session.execute(query.order_by(Program.name, Program.id))]


def members_of(session: Session, program_id: int) -> list[Member]:
    """Return the people who work in a program, by name."""
    owned = (
        select(func.count())
        .select_from(Prospect)
        .where(Prospect.program_id == program_id, Prospect.owner_id == User.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            User.id,
            User.name,
            User.email,
            User.role,
            User.is_active,
            Membership.created_at.label("since_at"),
            owned.label("prospects"),
        )
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.program_id == program_id)
        .order_by(User.name, User.id)
    )
    return [Member(**row._mapping) for row in rows]


def possible_members(session: Session, program_id: int) -> list[Candidate]:
    """Return the active people who do not work in a program yet, by name."""
    known = select(Membership.user_id).where(Membership.program_id == program_id)
    rows = session.execute(
        select(User.id, User.name, User.role).where(User.is_active, User.id.not_in(known)).order_by(User.name, User.id)
    )
    return [Candidate(row.id, row.name, row.role) for row in rows]


def _count(condition: ColumnElement[bool], table: type[Membership] | type[Prospect]) -> ColumnElement[int]:
    return select(func.count()).select_from(table).where(condition).scalar_subquery()
