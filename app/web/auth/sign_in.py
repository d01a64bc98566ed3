"""Sign in and out."""

from flask import redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.extensions import limiter
from app.languages import choose_language, mark
from app.log import get_logger
from app.models import User
from app.services import sessions
from app.services.accounts import count_users, find_account
from app.services.passwords import PasswordCheck, check_password
from app.web.auth.blueprint import blueprint
from app.web.auth.demo_logins import offered_demo_logins
from app.web.auth.forms import LoginForm
from app.web.auth.limits import ACCOUNT_LIMIT, ADDRESS_LIMIT, account_key, give_tries_back
from app.web.auth.next_page import safe_next
from app.web.login import browser_of_request, cookie_token, forget_sign_in, is_signed_in, remember_sign_in

log = get_logger(__name__)

# One sentence for every cause: which of the two is wrong, or that an account is closed, is nobody else's business.
REFUSED = mark("E-mail and password do not match an active account. Check both, or set a new password.")


@blueprint.route("/login", methods=["GET", "POST"])
@limiter.limit(ADDRESS_LIMIT, methods=["POST"])
@limiter.limit(ACCOUNT_LIMIT, key_func=account_key, methods=["POST"])
def login() -> Response | str | tuple[str, int]:
    """Sign in with e-mail and password, then go to the page that was asked for."""
    form = LoginForm()
    if request.method != "POST":
        form.next.data = request.args.get("next", "")
        return redirect(safe_next(form.next.data), 303) if is_signed_in() else _page(form)
    if not form.validate_on_submit():
        return _page(form), 422
    user, check = _judge(form.email.data or "", form.password.data or "")
    if user is None:
        form.password.errors = [REFUSED]
        return _page(form), 422
    open_session(user, new_hash=check.new_hash)
    give_tries_back()
    return redirect(safe_next(form.next.data), 303)


@blueprint.post("/logout")
def logout() -> Response:
    """End this browser's session on the server and empty its cookie."""
    token = cookie_token()
    if token is not None:
        with transaction() as session:
            sessions.sign_out(session, current_user, token)
    forget_sign_in()
    return redirect("/login", 303)


def open_session(user: User, *, new_hash: str | None = None) -> None:
    """Start a fresh session for the user on this browser; the one it had before, whoever's, ends.

    From here on they are spoken to in their own language.
    """
    previous = cookie_token()
    with transaction() as session:
        if previous is not None:
            sessions.end_session_of_token(session, previous)
        token = sessions.start_session(session, user, browser=browser_of_request(), new_hash=new_hash)
    remember_sign_in(token)
    choose_language(user.language, is_staff=True)


def _judge(email: str, password: str) -> tuple[User | None, PasswordCheck]:
    """Return the user if both fit; takes as long for an address nobody has as for one somebody has."""
    with reading() as session:
        user = find_account(session, email)
    check = check_password(user.password_hash if user else None, password)
    if user is None or not check.fits or not user.is_active:
        log.info("sign_in_refused", user_id=user.id if user else None, address=request.remote_addr)
        return None, check
    return user, check


def _page(form: LoginForm) -> str:
    with reading() as session:
        is_new = count_users(session) == 0
        demo = offered_demo_logins(session)
    return render_template("auth/login.html", form=form, is_new=is_new, demo=demo)
