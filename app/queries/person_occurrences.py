"""Where an e-mail address occurs: shown to an admin before whoever has it is erased."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import (
    Application,
    ApplicationState,
    Company,
    Contact,
    PartnerPerson,
    Partnership,
    Program,
    Prospect,
    User,
)

# A page lists no more of a kind; the numbers beside it are of all.
MOST = 50


@dataclass(frozen=True, slots=True)
class AtCompany:
    """The company somebody is known at, and the programs that recruit it."""

    company: str
    programs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """An application of theirs."""

    program: str
    company: str
    submitted_at: datetime
    state: ApplicationState


@dataclass(frozen=True, slots=True)
class ActsFor:
    """A partner they act for, or did."""

    program: str
    company: str
    is_removed: bool


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where addresses occur; `colleague` is who signs in here with one of them, whom erasing leaves alone."""

    contacts: tuple[AtCompany, ...]
    applications: tuple[Applied, ...]
    partners: tuple[ActsFor, ...]
    colleague: str


def occurrences(session: Session, contact_ids: Collection[int], addresses: Collection[str]) -> Occurrences:
    """Return where a person's contacts and addresses occur, whatever the program."""
    return Occurrences(
        contacts=_contacts(session, contact_ids),
        applications=_applications(session, addresses),
        partners=_partners(session, addresses),
        colleague=session.scalar(select(User.name).where(func.lower(User.email).in_(addresses)).limit(1)) or "",
    )


def _contacts(session: Session, contact_ids: Collection[int]) -> tuple[AtCompany, ...]:
    rows = session.execute(
        select(Company.id, Company.name, Program.name)
        .join(Contact, Contact.company_id == Company.id)
        .outerjoin(Prospect, Prospect.company_id == Company.id)
        .outerjoin(Program, Program.id == Prospect.program_id)
        .where(Contact.id.in_(contact_ids))
        .order_by(Company.name, Program.name)
        .limit(MOST)
    )
    found: dict[int, tuple[str, list[str]]] = {}
    for company_id, company, program in rows:
        programs = found.setdefault(company_id, (company, []))[1]
        if program is not None and program not in programs:
            programs.append(program)
    return tuple(AtCompany(company, tuple(programs)) for company, programs in found.values())


def _applications(session: Session, addresses: Collection[str]) -> tuple[Applied, ...]:
    rows = session.execute(
        select(Program.name, Application.company_name, Application.submitted_at, Application.state)
        .join(Program, Program.id == Application.program_id)
        .where(Application.email.in_(addresses))
        .order_by(Application.submitted_at.desc())
        .limit(MOST)
    )
    return tuple(Applied(*row) for row in rows)


def _partners(session: Session, addresses: Collection[str]) -> tuple[ActsFor, ...]:
    rows = session.execute(
        select(Program.name, Company.name, PartnerPerson.removed_at.is_not(None))
        .join(Partnership, Partnership.id == PartnerPerson.partnership_id)
        .join(Program, Program.id == Partnership.program_id)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(func.lower(PartnerPerson.email).in_(addresses))
        .order_by(Company.name, Program.name)
        .limit(MOST)
    )
    return tuple(ActsFor(program, company, bool(removed)) for program, company, removed in rows)
