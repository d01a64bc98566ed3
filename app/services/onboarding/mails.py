"""The mails of onboarding to partners and to our own people; every word that stands in one is in this file."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from app.models import Company, PartnerPerson, Partnership, Program, Prospect, User
from app.services.links import own_addresses
from app.services.notices import post_notice
from app.services.onboarding.people import new_portal_link, people_of
from app.services.plain_text import clean_line
from app.services.suppressions import is_suppressed, suppressed_among

_WELCOME = """Hello {name},

welcome to {program}. These are the first steps for {company}, with what we have ready for you:
{link}

The page keeps where you stand, so come back to it whenever you like. It needs no password: the link is your key, so
keep this mail to yourself.
"""
_INVITED = """Hello {name},

{by} asked us to give you access to the partner page of {company} at {program}:
{link}

The link is your own key; please do not pass it on. If you do not know what this is about, ignore this mail.
"""
_NEW_LINK = """Hello {name},

here is a new link to the partner page of {company} at {program}:
{link}

If you did not ask for it, ignore this mail: nobody got in.
"""
_SENT_BACK = """Hello {name},

thank you for “{title}”. One thing before we can tick it off:

{note}

Please look at it again here:
{link}
"""
_CODE = """Hello {name},

“{title}” is ready for you. You find it here:
{link}
"""
_MESSAGE = """Hello {name},

{by} of {program} wrote to you:

{text}

Answer here:
{link}
"""
_ACTIVE = """Hello {name},

that was the last step: {company} is an active partner of {program} now. Thank you.

Your page stays open, with your terms and a line to us:
{link}
"""
_REMINDER = """Hello {name},

a short reminder of what is open for {company} at {program}:

{lines}

Your page:
{link}
"""
_HANDED = """Hello {name},

{company} is approved for {program}, and you look after them.
{promised}
{page}
"""
_PARTNER_WROTE = """Hello {name},

{by} of {company} wrote:

{text}

Answer here:
{page}
"""
_DIGEST = """Hello {name},

this waits for you in {program}:

{lines}

All of it:
{page}
"""


def reachable_people(session: Session, partnership_id: int) -> list[PartnerPerson]:
    """Return who of a partner has access and may be mailed, the main contact first."""
    people = people_of(session, partnership_id)
    forbidden = suppressed_among(session, [person.email for person in people])
    return [person for person in people if person.email not in forbidden]


def mail_person(session: Session, person: PartnerPerson, what: str, **words: str) -> bool:
    """Send one of the mails for partners, with a fresh link of the person's own; returns whether it goes out.

    Whoever must not be mailed gets nothing but what they asked for themselves, see mail_link_asked_for.
    """
    if is_suppressed(session, person.email) is not None:
        return False
    _mail_partner(session, person, what, **words)
    return True


def mail_link_asked_for(session: Session, person: PartnerPerson) -> None:
    """Send a new link to somebody who asked for it themselves, though they want no other mail."""
    _mail_partner(session, person, "new_link")


def _mail_partner(session: Session, person: PartnerPerson, what: str, **words: str) -> None:
    kind, subject, text = _FOR_PARTNERS[what]
    partnership = session.get_one(Partnership, person.partnership_id)
    program = clean_line(session.get_one(Program, partnership.program_id).name)
    values = {
        "name": person.name,
        "program": program,
        "company": company_name(session, partnership),
        "link": new_portal_link(session, person),
        **words,
    }
    post_notice(
        session, kind=kind, to_address=person.email, subject=subject.format(**values), text=text.format(**values)
    )


_FOR_PARTNERS = {
    "welcome": ("partner_welcome", "Welcome to {program}: your first steps", _WELCOME),
    "invited": ("partner_invited", "Your access to the partner page of {company}", _INVITED),
    "new_link": ("partner_link", "Your link to the partner page at {program}", _NEW_LINK),
    "sent_back": ("partner_sent_back", "One more thing: {title}", _SENT_BACK),
    "code": ("partner_code", "{title}: it is ready", _CODE),
    "message": ("partner_message", "A message from {program}", _MESSAGE),
    "active": ("partner_active", "You are an active partner of {program}", _ACTIVE),
    "reminder": ("partner_reminder", "What is open for {company} at {program}", _REMINDER),
}


def mail_hand_over(session: Session, partnership: Partnership, to: User) -> None:
    """Tell an account manager that a partner is theirs, and what was promised."""
    promised = f"\nThis was promised:\n{partnership.promised}\n" if partnership.promised else ""
    _mail_user(session, partnership, to, "onboarding_handed_over", "{company} is yours", _HANDED, promised=promised)


def mail_partner_wrote(session: Session, partnership: Partnership, to: User, *, by: str, text: str) -> None:
    """Pass a partner's message on to one of us."""
    _mail_user(
        session, partnership, to, "onboarding_message", "{company} wrote to you", _PARTNER_WROTE, by=by, text=text
    )


def mail_digest(session: Session, program: Program, to: User, lines: Iterable[str]) -> None:
    """Remind one of us of all that waits for them in a program, in one mail."""
    name = clean_line(program.name)
    text = _DIGEST.format(
        name=to.name,
        program=name,
        lines="\n".join(f"- {line}" for line in lines),
        page=f"{own_addresses().public_url}/p/{program.slug}/onboarding",
    )
    post_notice(
        session, kind="onboarding_digest", to_address=to.email, subject=f"Onboarding in {name}: yours to do", text=text
    )


def company_name(session: Session, partnership: Partnership) -> str:
    """Return the name of a partner's company, as one line."""
    prospect = session.get_one(Prospect, partnership.prospect_id)
    return clean_line(session.get_one(Company, prospect.company_id).name)


def _mail_user(
    session: Session, partnership: Partnership, to: User, kind: str, subject: str, template: str, **words: str
) -> None:
    program = session.get_one(Program, partnership.program_id)
    values = {
        "name": to.name,
        "company": company_name(session, partnership),
        "program": clean_line(program.name),
        "page": f"{own_addresses().public_url}/p/{program.slug}/onboarding/partners/{partnership.id}",
        **words,
    }
    post_notice(
        session, kind=kind, to_address=to.email, subject=subject.format(**values), text=template.format(**values)
    )
