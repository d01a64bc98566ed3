"""The demo's outreach: senders, sequences that may write at any hour, and a few people on their way.

Within a minute of the start the first mails lie in the outbox, one task and two approvals wait, and one contact is held
with a reason. Only use-cases of the product are called; nothing leaves the installation.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.program import AFTERGLOW_PARTNERS
from app.models import Company, Contact, PauseScope, Program, Prospect, Sender, SenderTransport, Sequence, User
from app.queries.contact_facts import contact_facts
from app.services.contact_bases import Basis, record_basis
from app.services.country_rules import set_country_rule
from app.services.enrolling import enroll_one
from app.services.pauses import pause
from app.services.ready_made import READY_MADE
from app.services.sender_changes import SenderDetails, create_sender
from app.services.sequences import SequenceSettings, create_sequence, publish

# A demo is looked at in the evening and on Sundays too.
_ANY_HOUR = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "23:59"}
_GROUNDS = {
    "US": "CAN-SPAM allows it with an honest subject, a postal address and a way out in every mail.",
    "GB": "Named work addresses of companies, legitimate interest; never sole traders (PECR).",
}
_BASIS = "Legitimate interest: an offer that fits their trade, to a published work address"
_POSTAL_ADDRESS = "Afterglow Apps Ltd, 4 Lantern Yard, Bristol BS1 4QD, United Kingdom"
_WRITTEN_TO = ("flowsmith.demo.test", "checkout-clinic.demo.test", "saltmarsh-commerce.demo.test")
_HELD = "twelve-oaks-digital.demo.test"
_TO_APPROVE = ("storestack-reviews.demo.test", "saas-shelf.demo.test")
_TO_CALL = "parcelpine.demo.test"
# Everything needed is on record: whoever opens "Enroll" first can enroll them.
_READY = ("kitchen-kit-weekly.demo.test", "trailgear-tested.demo.test", "agency-atlas.demo.test")


def begin_outreach(session: Session, program: Program, *, director: User, specialist: User, writer: User) -> None:
    """Set up outreach in the program that recruits agencies, and put a few people on their way."""
    if program.slug != AFTERGLOW_PARTNERS.slug:
        return
    for country, ground in _GROUNDS.items():
        set_country_rule(session, program, country, allows=True, note=ground, actor=director)
    theo = _sender(session, program, specialist, director, transport=SenderTransport.OUTBOX)
    _sender(session, program, writer, director, transport=SenderTransport.SMTP)
    agencies = _sequence(session, program, "agencies", theo, specialist)
    reviewers = _sequence(session, program, "affiliates", theo, specialist, approves=True)
    callers = _sequence(session, program, "", theo, specialist)
    for domain in _WRITTEN_TO:
        _enroll(session, program, domain, agencies, specialist)
    held = _enroll(session, program, _HELD, agencies, specialist)
    reason = "Wants our SOC 2 report first; it comes in December."
    pause(session, PauseScope.ENROLLMENT, subject_id=held, reason=reason, by_user_id=specialist.id)
    for domain in _TO_APPROVE:
        _enroll(session, program, domain, reviewers, writer)
    _enroll(session, program, _TO_CALL, callers, specialist)
    for domain in _READY:
        _record_basis(session, program, domain, specialist)


def _sender(session: Session, program: Program, person: User, director: User, *, transport: SenderTransport) -> Sender:
    first = person.name.split()[0].lower()
    details = SenderDetails(
        name=person.name,
        address=f"{first}@afterglow.demo.test",
        signature=f"{person.name}\nPartnerships, Afterglow",
        postal_address=_POSTAL_ADDRESS,
        transport=transport,
        time_zone="Europe/London",
        daily_cap=40,
        domain_spacing_s=0,
    )
    return create_sender(session, program, details, actor=director)


def _sequence(
    session: Session, program: Program, key: str, sender: Sender, author: User, *, approves: bool = False
) -> Sequence:
    ready = READY_MADE.get(key)
    name = ready.name if ready else "Integrations: call first"
    about = ready.description if ready else "A call before any mail, for companies that asked for an integration."
    content = deepcopy(ready.content()) if ready else _call_first()
    content["plan"]["window"] = _ANY_HOUR
    content["keeps_holidays"] = False
    settings = SequenceSettings(name=name, description=about, sender_id=sender.id, approve_first_mail=approves)
    sequence = create_sequence(session, program, settings, content=content, actor=author)
    publish(session, sequence, note="First version", version=sequence.version, actor=author)
    return sequence


def _call_first() -> dict[str, Any]:
    steps = [
        {"id": "task-1", "kind": "task", "too_late_hours": 72},
        {"id": "email-2", "kind": "email", "delay": {"working_days": 1}, "too_late_hours": 24},
    ]
    call = {
        "channel": "call",
        "title": "Call {{ contact.name | default: company.name }} about the integration",
        "body": "Their site says they want an upsell integration. Ask who would build it, and by when they need it.",
    }
    mail = {
        "subject": "What we said on the phone",
        "body": (
            'Hello {{ contact.first_name | default: "there" }},\n\n'
            "thank you for your time on the phone. Our interface is described on one page, and I have set up a test "
            "store for {{ company.name }}. Shall I send both to whoever would build it?"
        ),
    }
    plan = {"id": "calls", "stops_company": ["reply", "opt_out", "complaint", "application"], "steps": steps}
    return {"plan": plan, "words": {"task-1": {"": call}, "email-2": {"": mail}}, "keeps_holidays": False}


def _enroll(session: Session, program: Program, domain: str, sequence: Sequence, by: User) -> int:
    contact_id = _record_basis(session, program, domain, by)
    enrollment = enroll_one(
        session, program, contact_id, sequence_id=sequence.id, sender_id=sequence.sender_id or 0, actor=by
    )
    return enrollment.id


def _record_basis(session: Session, program: Program, domain: str, by: User) -> int:
    prospect, contact_id = _person_at(session, program, domain)
    basis = Basis(legal_basis=_BASIS, source=f"https://{domain}/contact")
    record_basis(session, prospect, contact_id, basis, actor=by)
    return contact_id


def _person_at(session: Session, program: Program, domain: str) -> tuple[Prospect, int]:
    prospect = session.scalars(
        select(Prospect)
        .join(Company, Company.id == Prospect.company_id)
        .where(Prospect.program_id == program.id, Company.domain == domain)
    ).one()
    ids = session.scalars(select(Contact.id).where(Contact.company_id == prospect.company_id)).all()
    facts = contact_facts(session, ids)
    return prospect, next(contact_id for contact_id in ids if facts[contact_id].name and facts[contact_id].email)
