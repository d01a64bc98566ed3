"""Views that move cards: by drag, by the "Move to…" menu and its page, with a decision, into dormancy, and undo."""

from collections.abc import Mapping

from flask import request
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import MoveEvent, Prospect, Stage, StageChange
from app.services import moves
from app.services.access import Permission, program_for, prospect_for, require
from app.services.decisions import Verdict, decide, outcome_for
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.tiers.records import chosen_tier
from app.web.board.answers import WantedMove, ask, moved, refused
from app.web.board.blueprint import blueprint
from app.web.board.forms import ApprovalForm, DecisionForm, DormancyForm, form_for
from app.web.form_errors import show_problems
from app.whole_numbers import row_number


@blueprint.get("/prospects/<int:prospect_id>/move")
def move_form(slug: str, prospect_id: int) -> Response:
    """Show where a prospect can go; with `stage` in the address, what that move asks first."""
    with reading() as session:
        prospect = _prospect(session, slug, prospect_id, Permission.READ)
        wanted = _wanted(request.args)
        form = form_for(session, prospect.program_id, wanted.stage) if wanted.stage_name else None
    return ask(slug, prospect_id, wanted, form, status=200)


@blueprint.post("/prospects/<int:prospect_id>/move")
def move(slug: str, prospect_id: int) -> Response:
    """Move a prospect, or say why not: 409 with the fresh card, 422 with the form."""
    wanted, form, change, is_complete = _wanted(request.form), None, None, True
    try:
        with transaction() as session:
            prospect = _prospect(session, slug, prospect_id, Permission.WORK_PROSPECTS)
            require(current_user, _permission(wanted.stage))
            form = form_for(session, prospect.program_id, wanted.stage)
            is_complete = form is None or form.validate()
            if is_complete:
                change = _carry_out(session, prospect, wanted, form)
    except InvalidInput as error:
        if form is None:
            return refused(slug, prospect_id, error, 422)
        show_problems(form, error)
        is_complete = False
    except Conflict as error:
        return refused(slug, prospect_id, error, 409)
    if not is_complete:
        return ask(slug, prospect_id, wanted, form, status=422)
    return moved(slug, prospect_id, change)


@blueprint.post("/prospects/<int:prospect_id>/moves/<int:change_id>/undo")
def undo(slug: str, prospect_id: int, change_id: int) -> Response:
    """Take a prospect's last move back."""
    try:
        with transaction() as session:
            prospect = _prospect(session, slug, prospect_id, Permission.WORK_PROSPECTS)
            wanted = session.get(StageChange, change_id)
            if wanted is not None and wanted.event is MoveEvent.DECISION:
                require(current_user, Permission.DECIDE)
            change = moves.undo_change(session, prospect, change_id, by_user_id=current_user.id)
    except (Conflict, InvalidInput) as error:
        return refused(slug, prospect_id, error, 409)
    return moved(slug, prospect_id, change)


def _wanted(values: Mapping[str, str]) -> WantedMove:
    def number(name: str) -> int | None:
        return row_number(values.get(name, ""))

    # In an address `stage` may be the board's filter; `to` is only ever where to.
    return WantedMove(
        stage_name=values.get("to") or values.get("stage", ""), after_id=number("after_id"), version=number("version")
    )


def _permission(stage: Stage | None) -> Permission:
    return Permission.DECIDE if stage is not None and outcome_for(stage) else Permission.WORK_PROSPECTS


def _prospect(session: Session, slug: str, prospect_id: int, permission: Permission) -> Prospect:
    program = program_for(session, current_user, slug)
    prospect = prospect_for(session, current_user, prospect_id, permission)
    if prospect.program_id != program.id:
        raise NotFound(_("There is no such prospect in this program."))
    return prospect


def _carry_out(
    session: Session, prospect: Prospect, wanted: WantedMove, form: DecisionForm | DormancyForm | None
) -> StageChange | None:
    """Make the move; None for a card that only changed its place inside its column."""
    by_user_id, version, after_id = current_user.id, wanted.version, wanted.after_id
    stage = wanted.stage
    if stage is None:
        return moves.wake_prospect(session, prospect, by_user_id=by_user_id, version=version)
    if stage is prospect.stage:
        moves.reorder_prospect(session, prospect, after_id=after_id, by_user_id=by_user_id, version=version)
        return None
    outcome = outcome_for(stage)
    if outcome is not None and isinstance(form, DecisionForm):
        tier = (form.tier.data or "") if isinstance(form, ApprovalForm) else ""
        verdict = Verdict(
            outcome=outcome,
            reason_codes=tuple(form.reason_codes.data or ()),
            note=form.note.data or "",
            tier=chosen_tier(session, prospect.program_id, tier),
        )
        decision = decide(session, prospect, verdict, by_user_id=by_user_id, version=version, after_id=after_id)
        return session.get_one(StageChange, decision.stage_change_id)
    details = moves.MoveDetails(after_id=after_id, version=version)
    if isinstance(form, DormancyForm):
        details |= moves.MoveDetails(wake_up_on=form.wake_up_on.data, reason=form.why)
    return moves.move_prospect(
        session, prospect, to_stage=stage, event=MoveEvent.HAND, by_user_id=by_user_id, **details
    )
