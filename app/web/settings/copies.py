"""Everything as one file: having it written and fetching it once; sending such a file to an empty installation."""

from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.clock import now
from app.db import reading, transaction
from app.languages import gettext as _
from app.models.whole_copy import LIVE_COPY_STATES, CopyKind, CopyState
from app.services import copies as service
from app.services.access import Permission, may, require
from app.services.errors import Conflict, InvalidInput
from app.web.settings.blueprint import blueprint

Answer = Response | str | tuple[str, int]
_MAY = Permission.MANAGE_PEOPLE
# Larger files are read on the command line.
MAX_COPY_BYTES = 2 * 1024**3
_PAGE = "/settings/everything"


@blueprint.url_value_preprocessor
def bound_the_body(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Raise the limit for who may send a copy, before anything reads the form; for others it stays as it is."""
    if endpoint == "settings.send_copy" and current_user.is_authenticated and may(current_user.role, _MAY):
        request.max_content_length, request.max_form_parts = MAX_COPY_BYTES, 4


@blueprint.get(_PAGE)
def copies() -> str:
    """Show the copy asked for last and how far it is, and what an empty installation can do with a file."""
    require(current_user, _MAY)
    return _page()


@blueprint.post(f"{_PAGE}/write")
def write_everything() -> Response:
    """Have everything written by a worker."""
    require(current_user, _MAY)
    with transaction() as session:
        service.ask_for_export(session, actor=current_user)
    return redirect(url_for("settings.copies"), 303)


@blueprint.post(f"{_PAGE}/<int:copy_id>/fetch")
def fetch_copy(copy_id: int) -> Response:
    """Hand the file out, once; it is off the disk before the first byte leaves."""
    require(current_user, _MAY)
    with transaction() as session:
        copy, file = service.take(session, copy_id, actor=current_user)
    name = f"scoutboard-{copy.created_at:%Y-%m-%d}.zip"
    answer = send_file(file, mimetype="application/zip", as_attachment=True, download_name=name)
    answer.content_length = copy.size_bytes
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post(f"{_PAGE}/<int:copy_id>/throw-away")
def throw_copy_away(copy_id: int) -> Response:
    """Stop one that is being written, or delete a file that waits."""
    require(current_user, _MAY)
    with transaction() as session:
        before = service.throw_away(session, copy_id, actor=current_user)
    flash(_("Stopped.") if before in LIVE_COPY_STATES else _("The file is gone."), "success")
    return redirect(url_for("settings.copies"), 303)


@blueprint.post(f"{_PAGE}/send")
def send_copy() -> Answer:
    """Keep a file that was sent, once it was read through; nothing else is changed yet."""
    require(current_user, _MAY)
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise InvalidInput({"file": _("Choose a file first.")})
        # A large file takes minutes to be read through: nobody else's writing waits for it.
        with reading() as session:
            checked = service.check_sent(session, sent.save, filename=sent.filename, actor=current_user)
        with transaction() as session:
            service.keep_sent(session, checked, actor=current_user)
    except InvalidInput as error:
        return _page(problem=str(error)), 422
    return redirect(url_for("settings.copies", _anchor="read"), 303)


@blueprint.post(f"{_PAGE}/<int:copy_id>/read")
def read_everything(copy_id: int) -> Response:
    """Have a checked file read by a worker: the installation becomes that of the file, and everybody is signed out."""
    require(current_user, _MAY)
    with transaction() as session:
        service.begin_reading(session, copy_id, actor=current_user)
    return redirect(url_for("settings.copies", _anchor="read"), 303)


def _page(problem: str = "") -> str:
    with reading() as session:
        written, sent = (service.newest(session, kind) for kind in CopyKind)
        why_not = _why_not(session)
    live = [each for each in (written, sent) if each is not None and each.state in LIVE_COPY_STATES]
    return render_template(
        "settings/copies.html",
        written=written,
        sent=sent,
        why_not=why_not,
        problem=problem,
        is_live=bool(live),
        is_over=written is not None and written.expires_at is not None and written.expires_at <= now(),
        states=CopyState,
        most_bytes=MAX_COPY_BYTES,
        form=FlaskForm(),
    )


def _why_not(session: Session) -> str:
    """Return why this installation takes no copy, "" where it does."""
    try:
        service.require_empty(session, current_user)
    except Conflict as error:
        return str(error)
    return ""
