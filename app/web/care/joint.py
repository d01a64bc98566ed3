"""Co-marketing with a partner: planned, done with what came of it, or called off."""

from flask import flash, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import transaction
from app.languages import gettext as _
from app.models import JointKind
from app.services.access import Permission
from app.services.care.joint import NewJoint, cancel_joint, finish_joint, joint_in, plan_joint, restore_joint
from app.services.errors import InvalidInput
from app.web.care.blueprint import blueprint
from app.web.care.partner import Answer, back, care_page
from app.web.onboarding.partner import Refused, partnership_for
from app.web.undo import flash_with_undo

_WORK = Permission.WORK_PROSPECTS


@blueprint.post("/partners/<int:partnership_id>/joint")
def plan(slug: str, partnership_id: int) -> Answer:
    """Plan something together."""
    kind = request.form.get("kind", "")
    try:
        with transaction() as session:
            _program, partnership = partnership_for(session, slug, partnership_id, _WORK)
            new = NewJoint(
                kind=JointKind(kind) if kind in set(JointKind) else JointKind.OTHER,
                title=request.form.get("title", ""),
                planned_on=request.form.get("planned_on", ""),
            )
            plan_joint(session, partnership, new, actor=current_user)
    except InvalidInput as error:
        return care_page(slug, partnership_id, Refused("joint", dict(error.fields))), 422
    flash(_("Planned."), "success")
    return back(slug, partnership_id, "joint")


@blueprint.post("/partners/<int:partnership_id>/joint/<int:joint_id>/finish")
def finish(slug: str, partnership_id: int, joint_id: int) -> Answer:
    """Write down what came of it."""
    try:
        with transaction() as session:
            _program, partnership = partnership_for(session, slug, partnership_id, _WORK)
            activity = joint_in(session, partnership, joint_id)
            outcome, leads = request.form.get("outcome", ""), request.form.get("leads", "")
            finish_joint(session, activity, outcome=outcome, leads=leads, actor=current_user)
    except InvalidInput as error:
        return care_page(slug, partnership_id, Refused(f"joint-{joint_id}", dict(error.fields))), 422
    flash(_("Written down."), "success")
    return back(slug, partnership_id, "joint")


@blueprint.post("/partners/<int:partnership_id>/joint/<int:joint_id>/cancel")
def cancel(slug: str, partnership_id: int, joint_id: int) -> Response:
    """Call it off, with a way back."""
    with transaction() as session:
        _program, partnership = partnership_for(session, slug, partnership_id, _WORK)
        activity = joint_in(session, partnership, joint_id)
        cancel_joint(session, activity, actor=current_user)
    undo = url_for("care.restore", slug=slug, partnership_id=partnership_id, joint_id=joint_id)
    flash_with_undo(_("“%(what)s” is called off.", what=activity.title), url=undo, fields={})
    return back(slug, partnership_id, "joint")


@blueprint.post("/partners/<int:partnership_id>/joint/<int:joint_id>/restore")
def restore(slug: str, partnership_id: int, joint_id: int) -> Response:
    """Take back that it was called off."""
    with transaction() as session:
        _program, partnership = partnership_for(session, slug, partnership_id, _WORK)
        restore_joint(session, joint_in(session, partnership, joint_id), actor=current_user)
    return back(slug, partnership_id, "joint")
