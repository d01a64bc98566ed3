"""The outreach mail of all programs as the outbox shows it: who wrote to whom, where it stands, and what it said."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.models import Message, MessageKind, MessageState, Program, Sender, SenderTransport
from app.queries.ledger import state_word

PAGE_SIZE = 50
# Before it is handed over a mail has no words yet.
_WRITTEN = tuple(
    state for state in MessageState if state not in (MessageState.PLANNED, MessageState.CLAIMED, MessageState.SKIPPED)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMail:
    """One mail of a sequence, an answer or a test; `is_kept` says that it went no further than here."""

    id: int
    kind: MessageKind
    program: str
    slug: str
    prospect_id: int | None
    sender: str
    to_address: str
    subject: str
    text: str
    html: str
    state: MessageState
    detail: str
    is_kept: bool
    at: datetime

    @property
    def state_word(self) -> str:
        """Return in a word or two where it stands."""
        return state_word(self.state)


def sent_mails(session: Session, *, before: int | None = None) -> tuple[list[SentMail], int | None]:
    """Return PAGE_SIZE mails older than `before`, newest first, and the id to go on from (None at the end)."""
    query = _query().where(Message.state.in_(_WRITTEN)).order_by(Message.id.desc()).limit(PAGE_SIZE + 1)
    if before is not None:
        query = query.where(Message.id < before)
    found = [_shown(*row) for row in session.execute(query).all()]
    shown = found[:PAGE_SIZE]
    return shown, shown[-1].id if len(found) > PAGE_SIZE else None


def sent_mail(session: Session, message_id: int) -> SentMail | None:
    """Return one mail with its text, which is empty before it is handed over; None where there is none."""
    row = session.execute(_query().where(Message.id == message_id)).first()
    return _shown(*row) if row else None


def _query() -> Select[Message, Program, Sender]:
    return (
        select(Message, Program, Sender)
        .join(Program, Program.id == Message.program_id)
        .join(Sender, Sender.id == Message.sender_id)
    )


def _shown(message: Message, program: Program, sender: Sender) -> SentMail:
    return SentMail(
        id=message.id,
        kind=message.kind,
        program=program.name,
        slug=program.slug,
        prospect_id=message.prospect_id,
        sender=f"{sender.name} <{sender.address}>",
        to_address=message.to_address,
        subject=message.subject,
        text=message.text,
        html=message.html,
        state=message.state,
        detail=message.detail,
        is_kept=sender.transport is SenderTransport.OUTBOX,
        at=message.accepted_at or message.created_at,
    )
