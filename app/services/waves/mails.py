"""The mails of a wave, as receipts that are sent at least once; every word that stands in one is in this file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.models import Company, Program, Prospect
from app.models.wave import MigrationPlan, WavePartner
from app.services.languages import gettext as _
from app.services.languages import in_language, language_of_country, long_day, mark
from app.services.notices import post_notice
from app.services.plain_text import clean_line
from app.services.waves.addresses import Addressee

# ruff: noqa: E501 - a paragraph of a mail is one line, for mail programs break it where it suits
_INVITATION = mark("""Hello %(name)s,

you work with us through %(platform)s. We are moving our partners from there to a place of our own, %(program)s, and %(company)s is among them.
%(message)s
See the offer, accept the terms and get your partner page here; it takes about two minutes:
%(link)s
%(incentive)s
The page needs no password: the link is your key, so keep this mail to yourself. If you would rather not come along, say so on the same page, and we do not write to you about it again.
""")
_REMINDER = mark("""Hello %(name)s,

a short reminder: until %(until)s this still holds for %(company)s if you move from %(platform)s to %(program)s:

%(promise)s

Accept the terms and get your partner page here:
%(link)s

If you would rather not come along, say so on the same page, and we do not write to you about it again.
""")


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


def invitation(plan: MigrationPlan, values: dict[str, str], promise: Promise, *, link: str) -> Letter:
    """Write an invitation in the language in force; `values` are those of `words_for`."""
    incentive = ""
    if promise.text and promise.until:
        told = _("If you accept until %(day)s: %(promise)s", day=long_day(promise.until), promise=promise.text)
        incentive = f"\n{told}\n"
    message = f"\n{plan.message}\n" if plan.message else ""
    text = _(_INVITATION, **values, message=message, incentive=incentive, link=link)
    return Letter(_("%(company)s: your move to %(program)s", **values), text)


def reminder(values: dict[str, str], promise: Promise, *, link: str) -> Letter:
    """Write the reminder before the incentive ends, in the language in force."""
    until = long_day(promise.until)
    text = _(_REMINDER, **values, promise=promise.text, until=until, link=link)
    return Letter(_("Until %(day)s: your move to %(program)s", day=until, program=values["program"]), text)


def words_for(
    session: Session, program: Program, plan: MigrationPlan, partner: WavePartner, to: Addressee
) -> dict[str, str]:
    """Return the words every mail to a partner needs, each as one line, in the language in force."""
    return {
        "name": clean_line(to.name) or _("and welcome"),
        "company": clean_line(_company(session, partner).name),
        "program": clean_line(program.name),
        "platform": clean_line(plan.platform) or _("another platform"),
    }


@contextmanager
def in_language_of(session: Session, partner: WavePartner) -> Iterator[None]:
    """Write in the language of the partner's country: they have not chosen one yet, nor opened anything of ours."""
    with in_language(language_of_country(_company(session, partner).country)):
        yield


def _company(session: Session, partner: WavePartner) -> Company:
    return session.get_one(Company, session.get_one(Prospect, partner.prospect_id).company_id)


def mail_letter(session: Session, kind: str, to: Addressee, letter: Letter) -> None:
    """Put a letter on the list of mails to leave."""
    post_notice(session, kind=kind, to_address=to.email, subject=letter.subject, text=letter.text)
