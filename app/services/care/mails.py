"""The mails of looking after partners; every word of ours that stands in one is in this file.

They go out as notices, at least once each, and to nobody on the list of who must not be mailed. A mail that is returned
here has its id once the session is flushed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.dispatch import Job, dispatch_after_commit
from app.models import Notice, PartnerPerson
from app.services.links import unsubscribe_page
from app.services.onboarding.people import new_portal_link
from app.services.plain_text import clean_line
from app.services.unsubscribes import unsubscribe_token

_TERMS = """Hello {name},

the terms of {program} have changed: version {version} is in force.
{summary}
Please read them and accept them for {company} by {accept_by}:
{link}/terms

The link is your key to the partner page, so keep this mail to yourself.
"""
_TERMS_REMINDER = """Hello {name},

a reminder: version {version} of the terms of {program} still waits for {company} to accept it, by {accept_by}:
{link}/terms
"""
_CASE = """Hello {name},

we looked at a page of {company} and found something that the terms of {program} do not allow: {kind}.
{where}{quote}
What we ask of you, by {fix_by}:
{wanted}

Tell us when it is done, or that we are wrong, here:
{link}/requests
"""
_BROADCAST = """Hello {name},

{text}

Your partner page at {program}:
{link}

You get this because {company} is a partner of {program}. No mail of any kind from us any more:
{unsubscribe}
"""


@dataclass(frozen=True, slots=True)
class Names:
    """What a program and a company are called, each in one line."""

    program: str
    company: str


@dataclass(frozen=True, slots=True)
class _Draft:
    """A mail before a person's name and link are put in."""

    kind: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsWords:
    """What is said of a new version of the terms."""

    version: int
    accept_by: str
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWords:
    """What is said of something found on a page."""

    kind: str
    url: str
    quote: str
    wanted: str
    fix_by: str


def mail_terms(session: Session, person: PartnerPerson, names: Names, words: TermsWords) -> Notice:
    """Ask a partner to accept a new version."""
    values = {
        "version": words.version,
        "accept_by": words.accept_by,
        "summary": f"\n{words.summary}\n" if words.summary else "",
    }
    subject = "The terms of {program} have changed: please accept version {version}"
    return _post(session, person, names, _Draft("partner_terms", subject, _TERMS), values)


def mail_terms_reminder(session: Session, person: PartnerPerson, names: Names, words: TermsWords) -> Notice:
    """Remind a partner of a version that they have not accepted."""
    values = {"version": words.version, "accept_by": words.accept_by}
    subject = "Still waiting: version {version} of the terms of {program}"
    return _post(session, person, names, _Draft("partner_terms", subject, _TERMS_REMINDER), values)


def mail_case(session: Session, person: PartnerPerson, names: Names, words: CaseWords) -> Notice:
    """Tell a partner what was found on their page, and what is asked of them by when."""
    values = {
        "kind": words.kind.lower(),
        "where": f"\nPage: {words.url}\n" if words.url else "",
        "quote": f"\nThere it says:\n“{words.quote}”\n" if words.quote else "",
        "wanted": words.wanted,
        "fix_by": words.fix_by,
    }
    subject = "Please change something on your page, by {fix_by}"
    return _post(session, person, names, _Draft("partner_case", subject, _CASE), values)


def mail_broadcast(session: Session, person: PartnerPerson, names: Names, *, subject: str, text: str) -> Notice:
    """Send one person a broadcast, with a link by which they get no more mail."""
    values = {"text": text, "unsubscribe": unsubscribe_page(unsubscribe_token(person.email, ""))}
    # The subject is somebody's words: braces in it mean nothing.
    plain = subject.replace("{", "{{").replace("}", "}}")
    return _post(session, person, names, _Draft("partner_broadcast", plain, _BROADCAST), values)


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
        subject=draft.subject.format(**known)[:255],
        text=draft.text.format(**known),
    )
    session.add(notice)
    dispatch_after_commit(session, Job.SEND_NOTICES)
    return notice
