"""Goals, shared reviews and resources on the partner's own page."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.extensions import limiter
from app.queries.keeping_goals import goals_of
from app.queries.keeping_resources import resources_for
from app.queries.keeping_reviews import shared_reviews
from app.services.errors import InvalidInput
from app.services.keeping.goals import Report, goal_in, report_checkpoint
from app.services.keeping.resources import count_download, version_for
from app.services.languages import gettext as _
from app.services.onboarding.events import Doer
from app.web.portal.blueprint import VISIT_LIMIT, WRONG_LINK_LIMIT, blueprint, was_wrong
from app.web.portal.screen import portal_screen
from app.web.portal.speaking import visitor
from app.web.resource_answers import version_answer

Answer = Response | str | tuple[str, int]
REPORT_LIMIT = "60 per hour"


@blueprint.get("/<token>/goals")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
def goals(token: str) -> Answer:
    """Show the goals, and the reviews that were shared."""
    return _goals(token)


@blueprint.post("/<token>/goals/<int:goal_id>")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
@limiter.limit(REPORT_LIMIT)
def report_goal(token: str, goal_id: int) -> Answer:
    """Report what was reached."""
    report = Report(**{name: request.form.get(name, "") for name in ("value", "reached_on", "note")})
    try:
        with transaction() as session:
            key = visitor(session, token)
            goal = goal_in(session, key.partnership, goal_id)
            report_checkpoint(session, goal, report, Doer(person_id=key.person.id))
    except InvalidInput as error:
        return _goals(token, goal_id=goal_id, problems=dict(error.fields)), 422
    flash(_("Thank you, noted: %(what)s", what=goal.kpi), "success")
    return redirect(url_for("portal.goals", token=token), 303)


@blueprint.get("/<token>/resources")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
def resources(token: str) -> str:
    """Show what is ready for partners of this tier."""
    with reading() as session:
        screen = portal_screen(session, token)
        found = resources_for(session, screen.partnership)
    return render_template("portal/resources.html", screen=screen, resources=found)


@blueprint.get("/<token>/resources/<int:resource_id>")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
@limiter.limit(VISIT_LIMIT)
def resource(token: str, resource_id: int) -> Response:
    """Save a resource's newest file, or go to its link; it is counted, a look ahead (HEAD) is not."""
    with transaction() as session:
        key = visitor(session, token)
        version = version_for(session, key.partnership, resource_id)
        answer = version_answer(version)
        if request.method == "GET":
            count_download(session, key.partnership, version)
    return answer


def _goals(token: str, *, goal_id: int = 0, problems: dict[str, str] | None = None) -> str:
    with reading() as session:
        screen = portal_screen(session, token)
        found = [goal for goal in goals_of(session, screen.partnership.id) if not goal.is_closed]
        reviews = shared_reviews(session, screen.partnership.id)
    return render_template(
        "portal/goals.html",
        screen=screen,
        goals=found,
        reviews=reviews,
        wrong_goal=goal_id,
        problems=problems or {},
        typed=request.form if problems else {},
    )
