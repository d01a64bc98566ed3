"""Whose a received mail is: by the token of its address, the mail it answers, its sender, at last the company's domain.

The certain ways come first. A mail that none of them ties to anybody goes to the triage tray, for a person to match.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import (
    Company,
    Contact,
    ContactField,
    ContactValue,
    Enrollment,
    MatchedBy,
    Message,
    Prospect,
)
from app.services.imports.shared_hosts import is_shared_mail_domain
from outreach.inbound.content import MailContent
from scrapers.domains import DomainError, normalize_domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Whom a mail belongs to, and what told; ids are None as far as nothing is known."""

    by: MatchedBy = MatchedBy.NOTHING
    program_id: int | None = None
    prospect_id: int | None = None
    contact_id: int | None = None
    enrollment_id: int | None = None
    message_id: int | None = None


def match_mail(session: Session, content: MailContent, *, program_id: int | None = None) -> Match:
    """Return whose a mail is; `program_id`, that of the mailbox it was fetched from, keeps it among its prospects."""
    return (
        _by_token(session, content.tokens)
        or _by_message(session, content.about)
        or _by_address(session, [content.from_address, *content.judged.recipients], program_id)
        or _by_company(session, content.from_address, program_id)
        or Match(program_id=program_id)
    )


def _by_token(session: Session, tokens: list[str]) -> Match | None:
    for token in tokens[:20]:
        enrollment = session.scalar(select(Enrollment).where(Enrollment.token == token))
        if enrollment is not None:
            return Match(
                by=MatchedBy.TOKEN,
                program_id=enrollment.program_id,
                prospect_id=enrollment.prospect_id,
                contact_id=enrollment.contact_id,
                enrollment_id=enrollment.id,
                message_id=_newest_message(session, enrollment.id),
            )
    return None


def _newest_message(session: Session, enrollment_id: int) -> int | None:
    query = select(Message.id).where(Message.enrollment_id == enrollment_id, Message.accepted_at.is_not(None))
    return session.scalar(query.order_by(Message.accepted_at.desc(), Message.id.desc()).limit(1))


def _by_message(session: Session, about: list[str]) -> Match | None:
    if not about:
        return None
    found = {
        message.internet_id: message
        for message in session.scalars(select(Message).where(Message.internet_id.in_(about)).order_by(Message.id))
    }
    message = next((found[internet_id] for internet_id in about if internet_id in found), None)
    if message is None:
        return None
    return Match(
        by=MatchedBy.MESSAGE_ID,
        program_id=message.program_id,
        prospect_id=message.prospect_id,
        contact_id=message.contact_id,
        enrollment_id=message.enrollment_id,
        message_id=message.id,
    )


def _by_address(session: Session, addresses: Iterable[str], program_id: int | None) -> Match | None:
    """Match by whom we wrote to last at one of these addresses; else by a contact that has one of them."""
    wanted = [address for address in dict.fromkeys(addresses) if address]
    for address in wanted[:20]:
        query = select(Message).where(Message.to_address == address, Message.prospect_id.is_not(None))
        if program_id is not None:
            query = query.where(Message.program_id == program_id)
        message = session.scalar(query.order_by(Message.id.desc()).limit(1))
        if message is not None:
            return Match(
                by=MatchedBy.SENDER,
                program_id=message.program_id,
                prospect_id=message.prospect_id,
                contact_id=message.contact_id,
                enrollment_id=message.enrollment_id,
                message_id=message.id,
            )
    return next((match for address in wanted[:20] if (match := _by_contact(session, address, program_id))), None)


def _by_contact(session: Session, address: str, program_id: int | None) -> Match | None:
    query = (
        select(Contact.id, Prospect.id, Prospect.program_id)
        .join(ContactValue, ContactValue.contact_id == Contact.id)
        .join(Prospect, Prospect.company_id == Contact.company_id)
        .where(ContactValue.field == ContactField.EMAIL, ContactValue.value == address)
    )
    if program_id is not None:
        query = query.where(Prospect.program_id == program_id)
    row = session.execute(query.order_by(Prospect.stage_since_at.desc(), Prospect.id.desc()).limit(1)).first()
    if row is None:
        return None
    contact_id, prospect_id, program = row
    return Match(by=MatchedBy.SENDER, program_id=program, prospect_id=prospect_id, contact_id=contact_id)


def _by_company(session: Session, address: str, program_id: int | None) -> Match | None:
    """Match by the sender's company: the prospect of it that we wrote to last, else the one that moved last."""
    domain = _company_domain(address)
    if not domain:
        return None
    query = (
        select(Prospect.id, Prospect.program_id, func.max(Message.id))
        .join(Company, Company.id == Prospect.company_id)
        .outerjoin(Message, Message.prospect_id == Prospect.id)
        .where(Company.domain == domain)
        .group_by(Prospect.id, Prospect.program_id, Prospect.stage_since_at)
    )
    if program_id is not None:
        query = query.where(Prospect.program_id == program_id)
    newest = func.coalesce(func.max(Message.id), 0)
    row = session.execute(query.order_by(newest.desc(), Prospect.stage_since_at.desc(), Prospect.id.desc())).first()
    if row is None:
        return None
    prospect_id, program, _ = row
    return Match(by=MatchedBy.COMPANY, program_id=program, prospect_id=prospect_id)


def _company_domain(address: str) -> str:
    if "@" not in address:
        return ""
    try:
        domain = normalize_domain(address)
    except DomainError:
        return ""
    return "" if is_shared_mail_domain(domain) else domain
