"""Write one mail of a sequence for one person: the same code for preview, approval, test mail and the worker."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    Company,
    ContactBasis,
    Enrollment,
    Message,
    MessageKind,
    MessageState,
    Program,
    Prospect,
    Provenance,
    Sender,
    SequenceVersion,
)
from app.queries.contact_facts import ContactFacts, contact_facts
from app.queries.mail_data import FIELD_NAMES, Recipient, mail_data
from app.queries.quotes import Quote, carries, quotable, still_said, title_of
from app.queries.sequence_content import StepWords, words_of
from app.services.apply_links import apply_page
from app.services.errors import InvalidInput
from app.services.links import unsubscribe_page
from app.services.unsubscribes import unsubscribe_token
from outreach.composing import Surroundings, WrittenMail, write_mail, write_task

_SENT = (MessageState.ACCEPTED, MessageState.RESOLVED_SENT, MessageState.UNCERTAIN, MessageState.NEEDS_PERSON)


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail as it would leave; with `problems` it must not. `warnings` are for whoever writes the sequence."""

    subject: str
    text: str
    html: str
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Whom a mail is written for. `quote` is a passage chosen for them; without one the best is taken.

    `token` is the enrollment's; a preview has none and its link leads nowhere yet.
    """

    program_id: int
    prospect_id: int
    contact_id: int
    sender_id: int
    token: str = ""
    quote: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What was read for many mails at once: contacts by id, their bases by (program, contact), all there are."""

    contacts: Mapping[int, ContactFacts]
    bases: Mapping[tuple[int, int], ContactBasis]


def known_of(session: Session, enrollments: Iterable[Enrollment]) -> Known:
    """Read with three queries what composing asks about the contacts of many enrollments."""
    return _known(session, {each.contact_id for each in enrollments})


def _known(session: Session, contacts: set[int]) -> Known:
    bases = session.scalars(select(ContactBasis).where(ContactBasis.contact_id.in_(contacts)))
    return Known(contact_facts(session, contacts), {(basis.program_id, basis.contact_id): basis for basis in bases})


def compose_step(
    session: Session, enrollment: Enrollment, *, step_id: str, variant_id: str, known: Known | None = None
) -> Composed:
    """Return the mail of a step as it would leave now, or its task; problems in words instead of an exception.

    A follow-up without a subject of its own answers the first mail: `Re:` and that one's subject; where no mail left
    before it, a person having skipped that one, it has the subject alone, for it answers nothing. Without `known`,
    which has to be of the same transaction, what it holds is read.
    """
    content = session.get_one(SequenceVersion, enrollment.version_id).content
    words = words_of(content, step_id, variant_id)
    if words is None:
        return Composed("", "", "", [f"The step {step_id!r} has no words in this version of the sequence."])
    if words.channel:
        return _task(session, addressee_of(enrollment), words)
    if not words.subject.strip():
        words = StepWords(_thread_subject(session, enrollment, content), words.body)
    return compose(session, addressee_of(enrollment), words, known=known)


def compose(session: Session, to: Addressee, words: StepWords, *, known: Known | None = None) -> Composed:
    """Return the mail that these words make for one person."""
    known = known or _known(session, {to.contact_id})
    written = f"{words.subject}{words.body}"
    recipient, problems = _recipient(session, to, known.contacts, uses_quote="site.quote" in written)
    if recipient is None:
        return Composed(words.subject, words.body, "", problems)
    if "apply_url" in written:
        recipient = replace(recipient, apply_url=apply_page(session, to.program_id, to.token))
    around = _surroundings(to, recipient, known)
    data = mail_data(session, recipient, needs_topic="topic" in written)
    return _composed(write_mail(words.subject, words.body, data=data, around=around, fields=FIELD_NAMES), problems)


def _task(session: Session, to: Addressee, words: StepWords) -> Composed:
    """Return a task's title and prepared text; a contact without an address can be called all the same."""
    contacts = contact_facts(session, [to.contact_id])
    recipient, problems = _recipient(session, to, contacts, uses_quote="site.quote" in f"{words.subject}{words.body}")
    if recipient is None:
        return Composed(words.subject, words.body, "", problems)
    problems = problems[1:] if problems and not recipient.contact.email else problems
    data = mail_data(session, recipient)
    return _composed(write_task(words.subject, words.body, data=data, fields=FIELD_NAMES), problems)


def addressee_of(enrollment: Enrollment) -> Addressee:
    """Return whom the mails of an enrollment are written for."""
    return Addressee(
        program_id=enrollment.program_id,
        prospect_id=enrollment.prospect_id,
        contact_id=enrollment.contact_id,
        sender_id=enrollment.sender_id,
        token=enrollment.token,
        quote=enrollment.quote,
    )


def recheck(session: Session, enrollment: Enrollment, message: Message) -> list[str]:
    """Return why a mail that a person approved must not leave as it is any more: its quote has gone from the page."""
    return quote_gone_from(session, enrollment, message.text)


def quote_gone_from(session: Session, enrollment: Enrollment, text: str) -> list[str]:
    """Return why a text must not leave that quotes the passage of an enrollment; [] where it does not, or may."""
    quote = enrollment.quote
    if not quote.get("text") or not carries(text, quote["text"]):
        return []
    return _gone(session, enrollment.prospect_id, quote)


def _composed(mail: WrittenMail, problems: list[str]) -> Composed:
    return Composed(
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        problems=[*problems, *(str(problem) for problem in mail.problems)],
        warnings=[str(warning) for warning in mail.warnings],
    )


def _recipient(
    session: Session, to: Addressee, contacts: Mapping[int, ContactFacts], *, uses_quote: bool
) -> tuple[Recipient | None, list[str]]:
    contact = contacts.get(to.contact_id)
    sender = session.get(Sender, to.sender_id)
    prospect = session.get(Prospect, to.prospect_id)
    program = session.get(Program, to.program_id)
    if contact is None or sender is None or prospect is None or program is None:
        return None, ["The contact, the prospect or the sender was removed; there is nobody to write to."]
    problems = [] if contact.email else [f"{contact.label} has no e-mail address; add one, or skip the step."]
    quote, gone = _quote(session, to) if uses_quote else (None, [])
    recipient = Recipient(
        program=program,
        prospect=prospect,
        company=session.get_one(Company, contact.company_id),
        contact=contact,
        sender=sender,
        quote=quote,
    )
    return recipient, [*problems, *gone]


def _quote(session: Session, to: Addressee) -> tuple[Quote | None, list[str]]:
    """Return the passage to quote, and why it cannot be: a chosen one must still stand on its page."""
    if to.quote.get("text"):
        quote = Quote(to.quote["url"], title_of(session, to.prospect_id, to.quote["url"]), to.quote["text"])
        return quote, _gone(session, to.prospect_id, to.quote)
    return next(iter(quotable(session, to.prospect_id)), None), []


def _gone(session: Session, prospect_id: int, quote: Mapping[str, str]) -> list[str]:
    if still_said(session, prospect_id, url=quote["url"], text=quote["text"]):
        return []
    return [f"{quote['url']} no longer says “{quote['text']}”. Choose another passage to quote, or skip the step."]


def _surroundings(to: Addressee, recipient: Recipient, known: Known) -> Surroundings:
    return Surroundings(
        signature=recipient.sender.signature,
        postal_address=recipient.sender.postal_address,
        source_line=_source_line(known.bases.get((to.program_id, to.contact_id)), recipient.contact),
        unsubscribe_url=_way_out(recipient.contact.email, to.token),
    )


def _way_out(address: str, token: str) -> str:
    try:
        return unsubscribe_page(unsubscribe_token(address, token)) if address else ""
    except InvalidInput:
        # An address that nobody can be unsubscribed by is no address; the footer's check says so.
        return ""


def _source_line(basis: ContactBasis | None, contact: ContactFacts) -> str:
    """Say where the receiver's address is from, which the first mail must (GDPR, article 14)."""
    if basis is not None and basis.has_consented:
        return "You get this mail because you agreed to hear from us."
    if contact.email_provenance is Provenance.APPLICATION:
        return "You get this mail because you applied to our program."
    source = basis.source_url if basis is not None and basis.source_url else ""
    if not source and contact.email_source.startswith(("https://", "http://")):
        source = contact.email_source
    return f"Your address is from {source}" if source else ""


def _thread_subject(session: Session, enrollment: Enrollment, content: Mapping[str, Any]) -> str:
    first = session.scalar(
        select(Message.subject)
        .where(Message.enrollment_id == enrollment.id, Message.kind == MessageKind.STEP, Message.state.in_(_SENT))
        .order_by(Message.id)
        .limit(1)
    )
    if not first:
        # Every mail before it was skipped: "Re:" would claim a mail that was never written.
        steps = content.get("plan", {}).get("steps", ())
        opening = next((step["id"] for step in steps if step.get("kind") == "email"), "")
        words = words_of(content, opening)
        return words.subject if words else ""
    return first if first.lower().startswith("re:") else f"Re: {first}"
