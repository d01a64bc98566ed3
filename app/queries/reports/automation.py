"""The automation ledger: what the product did and what people did, per kind of work, and what waits for people."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import counted
from app.languages import gettext as _
from app.models import (
    Application,
    ApplicationState,
    Crawl,
    CrawlState,
    Decision,
    FitScore,
    MailState,
    Message,
    MessageKind,
    MessageState,
    Prospect,
    ReceivedMail,
    StageChange,
    Task,
    TaskState,
)
from app.queries.approvals import awaiting_approval
from app.queries.reports.scope import Scope
from app.queries.reports.table import Bar, Cell, Column, Picture, Report, Table, Unit
from outreach.inbound import InboundKind

_SENT = (MessageState.ACCEPTED, MessageState.RESOLVED_SENT)


@dataclass(frozen=True, slots=True)
class _Work:
    """One kind of work: what a person needs for one piece, in minutes, and how often each side did it."""

    name: str
    minutes: float
    by_product: int
    by_people: int

    @property
    def saved(self) -> float:
        return self.minutes * self.by_product


def automation(session: Session, scope: Scope) -> Report:
    """Return counts of the product's and people's work in the period, minutes saved, and the oldest waiting work.

    Minutes are assumptions, shown beside each kind, not measurements: what the work takes a person who knows it.
    """
    works = _works(session, scope)
    hours = sum(work.saved for work in works) / 60
    rows: list[tuple[Cell, ...]] = [
        (work.name, work.by_product, work.by_people, work.minutes, work.saved / 60) for work in works
    ]
    rows.append((_("All"), sum(work.by_product for work in works), sum(work.by_people for work in works), None, hours))
    return Report(
        picture=Picture(
            title=_("Hours of work the product took over"),
            unit=Unit.HOURS,
            bars=tuple(
                Bar(work.name, work.saved / 60, counted("once", "%(num)s times", work.by_product))
                for work in works
                if work.saved
            ),
        ),
        tables=(
            Table(
                title=_("By kind of work"),
                columns=(
                    Column(_("Work"), Unit.TEXT),
                    Column(_("By the product")),
                    Column(_("By people")),
                    Column(_("A person needs"), Unit.MINUTES),
                    Column(_("Saved"), Unit.HOURS),
                ),
                rows=tuple(rows),
                note=_("What a person needs is an assumption, not a measurement."),
            ),
            Table(
                title=_("Waiting for people now"),
                columns=(Column(_("Queue"), Unit.TEXT), Column(_("Waiting")), Column(_("Oldest waits"), Unit.DAYS)),
                rows=tuple(_queues(session, scope)),
            ),
        ),
    )


def _works(session: Session, scope: Scope) -> list[_Work]:
    of_program = select(Prospect.company_id).where(*scope.prospects)
    sites = _number(
        session,
        Crawl.id,
        Crawl.state == CrawlState.DONE,
        *scope.within(Crawl.finished_at),
        Crawl.company_id.in_(of_program),
    )
    scores = session.scalar(
        select(func.count(FitScore.id))
        .join(Prospect, Prospect.id == FitScore.prospect_id)
        .where(*scope.prospects, *scope.within(FitScore.computed_at), FitScore.score.is_not(None))
    )
    steps, answers = _mails(session, scope)
    sorted_mails = _mail_sorted(session, scope)
    moves = _split(session, scope, StageChange.by_user_id, StageChange.prospect_id, StageChange.at)
    decisions = _split(session, scope, Decision.reviewer_id, Decision.prospect_id, Decision.at)
    tasks = _tasks(session, scope)
    return [
        _Work(_("Reading a company's site"), 12, sites, 0),
        _Work(_("Judging how well it fits"), 3, scores or 0, 0),
        _Work(_("Writing a mail of a sequence"), 4, steps, answers),
        _Work(_("Sorting what came in: bounces, absences, opt-outs"), 1, sorted_mails, _mail_handled(session, scope)),
        _Work(_("Moving a card"), 0.5, *moves),
        _Work(_("Deciding on an application"), 10, *decisions),
        _Work(_("Noticing that something has to be done"), 2, *tasks),
    ]


def _number(session: Session, column: Any, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(column)).where(*conditions)) or 0


def _split(session: Session, scope: Scope, person: Any, prospect_id: Any, at: Any) -> tuple[int, int]:
    """Return how many rows nobody is named on (the product did it), and how many somebody is."""
    everything, by_people = session.execute(
        select(func.count(), func.count(person))
        .join(Prospect, Prospect.id == prospect_id)
        .where(*scope.prospects, *scope.within(at))
    ).one()
    return everything - by_people, by_people


def _mails(session: Session, scope: Scope) -> tuple[int, int]:
    is_step = Message.kind == MessageKind.STEP
    steps, answers = session.execute(
        select(func.count().filter(is_step), func.count().filter(Message.kind == MessageKind.ANSWER)).where(
            scope.in_programs(Message.program_id),
            Message.state.in_(_SENT),
            *scope.within(Message.accepted_at),
            *scope.of_prospects(Message.prospect_id),
        )
    ).one()
    return steps, answers


def _received(scope: Scope) -> list[ColumnElement[bool]]:
    return [
        scope.in_programs(ReceivedMail.program_id),
        *scope.within(ReceivedMail.received_at),
        *scope.of_prospects(ReceivedMail.prospect_id),
    ]


def _mail_sorted(session: Session, scope: Scope) -> int:
    is_automatic = ReceivedMail.kind.not_in((InboundKind.REPLY.value, ""))
    return _number(session, ReceivedMail.id, *_received(scope), is_automatic, ReceivedMail.handled_by_id.is_(None))


def _mail_handled(session: Session, scope: Scope) -> int:
    return _number(session, ReceivedMail.id, *_received(scope), ReceivedMail.handled_by_id.is_not(None))


def _tasks(session: Session, scope: Scope) -> tuple[int, int]:
    everything, by_product = session.execute(
        select(func.count(), func.count(Task.origin)).where(
            scope.in_programs(Task.program_id),
            *scope.within(Task.created_at),
            *scope.of_prospects(Task.prospect_id),
        )
    ).one()
    return by_product, everything - by_product


def _queues(session: Session, scope: Scope) -> list[tuple[Cell, ...]]:
    replies = (ReceivedMail.kind == InboundKind.REPLY.value, ReceivedMail.state == MailState.READ)
    in_doubt = Message.state.in_((MessageState.UNCERTAIN, MessageState.NEEDS_PERSON))
    # Name, row, the column that says since when it waits, and what makes it wait.
    queues: tuple[tuple[str, Any, Any, tuple[ColumnElement[bool], ...]], ...] = (
        (
            _("Applications to review"),
            Application,
            Application.submitted_at,
            (Application.state == ApplicationState.SUBMITTED,),
        ),
        (
            _("Replies nobody has answered"),
            ReceivedMail,
            ReceivedMail.received_at,
            (*replies, ReceivedMail.handled_at.is_(None)),
        ),
        (_("First mails to approve"), Message, Message.created_at, tuple(awaiting_approval())),
        (_("Mails in doubt"), Message, Message.created_at, (in_doubt,)),
        (_("Open tasks"), Task, Task.created_at, (Task.state == TaskState.OPEN,)),
    )
    at = now()
    rows: list[tuple[Cell, ...]] = []
    for name, row, since, waits in queues:
        ours = (scope.in_programs(row.program_id), *scope.of_prospects(row.prospect_id))
        number, oldest = session.execute(select(func.count(), func.min(since)).where(*ours, *waits)).one()
        rows.append((name, number, (at - oldest).total_seconds() / 86_400 if oldest else None))
    return rows
