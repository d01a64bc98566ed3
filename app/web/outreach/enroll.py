"""Enrolling: one contact from the prospect page, many from a filter after a preview, and batches taken back."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import counted
from app.languages import gettext as _
from app.models import BOARD_STAGES, Program, Stage
from app.queries.board import owners_of
from app.queries.candidates import MOST, candidates
from app.queries.enrollment_batches import recent_batches, shown_batch
from app.queries.prospect_filter import ProspectFilter, filter_args, read_filter
from app.queries.senders import UsableSender, usable_senders
from app.queries.sequences import ListedSequence, list_sequences
from app.queries.views import habit_of, list_views
from app.services.access import Permission, program_for
from app.services.contact_bases import Basis, record_basis
from app.services.enrolling import EnrollPreview, enroll_one, preview_enrolling, record_page_bases
from app.services.enrollment_batches import batch_in, is_of_running_rule, start_batch, undo_batch
from app.services.errors import Conflict, InvalidInput
from app.services.views import view_in
from app.web.board.filters import BoardState
from app.web.board.screen import own_names
from app.web.outreach.blueprint import blueprint
from app.web.prospects.screen import prospect_in
from app.whole_numbers import row_number

Answer = Response | str | tuple[str, int]
_EARLY = (Stage.SOURCED, Stage.QUALIFIED, Stage.CONTACTED)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen on the page: whom by filter and stage, which sequence, from which sender."""

    filter: ProspectFilter
    stages: tuple[Stage, ...]
    sequence_id: int | None
    sender_id: int | None


@blueprint.get("/enroll")
def enroll_many(slug: str) -> Response | str:
    """Choose whom to enroll and see who would be left out and why; nothing happens yet.

    `view` in the address takes the filter of a saved view instead of what stands beside it.
    """
    view_id = _number("view")
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.ENROLL)
        if not view_id or len(request.args) > 1:
            return _many_page(session, program)
        view = view_in(session, program, view_id, current_user)
        chosen, _problems = read_filter(MultiDict(view.query), user_id=current_user.id)
        return redirect(url_for("outreach.enroll_many", slug=slug, **filter_args(chosen)), 303)


@blueprint.post("/enroll")
def start_enrolling(slug: str) -> Answer:
    """Enroll those the preview showed as ready, but for those unticked."""
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, Permission.ENROLL)
            choice = _choice(session, program)
            preview = _preview(session, program, choice)
            if preview is None or choice.sequence_id is None or choice.sender_id is None:
                raise InvalidInput({"sequence_id": _("Choose a sequence and a sender first.")})
            left_out = set(request.form.getlist("exclude"))
            ids = [each.contact_id for each in preview.ready if str(each.contact_id) not in left_out]
            batch = start_batch(
                session, program, ids, sequence_id=choice.sequence_id, sender_id=choice.sender_id, actor=current_user
            )
    except InvalidInput as error:
        with reading() as session:
            program = program_for(session, current_user, slug, Permission.ENROLL)
            return _many_page(session, program, problem=str(error)), 422
    return redirect(url_for("outreach.batch", slug=slug, enrollment_batch_id=batch.id), 303)


@blueprint.post("/enroll/basis")
def record_many_bases(slug: str) -> Response:
    """Record one legal basis for those who lack nothing else and whose address stands on a page of their site."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.ENROLL)
        preview = _preview(session, program, _choice(session, program))
        basis = request.form.get("legal_basis", "")
        number = record_page_bases(
            session, program, preview.lacks_basis if preview else (), legal_basis=basis, actor=current_user
        )
    flash(
        counted(
            "Recorded for %(num)s contact, with the page its address stands on as its source.",
            "Recorded for %(num)s contacts, with the page their address stands on as its source.",
            number,
        ),
        "success",
    )
    kept = [each for each in request.form.items(multi=True) if each[0] not in ("csrf_token", "legal_basis")]
    return redirect(f"{url_for('outreach.enroll_many', slug=slug)}?{urlencode(kept)}", 303)


@blueprint.get("/batches/<int:enrollment_batch_id>")
def batch(slug: str, enrollment_batch_id: int) -> str:
    """Show how far a batch is, whom it left out and why, and offer to take it back."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        shown = shown_batch(session, batch_in(session, program, enrollment_batch_id))
    return render_template("outreach/batch.html", program=program, batch=shown)


@blueprint.post("/batches/<int:enrollment_batch_id>/undo")
def take_back(slug: str, enrollment_batch_id: int) -> Response:
    """Take a batch back for everybody to whom nothing went out."""
    with transaction() as session:
        program = program_for(session, current_user, slug, Permission.ENROLL)
        row = batch_in(session, program, enrollment_batch_id)
        was_running_rule = is_of_running_rule(row)
        ended, stayed = undo_batch(session, row, actor=current_user)
    said = [counted("Taken back for %(num)s person.", "Taken back for %(num)s people.", ended)]
    if stayed:
        said.append(counted("%(num)s had mail already and stays.", "%(num)s had mail already and stay.", stayed))
    if was_running_rule:
        said.append(_("The sequence's rule is off now, so that nobody comes after them."))
    flash(" ".join(said), "success")
    return redirect(url_for("outreach.batch", slug=slug, enrollment_batch_id=enrollment_batch_id), 303)


@blueprint.post("/prospects/<int:prospect_id>/enroll")
def enroll_contact(slug: str, prospect_id: int) -> Response:
    """Put one contact of a prospect into a sequence."""
    contact_id, sequence_id, sender_id = (_number(name) or 0 for name in ("contact_id", "sequence_id", "sender_id"))
    try:
        with transaction() as session:
            program, _prospect = prospect_in(session, current_user, slug, prospect_id, Permission.ENROLL)
            enroll_one(session, program, contact_id, sequence_id=sequence_id, sender_id=sender_id, actor=current_user)
        flash(_("Enrolled. Each next step and its time stand under Outreach."), "success")
    except (InvalidInput, Conflict) as error:
        flash(str(error), "danger")
    return _to_prospect(slug, prospect_id)


@blueprint.post("/prospects/<int:prospect_id>/contacts/<int:contact_id>/basis")
def save_basis(slug: str, prospect_id: int, contact_id: int) -> Response:
    """Record why a contact may be written to: consent, or a legal basis and where the address is from."""
    basis = Basis(
        has_consented=request.form.get("kind") == "consent",
        legal_basis=request.form.get("legal_basis", ""),
        source=request.form.get("source", ""),
        note=request.form.get("note", ""),
    )
    try:
        with transaction() as session:
            _program, prospect = prospect_in(session, current_user, slug, prospect_id, Permission.ENROLL)
            record_basis(session, prospect, contact_id, basis, actor=current_user)
        flash(_("Recorded."), "success")
    except InvalidInput as error:
        flash(str(error), "danger")
    return _to_prospect(slug, prospect_id)


def _many_page(session: Session, program: Program, *, problem: str = "") -> str:
    sequences = [each for each in list_sequences(session, program.id) if each.published]
    senders = usable_senders(session, program.id)
    choice = _choice(session, program, sequences, senders)
    return render_template(
        "outreach/enroll.html",
        program=program,
        choice=choice,
        chosen_args=filter_args(choice.filter),
        narrowed=_narrowed(session, program, choice.filter),
        sequences=sequences,
        senders=senders,
        stages=BOARD_STAGES,
        preview=_preview(session, program, choice),
        problem=problem,
        most=MOST,
        batches=recent_batches(session, program.id),
        views=list_views(session, program.id, current_user.id, habit_of(session, program.id, current_user.id)),
    )


def _narrowed(session: Session, program: Program, chosen: ProspectFilter) -> list[str]:
    """Return in words what the filter asks for, as the board says it."""
    names = {owner.id: owner.name for owner in owners_of(session, program.id)}
    chips = BoardState(filter=chosen).chips(names, own_names(session, program, chosen))
    return [f"{chip.label}: {chip.text}" for chip in chips]


def _choice(
    session: Session,
    program: Program,
    sequences: list[ListedSequence] | None = None,
    senders: list[UsableSender] | None = None,
) -> Choice:
    chosen, _problems = read_filter(request.values, user_id=current_user.id)
    # The stages have boxes of their own on this page.
    stages, chosen = chosen.stages or _EARLY, replace(chosen, stages=())
    sequences = sequences if sequences is not None else list_sequences(session, program.id)
    senders = senders if senders is not None else usable_senders(session, program.id)
    sequence_id = _one_of(_number("sequence_id"), [each.id for each in sequences])
    sequence = next((each for each in sequences if each.id == sequence_id), None)
    own = next((each.id for each in senders if sequence and each.address == sequence.sender), None)
    sender_id = _one_of(_number("sender_id") or own, [each.id for each in senders])
    return Choice(chosen, stages, sequence_id, sender_id)


def _preview(session: Session, program: Program, choice: Choice) -> EnrollPreview | None:
    if choice.sequence_id is None or choice.sender_id is None:
        return None
    found = candidates(session, program.id, choice.filter, stages=choice.stages)
    return preview_enrolling(session, program, found, sequence_id=choice.sequence_id, sender_id=choice.sender_id)


def _one_of(wanted: int | None, known: list[int]) -> int | None:
    return wanted if wanted in known else known[0] if known else None


def _number(name: str) -> int | None:
    return row_number(request.values.get(name, ""))


def _to_prospect(slug: str, prospect_id: int) -> Response:
    return redirect(url_for("prospects.show", slug=slug, prospect_id=prospect_id, _anchor="outreach"), 303)
