"""Turn refusals and faults into pages: the one place where the web meets service errors."""

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from app.services.errors import Conflict, InvalidInput, NotAllowed, NotFound, ServiceError

_STATUS: dict[type[ServiceError], int] = {NotFound: 404, NotAllowed: 403, Conflict: 409, InvalidInput: 422}
_WORDS = {
    400: ("That request could not be read", "Go back, reload the page and try again."),
    403: ("You may not do this", "Ask an admin if you need it."),
    404: ("There is nothing here", "The link may be old, or the row belongs to a program you do not work in."),
    405: ("This address does not take that kind of request", "Go back and use the page's own buttons."),
    409: ("That cannot be done now", "Reload the page, see what is new, then try again."),
    413: ("That is too much at once", "Send a smaller file or text."),
    422: ("That cannot be used", "Go back, correct it and send it again."),
    429: ("Too many tries", "Wait ten minutes, then try again."),
    500: ("Something broke on our side", "Nothing was changed. Try again; if it stays, tell an admin the time."),
}


def register_error_pages(app: Flask) -> None:
    """Show every error as a page of the product, or as a fragment where htmx asked."""
    app.register_error_handler(ServiceError, _service_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(DataError, _data_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(500, http_error)


def _service_error(error: ServiceError) -> Response:
    return _page(_STATUS.get(type(error), 400), str(error))


def _csrf_error(_error: CSRFError) -> Response:
    return _page(400, "This form was open for too long, or came from elsewhere. Reload the page and send it again.")


def _data_error(_error: DataError) -> Response:
    """PostgreSQL keeps no NUL and no number beyond its columns; whoever sends one is told, not asked to try again."""
    message = "A value in it cannot be stored: an invisible character, or a number out of range. Nothing was changed."
    return _page(422, f"{message} Go back, type it anew and send it again.")


def http_error(error: HTTPException) -> Response:
    """Answer a refusal of the web itself (no such address, a method, a limit) as a page of the product."""
    response = error.get_response()
    if response.status_code < 400:
        return make_response(response)
    page = _page(response.status_code, "")
    if "Retry-After" in response.headers:
        page.headers["Retry-After"] = response.headers["Retry-After"]
    return page


def _page(status: int, message: str) -> Response:
    title, next_step = _WORDS.get(status, _WORDS[400])
    if request.path.startswith("/api/"):
        return _problem(status, title, message or next_step)
    if request.accept_mimetypes.best == "application/json":
        return make_response(jsonify(error=title, message=message or next_step), status)
    template = "errors/_fragment.html" if request.headers.get("HX-Request") else "errors/page.html"
    return make_response(render_template(template, status=status, title=title, message=message or next_step), status)


def _problem(status: int, title: str, detail: str) -> Response:
    """Answer what no route of the API took, such as an id that no row can have, as the API answers (RFC 9457)."""
    kind = f"urn:scoutboard:problem:http-{status}"
    response = make_response(jsonify(type=kind, title=title, status=status, detail=detail), status)
    response.mimetype = "application/problem+json"
    return response
