"""Portal pages of a browser that is signed in: `me-12` stands in their addresses where a mailed link has its key.

What opens the page is in the cookie alone. On the way in `me-12` becomes the session's token, which every view takes
like a link's; on the way out, in each address that is built, the token becomes `me-12` again. So no address of a
signed-in browser opens anything by itself: not in a history, not in a message it was copied into.
"""

from collections.abc import Mapping
from typing import Any

from flask import g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from app.services.onboarding.people import LinkGone
from app.web.auth.next_page import safe_next
from app.web.portal.blueprint import Answer, blueprint, not_found

OWN = "me-"
_KEY = "partner"


@blueprint.url_value_preprocessor
def open_with_cookie(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Put the session's token in the place of `me-12`."""
    token = (values or {}).get("token", "")
    if values is None or not token.startswith(OWN):
        return
    g.partner_page = token
    g.partner_token = values["token"] = own_tokens().get(token.removeprefix(OWN), "")


@blueprint.url_defaults
def hide_token(_endpoint: str, values: dict[str, Any]) -> None:
    """Put `me-12` in the place of the session's token, in whatever address a view or a template builds."""
    if is_signed_in() and values.get("token") == g.partner_token:
        values["token"] = g.partner_page


@blueprint.before_request
def ask_to_sign_in() -> Response | None:
    """Send a browser that is not signed in to the sign-in, and back afterwards."""
    return to_sign_in() if "partner_page" in g and not g.partner_token else None


@blueprint.errorhandler(LinkGone)
def session_gone(error: LinkGone) -> Answer | Response:
    """Ask whose session has ended to sign in again; a link that opens nothing says so."""
    if not is_signed_in():
        return not_found(error)
    forget(g.partner_token)
    return to_sign_in()


@blueprint.app_template_global("is_partner_signed_in")
def is_signed_in() -> bool:
    """Say whether this request came with a session, not with a mailed link."""
    return bool(g.get("partner_token"))


@blueprint.app_template_global("has_more_pages")
def has_more_pages() -> bool:
    """Say whether this browser is signed in to more partners' pages than one."""
    return len(own_tokens()) > 1


def to_sign_in() -> Response:
    """Return the way to the sign-in page, which leads back here; what was posted cannot be sent again by it."""
    wanted = request.path if request.method == "GET" else f"/partner/{g.partner_page}"
    return redirect(url_for("portal.sign_in", next=wanted), 303)


def own_tokens() -> dict[str, str]:
    """Return the tokens in this browser's cookie, by the number of the person, as text."""
    found = session.get(_KEY)
    return found if isinstance(found, dict) else {}


def remember(tokens: Mapping[int, str]) -> None:
    """Put fresh sessions into the cookie in place of the ones before; forms of earlier pages are no longer taken."""
    session.pop("csrf_token", None)
    session[_KEY] = {str(person_id): token for person_id, token in tokens.items()}
    session.permanent = True


def forget(token: str) -> None:
    """Take one session out of the cookie."""
    session[_KEY] = {number: known for number, known in own_tokens().items() if known != token}


def page_after(wanted: str, person_ids: list[int]) -> str:
    """Return where to go after the sign-in: the page that was asked for, if it is one of these people's."""
    path = safe_next(wanted)
    if any(f"{path}/".startswith(f"/partner/{OWN}{person_id}/") for person_id in person_ids):
        return path
    return url_for("portal.home", token=f"{OWN}{person_ids[0]}") if len(person_ids) == 1 else url_for("portal.pages")
