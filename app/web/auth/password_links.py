"""Links that let their holder choose a password: the reset that was asked for, and the invitation."""

import time

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.extensions import limiter
from app.languages import gettext as _
from app.services.errors import InvalidInput, NotFound
from app.services.invitations import accept_invitation as accept
from app.services.invitations import open_invitation
from app.services.password_resets import request_reset, user_of_reset
from app.services.password_resets import reset_password as use_reset
from app.services.passwords import hash_password, require_good_password
from app.web.auth.blueprint import blueprint
from app.web.auth.forms import AcceptForm, ForgotForm, NewPasswordForm
from app.web.auth.limits import LINK_LIMIT, RESET_ACCOUNT_LIMIT, RESET_ADDRESS_LIMIT, account_key
from app.web.auth.sign_in import open_session
from app.web.form_errors import show_problems
from app.web.login import settings_of_app

# Longer than the mail's row takes to write, so that the clock does not tell who has an account.
ANSWER_AFTER_S = 0.25


@blueprint.route("/forgot-password", methods=["GET", "POST"])
@limiter.limit(RESET_ADDRESS_LIMIT, methods=["POST"])
@limiter.limit(RESET_ACCOUNT_LIMIT, key_func=account_key, methods=["POST"])
def forgot_password() -> str | tuple[str, int]:
    """Take an address and mail it a reset link, if it has an account; the answer is the same if not."""
    started = time.monotonic()
    form = ForgotForm()
    if request.method != "POST":
        return render_template("auth/forgot.html", form=form)
    if not form.validate_on_submit():
        return render_template("auth/forgot.html", form=form), 422
    with transaction() as session:
        request_reset(session, form.email.data or "", reset_url=f"{settings_of_app().public_url}/reset/")
    time.sleep(max(0.0, started + ANSWER_AFTER_S - time.monotonic()))
    return render_template("auth/forgot_sent.html")


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@limiter.limit(LINK_LIMIT)
def reset_password(token: str) -> Response | str | tuple[str, int]:
    """Choose a new password by a mailed link; every session of the account ends, and this browser signs in."""
    form = NewPasswordForm()
    try:
        with reading() as session:
            user = user_of_reset(session, token)
        if request.method != "POST":
            return render_template("auth/reset.html", form=form, email=user.email)
        if not form.validate_on_submit() or not _is_good(form, email=user.email):
            return render_template("auth/reset.html", form=form, email=user.email), 422
        password_hash = hash_password(form.password.data or "")
        with transaction() as session:
            user = use_reset(session, token, password_hash=password_hash)
    except NotFound as error:
        return _link_is_gone(error, retry_url=url_for("auth.forgot_password"), retry_label=_("Ask for a new link"))
    open_session(user)
    flash(_("Your new password is set. Every other device was signed out."), "success")
    return redirect("/", 303)


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
@limiter.limit(LINK_LIMIT)
def accept_invitation(token: str) -> Response | str | tuple[str, int]:
    """Choose name and password for the account that one was invited to, and enter."""
    form = AcceptForm()
    try:
        with reading() as session:
            invitation = open_invitation(session, token)
        if request.method != "POST":
            return render_template("auth/accept.html", form=form, invitation=invitation)
        if not form.validate_on_submit() or not _is_good(form, email=invitation.email):
            return render_template("auth/accept.html", form=form, invitation=invitation), 422
        password_hash = hash_password(form.password.data or "")
        with transaction() as session:
            user = accept(session, token, name=form.name.data or "", password_hash=password_hash)
    except NotFound as error:
        return _link_is_gone(error, retry_url=url_for("auth.login"), retry_label=_("Go to the sign-in page"))
    except InvalidInput as error:
        show_problems(form, error)
        return render_template("auth/accept.html", form=form, invitation=invitation), 422
    open_session(user)
    flash(_("Welcome, %(name)s.", name=user.name), "success")
    return redirect("/", 303)


def _is_good(form: NewPasswordForm, *, email: str) -> bool:
    try:
        require_good_password(form.password.data or "", email=email)
    except InvalidInput as error:
        show_problems(form, error)
        return False
    return True


def _link_is_gone(error: NotFound, *, retry_url: str, retry_label: str) -> tuple[str, int]:
    page = render_template("auth/link_gone.html", why=str(error), retry_url=retry_url, retry_label=retry_label)
    return page, 410
