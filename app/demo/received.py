"""Mail that the demo's people received: an answer, an absence note, and one mail that nobody can place yet.

They go the way of every received mail: kept as bytes, read by the job, matched by the address they come from.
"""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.demo.program import AFTERGLOW_PARTNERS
from app.models import Company, Contact, Program
from app.queries.contact_facts import ContactFacts, contact_facts
from app.services.received_mail import SENDGRID_SOURCE, store_mail

_TO = "Amara <amara@afterglow.demo.test>"
_ANSWERS = "second-ping.demo.test"
_AWAY = "nordkante.demo.test"
_ANSWER = (
    "Hi Amara,\n\n"
    "good timing: two of our clients asked for exactly this last week. Before we list you, can you tell me what the "
    "commission is on annual plans, and whether we would get a test store?\n\n"
    "Thursday after 14:00 works for a call.\n\n"
    "{name}\n\n"
    "On Monday, Amara <amara@afterglow.demo.test> wrote:\n"
    "> we met at the panel in Leeds. Shall I send you the terms of our partner program?\n"
    "> Amara\n"
)
_NOTE = (
    "Vielen Dank für Ihre Nachricht. Ich bin bis einschließlich kommenden Freitag nicht im Büro und habe keinen "
    "Zugriff auf meine E-Mails. In dringenden Fällen wenden Sie sich bitte an team@nordkante.demo.test.\n"
)
_UNKNOWN = (
    "Hello,\n\nJun from the agency meetup gave me your name. We build stores for three furniture brands and would like "
    "to hear how your partner program works.\n\nBest,\nMarisol\n"
)


def receive_mail(session: Session, program: Program) -> None:
    """Let three mails arrive in the program that recruits agencies."""
    if program.slug != AFTERGLOW_PARTNERS.slug:
        return
    answers, away = _person_at(session, _ANSWERS), _person_at(session, _AWAY)
    first = answers.first_name or "Best regards"
    _receive(session, answers.email, answers.name, "Re: Nice to meet you", _ANSWER.format(name=first))
    absent = {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    _receive(session, away.email, away.name, "Automatische Antwort: Partnerprogramm", _NOTE, headers=absent)
    _receive(session, "marisol.vega@mailbox.demo.example", "Marisol Vega", "Partner program?", _UNKNOWN)


def _receive(
    session: Session, address: str, name: str, subject: str, text: str, *, headers: dict[str, str] | None = None
) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"{name} <{address}>"
    mail["To"] = _TO
    mail["Subject"] = subject
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = f"<demo-{address}>"
    for header, value in (headers or {}).items():
        mail[header] = value
    mail.set_content(text)
    store_mail(session, mail.as_bytes(), source=SENDGRID_SOURCE)


def _person_at(session: Session, domain: str) -> ContactFacts:
    ids = session.scalars(
        select(Contact.id).join(Company, Company.id == Contact.company_id).where(Company.domain == domain)
    ).all()
    return next(facts for facts in contact_facts(session, ids).values() if facts.name and facts.email)
