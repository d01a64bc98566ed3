"""The list of sequences, a new one, its settings, and putting one away."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import gettext as _
from app.models import Program
from app.queries.senders import usable_senders
from app.queries.sequences import list_sequences, steps_of
from app.services.access import Permission, program_for
from app.services.errors import InvalidInput
from app.services.ready_made import READY_MADE
from app.services.sequences import (
    SequenceSettings,
    archive_sequence,
    create_sequence,
    restore_sequence,
    sequence_in,
)
from app.web.form_errors import show_problems
from app.web.outreach.blueprint import blueprint
from app.web.outreach.forms import NewSequenceForm, SettingsForm
from app.web.undo import flash_with_undo

Answer = Response | str | tuple[str, int]


@blueprint.get("")
def index(slug: str) -> Response:
    """Go to the sequences."""
    with reading() as session:
        program_for(session, current_user, slug, Permission.READ)
    return redirect(url_for("outreach.sequences", slug=slug), 303)


@blueprint.get("/sequences")
def sequences(slug: str) -> str:
    """List the program's sequences."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        return render_template(
            "outreach/sequences.html",
            program=program,
            sequences=list_sequences(session, program.id),
            archived=list_sequences(session, program.id, archived=True),
            senders=usable_senders(session, program.id),
        )


@blueprint.route("/sequences/new", methods=["GET", "POST"])
def new_sequence(slug: str) -> Answer:
    """Start a sequence: from a ready-made one, or empty."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.EDIT_SEQUENCES)
        form = NewSequenceForm()
        offer_senders(session, program, form)
    if not form.is_submitted():
        chosen = request.args.get("from", "")
        if chosen in READY_MADE:
            form.ready_made.data = chosen
            form.name.data = _(READY_MADE[chosen].name)
            form.description.data = _(READY_MADE[chosen].description)
        return _new_page(program, form)
    if form.validate():
        ready = READY_MADE.get(form.ready_made.data or "")
        try:
            with transaction() as session:
                # Not over `program`: a refused transaction expires its rows, and the page still shows this one.
                own = program_for(session, current_user, slug, Permission.EDIT_SEQUENCES)
                sequence = create_sequence(
                    session, own, settings_of(form), content=ready.content() if ready else None, actor=current_user
                )
            return redirect(url_for("outreach.edit", slug=slug, sequence_id=sequence.id), 303)
        except InvalidInput as error:
            show_problems(form, error)
    return _new_page(program, form), 422


@blueprint.post("/sequences/<int:sequence_id>/archive")
def archive(slug: str, sequence_id: int) -> Response:
    """Put a sequence away."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.EDIT_SEQUENCES)
        sequence = sequence_in(session, program, sequence_id)
        archive_sequence(session, sequence, actor=current_user)
    undo = url_for("outreach.restore", slug=slug, sequence_id=sequence_id)
    flash_with_undo(_("%(name)s was put away. Its history stays.", name=sequence.name), url=undo, fields={})
    return redirect(url_for("outreach.sequences", slug=slug), 303)


@blueprint.post("/sequences/<int:sequence_id>/restore")
def restore(slug: str, sequence_id: int) -> Response:
    """Bring a sequence back."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.EDIT_SEQUENCES)
        restore_sequence(session, sequence_in(session, program, sequence_id), actor=current_user)
    flash(_("The sequence is back."), "success")
    return redirect(url_for("outreach.sequences", slug=slug), 303)


def offer_senders(session: Session, program: Program, form: SettingsForm) -> None:
    """Fill the list of senders to choose from."""
    senders = usable_senders(session, program.id)
    form.sender_id.choices = [("", _("Choose when enrolling")), *((str(each.id), each.label) for each in senders)]


def settings_of(form: SettingsForm) -> SequenceSettings:
    """Return what was chosen."""
    return SequenceSettings(
        name=form.name.data or "",
        description=form.description.data or "",
        sender_id=int(form.sender_id.data) if form.sender_id.data else None,
        approve_first_mail=bool(form.approve_first_mail.data),
    )


def _new_page(program: Program, form: NewSequenceForm) -> str:
    ready = READY_MADE.get(form.ready_made.data or "")
    ordered = sorted(READY_MADE.values(), key=lambda each: program.type not in each.suits)
    return render_template(
        "outreach/new.html",
        program=program,
        form=form,
        chosen=ready,
        chosen_steps=steps_of(ready.content()) if ready else (),
        ready_made=ordered,
    )
