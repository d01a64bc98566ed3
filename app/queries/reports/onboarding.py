"""How long onboarding takes, and at which action partners stand."""

from collections import defaultdict
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import counted
from app.languages import gettext as _
from app.models import ActionState, OnboardingAction, OnboardingPlan, Partnership
from app.models.onboarding import OPEN_ACTION_STATES
from app.queries.reports.scope import Scope
from app.queries.reports.table import Bar, Cell, Column, Picture, Report, Table, Unit, median_days

_STANDING = (*OPEN_ACTION_STATES, ActionState.WAITING_FOR_APPROVAL)
MOST_ACTIONS = 20


def onboarding_times(session: Session, scope: Scope) -> Report:
    """Return per template how long plans begun in the period took, and the actions that partners stand at today."""
    plans = session.execute(
        select(OnboardingPlan.template_name, OnboardingPlan.started_at, OnboardingPlan.done_at, OnboardingPlan.stuck_at)
        .join(Partnership, Partnership.id == OnboardingPlan.partnership_id)
        .where(
            scope.in_programs(OnboardingPlan.program_id),
            *scope.within(OnboardingPlan.started_at),
            *scope.of_prospects(Partnership.prospect_id),
        )
    ).all()
    at = now()
    took: dict[str, list[timedelta]] = defaultdict(list)
    running: dict[str, int] = defaultdict(int)
    stuck: dict[str, int] = defaultdict(int)
    for name, started, done, stuck_at in plans:
        if done is not None:
            took[name].append(done - started)
        else:
            running[name] += 1
            stuck[name] += stuck_at <= at
    names = sorted({*took, *running})
    rows: list[tuple[Cell, ...]] = [
        (name, len(took[name]) + running[name], len(took[name]), running[name], stuck[name], median_days(took[name]))
        for name in names
    ]
    standing = _standing(session, scope)
    bars = tuple(
        Bar(title, float(waiting), counted("%(num)s late", "%(num)s late", late) if late else "")
        for title, _owner, waiting, late, _days in standing
    )
    return Report(
        picture=Picture(title=_("Where partners stand today"), unit=Unit.COUNT, bars=bars),
        tables=(
            Table(
                title=_("By plan"),
                columns=(
                    Column(_("Plan"), Unit.TEXT),
                    Column(_("Begun")),
                    Column(_("Done")),
                    Column(_("Running")),
                    Column(_("Stuck")),
                    Column(_("Median days to the end"), Unit.DAYS),
                ),
                rows=tuple(rows),
            ),
            Table(
                title=_("Open actions today"),
                columns=(
                    Column(_("Action"), Unit.TEXT),
                    Column(_("Whose turn"), Unit.TEXT),
                    Column(_("Partners at it")),
                    Column(_("Late")),
                    Column(_("Days since it opened, longest"), Unit.DAYS),
                ),
                rows=tuple(standing),
            ),
        ),
        notes=(_("Only actions whose turn it is count; those that wait for another one do not."),),
    )


def _standing(session: Session, scope: Scope) -> list[tuple[str, str, int, int, float | None]]:
    at = now()
    rows = session.execute(
        select(
            OnboardingAction.title,
            OnboardingAction.owner,
            func.count(),
            func.count().filter(OnboardingAction.due_at < at),
            func.min(OnboardingAction.opened_at),
        )
        .join(OnboardingPlan, OnboardingPlan.id == OnboardingAction.plan_id)
        .join(Partnership, Partnership.id == OnboardingPlan.partnership_id)
        .where(
            scope.in_programs(OnboardingAction.program_id),
            OnboardingAction.state.in_(_STANDING),
            OnboardingAction.opened_at.is_not(None),
            OnboardingPlan.done_at.is_(None),
            *scope.of_prospects(Partnership.prospect_id),
        )
        .group_by(OnboardingAction.title, OnboardingAction.owner)
        .order_by(func.count().desc(), OnboardingAction.title)
        .limit(MOST_ACTIONS)
    ).all()
    return [
        (title, _(owner.label), waiting, late, (at - opened).total_seconds() / 86_400 if opened else None)
        for title, owner, waiting, late, opened in rows
    ]
