"""Build rows for tests in one line each; every value can be overridden."""

from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from app.models import Company, FitProfile, Membership, Program, ProgramType, Prospect, Role, Stage, User
from app.services.furthest import further

_numbers = count(1)

PROFILE = {
    "topics": [
        {"id": "shops", "text": "We build online shops for merchants", "weight": 2.0, "stance": "wants"},
        {"id": "coupons", "text": "Coupon codes and deals", "weight": 1.0, "stance": "avoids"},
    ],
    "exemplars": [],
    "languages": [],
}


def make_user(session: Session, role: Role = Role.RECRUITMENT_SPECIALIST, **values: Any) -> User:
    """Add a user with a password hash that fits no password."""
    number = next(_numbers)
    user = User(
        **{"email": f"person{number}@example.com", "name": f"Person {number}", "role": role, "password_hash": "!"}
        | values
    )
    session.add(user)
    session.flush()
    return user


def make_program(session: Session, *members: User, **values: Any) -> Program:
    """Add a program with the given members."""
    number = next(_numbers)
    program = Program(**{"slug": f"program-{number}", "name": f"Program {number}", "type": ProgramType.AGENCY} | values)
    session.add(program)
    session.flush()
    session.add_all(Membership(user_id=user.id, program_id=program.id) for user in members)
    session.flush()
    return program


def make_profile(session: Session, program: Program, **values: Any) -> FitProfile:
    """Add a current fit profile."""
    profile = FitProfile(**{"program_id": program.id, "version": 1, "content": PROFILE} | values)
    session.add(profile)
    session.flush()
    return profile


def make_prospect(session: Session, program: Program, domain: str | None = None, **values: Any) -> Prospect:
    """Add a company and its prospect in a program."""
    domain = domain or f"company{next(_numbers)}.example"
    company = Company(domain=domain, name=domain.split(".")[0].title(), website=f"https://{domain}/")
    session.add(company)
    session.flush()
    prospect = Prospect(
        **{"program_id": program.id, "company_id": company.id, "stage": Stage.SOURCED, "rank": f"m{company.id:06d}"}
        | values
    )
    prospect.furthest = further(Stage.SOURCED, prospect.stage)
    session.add(prospect)
    session.flush()
    return prospect
