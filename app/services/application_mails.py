"""The mails an applicant gets. Every word a stranger reads in a mail stands in this file, ready to be translated."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.models import Application, Program
from app.services.application_links import new_status_link
from app.services.notices import post_notice
from app.services.plain_text import clean_line
from app.services.reason_words import reasons_for_applicant

# Nothing the sender of the form typed stands in this mail: it goes to an address that nobody has proved yet.
_CONFIRM = """Hello,

somebody, hopefully you, applied to {program} with this address. Please open this page and press the button:
{link}

Until then nobody looks at the application. The same page shows where it stands later, so keep this mail.
If it was not you, ignore this mail: nothing happens.
"""
_RECEIVED = """Hello {name},

thank you: your application to {program} for {company} is with us. You get an answer by {by} at the latest.

See where it stands, change it or take it back:
{link}
"""
_ASKED = """Hello {name},

we have a question about your application to {program}:

{message}

Answer here:
{link}
"""
_APPROVED = """Hello {name},

good news: {company} is accepted as a partner of {program}.
{message}
Somebody of us writes to you about the next steps. Your application:
{link}
"""
_DECLINED = """Hello {name},

we looked at your application to {program} and cannot accept {company} now. This is why:

{reasons}
{message}
{again}
The details stay here:
{link}
"""
_DRAFT = """Hello,

here is your half-finished application to {program}. Open it on any device and go on where you left off:
{link}

It is kept until {until}. If you did not ask for this, ignore this mail: the form is deleted then.
"""


def mail_confirmation(session: Session, application: Application) -> None:
    """Ask the address to confirm that it applied."""
    _post(session, application, "application_confirm", "Please confirm: your application to {program}", _CONFIRM)


def mail_received(session: Session, application: Application) -> None:
    """Say that the application is with us, and by when the answer comes."""
    _post(session, application, "application_received", "Your application to {program} is with us", _RECEIVED)


def mail_question(session: Session, application: Application) -> None:
    """Ask the applicant something."""
    _post(session, application, "application_question", "A question about your application to {program}", _ASKED)


def mail_approval(session: Session, application: Application) -> None:
    """Tell the applicant that they are in."""
    _post(session, application, "application_approved", "Welcome to {program}", _APPROVED)


def mail_decline(session: Session, application: Application) -> None:
    """Tell the applicant no, why, and when to come back."""
    _post(session, application, "application_declined", "Your application to {program}", _DECLINED)


def mail_draft(session: Session, program: Program, *, to_address: str, link: str, until: datetime) -> None:
    """Send the way back to a half-finished form."""
    post_notice(
        session,
        kind="application_draft",
        to_address=to_address,
        subject=f"Your half-finished application to {clean_line(program.name)}",
        text=_DRAFT.format(program=program.name, link=link, until=_day(until)),
    )


def _post(session: Session, application: Application, kind: str, subject: str, text: str) -> None:
    program = clean_line(session.get_one(Program, application.program_id).name)
    reasons = reasons_for_applicant(application.reason_codes)
    again = application.reapply_at
    post_notice(
        session,
        kind=kind,
        to_address=application.email,
        subject=subject.format(program=program),
        text=text.format(
            program=program,
            name=application.name,
            company=application.company_name,
            by=_day(application.due_at),
            message=f"\n{application.message}\n" if application.message else "",
            reasons="\n".join(f"- {reason.why} {reason.change}" for reason in reasons),
            again=f"You are welcome to apply again from {_day(again)}." if again else "",
            link=new_status_link(session, application),
        ),
    )


def _day(moment: datetime | None) -> str:
    return f"{moment.day} {moment:%B %Y}" if moment else "soon"
