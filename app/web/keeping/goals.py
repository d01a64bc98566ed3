"""A partner's page of goals and reviews, and what our own people do about the goals."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.clock import today
from app.db import reading, transaction
from app.languages import gettext as _
from app.models import Goal, Rhythm
from app.models.stage import PARTNER_STAGES
from app.queries.keeping_goals import goals_of, plain
from app.queries.keeping_resources import fetched_by
from app.queries.keeping_reviews import reviews_of
from app.queries.keeping_touch import cadence_of, days_for, last_touch
from app.queries.partner import partner_header
from app.services.access import Permission
from app.services.errors import InvalidInput
from app.services.keeping import goals as service
from app.services.onboarding.events import Doer
from app.web.keeping.blueprint import blueprint
from app.web.onboarding.partner import Answer, Refused, partnership_for
from app.web.undo import flash_with_undo
from app.whole_numbers import row_number

_PARTNER = "/<int:partnership_id>"
_GOAL = f"{_PARTNER}/goals/<int:goal_id>"
_WORK = Permission.WORK_PROSPECTS


@blueprint.get(_PARTNER)
def partner(slug: str, partnership_id: int) -> str:
    """Show a partner's goals and reviews."""
    return partner_page(slug, partnership_id)


@blueprint.post(f"{_PARTNER}/goals")
def add_goal(slug: str, partnership_id: int) -> Answer:
    """Agree on a goal."""
    names = ("kpi", "unit", "baseline", "target", "started_on", "due_on")
    typed = service.TypedGoal(**{name: request.form.get(name, "") for name in names})
    try:
        with transaction() as session:
            _unused, partnership = partnership_for(session, slug, partnership_id, _WORK)
            goal = service.add_goal(session, partnership, typed, actor=current_user)
    except InvalidInput as error:
        return partner_page(slug, partnership_id, Refused("goal", dict(error.fields))), 422
    flash(_("Agreed: %(kpi)s. The partner sees it on their page.", kpi=goal.kpi), "success")
    return back(slug, partnership_id, f"goal-{goal.id}")


@blueprint.post(f"{_GOAL}/checkpoints")
def report(slug: str, partnership_id: int, goal_id: int) -> Answer:
    """Report a value that was reached."""
    typed = service.Report(**{name: request.form.get(name, "") for name in ("value", "reached_on", "note")})

    def change(session: Session, goal: Goal) -> None:
        service.report_checkpoint(session, goal, typed, Doer(current_user.id))

    return _change(slug, partnership_id, goal_id, change, form="report", said=_("Noted"))


@blueprint.post(f"{_GOAL}/change")
def change_goal(slug: str, partnership_id: int, goal_id: int) -> Answer:
    """Change a goal as agreed."""
    agreed = service.Agreement(
        **{name: request.form.get(name, "") for name in ("target", "due_on", "why")},
        version=row_number(request.form.get("version", ""), -1),
    )

    def change(session: Session, goal: Goal) -> None:
        service.agree_change(session, goal, agreed, actor=current_user)

    return _change(slug, partnership_id, goal_id, change, form="change", said=_("Changed as agreed"))


@blueprint.post(f"{_GOAL}/close")
def close_goal(slug: str, partnership_id: int, goal_id: int) -> Response:
    """Put a goal away."""
    with transaction() as session:
        _unused, partnership = partnership_for(session, slug, partnership_id, _WORK)
        goal = service.goal_in(session, partnership, goal_id)
        service.close_goal(session, goal, actor=current_user)
    undo = url_for("keeping.reopen_goal", slug=slug, partnership_id=partnership_id, goal_id=goal_id)
    flash_with_undo(_("“%(kpi)s” is put away; what was reported stays.", kpi=goal.kpi), url=undo, fields={})
    return back(slug, partnership_id, "goals")


@blueprint.post(f"{_GOAL}/reopen")
def reopen_goal(slug: str, partnership_id: int, goal_id: int) -> Response:
    """Take a goal up again."""
    with transaction() as session:
        _unused, partnership = partnership_for(session, slug, partnership_id, _WORK)
        service.reopen_goal(session, service.goal_in(session, partnership, goal_id), actor=current_user)
    return back(slug, partnership_id, f"goal-{goal_id}")


@blueprint.post(f"{_GOAL}/checkpoints/<int:checkpoint_id>/remove")
def remove_checkpoint(slug: str, partnership_id: int, goal_id: int, checkpoint_id: int) -> Response:
    """Take a reported value back."""
    with transaction() as session:
        _unused, partnership = partnership_for(session, slug, partnership_id, _WORK)
        goal = service.goal_in(session, partnership, goal_id)
        point = service.checkpoint_in(session, goal, checkpoint_id)
        service.remove_checkpoint(session, goal, point, actor=current_user)
    path: dict[str, Any] = {"partnership_id": partnership_id, "goal_id": goal_id, "checkpoint_id": checkpoint_id}
    undo = url_for("keeping.restore_checkpoint", slug=slug, **path)
    flash_with_undo(_("%(plain)s counts no more.", plain=plain(point.value)), url=undo, fields={})
    return back(slug, partnership_id, f"goal-{goal_id}")


@blueprint.post(f"{_GOAL}/checkpoints/<int:checkpoint_id>/restore")
def restore_checkpoint(slug: str, partnership_id: int, goal_id: int, checkpoint_id: int) -> Response:
    """Count a value again."""
    with transaction() as session:
        _unused, partnership = partnership_for(session, slug, partnership_id, _WORK)
        goal = service.goal_in(session, partnership, goal_id)
        point = service.checkpoint_in(session, goal, checkpoint_id)
        service.restore_checkpoint(session, goal, point, actor=current_user)
    return back(slug, partnership_id, f"goal-{goal_id}")


def partner_page(slug: str, partnership_id: int, refused: Refused | None = None) -> str:
    """Draw the page; a refused form (`goal`, `report-<id>`, `change-<id>`, `review`) keeps what was typed."""
    with reading() as session:
        program, partnership = partnership_for(session, slug, partnership_id, Permission.READ)
        header = partner_header(session, partnership.id)
        goals = goals_of(session, partnership.id)
        reviews = reviews_of(session, partnership.id)
        touched_at = last_touch(session, partnership)
        touch_days = days_for(cadence_of(session, program.id), partnership.tier)
        fetched = fetched_by(session, partnership.id)
    return render_template(
        "keeping/partner.html",
        program=program,
        partner=header,
        goals=goals,
        reviews=reviews,
        touched_at=touched_at,
        touch_days=touch_days,
        fetched=fetched,
        rhythms=list(Rhythm),
        today=today(),
        plain=plain,
        refused=refused or Refused(),
        typed=request.form if refused else {},
        is_in_force=header.stage in PARTNER_STAGES,
    )


def back(slug: str, partnership_id: int, anchor: str | None = None) -> Response:
    """Go back to the partner's page of goals and reviews."""
    return redirect(url_for("keeping.partner", slug=slug, partnership_id=partnership_id, _anchor=anchor), 303)


def _change(
    slug: str, partnership_id: int, goal_id: int, change: Callable[[Session, Goal], None], *, form: str, said: str
) -> Answer:
    try:
        with transaction() as session:
            _unused, partnership = partnership_for(session, slug, partnership_id, _WORK)
            goal = service.goal_in(session, partnership, goal_id)
            change(session, goal)
    except InvalidInput as error:
        return partner_page(slug, partnership_id, Refused(f"{form}-{goal_id}", dict(error.fields))), 422
    flash(f"{said}: {goal.kpi}", "success")
    return back(slug, partnership_id, f"goal-{goal_id}")
