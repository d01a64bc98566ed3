"""Login by default: every endpoint needs a signed-in user unless it is named in PUBLIC_ENDPOINTS.

The session cookie carries a random token, the database its hash (app.services.sessions). So a session ends the moment
its row is revoked, on this browser and on any that copied the cookie.
"""

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, jsonify, make_response, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from app.clock import now
from app.config import Settings
from app.db import reading, transaction
from app.extensions import login_manager
from app.models import User
from app.queries.sessions import live_session
from app.services import sessions
from app.services.passwords import prepare_decoy
from app.services.tokens import hash_of

# A test compares this list with the URL map: a new public endpoint is a decision, never an accident. The API's own hook
# asks for a token in place of a login (app.web.api.blueprint).
PUBLIC_ENDPOINTS = frozenset(
    {
        "static",
        "auth.login",
        "auth.forgot_password",
        "auth.reset_password",
        "auth.accept_invitation",
        "public.bot",
        "today.calendar",
        "public.ask_to_stay_away",
        "public.asked_to_stay_away",
        "public.confirm_stay_away",
        "home.health",
        "apply.page",
        "apply.send",
        "apply.sent",
        "apply.brand",
        "apply.logo",
        "apply.resume",
        "apply.status",
        "apply.confirm",
        "apply.withdraw",
        "apply.answer",
        "apply.amend",
        "apply.again",
        "apply.embedded",
        "apply.send_embedded",
        "apply.sent_embedded",
        "apply.reference",
        "apply.answer_as_reference",
        "apply.name_reference",
        "moving.page",
        "moving.agree",
        "moving.decline",
        "portal.home",
        "portal.terms",
        "portal.messages",
        "portal.write",
        "portal.accept",
        "portal.accept_of_tier",
        "portal.results",
        "portal.report_month",
        "portal.requests",
        "portal.answer_request",
        "portal.profile",
        "portal.save_profile",
        "portal.invite",
        "portal.pass_main_on",
        "portal.remove",
        "portal.sign_in",
        "portal.sign_out",
        "portal.pages",
        "portal.set_password",
        "portal.remove_password",
        "portal.lost",
        "portal.send_link",
        "portal.choose",
        "portal.step",
        "portal.do_step",
        "portal.open_step_resource",
        "portal.call",
        "portal.document",
        "portal.goals",
        "portal.report_goal",
        "portal.resources",
        "portal.resource",
        "api.nothing",
        "api.openapi",
        "api.programs",
        "api.partners",
        "api.results",
        "api.put_result",
        "api.put_result_by_external_id",
        "api.put_results",
        "api.moving_partners",
        "api.put_status",
        "unsubscribe.ask",
        "unsubscribe.act",
        "morning.ask",
        "morning.act",
        "report_mail.ask",
        "report_mail.act",
        "news.ask",
        "news.act",
        "news.again",
        "webhooks.events",
        "webhooks.inbound",
    }
)
_TOKEN_KEY = "_user_id"  # noqa: S105 - the name flask-login reads its session key by


def register_login(app: Flask) -> None:
    """Guard every request and teach flask-login to load users."""
    login_manager.session_protection = None  # the server-side session replaces its guess by address and browser
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False  # twelve hours from the sign-in, not from the last click
    prepare_decoy()

    @app.before_request
    def require_login() -> BaseResponse | None:
        if request.endpoint in PUBLIC_ENDPOINTS or request.endpoint is None or is_signed_in():
            return None
        return ask_to_sign_in()


def settings_of_app() -> Settings:
    """Return the settings the running app was made with."""
    settings: Settings = current_app.extensions["scoutboard_settings"]
    return settings


def is_signed_in() -> bool:
    """Say whether this request comes with a live session."""
    return isinstance(current_user._get_current_object(), User)


@login_manager.user_loader
def load_user(token: str) -> User | None:
    """Return the active user whose session this token opens, or None; notes once a minute that it was used."""
    with reading() as db_session:
        found = live_session(db_session, hash_of(token))
    if found is None:
        return None
    g.user_session_id = found.id
    if now() - found.last_seen_at >= sessions.SEEN_EVERY:
        with transaction() as db_session:
            sessions.touch_session(db_session, found.id)
    return found.user


def browser_of_request() -> sessions.Browser:
    """Describe where this request came from, for the list of sessions."""
    return sessions.Browser(user_agent=request.user_agent.string, ip_address=request.remote_addr or "")


def cookie_token() -> str | None:
    """Return the token this browser holds, valid or not."""
    token = session.get(_TOKEN_KEY)
    return token if isinstance(token, str) else None


def remember_sign_in(token: str) -> None:
    """Put a fresh session's token into the cookie, in place of everything it held before."""
    session.clear()
    session[_TOKEN_KEY] = token
    session.permanent = True


def forget_sign_in() -> None:
    """Empty this browser's cookie; the row behind it is ended by a service."""
    session.clear()


def ask_to_sign_in() -> BaseResponse:
    """Send a signed-out visitor to the sign-in page, and back afterwards; fragments and JSON get their own answer."""
    if request.accept_mimetypes.best == "application/json":
        return make_response(jsonify(error="Sign in first", message="Your session has ended."), 401)
    if request.headers.get("HX-Request"):
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        target = url_for("auth.login", next=_with_query(page.path, page.query) or None)
        return Response(status=401, headers={"HX-Redirect": target})
    if request.method == "GET":
        wanted = _with_query(request.path, request.query_string.decode("latin-1"))
    else:
        # A form cannot be sent again by a redirect: back to the page it stood on, where its text is put in again.
        page = urlsplit(request.referrer or "")
        wanted = _with_query(page.path, page.query) if page.netloc == request.host else ""
    return redirect(url_for("auth.login", next=None if wanted in ("", "/") else wanted), 303)


def _with_query(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
