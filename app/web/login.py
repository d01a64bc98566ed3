"""Login by default: every endpoint needs a signed-in user unless it is named in PUBLIC_ENDPOINTS."""

from typing import cast

from flask import Flask, Response, request
from flask_login import current_user

from app.db import reading
from app.extensions import login_manager
from app.models import User

# A test compares this list with the URL map: a new public endpoint is a decision, never an accident.
PUBLIC_ENDPOINTS = frozenset({"static", "auth.login"})


def register_login(app: Flask) -> None:
    """Guard every request and teach flask-login to load users."""
    login_manager.login_view = "auth.login"

    @app.before_request
    def require_login() -> Response | None:
        if request.endpoint in PUBLIC_ENDPOINTS or request.endpoint is None or current_user.is_authenticated:
            return None
        return cast(Response, login_manager.unauthorized())


@login_manager.user_loader
def load_user(user_id: str) -> User | None:
    """Return the active user of a session, or None."""
    with reading() as session:
        return session.get(User, int(user_id))
