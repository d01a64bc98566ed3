"""Broadcasts: written, looked at with everybody they reach, sent once, and on record afterwards."""

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.languages import counted
from app.languages import gettext as _
from app.models import Broadcast, Program
from app.queries.care_mail import broadcast_list, receivers_of, segment_choices
from app.services.access import Permission, program_for
from app.services.care import broadcasts as service
from app.services.care.broadcasts import BroadcastContent, broadcast_for
from app.services.care.segments import Segment, addressed
from app.services.errors import InvalidInput
from app.web.care.blueprint import blueprint, number_sent
from app.web.list_start import start_of_list

Answer = Response | str | tuple[str, int]
# Whoever may write to many strangers may write to many partners.
_SEND = Permission.ENROLL
_MAX_CHOICES = 200


@blueprint.get("/broadcasts")
def broadcasts(slug: str) -> str:
    """Show drafts, and what was sent to how many."""
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        rows, next_from = broadcast_list(session, program.id, start=start_of_list())
    return render_template("care/broadcasts.html", program=program, rows=rows, next_from=next_from)


@blueprint.get("/broadcasts/new")
def new_broadcast(slug: str) -> str:
    """Ask what to write to whom."""
    with reading() as session:
        program = program_for(session, current_user, slug, _SEND)
        return _form(session, program, None, BroadcastContent(subject="", text=""), {})


@blueprint.post("/broadcasts/new")
def add_broadcast(slug: str) -> Answer:
    """Keep a draft and show whom it reaches."""
    content = _typed()
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, _SEND)
            draft = service.write_broadcast(session, program, content, actor=current_user)
    except InvalidInput as error:
        with reading() as session:
            program = program_for(session, current_user, slug, _SEND)
            return _form(session, program, None, content, dict(error.fields)), 422
    return redirect(url_for("care.broadcast", slug=slug, broadcast_id=draft.id), 303)


@blueprint.get("/broadcasts/<int:broadcast_id>")
def broadcast(slug: str, broadcast_id: int) -> str:
    """Show a draft with everybody it reaches and does not reach, or whom it went to."""
    start = start_of_list()
    with reading() as session:
        program = program_for(session, current_user, slug, Permission.READ)
        found = broadcast_for(session, program, broadcast_id)
        if found.sent_at is None:
            who = addressed(session, program.id, Segment.of(found.segment))
            segment = Segment.of(found.segment)
            seen = service.seen_as(found)
            return render_template("care/draft.html", program=program, draft=found, who=who, segment=segment, seen=seen)
        rows, next_from = receivers_of(session, found.id, start=start)
    return render_template("care/sent.html", program=program, sent=found, rows=rows, next_from=next_from)


@blueprint.get("/broadcasts/<int:broadcast_id>/edit")
def edit_broadcast(slug: str, broadcast_id: int) -> str:
    """Show a draft's form."""
    with reading() as session:
        program = program_for(session, current_user, slug, _SEND)
        draft = broadcast_for(session, program, broadcast_id)
        content = BroadcastContent(subject=draft.subject, text=draft.text, segment=Segment.of(draft.segment))
        return _form(session, program, draft, content, {})


@blueprint.post("/broadcasts/<int:broadcast_id>/edit")
def change_broadcast(slug: str, broadcast_id: int) -> Answer:
    """Change a draft."""
    content = _typed()
    try:
        with transaction() as session:
            program = program_for(session, current_user, slug, _SEND)
            draft = broadcast_for(session, program, broadcast_id, hold=True)
            service.change_broadcast(session, draft, content, seen=request.form.get("seen", ""), actor=current_user)
    except InvalidInput as error:
        with reading() as session:
            program = program_for(session, current_user, slug, _SEND)
            draft = broadcast_for(session, program, broadcast_id)
            return _form(session, program, draft, content, dict(error.fields)), 422
    return redirect(url_for("care.broadcast", slug=slug, broadcast_id=broadcast_id), 303)


@blueprint.post("/broadcasts/<int:broadcast_id>/send")
def send_broadcast(slug: str, broadcast_id: int) -> Response:
    """Send it to whom the preview showed."""
    with transaction() as session:
        program = program_for(session, current_user, slug, _SEND)
        draft = broadcast_for(session, program, broadcast_id, hold=True)
        expected, seen = number_sent("expected") or 0, request.form.get("seen", "")
        count = service.send_broadcast(session, draft, expected=expected, seen=seen, actor=current_user)
    flash(counted("%(num)s mail is on the way.", "%(num)s mails are on the way.", count), "success")
    return redirect(url_for("care.broadcast", slug=slug, broadcast_id=broadcast_id), 303)


@blueprint.post("/broadcasts/<int:broadcast_id>/drop")
def drop_broadcast(slug: str, broadcast_id: int) -> Response:
    """Throw a draft away."""
    with transaction() as session:
        program = program_for(session, current_user, slug, _SEND)
        draft = broadcast_for(session, program, broadcast_id, hold=True)
        service.drop_broadcast(session, draft, actor=current_user)
    flash(_("The draft is thrown away. Nobody got it."), "success")
    return redirect(url_for("care.broadcasts", slug=slug), 303)


def _typed() -> BroadcastContent:
    chosen = {name: request.form.getlist(name)[:_MAX_CHOICES] for name in ("tiers", "stages", "countries", "tags")}
    segment = Segment.of(chosen | {"is_everybody": bool(request.form.get("is_everybody"))})
    return BroadcastContent(subject=request.form.get("subject", ""), text=request.form.get("text", ""), segment=segment)


def _form(
    session: Session, program: Program, draft: Broadcast | None, content: BroadcastContent, problems: dict[str, str]
) -> str:
    return render_template(
        "care/broadcast_form.html",
        program=program,
        draft=draft,
        seen=service.seen_as(draft) if draft else "",
        content=content,
        choices=segment_choices(session, program.id),
        problems=problems,
    )
