"""Goals, reviews, resources and a rule of a partner, for tests."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import BusinessReview, Goal, Partnership, Program, Resource, Rhythm, User
from app.services.keeping.cadence import add_rule
from app.services.keeping.goals import Report, TypedGoal, add_goal, report_checkpoint
from app.services.keeping.resources import Content, TypedResource, add_resource, version_for
from app.services.keeping.reviews import plan_review
from app.services.onboarding.events import Doer

PDF = b"%PDF-1.7\n1 0 obj"


def make_goal(session: Session, partnership: Partnership, actor: User, **values: Any) -> Goal:
    """Agree on 100 shops from 0, which began 50 days ago and is due in 50."""
    begin, end = today() - timedelta(days=50), today() + timedelta(days=50)
    usual = {"kpi": "Signed shops", "unit": "shops", "target": "100"}
    days = {"started_on": begin.isoformat(), "due_on": end.isoformat()}
    return add_goal(session, partnership, TypedGoal(**usual | days | values), actor=actor)


def make_resource(
    session: Session,
    program: Program,
    actor: User,
    *,
    tiers: tuple[str, ...] = (),
    url: str = "",
    title: str = "The kit",
) -> Resource:
    """Add a resource: a file, or a link where one is given. The document store must be configured for files."""
    content = Content(url=url) if url else Content(file=("kit.pdf", PDF))
    return add_resource(session, program, TypedResource(kind="guide", title=title, tiers=tiers), content, actor=actor)


def make_review(session: Session, partnership: Partnership, actor: User) -> BusinessReview:
    """Plan a review for today."""
    held_on = now().date().isoformat()
    return plan_review(session, partnership, rhythm=Rhythm.QUARTERLY.value, held_on=held_on, actor=actor)


def keeping_values(session: Session, program: Program, partnership: Partnership, actor: User) -> dict[str, Any]:
    """Return what stands for the parts of these pages' addresses in the access matrix."""
    goal = make_goal(session, partnership, actor)
    point = report_checkpoint(session, goal, Report(value="40"), Doer(actor.id))
    resource = make_resource(session, program, actor)
    return {
        "goal_id": goal.id,
        "checkpoint_id": point.id,
        "review_id": make_review(session, partnership, actor).id,
        "resource_id": resource.id,
        "resource_version_id": version_for(session, partnership, resource.id).id,
        "cadence_id": add_rule(session, program, tier="", days="30", actor=actor).id,
    }
