"""One partner's onboarding: the steps with their documents, the history, the messages. Read by us and by the portal."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    CLOSED_ACTION_STATES,
    OPEN_ACTION_STATES,
    ActionKind,
    ActionState,
    Activity,
    ActivityKind,
    OnboardingAction,
    OnboardingDocument,
    OwnerSide,
    PartnerPerson,
    PlanEvent,
    PlanEventKind,
    User,
)

MESSAGES = 50
HISTORY = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDocument:
    """A file of a step: its name for saving, its size in bytes, who sent it."""

    id: int
    filename: str
    size_bytes: int
    sent_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One action of a plan as both sides see it; `waits_for` is the title of the step that comes first."""

    id: int
    kind: ActionKind
    title: str
    text: str
    owner: OwnerSide
    assignee: str
    state: ActionState
    needs_approval: bool
    is_required: bool
    settings: dict[str, Any]
    answer: dict[str, Any]
    note: str
    version: int
    waits_for: str
    due_at: datetime | None
    submitted_at: datetime | None
    done_at: datetime | None
    documents: tuple[StepDocument, ...]

    @property
    def is_open(self) -> bool:
        """Say whether somebody can do it now."""
        return self.state in OPEN_ACTION_STATES and not self.waits_for

    @property
    def booked_for(self) -> datetime | None:
        """Return when its call begins, aware in UTC; None where none is booked."""
        text = self.answer.get("starts_at")
        return datetime.fromisoformat(text) if text else None

    @property
    def is_closed(self) -> bool:
        """Say whether it is behind us."""
        return self.state in CLOSED_ACTION_STATES

    @property
    def is_late(self) -> bool:
        """Say whether it should have been done by now."""
        return self.is_open and self.due_at is not None and self.due_at < now()

    @property
    def is_ours(self) -> bool:
        """Say whether we have to do it, a code that we have not put in yet among it."""
        is_code_missing = self.kind is ActionKind.RECEIVE_CODE and self.submitted_at is None
        return self.owner is not OwnerSide.PARTNER or is_code_missing

    @property
    def is_for_partner(self) -> bool:
        """Say whether the partner can do it now."""
        return self.is_open and not self.is_ours


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """One line of a plan's history."""

    at: datetime
    kind: PlanEventKind
    title: str
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class PartnerMessage:
    """One message between a partner and us."""

    at: datetime
    who: str
    is_from_partner: bool
    text: str


def steps_of(session: Session, plan_id: int) -> tuple[Step, ...]:
    """Return the steps of a plan in their order, in two statements."""
    rows = session.execute(
        select(OnboardingAction, User.name)
        .outerjoin(User, User.id == OnboardingAction.assignee_id)
        .where(OnboardingAction.plan_id == plan_id)
        .order_by(OnboardingAction.position, OnboardingAction.id)
    ).all()
    titles = {action.id: action.title for action, _ in rows}
    documents = _documents(session, [action.id for action, _ in rows])
    return tuple(
        Step(
            id=action.id,
            kind=action.kind,
            title=action.title,
            text=action.text,
            owner=action.owner,
            assignee=assignee or "",
            state=action.state,
            needs_approval=action.needs_approval,
            is_required=action.is_required,
            settings=action.settings,
            answer=action.answer,
            note=action.note,
            version=action.version,
            waits_for=titles.get(action.depends_on_id or 0, "") if action.opened_at is None else "",
            due_at=action.due_at,
            submitted_at=action.submitted_at,
            done_at=action.done_at,
            documents=tuple(documents[action.id]),
        )
        for action, assignee in rows
    )


def badges_of(steps: Sequence[Step]) -> list[str]:
    """Return the badges that were earned in a plan."""
    earned = [step.answer.get("badge", "") for step in steps if step.state is ActionState.DONE]
    return [badge for badge in earned if badge]


def history_of(session: Session, plan_id: int) -> list[PlanEntry]:
    """Return what happened in a plan, the newest first; at most HISTORY lines."""
    rows = session.execute(
        select(PlanEvent, OnboardingAction.title, User.name, PartnerPerson.name)
        .outerjoin(OnboardingAction, OnboardingAction.id == PlanEvent.action_id)
        .outerjoin(User, User.id == PlanEvent.user_id)
        .outerjoin(PartnerPerson, PartnerPerson.id == PlanEvent.person_id)
        .where(PlanEvent.plan_id == plan_id)
        .order_by(PlanEvent.id.desc())
        .limit(HISTORY)
    )
    return [
        PlanEntry(event.at, event.kind, title or "", user or person or "", event.text)
        for event, title, user, person in rows
    ]


def messages_of(session: Session, prospect_id: int) -> list[PartnerMessage]:
    """Return the messages between a partner and us, the oldest first; the last MESSAGES of them."""
    rows = session.execute(
        select(Activity, User.name, PartnerPerson.name)
        .outerjoin(User, User.id == Activity.author_id)
        .outerjoin(PartnerPerson, PartnerPerson.id == Activity.person_id)
        .where(Activity.prospect_id == prospect_id, Activity.kind == ActivityKind.MESSAGE)
        .order_by(Activity.id.desc())
        .limit(MESSAGES)
    )
    found = [
        PartnerMessage(message.at, user or person or "Somebody who left", message.author_id is None, message.body)
        for message, user, person in rows
    ]
    return found[::-1]


def _documents(session: Session, action_ids: list[int]) -> dict[int, list[StepDocument]]:
    rows = session.execute(
        select(OnboardingDocument, PartnerPerson.name, User.name)
        .outerjoin(PartnerPerson, PartnerPerson.id == OnboardingDocument.person_id)
        .outerjoin(User, User.id == OnboardingDocument.user_id)
        .where(OnboardingDocument.action_id.in_(action_ids))
        .order_by(OnboardingDocument.id)
    )
    found: dict[int, list[StepDocument]] = defaultdict(list)
    for document, person, user in rows:
        found[document.action_id].append(
            StepDocument(
                id=document.id,
                filename=document.filename,
                size_bytes=document.size_bytes,
                sent_by=person or user or "",
                created_at=document.created_at,
            )
        )
    return found
