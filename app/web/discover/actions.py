"""What a person does with a discovery: cancel it, read it again, bring in the chosen companies, take that back."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import transaction
from app.languages import counted
from app.languages import gettext as _
from app.models import Discovery
from app.services.access import Permission
from app.services.discover.choosing import Imported, import_candidates
from app.services.discover.requests import cancel_discovery, retry_discovery
from app.services.discover.undo import undo_import
from app.services.errors import Conflict, InvalidInput
from app.web.discover.blueprint import blueprint
from app.web.discover.views import find_discovery, render_discovery
from app.web.undo import flash_with_undo
from app.whole_numbers import row_number


@blueprint.post("/<int:discovery_id>/cancel")
def cancel(slug: str, discovery_id: int) -> Response:
    """Stop the reading after the page that is being read."""

    def act(session: Session, discovery: Discovery) -> str:
        cancel_discovery(session, discovery, by_user_id=current_user.id)
        return ""

    return _act(slug, discovery_id, act)


@blueprint.post("/<int:discovery_id>/retry")
def retry(slug: str, discovery_id: int) -> Response:
    """Read the source again."""

    def act(session: Session, discovery: Discovery) -> str:
        retry_discovery(session, discovery, by_user_id=current_user.id)
        return ""

    return _act(slug, discovery_id, act)


@blueprint.post("/<int:discovery_id>/undo")
def undo(slug: str, discovery_id: int) -> Response:
    """Take back the prospects that this discovery added and nobody worked on."""

    def act(session: Session, discovery: Discovery) -> str:
        result = undo_import(session, discovery, by_user_id=current_user.id)
        words = [counted("%(num)s prospect taken back.", "%(num)s prospects taken back.", result.removed)]
        if result.kept:
            words.append(
                counted(
                    "%(num)s prospect stay: somebody has worked on them.",
                    "%(num)s prospects stay: somebody has worked on them.",
                    result.kept,
                )
            )
        return " ".join(words)

    return _act(slug, discovery_id, act)


@blueprint.post("/<int:discovery_id>/import")
def bring_in(slug: str, discovery_id: int) -> Response | tuple[str, int]:
    """Make prospects of the chosen companies."""
    chosen = [number for value in request.form.getlist("candidate") if (number := row_number(value)) is not None]
    owner_id = row_number(request.form.get("owner_id", ""))
    try:
        with transaction() as session:
            _program, discovery = find_discovery(session, slug, discovery_id, Permission.IMPORT)
            result = import_candidates(session, discovery, chosen, owner_id=owner_id, by_user_id=current_user.id)
    except InvalidInput as error:
        return render_discovery(slug, discovery_id, problem=str(error)), 422
    if result.added:
        flash_with_undo(_words(result), url=url_for(".undo", slug=slug, discovery_id=discovery_id), fields={})
    else:
        flash(_words(result), "warning")
    return redirect(url_for(".show", slug=slug, discovery_id=discovery_id), 303)


def _words(result: Imported) -> str:
    words = [_("No new prospect was added.")]
    if result.added:
        words = [counted("%(num)s prospect added.", "%(num)s prospects added.", result.added)]
    if result.known:
        words.append(
            counted(
                "%(num)s company were in the program already.",
                "%(num)s companies were in the program already.",
                result.known,
            )
        )
    if result.refused:
        words.append(_("%(num)s may not come in.", num=result.refused))
    return " ".join(words)


def _act(slug: str, discovery_id: int, act: Callable[[Session, Discovery], str]) -> Response:
    """Do it and go back to the discovery; a click that came too late is answered in words, not with an error page."""
    try:
        with transaction() as session:
            _program, discovery = find_discovery(session, slug, discovery_id, Permission.IMPORT)
            words = act(session, discovery)
        if words:
            flash(words, "success")
    except (Conflict, InvalidInput) as error:
        flash(str(error), "warning")
    return redirect(url_for(".show", slug=slug, discovery_id=discovery_id), 303)
