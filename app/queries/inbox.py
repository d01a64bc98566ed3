"""The inbox of a program: one row a conversation, newest first, and how many wait in each tab."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BindParameter, ColumnElement, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import Company, FitState, MailState, MatchedBy, Prospect, ReceivedMail, ReplyMark, Stage
from outreach.inbound import InboundKind

# A value, or the place of one in a statement that is built once.
Id = int | BindParameter[int]
Time = datetime | BindParameter[datetime]
SCREEN = 40
_SNIPPET = 160


class Tab(StrEnum):
    """The tabs of the inbox, in the order they are shown."""

    TO_DO = "to_do"
    SNOOZED = "snoozed"
    DONE = "done"
    TRIAGE = "triage"
    AUTOMATIC = "automatic"

    @property
    def label(self) -> str:
        """Return the tab's name for people."""
        return self.value.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    """The newest mail of a conversation, and the prospect it belongs to (None in triage)."""

    mail_id: int
    who: str
    subject: str
    snippet: str
    at: datetime
    kind: str
    mark: ReplyMark
    snoozed_until: datetime | None
    prospect_id: int | None
    company: str
    stage: Stage | None
    fit_score: float | None
    fit_state: FitState | None


@dataclass(frozen=True, slots=True)
class InboxPage:
    """One screen of a tab; `next_before` asks for the next one."""

    rows: tuple[InboxRow, ...]
    next_before: int | None


def in_tab(tab: Tab, program_id: Id, at: Time) -> ColumnElement[bool]:
    """Return what puts a mail into a tab of a program's inbox at a time.

    A mail that nothing ties to a program lies in the triage tray of every program, until somebody takes it.
    """
    read = ReceivedMail.state == MailState.READ
    ours = and_(ReceivedMail.program_id == program_id, ReceivedMail.prospect_id.is_not(None), read)
    reply = and_(ours, ReceivedMail.kind == InboundKind.REPLY.value)
    is_open = ReceivedMail.handled_at.is_(None)
    asleep = ReceivedMail.snoozed_until > at
    return {
        Tab.TO_DO: and_(reply, is_open, or_(ReceivedMail.snoozed_until.is_(None), ReceivedMail.snoozed_until <= at)),
        Tab.SNOOZED: and_(reply, is_open, asleep),
        Tab.DONE: and_(reply, ReceivedMail.handled_at.is_not(None)),
        Tab.TRIAGE: and_(
            is_open,
            ReceivedMail.matched_by == MatchedBy.NOTHING,
            ReceivedMail.state != MailState.WAITING,
            or_(ReceivedMail.program_id == program_id, ReceivedMail.program_id.is_(None)),
        ),
        Tab.AUTOMATIC: and_(ours, ReceivedMail.kind != InboundKind.REPLY.value),
    }[tab]


def inbox_page(session: Session, program_id: int, tab: Tab, *, before: int | None = None) -> InboxPage:
    """Return the conversations of a tab whose newest mail has an id below `before`, newest first."""
    newest = _newest(program_id, tab, now())
    query = (
        select(ReceivedMail, Prospect, Company.name)
        .outerjoin(Prospect, Prospect.id == ReceivedMail.prospect_id)
        .outerjoin(Company, Company.id == Prospect.company_id)
        .where(ReceivedMail.id.in_(newest))
    )
    if before is not None:
        query = query.where(ReceivedMail.id < before)
    found = [
        _row(mail, prospect, company)
        for mail, prospect, company in session.execute(query.order_by(ReceivedMail.id.desc()).limit(SCREEN + 1))
    ]
    return InboxPage(tuple(found[:SCREEN]), found[SCREEN - 1].mail_id if len(found) > SCREEN else None)


def tab_counts(session: Session, program_id: int) -> dict[Tab, int]:
    """Return how many conversations lie in each tab."""
    return {tab: _count(session, program_id, tab) for tab in Tab}


def waiting_conversations(program_id: Id, at: Time) -> Select[int]:
    """Return the statement that counts conversations of a program that wait for somebody: to do, and to be matched."""
    to_do, triage = _newest(program_id, Tab.TO_DO, at), _newest(program_id, Tab.TRIAGE, at)
    return select(func.count()).select_from(union_all(to_do, triage).subquery())


def _count(session: Session, program_id: int, tab: Tab) -> int:
    return session.scalar(select(func.count()).select_from(_newest(program_id, tab, now()).subquery())) or 0


def _newest(program_id: Id, tab: Tab, at: Time) -> Select[int]:
    """Return the ids of the newest mail of each conversation: a prospect and an address; each unmatched mail alone."""
    alone = func.coalesce(ReceivedMail.prospect_id, -ReceivedMail.id)
    return (
        select(func.max(ReceivedMail.id)).where(in_tab(tab, program_id, at)).group_by(alone, ReceivedMail.from_address)
    )


def _row(mail: ReceivedMail, prospect: Prospect | None, company: str | None) -> InboxRow:
    return InboxRow(
        mail_id=mail.id,
        who=mail.from_name or mail.from_address or _("Unknown sender"),
        subject=mail.subject or _("(no subject)"),
        snippet=" ".join(mail.new_text[: _SNIPPET * 2].split())[:_SNIPPET],
        at=mail.received_at,
        kind=mail.kind,
        mark=mail.mark,
        snoozed_until=mail.snoozed_until,
        prospect_id=prospect.id if prospect else None,
        company=company or "",
        stage=prospect.stage if prospect else None,
        fit_score=prospect.fit_score if prospect else None,
        fit_state=prospect.fit_state if prospect else None,
    )
