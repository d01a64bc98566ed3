"""Reminders: what is due or waits is told to whoever has to do it, in one mail, and not again for three days.

Run each hour. Partners hear of their own steps the day before they are due and after; our own people of what waits for
their approval, of their own steps, and of partners with whom nothing has happened for long.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    OPEN_ACTION_STATES,
    ActionState,
    Company,
    OnboardingAction,
    OnboardingPlan,
    OwnerSide,
    Partnership,
    PlanEventKind,
    Program,
    Prospect,
    Stage,
    User,
)
from app.queries.onboarding import is_ours
from app.services.languages import SOURCE, day_and_month, in_language
from app.services.languages import gettext as _
from app.services.notifying.occasions import partner_stuck
from app.services.onboarding.events import Doer, record_plan_event
from app.services.onboarding.mails import mail_person, reachable_people
from app.services.onboarding.progress import settle_forgotten
from app.services.onboarding.staff_mails import mail_digest, stands_still, to_approve
from app.services.plain_text import clean_line

NOT_AGAIN_FOR = timedelta(days=3)
AHEAD = timedelta(days=1)
MAX_LINES = 20
# As many rows as one run looks at; what is left is taken an hour later.
BATCH = 500


@dataclass(slots=True)
class _Waiting:
    """What one of us is told about a program, in the language it is asked for in, and the rows marked as told."""

    lines: list[Callable[[], str]] = field(default_factory=list)
    actions: list[OnboardingAction] = field(default_factory=list)
    plans: list[OnboardingPlan] = field(default_factory=list)


def remind(session: Session) -> int:
    """Send every reminder that is due; return how many mails that makes."""
    settle_forgotten(session)
    return _remind_partners(session) + _remind_our_own(session)


def _remind_partners(session: Session) -> int:
    mine: dict[int, list[OnboardingAction]] = defaultdict(list)
    for action, plan, _partnership, _company in _due(session, ~is_ours()):
        mine[plan.id].append(action)
    return sum(_remind_partner(session, session.get_one(OnboardingPlan, each), mine[each]) for each in mine)


def _remind_partner(session: Session, plan: OnboardingPlan, actions: Sequence[OnboardingAction]) -> bool:
    """Mail the main contact; with nobody to write to the actions stay unmarked, and the home page shows them."""
    people = reachable_people(session, plan.partnership_id)
    if not people:
        return False
    with in_language(people[0].language or SOURCE):
        lines = "\n".join(f"- {action.title}, {_when(action.due_at)}" for action in actions[:MAX_LINES])
    mail_person(session, people[0], "reminder", lines=lines)
    for action in actions:
        action.nudged_at = now()
    record_plan_event(session, plan, PlanEventKind.NUDGED, Doer(), text=f"{people[0].name}: {len(actions)} open")
    return True


def _remind_our_own(session: Session) -> int:
    waiting: dict[tuple[int, int], _Waiting] = defaultdict(_Waiting)
    for action, plan, partnership, company in _due(session, is_ours()):
        whose = action.assignee_id if action.owner is OwnerSide.STAFF else partnership.account_manager_id
        _note(waiting, whose, plan, action, partial(_due_line, company, action))
    for action, plan, partnership, company in _to_approve(session):
        _note(waiting, partnership.account_manager_id, plan, action, partial(to_approve, company, action.title))
    for plan, partnership, company in _stuck(session):
        days = (now() - plan.progressed_at).days
        partner_stuck(session, partnership, days=days)
        _note(waiting, partnership.account_manager_id, plan, None, partial(stands_still, company, days))
    return sum(_remind_one(session, *key, found) for key, found in waiting.items())


def _note(
    waiting: dict[tuple[int, int], _Waiting],
    whose: int | None,
    plan: OnboardingPlan,
    action: OnboardingAction | None,
    line: Callable[[], str],
) -> None:
    if whose is None:
        return
    found = waiting[whose, plan.program_id]
    found.lines.append(line)
    if action is not None:
        found.actions.append(action)
    else:
        found.plans.append(plan)


def _remind_one(session: Session, user_id: int, program_id: int, found: _Waiting) -> bool:
    user = session.get(User, user_id)
    if user is None or not user.is_active:
        return False
    program, more = session.get_one(Program, program_id), len(found.lines) - MAX_LINES
    mail_digest(session, program, user, found.lines[:MAX_LINES], more=more)
    for action in found.actions:
        action.nudged_at = now()
    for plan in found.plans:
        plan.stuck_told_at = now()
    return True


def _due(
    session: Session, whose: ColumnElement[bool]
) -> list[tuple[OnboardingAction, OnboardingPlan, Partnership, str]]:
    return _actions(
        session,
        whose,
        OnboardingAction.state.in_(OPEN_ACTION_STATES),
        OnboardingAction.due_at <= now() + AHEAD,
    )


def _to_approve(session: Session) -> list[tuple[OnboardingAction, OnboardingPlan, Partnership, str]]:
    return _actions(session, OnboardingAction.state == ActionState.WAITING_FOR_APPROVAL)


def _actions(
    session: Session, *conditions: ColumnElement[bool]
) -> list[tuple[OnboardingAction, OnboardingPlan, Partnership, str]]:
    long_ago = now() - NOT_AGAIN_FOR
    not_told = or_(OnboardingAction.nudged_at.is_(None), OnboardingAction.nudged_at <= long_ago)
    rows = session.execute(
        select(OnboardingAction, OnboardingPlan, Partnership, Company.name)
        .join(OnboardingPlan, OnboardingPlan.id == OnboardingAction.plan_id)
        .join(Partnership, Partnership.id == OnboardingPlan.partnership_id)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .join(Program, Program.id == OnboardingPlan.program_id)
        .where(*conditions, not_told, _is_running())
        .order_by(OnboardingAction.due_at, OnboardingAction.id)
        .limit(BATCH)
    )
    return [(action, plan, partnership, clean_line(company)) for action, plan, partnership, company in rows]


def _stuck(session: Session) -> list[tuple[OnboardingPlan, Partnership, str]]:
    long_ago = now() - NOT_AGAIN_FOR
    rows = session.execute(
        select(OnboardingPlan, Partnership, Company.name)
        .join(Partnership, Partnership.id == OnboardingPlan.partnership_id)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .join(Program, Program.id == OnboardingPlan.program_id)
        .where(OnboardingPlan.stuck_at <= now(), _is_running())
        .where(or_(OnboardingPlan.stuck_told_at.is_(None), OnboardingPlan.stuck_told_at <= long_ago))
        .order_by(OnboardingPlan.stuck_at, OnboardingPlan.id)
        .limit(BATCH)
    )
    return [(plan, partnership, clean_line(company)) for plan, partnership, company in rows]


def _is_running() -> ColumnElement[bool]:
    """Return what makes a plan one that people are reminded of: begun, not over, of a partner in force."""
    return and_(
        OnboardingPlan.done_at.is_(None),
        Prospect.stage.in_((Stage.APPROVED, Stage.ONBOARDING)),
        Program.archived_at.is_(None),
    )


def _due_line(company: str, action: OnboardingAction) -> str:
    return f"{company}: {action.title}, {_when(action.due_at)}"


def _when(due_at: datetime | None) -> str:
    if due_at is None:
        return _("open")
    days = (due_at.date() - now().date()).days
    if days < 0:
        return _("was due on %(day)s", day=day_and_month(due_at))
    return _("due today") if days == 0 else _("due on %(day)s", day=day_and_month(due_at))
