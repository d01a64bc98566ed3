"""Views of bulk work."""

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.languages import mark
from app.models import Program
from app.models.bulk import BulkAction, BulkKind, BulkState
from app.queries.bulk import recent_bulk, shown_bulk
from app.services.access import Permission, may, program_for, require
from app.services.bulk.registry import ACTS
from app.services.bulk.selection import read_selection
from app.services.bulk.starting import Order, bulk_in, can_undo, cancel_bulk, start_bulk, undo_bulk
from app.services.errors import Conflict, InvalidInput
from app.web.bulk.asking import VERBS, Question, ask, kind_asked, render, typed_values
from app.web.bulk.blueprint import blueprint

Answer = Response | str | tuple[str, int]
STATES = {
    BulkState.SELECTING: (mark("Choosing"), "blue"),
    BulkState.RUNNING: (mark("Under way"), "blue"),
    BulkState.DONE: (mark("Done"), "green"),
    BulkState.CANCELED: (mark("Canceled"), "amber"),
    BulkState.FAILED: (mark("Stopped"), "red"),
    BulkState.UNDOING: (mark("Taking back"), "violet"),
    BulkState.UNDONE: (mark("Taken back"), "neutral"),
}


@blueprint.get("")
def index(slug: str) -> str:
    """Show what was done to many lately."""
    with reading() as session:
        program = program_for(session, current_user, slug)
        actions = recent_bulk(session, program.id)
    return render_template("bulk/index.html", program=program, actions=actions, states=STATES, verbs=VERBS)


@blueprint.post("/preview")
def preview(slug: str) -> Answer:
    """Ask what an act needs and show whom it would reach and who is left out; nothing happens yet."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.WORK_PROSPECTS)
        kind = kind_asked()
        require(current_user, ACTS[kind].permission(typed_values()))
        question = ask(session, program, kind)
        page = render(session, program, question)
    return (page, 422) if question.problems else page


@blueprint.post("")
def start(slug: str) -> Answer:
    """Start it; a worker does it in portions."""
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.WORK_PROSPECTS)
            kind, typed = kind_asked(), typed_values()
            require(current_user, ACTS[kind].permission(typed))
            params = ACTS[kind].read(session, program, typed)
            order = Order(
                kind=kind, params=params, selection=read_selection(typed), token=request.form.get("token", "")
            )
            action = start_bulk(session, program, order, actor=current_user)
    except InvalidInput as error:
        return _asked_again(slug, error)
    target = url_for("bulk.show", slug=slug, bulk_id=action.id)
    if "HX-Request" in request.headers:
        return FlaskResponse(headers={"HX-Redirect": target})
    return redirect(target, 303)


@blueprint.get("/<int:bulk_id>")
def show(slug: str, bulk_id: int) -> str:
    """Show how far an action is and who was left out; to htmx the part that changes."""
    with reading() as session:
        program = program_for(session, current_user, slug)
        action = bulk_in(session, program, bulk_id)
        return _status(session, program, action)


@blueprint.post("/<int:bulk_id>/cancel")
def cancel(slug: str, bulk_id: int) -> Response:
    """Stop it; what was done stays."""
    try:
        with transaction() as session:
            action = _action_to_change(session, slug, bulk_id)
            cancel_bulk(session, action, actor=current_user)
        flash(_("Canceled. What was done so far stays, and can be undone."), "success")
    except Conflict as error:
        flash(str(error), "warning")
    return redirect(url_for("bulk.show", slug=slug, bulk_id=bulk_id), 303)


@blueprint.post("/<int:bulk_id>/undo")
def undo(slug: str, bulk_id: int) -> Response:
    """Take back what was done, but for what was changed since."""
    try:
        with transaction() as session:
            action = _action_to_change(session, slug, bulk_id)
            undo_bulk(session, action, actor=current_user)
    except Conflict as error:
        flash(str(error), "warning")
    return redirect(url_for("bulk.show", slug=slug, bulk_id=bulk_id), 303)


def _action_to_change(session: Session, slug: str, bulk_id: int) -> BulkAction:
    program = program_for(session, current_user, slug, Permission.WORK_PROSPECTS)
    action = bulk_in(session, program, bulk_id, for_change=True)
    require(current_user, ACTS[action.kind].permission(action.params))
    return action


def _status(session: Session, program: Program, action: BulkAction) -> str:
    shown = shown_bulk(session, action)
    act = ACTS[action.kind]
    return render_template(
        "bulk/_status.html" if "HX-Request" in request.headers else "bulk/show.html",
        program=program,
        action=shown,
        words=act.words(session, action.params),
        state=STATES[shown.state],
        may_change=may(current_user.role, act.permission(action.params)),
        can_undo=can_undo(action) and shown.state is not BulkState.UNDONE,
        is_undoable=act.is_undoable,
        is_export=action.kind is BulkKind.EXPORT,
    )


def _asked_again(slug: str, error: InvalidInput) -> Answer:
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.WORK_PROSPECTS)
        try:
            question = ask(session, program, kind_asked())
        except InvalidInput as again:
            flash(str(again), "danger")
            return redirect(url_for("bulk.index", slug=slug), 303)
        if not question.problems:
            question = Question(kind=question.kind, selection=question.selection, problems=error.fields)
        return render(session, program, question), 422
