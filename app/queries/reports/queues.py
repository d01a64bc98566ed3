"""What waits for people, queue by queue: how many, and since when the oldest."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import (
    Application,
    ApplicationState,
    MailState,
    Message,
    MessageState,
    OnboardingPlan,
    Partnership,
    ReceivedMail,
    Task,
    TaskKind,
    TaskState,
)
from app.models.merge import DuplicatePair
from app.queries.approvals import awaiting_approval
from app.queries.reports.scope import Scope
from app.queries.reports.side_work import in_pair
from app.queries.reports.table import Cell
from outreach.inbound import InboundKind


@dataclass(frozen=True, slots=True)
class _Queue:
    """A queue: its name, the column that says since when each of it waits, and what makes it wait."""

    name: str
    since: Any
    waits: tuple[ColumnElement[bool], ...]


def queues(session: Session, scope: Scope) -> list[tuple[Cell, ...]]:
    """Return each queue's name, how many wait in it, and the days that the oldest has waited; None of none."""
    at, rows = now(), list[tuple[Cell, ...]]()
    for queue in (*_mail_queues(scope), *_other_queues(scope)):
        count, oldest = session.execute(select(func.count(), func.min(queue.since)).where(*queue.waits)).one()
        rows.append((queue.name, count, (at - oldest).total_seconds() / 86_400 if oldest else None))
    return rows


def _mail_queues(scope: Scope) -> tuple[_Queue, ...]:
    replies = (
        ReceivedMail.kind == InboundKind.REPLY.value,
        ReceivedMail.state == MailState.READ,
        ReceivedMail.handled_at.is_(None),
    )
    in_doubt = Message.state.in_((MessageState.UNCERTAIN, MessageState.NEEDS_PERSON))
    return (
        _Queue(
            _("Applications to review"),
            Application.submitted_at,
            (*_ours(scope, Application), Application.state == ApplicationState.SUBMITTED),
        ),
        _Queue(_("Replies nobody has answered"), ReceivedMail.received_at, (*_ours(scope, ReceivedMail), *replies)),
        _Queue(_("First mails to approve"), Message.created_at, (*_ours(scope, Message), *awaiting_approval())),
        _Queue(_("Mails in doubt"), Message.created_at, (*_ours(scope, Message), in_doubt)),
    )


def _other_queues(scope: Scope) -> tuple[_Queue, ...]:
    tasks = (*_ours(scope, Task), Task.state == TaskState.OPEN)
    stuck = [
        scope.in_programs(OnboardingPlan.program_id),
        OnboardingPlan.done_at.is_(None),
        OnboardingPlan.stuck_at <= now(),
    ]
    if scope.is_narrow:
        partners = select(Partnership.id).where(*scope.of_prospects(Partnership.prospect_id))
        stuck.append(OnboardingPlan.partnership_id.in_(partners))
    return (
        _Queue(
            _("Companies that may be there twice"),
            DuplicatePair.found_at,
            (*in_pair(scope), DuplicatePair.dismissed_at.is_(None)),
        ),
        _Queue(_("Open tasks"), Task.created_at, tasks),
        _Queue(_("Tasks overdue"), Task.due_at, (*tasks, Task.due_at < now())),
        _Queue(_("Site changes to look at"), Task.created_at, (*tasks, Task.kind == TaskKind.SITE_CHANGE)),
        _Queue(_("Partners stuck in onboarding"), OnboardingPlan.stuck_at, tuple(stuck)),
    )


def _ours(scope: Scope, row: Any) -> tuple[ColumnElement[bool], ...]:
    return (scope.in_programs(row.program_id), *scope.of_prospects(row.prospect_id))
