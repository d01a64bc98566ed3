"""The mails of a wave, as receipts that are sent at least once; every word that stands in one is in this file."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.models import Company, Program, Prospect
from app.models.wave import MigrationPlan, WavePartner
from app.services.notices import post_notice
from app.services.plain_text import clean_line
from app.services.waves.addresses import Addressee

# ruff: noqa: E501 - a paragraph of a mail is one line, for mail programs break it where it suits
_INVITATION = """Hello {name},

you work with us through {platform}. We are moving our partners from there to a place of our own, {program}, and {company} is among them.
{message}
See the offer, accept the terms and get your partner page here; it takes about two minutes:
{link}
{incentive}
The page needs no password: the link is your key, so keep this mail to yourself. If you would rather not come along, say so on the same page, and we do not write to you about it again.
"""
_REMINDER = """Hello {name},

a short reminder: until {until} this still holds for {company} if you move from {platform} to {program}:

{promise}

Accept the terms and get your partner page here:
{link}

If you would rather not come along, say so on the same page, and we do not write to you about it again.
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it would be read."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What accepting earns, until which day; nothing where the text is empty."""

    text: str = ""
    until: date | None = None


def long_date(day: date) -> str:
    """Write a day out, as in 4 March 2027."""
    return f"{day.day} {day:%B %Y}"


def invitation(plan: MigrationPlan, values: dict[str, str], promise: Promise, *, link: str) -> Letter:
    """Write an invitation; `values` are those of `words_for`."""
    incentive = ""
    if promise.text and promise.until:
        incentive = f"\nIf you accept until {long_date(promise.until)}: {promise.text}\n"
    message = f"\n{plan.message}\n" if plan.message else ""
    text = _INVITATION.format(**values, message=message, incentive=incentive, link=link)
    return Letter(f"{values['company']}: your move to {values['program']}", text)


def reminder(values: dict[str, str], promise: Promise, *, link: str) -> Letter:
    """Write the reminder before the incentive ends."""
    until = long_date(promise.until) if promise.until else ""
    text = _REMINDER.format(**values, promise=promise.text, until=until, link=link)
    return Letter(f"Until {until}: your move to {values['program']}", text)


def words_for(
    session: Session, program: Program, plan: MigrationPlan, partner: WavePartner, to: Addressee
) -> dict[str, str]:
    """Return the words every mail to a partner needs, each as one line."""
    prospect = session.get_one(Prospect, partner.prospect_id)
    return {
        "name": clean_line(to.name) or "and welcome",
        "company": clean_line(session.get_one(Company, prospect.company_id).name),
        "program": clean_line(program.name),
        "platform": clean_line(plan.platform) or "another platform",
    }


def mail_letter(session: Session, kind: str, to: Addressee, letter: Letter) -> None:
    """Put a letter on the list of mails to leave."""
    post_notice(session, kind=kind, to_address=to.email, subject=letter.subject, text=letter.text)
