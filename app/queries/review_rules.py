"""Applications as a rule sees them: what is open and scored, and what people decided, with the score they saw."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.models import (
    ALLOWED_MOVES,
    Application,
    ApplicationEvent,
    ApplicationState,
    Decision,
    FitState,
    MoveEvent,
    Program,
    Prospect,
    ReviewRule,
    SecondOpinion,
    Stage,
    User,
)

MAX_PAST = 2_000
MAX_AT_ONCE = 50
_APPROVABLE = [before for before, after in ALLOWED_MOVES[MoveEvent.DECISION] if after is Stage.APPROVED]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCase:
    """One application with the score that counts: the one frozen with its decision, else the prospect's own."""

    id: int
    version: int
    company: str
    state: ApplicationState
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """One rule with who switched it on and how many applications it approved."""

    id: int
    min_score: float
    blocked_by: str
    by: str
    created_at: datetime
    ended_at: datetime | None
    approved: int


def past_cases(session: Session, program_id: int) -> list[RuleCase]:
    """Return the newest MAX_PAST applications of a program that people decided and that had a score."""
    by_rule = exists().where(ApplicationEvent.application_id == Application.id, ApplicationEvent.rule_id.is_not(None))
    score = func.coalesce(Decision.score, Prospect.fit_score)
    rows = session.execute(
        select(Application, score)
        .join(Prospect, Prospect.id == Application.prospect_id)
        .outerjoin(Decision, Decision.id == Application.decision_id)
        .where(
            Application.program_id == program_id,
            Application.state.in_((ApplicationState.APPROVED, ApplicationState.DECLINED)),
            score.is_not(None),
            ~by_rule,
        )
        .order_by(Application.closed_at.desc(), Application.id.desc())
        .limit(MAX_PAST)
    )
    return [_case(application, found) for application, found in rows]


def open_cases(session: Session, program_id: int, *, min_score: float, only_id: int | None = None) -> list[RuleCase]:
    """Return the applications a rule may take up now, the best first: scored high enough, and no colleague was asked.

    With `only_id` that one, or none.
    """
    one = () if only_id is None else (Application.id == only_id,)
    rows = session.execute(
        select(Application, Prospect.fit_score)
        .join(Prospect, Prospect.id == Application.prospect_id)
        .where(Application.program_id == program_id, *_may_be_taken(), Prospect.fit_score >= min_score, *one)
        .order_by(Prospect.fit_sort.desc(), Application.id)
        .limit(MAX_AT_ONCE * 4)
    )
    return [_case(application, score) for application, score in rows if score is not None]


def rules_of(session: Session, program_id: int) -> list[RuleRow]:
    """Return a program's rules, those in force first, then the newest."""
    counted = (
        select(func.count()).where(ApplicationEvent.rule_id == ReviewRule.id).correlate(ReviewRule).scalar_subquery()
    )
    rows = session.execute(
        select(ReviewRule, User.name, counted)
        .outerjoin(User, User.id == ReviewRule.created_by_id)
        .where(ReviewRule.program_id == program_id)
        .order_by(ReviewRule.ended_at.is_not(None), ReviewRule.id.desc())
    )
    return [
        RuleRow(
            id=rule.id,
            min_score=rule.min_score,
            blocked_by=rule.blocked_by,
            by=name or _("somebody who left"),
            created_at=rule.created_at,
            ended_at=rule.ended_at,
            approved=approved,
        )
        for rule, name, approved in rows
    ]


def rules_in_force(session: Session) -> list[ReviewRule]:
    """Return every rule in force of programs that are not put away."""
    return list(
        session.scalars(
            select(ReviewRule)
            .join(Program, Program.id == ReviewRule.program_id)
            .where(ReviewRule.ended_at.is_(None), Program.archived_at.is_(None))
            .order_by(ReviewRule.id)
        )
    )


def _may_be_taken() -> tuple[ColumnElement[bool], ...]:
    # Whoever doubts enough to ask a colleague wants a person to decide, whatever the colleague says.
    asked = exists().where(SecondOpinion.application_id == Application.id)
    return (
        Application.state == ApplicationState.SUBMITTED,
        Prospect.fit_state == FitState.SCORED,
        Prospect.stage.in_(_APPROVABLE),
        ~asked,
    )


def _case(application: Application, score: float) -> RuleCase:
    return RuleCase(
        id=application.id,
        version=application.version,
        company=application.company_name,
        state=application.state,
        score=score,
    )
