"""What people do with received mail: answer it, put it off, say what it means, match it by hand.

A conversation is one prospect and one address; finishing or snoozing it holds for all its open mails.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.languages import number
from app.models import (
    Company,
    Contact,
    ContactField,
    ContactValue,
    MailState,
    MatchedBy,
    Message,
    MessageKind,
    MoveEvent,
    Prospect,
    ReceivedMail,
    ReplyMark,
    Sender,
    Stage,
    StageChange,
    User,
    is_allowed,
)
from app.services.access import Permission, program_for
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.mail_effects import heed_mail
from app.services.moves import move_prospect
from app.services.suppressions import is_suppressed
from outreach.inbound import InboundKind
from scrapers.domains import DomainError, normalize_domain

MAX_TEXT = 50_000
TWICE_WITHIN = timedelta(minutes=10)


def mail_for(
    session: Session, user: User, slug: str, mail_id: int, permission: Permission = Permission.READ
) -> ReceivedMail:
    """Return a mail of a program the user works in, or one that nothing ties to any program; else NotFound."""
    program = program_for(session, user, slug, permission)
    mail = session.get(ReceivedMail, mail_id)
    if mail is None or mail.program_id not in (program.id, None) or mail.state is MailState.WAITING:
        raise NotFound(_("There is no such mail in this program's inbox."))
    return mail


def finish(session: Session, mail: ReceivedMail, *, actor: User) -> None:
    """Take a conversation off the list of what is to do."""
    _change(session, mail, handled_at=now(), handled_by_id=actor.id, snoozed_until=None)
    _audit(session, mail, "mail.finished", actor)


def reopen(session: Session, mail: ReceivedMail, *, actor: User) -> None:
    """Put a conversation back on the list of what is to do."""
    _change(session, mail, handled_at=None, handled_by_id=None, snoozed_until=None)
    _audit(session, mail, "mail.reopened", actor)


def snooze(session: Session, mail: ReceivedMail, *, until: datetime, actor: User) -> None:
    """Hide a conversation until a moment; raises InvalidInput for one that is past."""
    if until <= now():
        raise InvalidInput({"until": _("Choose a time that is still to come.")})
    _change(session, mail, snoozed_until=until, handled_at=None, handled_by_id=None)
    _audit(session, mail, "mail.snoozed", actor, until=until.isoformat())


def mark(
    session: Session, mail: ReceivedMail, *, as_: ReplyMark, actor: User, wake_up_on: date | None = None
) -> StageChange | None:
    """Say what a reply means, and move the prospect with it; returns the move, None where none was to make.

    "Not now" sends the prospect to sleep until `wake_up_on` where one is given, "no" takes it off the board,
    "interested" sees that it stands in Engaged at least. Raises InvalidInput for a date that is past.
    """
    mail.mark = as_
    move = _move_for(session, mail, as_, actor, wake_up_on)
    if as_ is not ReplyMark.INTERESTED:
        finish(session, mail, actor=actor)
    _audit(session, mail, "mail.marked", actor, mark=as_.value)
    session.flush()
    return move


def _move_for(
    session: Session, mail: ReceivedMail, as_: ReplyMark, actor: User, wake_up_on: date | None
) -> StageChange | None:
    prospect = session.get(Prospect, mail.prospect_id) if mail.prospect_id else None
    if prospect is None:
        raise Conflict(_("This mail belongs to no prospect yet. Match it first."))
    target, event = {
        ReplyMark.INTERESTED: (Stage.ENGAGED, MoveEvent.REPLY),
        ReplyMark.NOT_NOW: (Stage.DORMANT, MoveEvent.HAND),
        ReplyMark.NO: (Stage.WITHDRAWN, MoveEvent.WITHDRAWN),
    }.get(as_, (None, MoveEvent.HAND))
    if target is None or (target is Stage.DORMANT and wake_up_on is None):
        return None
    if prospect.stage is target or not is_allowed(event, prospect.stage, target):
        return None
    reason = {ReplyMark.NOT_NOW: "Answered: not now.", ReplyMark.NO: "Answered: no."}.get(as_, "Answered: interested.")
    return move_prospect(
        session,
        prospect,
        to_stage=target,
        event=event,
        by_user_id=actor.id,
        reason=reason,
        wake_up_on=wake_up_on,
    )


def answer(session: Session, mail: ReceivedMail, *, text: str, actor: User, sender_id: int | None = None) -> Message:
    """Write back in the thread, from the sender who wrote before; it leaves through the ledger like any mail.

    The same words once more within TWICE_WITHIN are a second press of the button and return the first mail.
    `sender_id` chooses one where the thread has none yet. Raises InvalidInput for an empty text or a missing sender,
    Conflict where the address must not be mailed.
    """
    body = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not body:
        raise InvalidInput({"text": _("Write something first.")})
    if len(body) > MAX_TEXT:
        raise InvalidInput(
            {
                "text": _(
                    "This is %(count)s characters long; at most %(most)s fit.",
                    count=number(len(body)),
                    most=number(MAX_TEXT),
                )
            }
        )
    if not mail.from_address or mail.program_id is None:
        raise Conflict(
            _("This mail has no sender that could be answered, or belongs to no program yet. Match it first.")
        )
    if is_suppressed(session, mail.from_address) is not None:
        raise Conflict(
            _("%(email)s is on the list of who must not be mailed. Lift it there first.", email=mail.from_address)
        )
    session.execute(select(ReceivedMail.id).where(ReceivedMail.id == mail.id).with_for_update())
    before = session.get(Message, mail.message_id) if mail.message_id else None
    sender = sender_of_thread(session, mail) or _sender(session, mail.program_id, sender_id)
    moment, said = now(), f"{body}\n\n{sender.signature.strip()}".strip()
    known = _said_already(session, mail, said, since=moment - TWICE_WITHIN)
    if known is not None:
        return known
    message = Message(
        program_id=mail.program_id,
        kind=MessageKind.ANSWER,
        prospect_id=mail.prospect_id,
        contact_id=mail.contact_id,
        sender_id=sender.id,
        to_address=mail.from_address,
        subject=_answered(mail.subject),
        text=said,
        in_reply_to=mail.internet_id,
        references=_references(mail, before),
        due_at=moment,
        not_before_at=moment,
        created_by_id=actor.id,
    )
    session.add(message)
    session.flush()
    _audit(session, mail, "mail.answered", actor, message_id=message.id)
    dispatch_after_commit(session, Job.DRAIN_MAIL, 0)
    return message


def _said_already(session: Session, mail: ReceivedMail, text: str, *, since: datetime) -> Message | None:
    return session.scalar(
        select(Message)
        .where(
            Message.kind == MessageKind.ANSWER,
            Message.program_id == mail.program_id,
            Message.to_address == mail.from_address,
            Message.in_reply_to == mail.internet_id,
            Message.text == text,
            Message.created_at > since,
        )
        .limit(1)
    )


def sender_of_thread(session: Session, mail: ReceivedMail) -> Sender | None:
    """Return the sender that wrote to this person before, who must not change in a thread; None where nobody did."""
    sender_id = None
    if mail.message_id is not None:
        sender_id = session.scalar(select(Message.sender_id).where(Message.id == mail.message_id))
    elif mail.prospect_id is not None:
        query = select(Message.sender_id).where(
            Message.prospect_id == mail.prospect_id, Message.to_address == mail.from_address
        )
        sender_id = session.scalar(query.order_by(Message.id.desc()).limit(1))
    sender = session.get(Sender, sender_id) if sender_id else None
    return sender if sender is not None and sender.archived_at is None else None


def match_by_hand(session: Session, mail: ReceivedMail, *, program_id: int, domain: str, actor: User) -> Prospect:
    """Tie an unmatched mail to the prospect with this domain, and heed it as if it had been known at once.

    Raises InvalidInput where the program has no such prospect, Conflict where somebody matched it already.
    """
    if mail.matched_by is not MatchedBy.NOTHING:
        raise Conflict(_("Somebody matched this mail already. Reload the inbox."))
    prospect = _prospect_named(session, program_id, domain)
    mail.program_id, mail.prospect_id = program_id, prospect.id
    mail.matched_by, mail.detail = MatchedBy.HAND, ""
    mail.contact_id = _contact_with(session, prospect.company_id, mail.from_address)
    session.flush()
    _audit(session, mail, "mail.matched", actor, prospect_id=prospect.id)
    if mail.kind:
        heed_mail(session, mail, recipients=[mail.from_address] if mail.kind == InboundKind.REPLY else [])
    return prospect


def _prospect_named(session: Session, program_id: int, domain: str) -> Prospect:
    try:
        wanted = normalize_domain(domain)
    except DomainError as error:
        raise InvalidInput(
            {"domain": _("%(error)s. Give the company's domain, such as agency.example.", error=error)}
        ) from error
    query = select(Prospect).join(Company, Company.id == Prospect.company_id)
    prospect = session.scalar(query.where(Prospect.program_id == program_id, Company.domain == wanted))
    if prospect is None:
        raise InvalidInput(
            {"domain": _("%(domain)s is no prospect of this program. Add it on the board first.", domain=wanted)}
        )
    return prospect


def _contact_with(session: Session, company_id: int, address: str) -> int | None:
    query = select(Contact.id).join(ContactValue, ContactValue.contact_id == Contact.id)
    return session.scalar(
        query.where(
            Contact.company_id == company_id, ContactValue.field == ContactField.EMAIL, ContactValue.value == address
        ).limit(1)
    )


def _sender(session: Session, program_id: int, sender_id: int | None) -> Sender:
    query = select(Sender).where(Sender.program_id == program_id, Sender.archived_at.is_(None)).order_by(Sender.id)
    if sender_id is not None:
        query = query.where(Sender.id == sender_id)
    sender = session.scalar(query.limit(1))
    if sender is None:
        raise InvalidInput({"text": _("This program has no sender to answer from. Add one under Senders first.")})
    return sender


def _answered(subject: str) -> str:
    bare = " ".join(subject.split())
    return (bare if bare.lower().startswith("re:") else f"Re: {bare}".strip())[:400]


def _references(mail: ReceivedMail, before: Message | None) -> list[str]:
    chain = [*before.references, before.internet_id] if before is not None else [mail.in_reply_to]
    return list(dict.fromkeys(each for each in (*chain, mail.internet_id) if each))[-20:]


def _change(session: Session, mail: ReceivedMail, **values: Any) -> None:
    """Write values onto every mail of the conversation that this mail is part of."""
    session.flush()
    session.execute(
        update(ReceivedMail).where(_same(mail)).values(**values).execution_options(synchronize_session=False)
    )
    session.refresh(mail)


def _same(mail: ReceivedMail) -> ColumnElement[bool]:
    if mail.prospect_id is None:
        return ReceivedMail.id == mail.id
    together = (ReceivedMail.prospect_id == mail.prospect_id) & (ReceivedMail.from_address == mail.from_address)
    return or_(ReceivedMail.id == mail.id, together)


def _audit(session: Session, mail: ReceivedMail, action: str, actor: User, **details: Any) -> None:
    record_audit(
        session,
        action,
        subject=f"mail:{mail.id}",
        actor_id=actor.id,
        program_id=mail.program_id,
        details=details,
    )
