"""Refusals of the API as problem documents (RFC 9457): what is wrong, with which field, and what to do next."""

from collections.abc import Mapping

from flask import Response, jsonify

from app.services.errors import Conflict, InvalidInput, NotAllowed, NotFound, ServiceError

MEDIA_TYPE = "application/problem+json"
_KINDS: dict[type[ServiceError], tuple[int, str, str]] = {
    NotFound: (404, "not-found", "Look whether the address is right: the lists name what there is."),
    NotAllowed: (403, "not-allowed", "Ask an admin for a token that may do this."),
    Conflict: (409, "conflict", "Read it again, and send the request anew if it is still wanted."),
    InvalidInput: (422, "invalid-input", "Correct the fields that are named, and send the request again."),
}
TITLES = {
    400: "The request could not be read",
    401: "No token that works",
    403: "This token may not do that",
    404: "There is nothing here",
    405: "This address does not take that kind of request",
    409: "That cannot be done now",
    413: "The request is too large",
    415: "The request is not JSON",
    422: "Something in it cannot be used",
    429: "Too many requests",
    500: "Something broke on our side",
}
_NEXT = {
    405: "Look up in the description, /api/v1/openapi.json, what this address takes.",
    413: "Send less at a time: one month, one status, or 100 rows of months.",
    429: "Wait as many seconds as Retry-After says, then go on.",
    500: "Nothing was changed. Send it again; if it stays, tell an admin the time.",
}


def problem(
    status: int, kind: str, detail: str, *, next_step: str, errors: Mapping[str, str] | None = None
) -> Response:
    """Return a problem document; `errors` maps a field to what is wrong with it, in one sentence or two."""
    content: dict[str, object] = {
        "type": f"urn:scoutboard:problem:{kind}",
        "title": TITLES.get(status, TITLES[400]),
        "status": status,
        "detail": detail,
        "next": next_step,
    }
    if errors:
        content["errors"] = [field_problem(name, words) for name, words in errors.items()]
    answer = jsonify(content)
    answer.status_code = status
    answer.mimetype = MEDIA_TYPE
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Scoutboard API"'
    return answer


def refusal(error: ServiceError) -> Response:
    """Return what a use-case refused."""
    status, kind, next_step = _KINDS.get(type(error), (400, "refused", "Change the request and send it again."))
    if not isinstance(error, InvalidInput):
        return problem(status, kind, str(error), next_step=next_step)
    detail = f"Nothing was changed, for this cannot be used: {', '.join(sorted(error.fields))}."
    return problem(status, kind, detail, next_step=next_step, errors=dict(sorted(error.fields.items())))


def http_refusal(status: int, words: str = "") -> Response:
    """Return what the server itself refused."""
    next_step = _NEXT.get(status, "Look up in the description, /api/v1/openapi.json, what is taken.")
    return problem(status, f"http-{status}", words or f"{TITLES.get(status, TITLES[400])}.", next_step=next_step)


def field_problem(name: str, words: str) -> dict[str, str]:
    """Take a sentence of ours apart: first the cause, then what to do."""
    cause, _, rest = words.partition(". ")
    return {"field": name, "cause": f"{cause.rstrip('.')}.", "next": rest or "Correct it and send the request again."}
