"""Who may do what: one policy function over one table, deny by default; and the way to rows, through a program."""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import mark
from app.models import Membership, Program, Prospect, Role, User
from app.models.stage import call_stages
from app.services.errors import NotAllowed, NotFound


class Permission(StrEnum):
    """An act that a role may or may not do, inside the programs the user belongs to."""

    READ = "read"
    WORK_PROSPECTS = "work_prospects"
    WRITE_NOTES = "write_notes"
    IMPORT = "import"
    CRAWL = "crawl"
    DECIDE = "decide"
    EDIT_PROFILE = "edit_profile"
    MANAGE_PROGRAMS = "manage_programs"
    MANAGE_PEOPLE = "manage_people"
    READ_AUDIT = "read_audit"
    READ_OUTBOX = "read_outbox"
    MANAGE_OPT_OUTS = "manage_opt_outs"
    EDIT_SEQUENCES = "edit_sequences"
    ENROLL = "enroll"
    MANAGE_SENDERS = "manage_senders"
    OVERRIDE_SENDING = "override_sending"
    ERASE_PEOPLE = "erase_people"
    EDIT_ONBOARDING = "edit_onboarding"
    MANAGE_TOKENS = "manage_tokens"


# How a refusal calls them.
ACT_WORDS = {
    Permission.READ: mark("read"),
    Permission.WORK_PROSPECTS: mark("work prospects"),
    Permission.WRITE_NOTES: mark("write notes"),
    Permission.IMPORT: mark("import"),
    Permission.CRAWL: mark("crawl"),
    Permission.DECIDE: mark("decide"),
    Permission.EDIT_PROFILE: mark("edit profile"),
    Permission.MANAGE_PROGRAMS: mark("manage programs"),
    Permission.MANAGE_PEOPLE: mark("manage people"),
    Permission.READ_AUDIT: mark("read audit"),
    Permission.READ_OUTBOX: mark("read outbox"),
    Permission.MANAGE_OPT_OUTS: mark("manage opt outs"),
    Permission.EDIT_SEQUENCES: mark("edit sequences"),
    Permission.ENROLL: mark("enroll"),
    Permission.MANAGE_SENDERS: mark("manage senders"),
    Permission.OVERRIDE_SENDING: mark("override sending"),
    Permission.ERASE_PEOPLE: mark("erase people"),
    Permission.EDIT_ONBOARDING: mark("edit onboarding"),
    Permission.MANAGE_TOKENS: mark("manage tokens"),
}
_OUTREACH = {Permission.EDIT_SEQUENCES, Permission.ENROLL}
_WORK = {Permission.READ, Permission.WORK_PROSPECTS, Permission.WRITE_NOTES, Permission.CRAWL, Permission.DECIDE}
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.DIRECTOR: frozenset(
        _WORK
        | _OUTREACH
        | {Permission.IMPORT, Permission.EDIT_PROFILE, Permission.MANAGE_PROGRAMS, Permission.READ_AUDIT}
        | {Permission.MANAGE_SENDERS, Permission.ERASE_PEOPLE, Permission.EDIT_ONBOARDING}
    ),
    Role.RECRUITMENT_SPECIALIST: frozenset(_WORK | _OUTREACH | {Permission.IMPORT, Permission.EDIT_PROFILE}),
    Role.ACCOUNT_MANAGER: frozenset(_WORK | {Permission.IMPORT, Permission.ENROLL, Permission.EDIT_ONBOARDING}),
    Role.ASSOCIATE: frozenset({Permission.READ, Permission.WORK_PROSPECTS, Permission.WRITE_NOTES}),
    Role.DATA_ANALYST: frozenset({Permission.READ}),
    Role.CREATIVE: frozenset({Permission.READ, Permission.WRITE_NOTES}),
}


def may(role: Role, permission: Permission) -> bool:
    """Say whether a role has a permission; what no table row grants is denied."""
    return permission in ROLE_PERMISSIONS.get(role, frozenset())


def require(user: User, permission: Permission) -> None:
    """Raise NotAllowed, in words, unless the user's role has the permission."""
    if not may(user.role, permission):
        raise NotAllowed(
            _(
                "Your role (%(role)s) may not do this (%(act)s). Ask an admin to change your role if you need it.",
                role=_(user.role.label),
                act=_(ACT_WORDS[permission]),
            )
        )


def program_for(session: Session, user: User, slug: str, permission: Permission = Permission.READ) -> Program:
    """Return the program a user works in, by slug.

    Raises NotFound where there is none or the user is no member (the two look the same), and NotAllowed where the
    role lacks the permission. Admins are members of every program. From here on stages are called as the program does.
    """
    program = session.scalar(select(Program).where(Program.slug == slug, Program.archived_at.is_(None)))
    if program is None or not _is_member(session, user, program.id):
        raise NotFound(_("There is no program '%(slug)s' that you work in.", slug=slug))
    require(user, permission)
    call_stages(program.stage_names)
    return program


def prospect_for(session: Session, user: User, prospect_id: int, permission: Permission = Permission.READ) -> Prospect:
    """Return a prospect of a program the user works in; raises as program_for does."""
    prospect = session.get(Prospect, prospect_id)
    if prospect is None or not _is_member(session, user, prospect.program_id):
        raise NotFound(_("There is no such prospect in your programs."))
    require(user, permission)
    return prospect


def _is_member(session: Session, user: User, program_id: int) -> bool:
    if user.role is Role.ADMIN:
        return True
    found = session.scalar(
        select(Membership.id).where(Membership.user_id == user.id, Membership.program_id == program_id)
    )
    return found is not None
