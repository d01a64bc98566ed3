"""The kinds of work that product and people share: how often each side did each in a period, and the minutes it takes.

Work that nobody is named on was done by the product. Minutes are assumptions a program may change.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.languages import mark
from app.models import (
    Crawl,
    CrawlState,
    Decision,
    FitScore,
    Message,
    MessageKind,
    MessageState,
    Prospect,
    ReceivedMail,
    StageChange,
    Task,
)
from app.queries.reports import side_work
from app.queries.reports.scope import Scope
from outreach.inbound import InboundKind

SENT = (MessageState.ACCEPTED, MessageState.RESOLVED_SENT)
# How often the product did it, how often people did.
Counts = tuple[int, int]


@dataclass(frozen=True, slots=True)
class WorkKind:
    """A kind of work: its code, its name, what a person needs for one piece in minutes, and how it is counted."""

    code: str
    name: str
    minutes: float
    count: Callable[[Session, Scope], Counts]


def _sites(session: Session, scope: Scope) -> Counts:
    companies = select(Prospect.company_id).where(*scope.prospects)
    read = (Crawl.state == CrawlState.DONE, *scope.within(Crawl.finished_at), Crawl.company_id.in_(companies))
    return _number(session, Crawl.id, *read), 0


def _scores(session: Session, scope: Scope) -> Counts:
    query = select(func.count(FitScore.id)).where(*scope.within(FitScore.computed_at), FitScore.score.is_not(None))
    scored = session.scalar(scope.over(query, FitScore.prospect_id))
    return scored or 0, 0


def _mails(session: Session, scope: Scope) -> Counts:
    """A sequence's mails are the product's, answers are people's."""
    steps = func.count().filter(Message.kind == MessageKind.STEP)
    answers = func.count().filter(Message.kind == MessageKind.ANSWER)
    row = session.execute(
        select(steps, answers).where(
            scope.in_programs(Message.program_id),
            Message.state.in_(SENT),
            *scope.within(Message.accepted_at),
            *scope.of_prospects(Message.prospect_id),
        )
    ).one()
    return row[0], row[1]


def _sorting(session: Session, scope: Scope) -> Counts:
    received = (
        scope.in_programs(ReceivedMail.program_id),
        *scope.within(ReceivedMail.received_at),
        *scope.of_prospects(ReceivedMail.prospect_id),
    )
    is_automatic = ReceivedMail.kind.not_in((InboundKind.REPLY.value, ""))
    by_product = _number(session, ReceivedMail.id, *received, is_automatic, ReceivedMail.handled_by_id.is_(None))
    return by_product, _number(session, ReceivedMail.id, *received, ReceivedMail.handled_by_id.is_not(None))


def _moves(session: Session, scope: Scope) -> Counts:
    return _split(session, scope, StageChange.by_user_id, StageChange.prospect_id, StageChange.at)


def _decisions(session: Session, scope: Scope) -> Counts:
    return _split(session, scope, Decision.reviewer_id, Decision.prospect_id, Decision.at)


def _tasks(session: Session, scope: Scope) -> Counts:
    everything, by_product = session.execute(
        select(func.count(), func.count(Task.origin)).where(
            scope.in_programs(Task.program_id),
            *scope.within(Task.created_at),
            *scope.of_prospects(Task.prospect_id),
        )
    ).one()
    return by_product, everything - by_product


def _number(session: Session, column: Any, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(column)).where(*conditions)) or 0


def _split(session: Session, scope: Scope, person: Any, prospect_id: Any, at: Any) -> Counts:
    """Return how many rows nobody is named on, and how many somebody is."""
    query = select(func.count(), func.count(person)).where(*scope.within(at))
    everything, by_people = session.execute(scope.over(query, prospect_id)).one()
    return everything - by_people, by_people


WORK = (
    WorkKind("discovery", mark("Finding a company on a page of others"), 2, side_work.discovered),
    WorkKind("reading", mark("Reading a company's site"), 12, _sites),
    WorkKind("judging", mark("Judging how well it fits"), 3, _scores),
    WorkKind("watching", mark("Noticing that a site has changed"), 6, side_work.site_changes),
    WorkKind("assigning", mark("Giving a new prospect an owner"), 0.5, side_work.assigned),
    WorkKind("duplicates", mark("Finding a company that is there twice"), 5, side_work.duplicates_found),
    WorkKind("merging", mark("Making two companies one"), 5, side_work.merges),
    WorkKind("writing", mark("Writing a mail of a sequence"), 4, _mails),
    WorkKind("sorting", mark("Sorting what came in: bounces, absences, opt-outs"), 1, _sorting),
    WorkKind("moving", mark("Moving a card"), 0.5, _moves),
    WorkKind("deciding", mark("Deciding on an application"), 10, _decisions),
    WorkKind("reminding", mark("Reminding a partner of what is open"), 3, side_work.reminders),
    WorkKind("migrating", mark("Inviting a partner of another platform"), 4, side_work.migration_mails),
    WorkKind("noticing", mark("Noticing that something has to be done"), 2, _tasks),
)
