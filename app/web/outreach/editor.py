"""The editor of a sequence: its steps one by one, a preview for real people, and publishing."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import Program
from app.models import Sequence as SequenceRow
from app.services.access import Permission, program_for
from app.services.errors import Conflict, InvalidInput
from app.services.sequence_drafts import (
    add_step,
    frame_mark,
    move_step,
    remove_step,
    save_frame,
    save_step,
    step_in,
    step_mark,
)
from app.services.sequences import change_settings, publish, sequence_in
from app.web.form_errors import show_problems
from app.web.outreach.blueprint import blueprint
from app.web.outreach.editor_page import EditorPage, load_editor, previews_of
from app.web.outreach.forms import FrameForm, SettingsForm, StepForm
from app.web.outreach.sequences import offer_senders, settings_of
from app.whole_numbers import row_number
from outreach.sequence import StepKind

Answer = Response | str | tuple[str, int]
_PATH = "/sequences/<int:sequence_id>/edit"


@blueprint.get(_PATH)
def edit(slug: str, sequence_id: int) -> str:
    """Show what holds for the whole sequence, and its steps."""
    with reading() as session:
        program, sequence = _opened(session, slug, sequence_id)
        return _overview(session, program, sequence)


@blueprint.post(f"{_PATH}/settings")
def save_settings(slug: str, sequence_id: int) -> Answer:
    """Change the name, the sender, whether first mails are approved: holds at once."""
    with transaction() as session:
        program, sequence = _opened(session, slug, sequence_id)
        form = SettingsForm()
        offer_senders(session, program, form)
        if not form.validate():
            return _overview(session, program, sequence, settings=form), 422
        try:
            with session.begin_nested():
                change_settings(session, sequence, settings_of(form), actor=current_user)
        except InvalidInput as error:
            show_problems(form, error)
            return _overview(session, program, sequence, settings=form), 422
    flash(_("Saved."), "success")
    return _to_overview(slug, sequence_id)


@blueprint.post(f"{_PATH}/frame")
def save_times(slug: str, sequence_id: int) -> Answer:
    """Change when steps may happen and whose stops count for the company: part of the draft."""
    form = FrameForm()
    try:
        with transaction() as session:
            program, sequence = _opened(session, slug, sequence_id)
            if not form.validate():
                return _overview(session, program, sequence, frame=form), 422
            save_frame(session, sequence, form.frame(), mark=form.mark.data or "", actor_id=current_user.id)
    except (InvalidInput, Conflict) as error:
        return _frame_refused(slug, sequence_id, form, error)
    flash(_("Saved in the draft. It holds for new people once you publish."), "success")
    return _to_overview(slug, sequence_id)


@blueprint.post(f"{_PATH}/steps")
def new_step(slug: str, sequence_id: int) -> Response:
    """Add a step and open it."""
    kind = request.form.get("kind", "")
    with transaction() as session:
        _program, sequence = _opened(session, slug, sequence_id)
        if kind not in list(StepKind):
            raise InvalidInput({"kind": _("Choose an e-mail, a task or a wait.")})
        after = request.form.get("after") or None
        step_id = add_step(session, sequence, StepKind(kind), after=after, actor_id=current_user.id)
    return _to_step(slug, sequence_id, step_id)


@blueprint.post(f"{_PATH}/steps/<step_id>/move")
def reorder_step(slug: str, sequence_id: int, step_id: str) -> Response:
    """Move a step up or down."""
    by = -1 if request.form.get("to") == "up" else 1
    with transaction() as session:
        _program, sequence = _opened(session, slug, sequence_id)
        move_step(session, sequence, step_id, by=by, actor_id=current_user.id)
    return _to_step(slug, sequence_id, step_id)


@blueprint.post(f"{_PATH}/steps/<step_id>/remove")
def drop_step(slug: str, sequence_id: int, step_id: str) -> Response:
    """Take a step out of the draft; published versions keep it."""
    with transaction() as session:
        _program, sequence = _opened(session, slug, sequence_id)
        remove_step(session, sequence, step_id, actor_id=current_user.id)
    flash(_("The step is out of the draft. Published versions still have it."), "success")
    return _to_overview(slug, sequence_id)


@blueprint.route(f"{_PATH}/steps/<step_id>", methods=["GET", "POST"])
def step(slug: str, sequence_id: int, step_id: str) -> Answer:
    """Write one step; `action` says whether it is saved, only previewed, or gets or loses a variant."""
    form = StepForm()
    action = request.form.get("action", "save")
    if form.is_submitted() and action == "save" and form.validate():
        return _save(slug, sequence_id, step_id, form)
    with reading() as session:
        program, sequence = _opened(session, slug, sequence_id)
        page = load_editor(session, program, sequence)
        if not form.is_submitted():
            form = StepForm(formdata=None)
            shown = next(each for each in page.steps if each.id == step_in(page.draft.content, step_id)["id"])
            form.fill(shown, step_mark(page.draft.content, step_id))
        elif action == "add-variant":
            form.add_variant()
        elif action.startswith("remove-variant-"):
            form.remove_variant(int(action.removeprefix("remove-variant-") or 0))
        status = 422 if form.is_submitted() and action == "save" else 200
        return step_page(session, page, step_id, form), status


@blueprint.post(f"{_PATH}/publish")
def publish_draft(slug: str, sequence_id: int) -> Answer:
    """Make the draft the version that new people get."""
    try:
        with transaction() as session:
            _program, sequence = _opened(session, slug, sequence_id)
            version = row_number(request.form.get("version", ""), 0)
            note = request.form.get("note", "")
            published = publish(session, sequence, note=note, version=version, actor=current_user)
    except (InvalidInput, Conflict) as error:
        with reading() as session:
            program, sequence = _opened(session, slug, sequence_id)
            page = _overview(session, program, sequence, publish_problem=str(error))
        return page, 409 if isinstance(error, Conflict) else 422
    flash(
        _(
            "Version %(number)s is what new people get now. Those on their way finish on theirs.",
            number=published.number,
        ),
        "success",
    )
    return redirect(url_for("outreach.campaign", slug=slug, sequence_id=sequence_id), 303)


def _save(slug: str, sequence_id: int, step_id: str, form: StepForm) -> Answer:
    try:
        with transaction() as session:
            program, sequence = _opened(session, slug, sequence_id)
            page = load_editor(session, program, sequence)
            written = form.draft(StepKind(step_in(page.draft.content, step_id)["kind"]))
            save_step(session, sequence, step_id, written, mark=form.mark.data or "", actor_id=current_user.id)
    except (Conflict, InvalidInput) as error:
        return _step_refused(slug, sequence_id, step_id, form, error)
    flash(_("Saved in the draft."), "success")
    return _to_step(slug, sequence_id, step_id)


def _step_refused(
    slug: str, sequence_id: int, step_id: str, form: StepForm, error: Conflict | InvalidInput
) -> tuple[str, int]:
    with reading() as session:
        program, sequence = _opened(session, slug, sequence_id)
        page = load_editor(session, program, sequence)
        if isinstance(error, InvalidInput):
            show_problems(form, error)
            return step_page(session, page, step_id, form), 422
        # Said and shown: the next save is made knowing of the text that came between.
        form.mark.data = step_mark(page.draft.content, step_id)
        form.mark.raw_data = None
        return step_page(session, page, step_id, form, conflict=str(error)), 409


def _frame_refused(slug: str, sequence_id: int, form: FrameForm, error: Conflict | InvalidInput) -> tuple[str, int]:
    with reading() as session:
        program, sequence = _opened(session, slug, sequence_id)
        if isinstance(error, InvalidInput):
            show_problems(form, error)
            return _overview(session, program, sequence, frame=form), 422
        flash(str(error), "danger")
        return _overview(session, program, sequence), 409


def step_page(session: Session, page: EditorPage, step_id: str, form: StepForm, *, conflict: str = "") -> str:
    """Return the page of one step with a form as it was typed, and its preview."""
    shown = next(each for each in page.steps if each.id == step_id)
    names: Sequence[str] = "abcd" if len(form.variants) > 1 else ("",)
    wordings = [
        (name, entry.subject.data or "", (entry.body.data or "").replace("\r\n", "\n"))
        for name, entry in zip(names, form.variants, strict=False)
    ]
    return render_template(
        "outreach/step.html",
        page=page,
        program=page.program,
        sequence=page.sequence,
        step=shown,
        form=form,
        previews=previews_of(session, page, wordings),
        conflict=conflict,
    )


def _overview(
    session: Session,
    program: Program,
    sequence: SequenceRow,
    *,
    settings: SettingsForm | None = None,
    frame: FrameForm | None = None,
    publish_problem: str = "",
) -> str:
    page = load_editor(session, program, sequence)
    if settings is None:
        settings = SettingsForm(formdata=None, obj=sequence)
        offer_senders(session, program, settings)
        settings.sender_id.data = str(sequence.sender_id or "")
    if frame is None:
        frame = FrameForm(formdata=None)
        frame.fill(page.draft.content, frame_mark(page.draft.content))
    return render_template(
        "outreach/editor.html",
        page=page,
        program=program,
        sequence=sequence,
        settings_form=settings,
        frame_form=frame,
        publish_problem=publish_problem,
    )


def _opened(session: Session, slug: str, sequence_id: int) -> tuple[Program, SequenceRow]:
    program = program_for(session, current_user, slug, Permission.EDIT_SEQUENCES)
    return program, sequence_in(session, program, sequence_id)


def _to_overview(slug: str, sequence_id: int) -> Response:
    return redirect(url_for("outreach.edit", slug=slug, sequence_id=sequence_id), 303)


def _to_step(slug: str, sequence_id: int, step_id: str) -> Response:
    return redirect(url_for("outreach.step", slug=slug, sequence_id=sequence_id, step_id=step_id), 303)
