"""Where a program may write first: by country, and through which lane; and how soon it may write again."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import CountryRule, Program, User
from app.queries.sending_rules import LANE_OVERRIDE
from app.services.audit import record_audit
from app.services.errors import InvalidInput
from app.whole_numbers import whole_number
from outreach.countries import country_name, country_names

MOST_QUIET_DAYS = 365


def set_country_rule(session: Session, program: Program, country: str, *, allows: bool, note: str, actor: User) -> None:
    """Say whether the program may write first to people of a country, and on what ground. Raises InvalidInput."""
    code = country.strip().upper()
    problems = {}
    if code not in country_names():
        problems["country"] = _("Choose a country from the list.")
    if allows and not note.strip():
        problems["note"] = _("Say on what ground cold mail is allowed there: somebody may ask for it later.")
    if problems:
        raise InvalidInput(problems)
    _write(session, program, code, allows=allows, note=note, actor=actor)
    details = {"country": code, "name": country_name(code), "allows": allows, "note": note.strip()[:500]}
    _audit(session, "outreach.country_rule", program, actor, details)


def set_lane_override(session: Session, program: Program, *, is_on: bool, note: str, actor: User) -> None:
    """Let cold mail leave through the provider's API although its terms ask for consent, or forbid it again."""
    if is_on and not note.strip():
        raise InvalidInput({"note": _("Say why, and who agreed to it: it stands in the audit log.")})
    _write(session, program, LANE_OVERRIDE, allows=is_on, note=note, actor=actor)
    _audit(session, "outreach.lane_override", program, actor, {"is_on": is_on, "note": note.strip()[:500]})


def set_quiet_days(session: Session, program: Program, typed: str, *, actor: User) -> None:
    """Say for how many days somebody who had a mail is not put into a sequence; 0 asks nothing. Raises InvalidInput."""
    days = whole_number(typed.strip(), most=MOST_QUIET_DAYS)
    if days is None:
        words = _("Write a whole number of days, from 0 to %(most)s.", most=MOST_QUIET_DAYS)
        raise InvalidInput({"quiet_days": words})
    before, program.quiet_days = program.quiet_days, days
    _audit(session, "outreach.quiet_days", program, actor, {"from": before, "to": program.quiet_days})


def _write(session: Session, program: Program, country: str, *, allows: bool, note: str, actor: User) -> None:
    row = session.scalar(
        select(CountryRule).where(CountryRule.program_id == program.id, CountryRule.country == country)
    )
    if row is None:
        row = CountryRule(program_id=program.id, country=country)
        session.add(row)
    row.allows_cold_mail, row.note, row.set_by_id, row.at = allows, note.strip()[:2000], actor.id, now()
    session.flush()


def _audit(session: Session, action: str, program: Program, actor: User, details: dict[str, object]) -> None:
    record_audit(
        session,
        action,
        subject=f"program:{program.id}",
        actor_id=actor.id,
        program_id=program.id,
        details=details,
    )
