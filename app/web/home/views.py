"""Lead a person to their first board, and tell a load balancer whether this process can work."""

from flask import Blueprint, Response, jsonify, make_response, redirect, url_for
from flask_login import current_user
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as BaseResponse

from app.db import reading
from app.log import get_logger
from app.models import Role
from app.queries.navigation import programs_of

blueprint = Blueprint("home", __name__)
log = get_logger(__name__)


@blueprint.get("/")
def index() -> BaseResponse:
    """Go to the board of the user's first program; without one, to the list that says what to do."""
    with reading() as session:
        programs = programs_of(session, current_user.id, sees_all=current_user.role is Role.ADMIN)
    if not programs:
        return redirect(url_for("programs.index"), 303)
    return redirect(url_for("board.show", slug=programs[0].slug), 303)


@blueprint.get("/healthz")
def health() -> Response:
    """Answer 200 where the database answers, else 503; it says nothing else to a stranger."""
    try:
        with reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        log.exception("health_check_failed", cause=type(error).__name__)
        return make_response(jsonify(status="database out of reach"), 503)
    return make_response(jsonify(status="ok"), 200)
