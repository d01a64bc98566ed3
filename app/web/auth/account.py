"""A person's own page: name, appearance, password, and the browsers they are signed in on."""

from flask import flash, g, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.extensions import limiter
from app.languages import counted
from app.languages import gettext as _
from app.queries.sessions import sessions_of
from app.services import sessions
from app.services.accounts import change_password as store_password
from app.services.accounts import rename_user
from app.services.errors import InvalidInput
from app.services.passwords import check_password, hash_password, require_good_password
from app.services.preferences import choose_language, choose_theme, choose_time_zone
from app.web.auth.blueprint import blueprint
from app.web.auth.devices import device_name
from app.web.auth.forms import ChangePasswordForm, DetailsForm
from app.web.auth.limits import PROOF_LIMIT, user_key
from app.web.form_errors import show_problems


@blueprint.get("/account")
def account() -> str:
    """Show the account page."""
    return _page()


@blueprint.post("/account/details")
def save_details() -> Response | tuple[str, int]:
    """Change one's own name and appearance."""
    form = DetailsForm()
    if not form.validate_on_submit():
        return _page(details=form), 422
    try:
        with transaction() as session:
            rename_user(session, current_user.id, name=form.name.data or "", actor_id=current_user.id)
            if form.theme.data != current_user.theme:
                choose_theme(session, user_id=current_user.id, theme=form.theme.data or "")
            # A form that was open before there was a choice of languages or time zones names none.
            if form.language.data not in (None, "None", current_user.language):
                choose_language(session, user_id=current_user.id, language=form.language.data)
            if form.time_zone.data not in (None, "None", current_user.time_zone):
                choose_time_zone(session, user_id=current_user.id, time_zone=form.time_zone.data)
    except InvalidInput as error:
        show_problems(form, error)
        return _page(details=form), 422
    return _done(_("Your details are saved."))


@blueprint.post("/account/password")
@limiter.limit(PROOF_LIMIT, key_func=user_key)
def change_password() -> Response | tuple[str, int]:
    """Change one's own password; the current one proves that its owner asks. Other devices are signed out."""
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return _page(password=form), 422
    if not check_password(current_user.password_hash, form.current_password.data or "").fits:
        show_problems(form, InvalidInput({"current_password": _("That is not your current password.")}))
        return _page(password=form), 422
    try:
        require_good_password(form.password.data or "", email=current_user.email)
    except InvalidInput as error:
        show_problems(form, error)
        return _page(password=form), 422
    password_hash = hash_password(form.password.data or "")
    with transaction() as session:
        ended = store_password(session, current_user.id, password_hash, keep_session_id=g.user_session_id)
    words = [_("Your password is changed."), *([_("Your other devices were signed out.")] if ended else ())]
    return _done(" ".join(words))


@blueprint.post("/account/sessions/<int:session_id>/end")
def end_session(session_id: int) -> Response:
    """Sign one of the person's own browsers out."""
    with transaction() as session:
        sessions.end_session(session, current_user, session_id)
    if session_id == g.user_session_id:
        return redirect(url_for("auth.login"), 303)
    return _done(_("That device is signed out."))


@blueprint.post("/account/sessions/end-others")
def end_other_sessions() -> Response:
    """Sign out everywhere but here."""
    with transaction() as session:
        ended = sessions.end_sessions(session, current_user.id, actor_id=current_user.id, keep_id=g.user_session_id)
    if not ended:
        return _done(_("There was no other."))
    return _done(counted("Signed out on %(num)s other device.", "Signed out on %(num)s other devices.", ended))


def _done(words: str) -> Response:
    flash(words, "success")
    return redirect(url_for("auth.account"), 303)


def _page(*, details: DetailsForm | None = None, password: ChangePasswordForm | None = None) -> str:
    with reading() as session:
        rows = sessions_of(session, current_user.id)
    return render_template(
        "auth/account.html",
        details=details or DetailsForm(formdata=None, obj=current_user),
        password=password or ChangePasswordForm(formdata=None),
        sessions=rows,
        this_id=g.user_session_id,
        device_name=device_name,
    )
