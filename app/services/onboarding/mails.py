"""The mails of onboarding to partners, in the language of whom they go to; every word that stands in one is here."""

from sqlalchemy.orm import Session

from app.models import Company, PartnerPerson, Partnership, Program, Prospect
from app.services.languages import gettext as _
from app.services.languages import in_language, language_of_country, mark
from app.services.notices import post_notice
from app.services.onboarding.people import new_portal_link, people_of
from app.services.plain_text import clean_line
from app.services.suppressions import is_suppressed, suppressed_among

_WELCOME = mark("""Hello %(name)s,

welcome to %(program)s. These are the first steps for %(company)s, with what we have ready for you:
%(link)s

The page keeps where you stand, so come back to it whenever you like. It needs no password: the link is your key, so
keep this mail to yourself.
""")
_INVITED = mark("""Hello %(name)s,

%(by)s asked us to give you access to the partner page of %(company)s at %(program)s:
%(link)s

The link is your own key; please do not pass it on. If you do not know what this is about, ignore this mail.
""")
_NEW_LINK = mark("""Hello %(name)s,

here is a new link to the partner page of %(company)s at %(program)s:
%(link)s

If you did not ask for it, ignore this mail: nobody got in.
""")
_SENT_BACK = mark("""Hello %(name)s,

thank you for “%(title)s”. One thing before we can tick it off:

%(note)s

Please look at it again here:
%(link)s
""")
_CODE = mark("""Hello %(name)s,

“%(title)s” is ready for you. You find it here:
%(link)s
""")
_MESSAGE = mark("""Hello %(name)s,

%(by)s of %(program)s wrote to you:

%(text)s

Answer here:
%(link)s
""")
_ACTIVE = mark("""Hello %(name)s,

that was the last step: %(company)s is an active partner of %(program)s now. Thank you.

Your page stays open, with your terms and a line to us:
%(link)s
""")
_MAIN_NOW = mark("""Hello %(name)s,

%(by)s made you the main contact of %(company)s at %(program)s. From now on it is you who
gives people of your company access and takes it away:
%(link)s

If you did not expect this, talk to %(by)s: you can pass the role back on that page.
""")
_MAIN_BEFORE = mark("""Hello %(name)s,

as you asked, %(to)s is the main contact of %(company)s at %(program)s now. Your own access stays as it was.

If that was not you, write to us at once here:
%(link)s
""")
_TIER = mark("""Hello %(name)s,

%(company)s is %(tier)s at %(program)s from now on. Thank you for what you brought.

What that gives you, and what there is to agree on or to do, stands on your page:
%(link)s
""")
_REMINDER = mark("""Hello %(name)s,

a short reminder of what is open for %(company)s at %(program)s:

%(lines)s

Your page:
%(link)s
""")


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


def language_of(session: Session, person: PartnerPerson) -> str:
    """Return the language to write to a partner's person in: the one kept with them, else that of their country."""
    if person.language:
        return person.language
    partnership = session.get_one(Partnership, person.partnership_id)
    prospect = session.get_one(Prospect, partnership.prospect_id)
    return language_of_country(session.get_one(Company, prospect.company_id).country)


def mail_role_passed_on(session: Session, *, before: PartnerPerson, after: PartnerPerson) -> None:
    """Tell both that another person is the main contact.

    Whoever had the role hears of it whatever mail they asked not to get: it may not have been them who gave it away.
    """
    _mail_partner(session, before, "main_before", to=clean_line(after.name))
    mail_person(session, after, "main_now", by=clean_line(before.name))


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
    with in_language(language_of(session, person)):
        post_notice(session, kind=kind, to_address=person.email, subject=_(subject, **values), text=_(text, **values))


_FOR_PARTNERS = {
    "welcome": ("partner_welcome", mark("Welcome to %(program)s: your first steps"), _WELCOME),
    "invited": ("partner_invited", mark("Your access to the partner page of %(company)s"), _INVITED),
    "new_link": ("partner_link", mark("Your link to the partner page at %(program)s"), _NEW_LINK),
    "sent_back": ("partner_sent_back", mark("One more thing: %(title)s"), _SENT_BACK),
    "code": ("partner_code", mark("%(title)s: it is ready"), _CODE),
    "message": ("partner_message", mark("A message from %(program)s"), _MESSAGE),
    "active": ("partner_active", mark("You are an active partner of %(program)s"), _ACTIVE),
    "main_now": ("partner_main_contact", mark("You are the main contact of %(company)s"), _MAIN_NOW),
    "main_before": ("partner_main_contact", mark("%(to)s is your main contact now"), _MAIN_BEFORE),
    "tier": ("partner_tier", mark("%(tier)s: your new tier at %(program)s"), _TIER),
    "reminder": ("partner_reminder", mark("What is open for %(company)s at %(program)s"), _REMINDER),
}


def company_name(session: Session, partnership: Partnership) -> str:
    """Return the name of a partner's company, as one line."""
    prospect = session.get_one(Prospect, partnership.prospect_id)
    return clean_line(session.get_one(Company, prospect.company_id).name)
