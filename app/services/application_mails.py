"""The mails an applicant gets. Every word a stranger reads in a mail stands in this file, and in the catalogs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Application, ApplicationReference, Program
from app.services.application_links import new_status_link
from app.services.languages import gettext as _
from app.services.languages import in_language, long_day, mark
from app.services.notices import post_notice
from app.services.plain_text import clean_line
from app.services.reason_words import ReasonWords, reasons_for_applicant

# ruff: noqa: E501 - a paragraph of a mail is one line, for mail programs break it where it suits
# Nothing the sender of the form typed stands in this mail: it goes to an address that nobody has proved yet.
_CONFIRM = mark("""Hello,

somebody, hopefully you, applied to %(program)s with this address. Please open this page and press the button:
%(link)s

Until then nobody looks at the application. The same page shows where it stands later, so keep this mail.
If it was not you, ignore this mail: nothing happens.
""")
_RECEIVED = mark("""Hello %(name)s,

thank you: your application to %(program)s for %(company)s is with us. You get an answer by %(by)s at the latest.

See where it stands, change it or take it back:
%(link)s
""")
_ASKED = mark("""Hello %(name)s,

we have a question about your application to %(program)s:

%(message)s

Answer here:
%(link)s
""")
_APPROVED = mark("""Hello %(name)s,

good news: %(company)s is accepted as a partner of %(program)s.
%(message)s
Somebody of us writes to you about the next steps. Your application:
%(link)s
""")
# What an approved applicant reads whose onboarding begins at once: one mail that says both.
_APPROVED_WITH_STEPS = mark("""Hello %(name)s,

good news: %(company)s is accepted as a partner of %(program)s.
%(message)s
These are your first steps, with what we have ready for you:
%(portal)s

The page keeps where you stand, so come back to it whenever you like. It needs no password: the link is your key, so keep this mail to yourself.

Your application stays here:
%(link)s
""")
_DECLINED = mark("""Hello %(name)s,

we looked at your application to %(program)s and cannot accept %(company)s now. This is why:

%(reasons)s
%(message)s
%(again)s
The details stay here:
%(link)s
""")
_DRAFT = mark("""Hello,

here is your half-finished application to %(program)s. Open it on any device and go on where you left off:
%(link)s

It is kept until %(until)s. If you did not ask for this, ignore this mail: the form is deleted then.
""")


_REFERENCE = mark("""Hello %(name)s,

%(applicant)s of %(company)s applies to %(program)s and names you as somebody who knows their work. Would you tell us in a minute what you think?
%(link)s

Only the people who decide read what you say. If you would rather not, say so on that page, or ignore this mail.
The link works until %(until)s.
""")
_LETTERS = {
    "application_confirm": (mark("Please confirm: your application to %(program)s"), _CONFIRM),
    "application_received": (mark("Your application to %(program)s is with us"), _RECEIVED),
    "application_question": (mark("A question about your application to %(program)s"), _ASKED),
    "application_approved": (mark("Welcome to %(program)s"), _APPROVED),
    "application_declined": (mark("Your application to %(program)s"), _DECLINED),
}
_WITH_STEPS = (mark("Welcome to %(program)s: your first steps"), _APPROVED_WITH_STEPS)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it would be read."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What a mail about an application says beside its fixed words; without a link it is a preview.

    `portal` is the way to the partner's own page, where an approval opens one at once.
    """

    reason_codes: Sequence[str] = ()
    evidence: Sequence[Mapping[str, str]] = ()
    message: str = ""
    reapply_at: datetime | None = None
    link: str = "…"
    portal: str = ""


def mail_confirmation(session: Session, application: Application) -> None:
    """Ask the address to confirm that it applied."""
    _post(session, application, "application_confirm")


def mail_received(session: Session, application: Application) -> None:
    """Say that the application is with us, and by when the answer comes."""
    _post(session, application, "application_received")


def mail_question(session: Session, application: Application) -> None:
    """Ask the applicant something."""
    _post(session, application, "application_question")


def mail_approval(session: Session, application: Application, *, portal: str = "") -> None:
    """Tell the applicant that they are in, and with `portal` what their first steps are."""
    _post(session, application, "application_approved", portal=portal)


def mail_decline(session: Session, application: Application) -> None:
    """Tell the applicant no, why, and when to come back."""
    _post(session, application, "application_declined")


def mail_draft(session: Session, program: Program, *, to_address: str, link: str, until: datetime) -> None:
    """Send the way back to a half-finished form, in the language the form was read in."""
    name = clean_line(program.name)
    post_notice(
        session,
        kind="application_draft",
        to_address=to_address,
        subject=_("Your half-finished application to %(program)s", program=name),
        text=_(_DRAFT, program=name, link=link, until=long_day(until)),
    )


def mail_reference(
    session: Session, application: Application, reference: ApplicationReference, *, link: str, until: datetime
) -> None:
    """Ask somebody the applicant named for a word about them, in the language of the application."""
    program = clean_line(session.get_one(Program, application.program_id).name)
    who = {"applicant": application.name, "company": application.company_name}
    with in_language(application.language):
        post_notice(
            session,
            kind="application_reference",
            to_address=reference.email,
            subject=_("%(applicant)s names you as a reference", applicant=application.name),
            text=_(_REFERENCE, name=reference.name, program=program, link=link, until=long_day(until), **who),
        )


def letter_of(session: Session, kind: str, application: Application, saying: Saying, *, program_name: str) -> Letter:
    """Write a mail to an applicant, in the applicant's language."""
    subject, text = _WITH_STEPS if saying.portal else _LETTERS[kind]
    program = clean_line(program_name)
    with in_language(application.language):
        reasons = reasons_for_applicant(session, application.program_id, saying.reason_codes)
        again = long_day(saying.reapply_at) if saying.reapply_at else ""
        written = _(
            text,
            program=program,
            name=application.name,
            company=application.company_name,
            by=long_day(application.due_at) if application.due_at else "",
            message=f"\n{saying.message}\n" if saying.message else "",
            reasons="\n\n".join(part for part in (_why(reasons), _read(saying.evidence)) if part),
            again=_("You are welcome to apply again from %(day)s.", day=again) if again else "",
            link=saying.link,
            portal=saying.portal,
        )
        return Letter(_(subject, program=program), written)


def _why(reasons: Sequence[ReasonWords]) -> str:
    return "\n".join(f"- {reason.why} {reason.change}".rstrip() for reason in reasons)


def _read(evidence: Sequence[Mapping[str, str]]) -> str:
    quotes = [
        f"- “{clean_line(each['quote'])}”\n  {clean_line(each['url'])}" for each in evidence if "terms" not in each
    ]
    rules = [
        f"- “{clean_line(each['quote'])}” ({_('version %(version)s', version=each['terms'])})"
        for each in evidence
        if "terms" in each
    ]
    site = "\n".join([_("This is what we read on your site:"), *quotes]) if quotes else ""
    terms = "\n".join([_("This is what the terms say:"), *rules]) if rules else ""
    return "\n\n".join(part for part in (site, terms) if part)


def _post(session: Session, application: Application, kind: str, *, portal: str = "") -> None:
    saying = Saying(
        reason_codes=application.reason_codes,
        evidence=application.evidence,
        message=application.message,
        reapply_at=application.reapply_at,
        link=new_status_link(session, application),
        portal=portal,
    )
    program = session.get_one(Program, application.program_id)
    letter = letter_of(session, kind, application, saying, program_name=program.name)
    post_notice(session, kind=kind, to_address=application.email, subject=letter.subject, text=letter.text)
