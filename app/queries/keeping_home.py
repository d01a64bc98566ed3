"""The partners of a program as their account manager keeps them, in a fixed number of statements for any number."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.languages import mark
from app.models import (
    BusinessReview,
    Company,
    Goal,
    Partnership,
    Prospect,
    ReviewState,
    Stage,
    Task,
    TaskState,
    User,
)
from app.models.stage import PARTNER_STAGES
from app.queries.keeping_goals import GoalLine, GoalState
from app.queries.keeping_touch import TOUCH_ORIGIN, cadence_of, days_for, last_of, touch_columns
from app.queries.keeping_trouble import in_trouble_on, is_missed_on

SCREEN = 50
# The lists above the partners show the most urgent; the numbers beside their headings count all.
PANEL = 10
REVIEW_AHEAD = timedelta(days=7)
_Rows = TypeVar("_Rows", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPartner:
    """A partner in the list: touched when, due when by the rule of their tier, and how their goals stand."""

    partnership_id: int
    company: str
    stage: Stage
    tier: str
    manager: str | None
    touched_at: datetime
    touch_days: int | None
    review_on: date | None
    goals: tuple[tuple[GoalState, int], ...]

    @property
    def is_untouched(self) -> bool:
        """Say whether it was longer than the rule allows."""
        return self.touch_days is not None and now() - self.touched_at > timedelta(days=self.touch_days)

    @property
    def is_review_due(self) -> bool:
        """Say whether the day of the next review has come."""
        return self.review_on is not None and self.review_on <= today()


@dataclass(frozen=True, slots=True, kw_only=True)
class CareRow:
    """One line of a panel: a partner, what about, and by when."""

    partnership_id: int
    company: str
    text: str
    due_on: date | None
    manager: str | None
    review_id: int | None = None
    state: GoalState | None = None

    @property
    def days_late(self) -> int:
        """Return the days since it was due; 0 for what is not late."""
        return max(0, (today() - self.due_on).days) if self.due_on else 0


@dataclass(frozen=True, slots=True)
class CarePanel:
    """The first lines of a panel and how many there are in all."""

    rows: tuple[CareRow, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePanels:
    """Who is to be touched, and whose review has come; shown on the account manager's home too."""

    touch: CarePanel
    reviews: CarePanel


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepingHome:
    """The page of all partners."""

    panels: CarePanels
    goals: CarePanel
    partners: tuple[KeptPartner, ...]
    total: int
    next_from: int | None


def keeping_home(
    session: Session, program_id: int, *, user_id: int | None, start: int = 0, search: str = ""
) -> KeepingHome:
    """Return the partners of one of us, or (without a user) everybody's; `start` is the first of the list."""
    partners, total = _partners(session, program_id, user_id, start=start, search=search)
    return KeepingHome(
        panels=care_panels(session, program_id, user_id=user_id),
        goals=_goals_in_trouble(session, program_id, user_id),
        partners=partners,
        total=total,
        next_from=start + SCREEN if total > start + SCREEN else None,
    )


def care_panels(session: Session, program_id: int, *, user_id: int | None) -> CarePanels:
    """Return the panels of touches and reviews, in two statements."""
    touch = _in_force(
        select(Partnership.id, Company.name, User.name, Task.detail, Task.due_at, func.count().over()), program_id
    ).join(Task, Task.prospect_id == Partnership.prospect_id)
    touch = touch.where(
        Task.program_id == program_id, Task.state == TaskState.OPEN, Task.origin.like(f"{TOUCH_ORIGIN}%")
    )
    held = BusinessReview.held_on
    reviews = _in_force(
        select(Partnership.id, Company.name, User.name, BusinessReview.id, held, func.count().over()), program_id
    ).join(BusinessReview, BusinessReview.partnership_id == Partnership.id)
    reviews = reviews.where(BusinessReview.state == ReviewState.PLANNED, held <= today() + REVIEW_AHEAD)
    touch_rows = session.execute(_whose(touch, user_id).order_by(Task.due_at, Task.id).limit(PANEL)).all()
    review_rows = session.execute(_whose(reviews, user_id).order_by(held, BusinessReview.id).limit(PANEL)).all()
    return CarePanels(
        touch=CarePanel(
            tuple(
                CareRow(
                    partnership_id=row[0],
                    company=row[1],
                    manager=row[2],
                    text=row[3],
                    due_on=row[4].date() if row[4] else None,
                )
                for row in touch_rows
            ),
            touch_rows[0][-1] if touch_rows else 0,
        ),
        reviews=CarePanel(
            tuple(
                CareRow(
                    partnership_id=row[0],
                    company=row[1],
                    manager=row[2],
                    text=mark("Business review"),
                    review_id=row[3],
                    due_on=row[4],
                )
                for row in review_rows
            ),
            review_rows[0][-1] if review_rows else 0,
        ),
    )


def _in_force(query: _Rows, program_id: int) -> _Rows:
    return (
        query.select_from(Partnership)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .outerjoin(User, User.id == Partnership.account_manager_id)
        .where(Partnership.program_id == program_id, Prospect.stage.in_(PARTNER_STAGES))
    )


def _whose(query: _Rows, user_id: int | None) -> _Rows:
    return query if user_id is None else query.where(Partnership.account_manager_id == user_id)


def _partners(
    session: Session, program_id: int, user_id: int | None, *, start: int, search: str
) -> tuple[tuple[KeptPartner, ...], int]:
    conditions = _matching(search)
    total = session.scalar(_whose(_in_force(select(func.count()), program_id), user_id).where(*conditions)) or 0
    query = _in_force(select(Partnership, Company.name, Prospect.stage, User.name, *touch_columns()), program_id)
    ordered = _whose(query, user_id).where(*conditions).order_by(func.lower(Company.name), Partnership.id)
    rows = session.execute(ordered.offset(start).limit(SCREEN)).all()
    ids = [row[0].id for row in rows]
    cadence, goals, reviews = cadence_of(session, program_id), _goal_states(session, ids), _planned(session, ids)
    found = tuple(
        KeptPartner(
            partnership_id=partnership.id,
            company=company,
            stage=stage,
            tier=partnership.tier,
            manager=manager,
            touched_at=last_of(partnership.created_at, *touches),
            touch_days=days_for(cadence, partnership.tier),
            review_on=reviews.get(partnership.id),
            goals=goals[partnership.id],
        )
        for partnership, company, stage, manager, *touches in rows
    )
    return found, total


def _matching(search: str) -> list[ColumnElement[bool]]:
    if not search:
        return []
    return [Company.name.icontains(search, autoescape=True) | Company.domain.icontains(search, autoescape=True)]


def _planned(session: Session, partnership_ids: Sequence[int]) -> dict[int, date]:
    rows = session.execute(
        select(BusinessReview.partnership_id, BusinessReview.held_on).where(
            BusinessReview.partnership_id.in_(partnership_ids), BusinessReview.state == ReviewState.PLANNED
        )
    )
    return dict(rows.all())


_FIGURES = (Goal.baseline, Goal.target, Goal.started_on, Goal.due_on, Goal.value, Goal.value_on)


def _line(figures: Sequence[Any]) -> GoalLine:
    baseline, target, started_on, due_on, value, value_on = figures
    return GoalLine(
        baseline=baseline, target=target, started_on=started_on, due_on=due_on, value=value, value_on=value_on
    )


def _goal_states(
    session: Session, partnership_ids: Sequence[int]
) -> defaultdict[int, tuple[tuple[GoalState, int], ...]]:
    rows = session.execute(
        select(Goal.partnership_id, *_FIGURES).where(Goal.partnership_id.in_(partnership_ids), Goal.closed_at.is_(None))
    )
    counts: dict[int, dict[GoalState, int]] = defaultdict(lambda: defaultdict(int))
    for partnership_id, *figures in rows:
        counts[partnership_id][_line(figures).state_on(today())] += 1
    order = list(GoalState)
    found: defaultdict[int, tuple[tuple[GoalState, int], ...]] = defaultdict(tuple)
    for partnership_id, states in counts.items():
        found[partnership_id] = tuple(sorted(states.items(), key=lambda pair: order.index(pair[0])))
    return found


def _goals_in_trouble(session: Session, program_id: int, user_id: int | None) -> CarePanel:
    """Return the goals that are missed or behind, the missed ones first, then those due first."""
    is_missed = is_missed_on(today())
    query = _in_force(
        select(Partnership.id, Company.name, User.name, Goal.kpi, Goal.due_on, is_missed, func.count().over()),
        program_id,
    ).join(Goal, Goal.partnership_id == Partnership.id)
    query = query.where(Goal.program_id == program_id, Goal.closed_at.is_(None), in_trouble_on(today()))
    ordered = _whose(query, user_id).order_by(is_missed.desc(), Goal.due_on, Goal.id)
    rows = session.execute(ordered.limit(PANEL)).all()
    found = tuple(
        CareRow(
            partnership_id=partnership_id,
            company=company,
            manager=manager,
            text=kpi,
            due_on=due_on,
            state=GoalState.MISSED if missed else GoalState.BEHIND,
        )
        for partnership_id, company, manager, kpi, due_on, missed, _ in rows
    )
    return CarePanel(found, rows[0][-1] if rows else 0)
