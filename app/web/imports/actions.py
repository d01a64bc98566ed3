"""What a person does with an import: start it, cancel it, read its failed sites again, stop reading."""

from collections.abc import Callable

from flask import flash, redirect, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import transaction
from app.languages import counted
from app.models import ImportBatch
from app.services.access import Permission
from app.services.errors import Conflict
from app.services.imports.batches import cancel_batch, start_batch
from app.services.imports.sites import read_again, stop_reading
from app.services.imports.undoing import start_undo
from app.web.imports.views import blueprint, find_batch


@blueprint.post("/<int:batch_id>/start")
def start(slug: str, batch_id: int) -> Response:
    """Import the checked rows, or go on with what is left."""

    def act(session: Session, batch: ImportBatch) -> str:
        start_batch(session, batch, by_user_id=current_user.id)
        return ""

    return _act(slug, batch_id, act)


@blueprint.post("/<int:batch_id>/cancel")
def cancel(slug: str, batch_id: int) -> Response:
    """Stop the check or the import after the rows that are being written."""

    def act(session: Session, batch: ImportBatch) -> str:
        return cancel_batch(session, batch, by_user_id=current_user.id)

    return _act(slug, batch_id, act)


@blueprint.post("/<int:batch_id>/undo")
def undo(slug: str, batch_id: int) -> Response:
    """Take back what the import wrote, as far as nobody has worked on it since."""

    def act(session: Session, batch: ImportBatch) -> str:
        start_undo(session, batch, by_user_id=current_user.id)
        return ""

    return _act(slug, batch_id, act)


@blueprint.post("/<int:batch_id>/retry")
def retry(slug: str, batch_id: int) -> Response:
    """Read the sites again that failed or were canceled."""

    def act(session: Session, batch: ImportBatch) -> str:
        count = read_again(session, batch, by_user_id=current_user.id)
        return counted("%(num)s site will be tried again.", "%(num)s sites will be tried again.", count)

    return _act(slug, batch_id, act)


@blueprint.post("/<int:batch_id>/stop-reading")
def stop(slug: str, batch_id: int) -> Response:
    """Cancel the reading of this import's sites."""

    def act(session: Session, batch: ImportBatch) -> str:
        count = stop_reading(session, batch, by_user_id=current_user.id)
        return counted(
            "Reading of %(num)s site canceled. The prospects stay.",
            "Reading of %(num)s sites canceled. The prospects stay.",
            count,
        )

    return _act(slug, batch_id, act)


def _act(slug: str, batch_id: int, act: Callable[[Session, ImportBatch], str]) -> Response:
    """Do it and go back to the import; a click that came too late is answered in words, not with an error page."""
    try:
        with transaction() as session:
            _program, batch = find_batch(session, slug, batch_id, Permission.IMPORT)
            words = act(session, batch)
        if words:
            flash(words, "success")
    except Conflict as error:
        flash(str(error), "warning")
    return redirect(url_for("imports.show", slug=slug, batch_id=batch_id), 303)
