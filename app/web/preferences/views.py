"""Views of a person's own preferences."""

from flask import Blueprint, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import transaction
from app.services.preferences import choose_language, choose_theme
from app.web.auth.next_page import safe_next

blueprint = Blueprint("preferences", __name__)


@blueprint.post("/settings/theme")
def set_theme() -> Response:
    """Remember light, dark or automatic for the person, and go back to where they were."""
    with transaction() as session:
        choose_theme(session, user_id=current_user.id, theme=request.form.get("theme", ""))
    return redirect(safe_next(request.form.get("next")), 303)


@blueprint.post("/settings/language")
def set_language() -> Response:
    """Speak this language to the person from now on, and go back to where they were."""
    with transaction() as session:
        choose_language(session, user_id=current_user.id, language=request.form.get("language", ""))
    return redirect(safe_next(request.form.get("next")), 303)
