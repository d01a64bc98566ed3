"""The mails of looking after partners; every word of ours that stands in one is in this file.

They go out as notices, at least once each, and to nobody on the list of who must not be mailed. A mail that is returned
here has its id once the session is flushed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.dispatch import Job, dispatch_after_commit
from app.models import CaseKind, Notice, PartnerPerson
from app.services.care.opting_out import opt_out_page
from app.services.languages import SOURCE, in_language, long_day, mark
from app.services.languages import gettext as _
from app.services.onboarding.people import new_portal_link
from app.services.partner_words import found_words
from app.services.plain_text import clean_line

_TERMS = mark("""Hello %(name)s,

the terms of %(program)s have changed: version %(version)s is in force.
%(summary)s
Please read them and accept them for %(company)s by %(accept_by)s:
%(link)s/terms

The link is your key to the partner page, so keep this mail to yourself.
""")
_TERMS_REMINDER = mark("""Hello %(name)s,

a reminder: version %(version)s of the terms of %(program)s still waits for %(company)s to accept it, by %(accept_by)s:
%(link)s/terms
""")
_TIER_TERMS = mark("""Hello %(name)s,

there are new terms for partners of the tier %(tier)s at %(program)s: version %(version)s is in force,
beside the terms of the program.

Please read them and accept them for %(company)s:
%(link)s/terms

The link is your key to the partner page, so keep this mail to yourself.
""")
_CASE = mark("""Hello %(name)s,

we looked at a page of %(company)s and found something that the terms of %(program)s do not allow: %(kind)s.
%(where)s%(quote)s
What we ask of you, by %(fix_by)s:
%(wanted)s

Tell us when it is done, or that we are wrong, here:
%(link)s/requests
""")
_BROADCAST = mark("""Hello %(name)s,

%(text)s

Your partner page at %(program)s:
%(link)s

You get this because %(company)s is a partner of %(program)s. No more news of this kind:
%(unsubscribe)s
""")


@dataclass(frozen=True, slots=True)
class Names:
    """What a program and a company are called, each in one line."""

    program: str
    company: str
    program_id: int


@dataclass(frozen=True, slots=True)
class _Draft:
    """A mail before a person's name and link are put into its text."""

    kind: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsWords:
    """What is said of a new version of the terms."""

    version: int
    accept_by: date
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWords:
    """What is said of something found on a page."""

    kind: CaseKind
    url: str
    quote: str
    wanted: str
    fix_by: date


def mail_terms(session: Session, person: PartnerPerson, names: Names, words: TermsWords) -> Notice:
    """Ask a partner to accept a new version."""
    with in_language(person.language or SOURCE):
        values = {
            "version": words.version,
            "accept_by": long_day(words.accept_by),
            "summary": f"\n{words.summary}\n" if words.summary else "",
        }
        subject = _(
            "The terms of %(program)s have changed: please accept version %(version)s",
            program=names.program,
            version=words.version,
        )
        return _post(session, person, names, _Draft("partner_terms", subject, _TERMS), values)


def mail_terms_reminder(session: Session, person: PartnerPerson, names: Names, words: TermsWords) -> Notice:
    """Remind a partner of a version that they have not accepted."""
    with in_language(person.language or SOURCE):
        values = {"version": words.version, "accept_by": long_day(words.accept_by)}
        subject = _(
            "Still waiting: version %(version)s of the terms of %(program)s",
            program=names.program,
            version=words.version,
        )
        return _post(session, person, names, _Draft("partner_terms", subject, _TERMS_REMINDER), values)


def mail_tier_terms(session: Session, person: PartnerPerson, names: Names, *, tier: str, version: int) -> Notice:
    """Ask a partner to accept new terms of their tier."""
    with in_language(person.language or SOURCE):
        subject = _(
            "New terms for %(tier)s at %(program)s: please accept version %(version)s",
            tier=tier,
            program=names.program,
            version=version,
        )
        draft = _Draft("partner_terms", subject, _TIER_TERMS)
        return _post(session, person, names, draft, {"tier": tier, "version": version})


def mail_case(session: Session, person: PartnerPerson, names: Names, words: CaseWords) -> Notice:
    """Tell a partner what was found on their page, and what is asked of them by when."""
    with in_language(person.language or SOURCE):
        where = _("Page: %(url)s", url=words.url)
        quote = _("There it says:\n“%(quote)s”", quote=words.quote)
        values = {
            "kind": found_words(words.kind),
            "where": f"\n{where}\n" if words.url else "",
            "quote": f"\n{quote}\n" if words.quote else "",
            "wanted": words.wanted,
            "fix_by": long_day(words.fix_by),
        }
        subject = _("Please change something on your page, by %(fix_by)s", fix_by=values["fix_by"])
        return _post(session, person, names, _Draft("partner_case", subject, _CASE), values)


def mail_broadcast(session: Session, person: PartnerPerson, names: Names, *, subject: str, text: str) -> Notice:
    """Send one person a broadcast, with a link by which they get no more of them."""
    page = opt_out_page(names.program_id, person.email)
    values = {"text": text, "unsubscribe": page}
    with in_language(person.language or SOURCE):
        notice = _post(session, person, names, _Draft("partner_broadcast", subject, _BROADCAST), values)
    notice.unsubscribe_url = page
    return notice


def _post(session: Session, person: PartnerPerson, names: Names, draft: _Draft, values: Mapping[str, object]) -> Notice:
    known: dict[str, object] = {
        "name": clean_line(person.name),
        "program": names.program,
        "company": names.company,
        "link": new_portal_link(session, person),
        **values,
    }
    # Not by post_notice, which writes each mail at once: thousands of these go out in one transaction.
    notice = Notice(
        kind=draft.kind,
        to_address=person.email,
        subject=draft.subject[:255],
        text=_(draft.text, **known),
    )
    session.add(notice)
    dispatch_after_commit(session, Job.SEND_NOTICES)
    return notice
