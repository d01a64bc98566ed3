"""The account manager's home: what waits for us, what is overdue and due today, who is stuck, and everybody in it.

A fixed number of statements, however many partners there are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import (
    CLOSED_ACTION_STATES,
    OPEN_ACTION_STATES,
    ActionKind,
    ActionState,
    Company,
    OnboardingAction,
    OnboardingPlan,
    OwnerSide,
    Partnership,
    Prospect,
    Stage,
    User,
)

SCREEN = 50
# The lists above the partners show the most urgent; the numbers beside their headings count all.
PANEL = 20
_Rows = TypeVar("_Rows", bound=Select[*tuple[Any, ...]])
IN_ONBOARDING = (Stage.APPROVED, Stage.ONBOARDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueAction:
    """One action on the home page, with whose partner it is of."""

    id: int
    title: str
    kind: ActionKind
    owner: OwnerSide
    state: ActionState
    due_at: datetime | None
    partnership_id: int
    company: str
    assignee: str | None

    @property
    def days_late(self) -> int:
        """Return the days since it was due; 0 for what is not late."""
        return max(0, (today() - self.due_at.date()).days) if self.due_at else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRow:
    """One partner in onboarding, with how far they are. Without a plan `total` is 0 and `started_at` None."""

    partnership_id: int
    company: str
    stage: Stage
    tier: str
    manager: str | None
    started_at: datetime | None
    progressed_at: datetime | None
    stuck_at: datetime | None
    total: int
    closed: int
    late: int

    @property
    def is_stuck(self) -> bool:
        """Say whether nothing has happened for longer than the template allows."""
        return self.stuck_at is not None and self.stuck_at <= now()


@dataclass(frozen=True, slots=True, kw_only=True)
class OnboardingHome:
    """What the home page shows; `mine` where it is one person's."""

    waiting: tuple[DueAction, ...]
    overdue: tuple[DueAction, ...]
    today: tuple[DueAction, ...]
    stuck: tuple[PartnerRow, ...]
    partners: tuple[PartnerRow, ...]
    next_from: int | None
    counts: "HomeCounts"


@dataclass(frozen=True, slots=True)
class HomeCounts:
    """How much there is of each, for the headings; lists show the first of them."""

    waiting: int
    overdue: int
    today: int
    stuck: int
    partners: int


def is_ours() -> ColumnElement[bool]:
    """Return what makes an open action ours to do: our own, and a code of a partner's that we have not put in."""
    is_code_missing = and_(OnboardingAction.kind == ActionKind.RECEIVE_CODE, OnboardingAction.submitted_at.is_(None))
    return or_(OnboardingAction.owner != OwnerSide.PARTNER, is_code_missing)


def onboarding_home(session: Session, program_id: int, *, user_id: int | None, start: int = 0) -> OnboardingHome:
    """Return the home of one of us, or (without a user) of everybody; `start` is the first partner of the list."""
    day = datetime.combine(today(), datetime.min.time(), now().tzinfo)
    is_open, is_due = OnboardingAction.state.in_(OPEN_ACTION_STATES), OnboardingAction.due_at.is_not(None)
    is_theirs = and_(is_open, ~is_ours())
    to_approve = OnboardingAction.state == ActionState.WAITING_FOR_APPROVAL
    waits = or_(to_approve, and_(is_open, is_due, is_ours()))
    late = and_(is_theirs, OnboardingAction.due_at < day)
    due_today = and_(is_theirs, OnboardingAction.due_at >= day, OnboardingAction.due_at < day + timedelta(days=1))
    whose = _whose(user_id)
    is_stuck = OnboardingPlan.stuck_at <= now()
    found = _partners(session, program_id, user_id, start=start)
    return OnboardingHome(
        waiting=_actions(session, program_id, waits, whose),
        overdue=_actions(session, program_id, late, whose),
        today=_actions(session, program_id, due_today, whose),
        stuck=_partners(session, program_id, user_id, only=is_stuck)[:PANEL],
        partners=found[:SCREEN],
        next_from=start + SCREEN if len(found) > SCREEN else None,
        counts=HomeCounts(
            *_count_actions(session, program_id, (waits, late, due_today), whose),
            *_count_partners(session, program_id, user_id, is_stuck),
        ),
    )


def _whose(user_id: int | None) -> ColumnElement[bool] | None:
    """Return what makes an action one person's: given to them, or of a partner they look after and to nobody else."""
    if user_id is None:
        return None
    given = OnboardingAction.assignee_id == user_id
    return or_(given, and_(OnboardingAction.assignee_id.is_(None), Partnership.account_manager_id == user_id))


def _running(query: _Rows, program_id: int) -> _Rows:
    return (
        query.select_from(OnboardingAction)
        .join(OnboardingPlan, OnboardingPlan.id == OnboardingAction.plan_id)
        .join(Partnership, Partnership.id == OnboardingPlan.partnership_id)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .where(OnboardingAction.program_id == program_id, Prospect.stage.in_(IN_ONBOARDING))
    )


def _actions(
    session: Session, program_id: int, what: ColumnElement[bool], whose: ColumnElement[bool] | None
) -> tuple[DueAction, ...]:
    ids = _running(select(OnboardingAction.id), program_id).where(what)
    if whose is not None:
        ids = ids.where(whose)
    ids = ids.order_by(OnboardingAction.due_at, OnboardingAction.id).limit(PANEL)
    rows = session.execute(
        select(OnboardingAction, OnboardingPlan.partnership_id, Company.name, User.name)
        .join(OnboardingPlan, OnboardingPlan.id == OnboardingAction.plan_id)
        .join(Partnership, Partnership.id == OnboardingPlan.partnership_id)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .outerjoin(User, User.id == func.coalesce(OnboardingAction.assignee_id, Partnership.account_manager_id))
        .where(OnboardingAction.id.in_(ids))
        .order_by(OnboardingAction.due_at, OnboardingAction.id)
    )
    return tuple(
        DueAction(
            id=action.id,
            title=action.title,
            kind=action.kind,
            owner=action.owner,
            state=action.state,
            due_at=action.due_at,
            partnership_id=partnership_id,
            company=company,
            assignee=assignee,
        )
        for action, partnership_id, company, assignee in rows
    )


def _count_actions(
    session: Session,
    program_id: int,
    kinds: tuple[ColumnElement[bool], ...],
    whose: ColumnElement[bool] | None,
) -> list[int]:
    counts = [func.count(case((what, 1))) for what in kinds]
    query = _running(select(*counts), program_id).where(OnboardingAction.state.not_in(CLOSED_ACTION_STATES))
    return list(session.execute(query if whose is None else query.where(whose)).one())


def _partners(
    session: Session,
    program_id: int,
    user_id: int | None,
    *,
    only: ColumnElement[bool] | None = None,
    start: int = 0,
) -> tuple[PartnerRow, ...]:
    """Return partners without a plan, then those longest without progress; one more than a screen, to know of more."""
    query = (
        select(Partnership, OnboardingPlan, Prospect.stage, Company.name, User.name)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .outerjoin(OnboardingPlan, OnboardingPlan.partnership_id == Partnership.id)
        .outerjoin(User, User.id == Partnership.account_manager_id)
        .where(Partnership.program_id == program_id, Prospect.stage.in_(IN_ONBOARDING))
    )
    if user_id is not None:
        query = query.where(Partnership.account_manager_id == user_id)
    if only is not None:
        query = query.where(only)
    ordered = query.order_by(OnboardingPlan.id.is_not(None), OnboardingPlan.stuck_at, Partnership.id)
    rows = session.execute(ordered.offset(start).limit(SCREEN + 1)).all()
    done = _progress(session, [plan.id for _, plan, *_ in rows if plan is not None])
    return tuple(
        PartnerRow(
            partnership_id=partnership.id,
            company=company,
            stage=stage,
            tier=partnership.tier,
            manager=manager,
            started_at=plan.started_at if plan else None,
            progressed_at=plan.progressed_at if plan else None,
            stuck_at=plan.stuck_at if plan and plan.done_at is None else None,
            **dict(zip(("total", "closed", "late"), done.get(plan.id if plan else 0, (0, 0, 0)), strict=True)),
        )
        for partnership, plan, stage, company, manager in rows
    )


def _progress(session: Session, plan_ids: list[int]) -> dict[int, tuple[int, int, int]]:
    """Return of each plan how many actions it has, how many are behind us, and how many are late."""
    is_closed = OnboardingAction.state.in_(CLOSED_ACTION_STATES)
    is_late = and_(OnboardingAction.state.in_(OPEN_ACTION_STATES), OnboardingAction.due_at < now())
    rows = session.execute(
        select(OnboardingAction.plan_id, func.count(), func.count(case((is_closed, 1))), func.count(case((is_late, 1))))
        .where(OnboardingAction.plan_id.in_(plan_ids))
        .group_by(OnboardingAction.plan_id)
    )
    return {plan_id: (total, closed, late) for plan_id, total, closed, late in rows}


def _count_partners(session: Session, program_id: int, user_id: int | None, is_stuck: ColumnElement[bool]) -> list[int]:
    query = (
        select(func.count(case((is_stuck, 1))), func.count())
        .select_from(Partnership)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .outerjoin(OnboardingPlan, OnboardingPlan.partnership_id == Partnership.id)
        .where(Partnership.program_id == program_id, Prospect.stage.in_(IN_ONBOARDING))
    )
    if user_id is not None:
        query = query.where(Partnership.account_manager_id == user_id)
    return list(session.execute(query).one())
