"""A partner enters a tier: they get its goals, and whoever asked for it is on record."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import today
from app.models import Goal, Partnership
from app.models.tier import Tier
from app.services.errors import InvalidInput
from app.services.keeping.goals import GoalValues, agree_goal, has_room


def give_goals(session: Session, partnership: Partnership, tier: Tier, *, by_user_id: int | None) -> list[str]:
    """Agree on the goals of a tier with a partner who entered it; return what each counts.

    What they have an open goal for already stays as it was agreed, and so do all where they have as many as there can
    be.
    """
    open_goals = select(Goal.kpi).where(Goal.partnership_id == partnership.id, Goal.closed_at.is_(None))
    known = {kpi.casefold() for kpi in session.scalars(open_goals)}
    given = []
    for goal in tier.goals:
        if goal["kpi"].casefold() in known:
            continue
        due_on = today() + timedelta(days=goal["days"])
        values = GoalValues(kpi=goal["kpi"], unit=goal["unit"], target=goal["target"], due_on=due_on)
        try:
            agree_goal(session, partnership, values, by_user_id=by_user_id)
        except InvalidInput:
            if not has_room(session, partnership):
                break
            continue
        given.append(goal["kpi"])
    return given
