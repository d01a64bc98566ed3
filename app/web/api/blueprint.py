"""The blueprint of the API: a token on every request and nothing else, small bodies, few requests, refusals as JSON.

No cookie is looked at, so there is nothing that another site could make a browser send: that is why no CSRF token is
asked for.
"""

import hashlib
from typing import Any

from flask import Blueprint, Response, g, request
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from app.db import reading, transaction
from app.extensions import csrf, limiter
from app.models.api_token import ApiScope
from app.services.api_tokens import ApiCaller, caller_behind, is_use_noted, note_use
from app.services.errors import NotAllowed, ServiceError
from app.web.api.problem import http_refusal, problem, refusal

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
csrf.exempt(blueprint)
REQUEST_LIMIT = "600 per minute"
REFUSED_LIMIT = "30 per 10 minutes"
MAX_BODY_BYTES = 16 * 1024
# A hundred months with a note each.
MAX_MANY_BYTES = 256 * 1024
# The description tells nothing about this installation.
_OPEN = frozenset({"api.openapi"})


def token_key() -> str:
    """Name whoever sends a request by a hash of the token: limits are logged, tokens are not."""
    return "api:" + hashlib.sha256(request.headers.get("Authorization", "").encode()).hexdigest()[:32]


def was_unknown(response: Response) -> bool:
    """Count only tokens that do not work."""
    return response.status_code == 401


limiter.limit(REQUEST_LIMIT, key_func=token_key)(blueprint)
limiter.limit(REFUSED_LIMIT, deduct_when=was_unknown)(blueprint)


@blueprint.url_value_preprocessor
def bound_the_body(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Lower the limit before anything reads the body."""
    request.max_content_length = MAX_MANY_BYTES if endpoint == "api.put_results" else MAX_BODY_BYTES


@blueprint.before_request
def ask_for_a_token() -> Response | None:
    """Find out whom the token speaks for; refuse a request without one that works."""
    if request.endpoint in _OPEN:
        return None
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    with reading() as session:
        caller = caller_behind(session, text.strip()) if kind.lower() == "bearer" else None
    if caller is None:
        detail = "The token is unknown, was revoked, ran out, or its maker is no admin any more."
        missing = "The request carries no token." if not text else detail
        next_step = "Send “Authorization: Bearer sbt_…”. An admin makes tokens under Settings, API tokens."
        return problem(401, "no-token", missing, next_step=next_step)
    if not is_use_noted(caller):
        with transaction() as session:
            note_use(session, caller, address=request.remote_addr or "")
    g.api_caller = caller
    return None


def caller_with(scope: ApiScope) -> ApiCaller:
    """Return whom this request's token speaks for. Raises NotAllowed where the token may not do this."""
    caller: ApiCaller = g.api_caller
    if scope not in caller.scopes:
        has = ", ".join(sorted(caller.scopes))
        raise NotAllowed(f"This needs a token with the scope “{scope}”; yours has: {has}.")
    return caller


@blueprint.errorhandler(ServiceError)
def refused(error: ServiceError) -> Response:
    """Say what a use-case refused."""
    return refusal(error)


@blueprint.errorhandler(DataError)
def unstorable(_error: DataError) -> Response:
    """PostgreSQL keeps no NUL and no number beyond its columns."""
    return http_refusal(422, "A value in it cannot be stored: an invisible character, or a number out of range.")


@blueprint.errorhandler(HTTPException)
def http_error(error: HTTPException) -> Response:
    """Say what the server itself refused."""
    return http_refusal(error.code or 500)


blueprint.register_error_handler(500, http_error)


@blueprint.route("/", defaults={"rest": ""}, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@blueprint.route("/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def nothing(rest: str) -> Response:
    """Say in JSON that an address is none of the API's, or does not take this kind of request."""
    words = f"/api/v1/{rest[:80]} is no address of the API, or takes no {request.method}."
    next_step = "Look it up in the description: GET /api/v1/openapi.json."
    return problem(404, "no-such-address", words, next_step=next_step)
