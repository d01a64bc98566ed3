"""One sequence at work: its numbers, its people, its rule and its versions."""

import re

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.clock import now
from app.db import reading, transaction
from app.languages import gettext as _
from app.models import BOARD_STAGES, EnrollmentState, PauseScope, Program, Sender, Stage
from app.models import Sequence as SequenceRow
from app.queries.campaign import campaign as numbers_of
from app.queries.ledger import equation
from app.queries.pauses import standing_pauses
from app.queries.sequence_people import enrolled_people, versions_of
from app.queries.sequences import steps_of
from app.services import pauses
from app.services.access import Permission, program_for
from app.services.enrollment_rules import set_rule
from app.services.errors import InvalidInput, NotFound
from app.services.ledger.health import sender_health
from app.services.sequence_diff import diff_contents, frame_changes
from app.services.sequence_drafts import draft_of, replace_draft
from app.services.sequences import newest_version, sequence_in
from app.web.outreach.blueprint import blueprint
from app.web.outreach.pausing import pause_as_asked
from app.whole_numbers import row_number

Answer = Response | str | tuple[str, int]
_PATH = "/sequences/<int:sequence_id>"


@blueprint.get(_PATH)
def campaign(slug: str, sequence_id: int) -> str:
    """Show how a sequence does."""
    with reading() as session:
        program, sequence = _opened(session, slug, sequence_id, Permission.READ)
        return _page(session, program, sequence)


@blueprint.post(f"{_PATH}/pause")
def pause_sequence(slug: str, sequence_id: int) -> Response:
    """Hold everything a sequence would do, or let it go on."""
    try:
        with transaction() as session:
            _program, sequence = _opened(session, slug, sequence_id, Permission.EDIT_SEQUENCES)
            if pauses.is_paused(session, PauseScope.SEQUENCE, subject_id=sequence.id, at=now()):
                pauses.resume(session, PauseScope.SEQUENCE, subject_id=sequence.id, by_user_id=current_user.id)
            else:
                sender = session.get(Sender, sequence.sender_id) if sequence.sender_id else None
                zone = sender.time_zone if sender else "UTC"
                pause_as_asked(session, PauseScope.SEQUENCE, sequence.id, zone=zone)
    except InvalidInput as error:
        flash(str(error), "danger")
    return _back(slug, sequence_id)


@blueprint.post(f"{_PATH}/rule")
def save_rule(slug: str, sequence_id: int) -> Answer:
    """Enroll by rule from now on, or stop doing so."""
    stages = [Stage(name) for name in request.form.getlist("stage") if name in set(Stage)]
    score = request.form.get("min_score", "").strip()
    try:
        with transaction() as session:
            _program, sequence = _opened(session, slug, sequence_id, Permission.EDIT_SEQUENCES)
            low = float(score) if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", score) else -1
            is_on = request.form.get("is_on") == "yes"
            set_rule(session, sequence, is_on=is_on, min_score=low, stages=stages, actor=current_user)
    except InvalidInput as error:
        with reading() as session:
            program, sequence = _opened(session, slug, sequence_id, Permission.EDIT_SEQUENCES)
            return _page(session, program, sequence, problem=str(error)), 422
    flash(_("Saved. Whom it names is looked at each minute."), "success")
    return _back(slug, sequence_id)


@blueprint.get(f"{_PATH}/versions")
def versions(slug: str, sequence_id: int) -> str:
    """Show the versions, what differs between two of them, and who follows which."""
    with reading() as session:
        program, sequence = _opened(session, slug, sequence_id, Permission.READ)
        return _versions_page(session, program, sequence)


@blueprint.post(f"{_PATH}/versions/revert")
def revert_draft(slug: str, sequence_id: int) -> Response:
    """Let the draft say again what a published version says."""
    with transaction() as session:
        _program, sequence = _opened(session, slug, sequence_id, Permission.EDIT_SEQUENCES)
        wanted = _number("number")
        version = next((each for each in versions_of(session, sequence.id) if each.number == wanted and wanted), None)
        if version is None:
            raise NotFound(_("There is no such version of this sequence."))
        change = f"back to version {wanted}"
        replace_draft(session, sequence, dict(version.content), change=change, actor_id=current_user.id)
    flash(_("The draft says what version %(number)s says. Publish it when you like.", number=wanted), "success")
    return redirect(url_for("outreach.edit", slug=slug, sequence_id=sequence_id), 303)


def _page(session: Session, program: Program, sequence: SequenceRow, *, problem: str = "") -> str:
    newest = newest_version(session, sequence.id)
    content = newest.content if newest else draft_of(session, sequence.id).content
    sender = session.get(Sender, sequence.sender_id) if sequence.sender_id else None
    wanted = request.args.get("state", "")
    state = EnrollmentState(wanted) if wanted in set(EnrollmentState) else None
    return render_template(
        "outreach/campaign.html",
        program=program,
        sequence=sequence,
        version=newest,
        numbers=numbers_of(session, sequence.id, content),
        equation=equation(session, sequence_id=sequence.id),
        people=enrolled_people(session, sequence.id, state=state),
        state=state,
        states=list(EnrollmentState),
        sender=sender,
        health=sender_health(session, sender.id) if sender else None,
        pause=standing_pauses(session, PauseScope.SEQUENCE, [sequence.id]).get(sequence.id),
        stages=BOARD_STAGES,
        problem=problem,
    )


def _versions_page(session: Session, program: Program, sequence: SequenceRow) -> str:
    found = versions_of(session, sequence.id)
    by_number = {version.number: version for version in found}
    newest = found[0].number if found else 0
    # With one version out, what is of interest is what the draft would change.
    first, second = (newest - 1, newest) if newest > 1 else (newest, 0)
    old = by_number.get(_number("a", first), found[0])
    new = by_number.get(_number("b", second), found[-1])
    return render_template(
        "outreach/versions.html",
        program=program,
        sequence=sequence,
        versions=found,
        old=old,
        new=new,
        steps=diff_contents(old.content, new.content),
        changes=frame_changes(old.content, new.content),
        old_steps=steps_of(old.content),
        new_steps=steps_of(new.content),
    )


def _opened(session: Session, slug: str, sequence_id: int, permission: Permission) -> tuple[Program, SequenceRow]:
    program = program_for(session, current_user, slug, permission)
    return program, sequence_in(session, program, sequence_id)


def _number(name: str, default: int = 0) -> int:
    return row_number(request.values.get(name, ""), default)


def _back(slug: str, sequence_id: int) -> Response:
    return redirect(url_for("outreach.campaign", slug=slug, sequence_id=sequence_id), 303)
