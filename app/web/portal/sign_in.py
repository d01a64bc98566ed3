"""Signing in to the portal with e-mail and password, out again, and choosing or dropping the password."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.extensions import limiter
from app.log import get_logger
from app.services.errors import InvalidInput
from app.services.languages import gettext as _
from app.services.onboarding import signing_in
from app.services.onboarding.people import MAX_EMAIL
from app.services.passwords import MAX_LENGTH, check_password, hash_password, require_good_password
from app.web.auth.limits import ACCOUNT_LIMIT, ADDRESS_LIMIT, PROOF_LIMIT, account_key, give_tries_back
from app.web.portal.blueprint import WRONG_LINK_LIMIT, blueprint, was_wrong
from app.web.portal.pages import profile_page
from app.web.portal.signed_in import OWN, own_tokens, page_after, remember
from app.web.portal.speaking import visitor

log = get_logger(__name__)
Answer = Response | str | tuple[str, int]


@blueprint.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(ADDRESS_LIMIT, methods=["POST"])
@limiter.limit(ACCOUNT_LIMIT, key_func=account_key, methods=["POST"])
def sign_in() -> Answer:
    """Sign in; whatever does not fit, and whoever it is, the answer is the same."""
    if request.method != "POST":
        return render_template("portal/sign_in.html", wanted=request.args.get("next", ""))
    email, password = request.form.get("email", "").strip()[:MAX_EMAIL], request.form.get("password", "")
    with reading() as session:
        stored = signing_in.passwords_of(session, email)
    person_ids = signing_in.fitting(stored, password[: MAX_LENGTH + 1])
    if not person_ids:
        log.info("partner_sign_in_refused", address=request.remote_addr)
        wanted = request.form.get("next", "")
        return render_template("portal/sign_in.html", wanted=wanted, email=email, is_refused=True), 422
    with transaction() as session:
        signing_in.sign_out(session, own_tokens().values())
        tokens = signing_in.sign_in(session, person_ids)
    remember(tokens)
    give_tries_back()
    return redirect(page_after(request.form.get("next", ""), person_ids), 303)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End this browser's sessions on the server and empty its cookie."""
    with transaction() as session:
        signing_in.sign_out(session, own_tokens().values())
    remember({})
    return redirect(url_for("portal.sign_in"), 303)


@blueprint.get("/pages")
def pages() -> Answer:
    """Let somebody who acts for several partners choose whose page to open."""
    with reading() as session:
        found = signing_in.pages_behind(session, own_tokens().values())
    if not found:
        return redirect(url_for("portal.sign_in"), 303)
    return render_template("portal/pages.html", pages=found, own=OWN)


@blueprint.post("/<token>/password")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
@limiter.limit(PROOF_LIMIT)
def set_password(token: str) -> Answer:
    """Choose a password, or another one."""
    new = request.form.get("password", "")
    try:
        email = _proved(token)
        require_good_password(new, email=email)
    except InvalidInput as error:
        return profile_page(token, {"password": dict(error.fields)}, {}), 422
    password_hash = hash_password(new)
    with transaction() as session:
        signing_in.set_password(session, visitor(session, token), password_hash, token=token)
    flash(_("Your password is set. Sign in with it and your e-mail address whenever you like."), "success")
    return redirect(url_for("portal.profile", token=token), 303)


@blueprint.post("/<token>/password/remove")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
@limiter.limit(PROOF_LIMIT)
def remove_password(token: str) -> Answer:
    """Go back to links alone."""
    try:
        _proved(token)
    except InvalidInput as error:
        return profile_page(token, {"password": dict(error.fields)}, {}), 422
    with transaction() as session:
        signing_in.remove_password(session, visitor(session, token), token=token)
    flash(_("You have no password any more. Mailed links open your page, as before."), "success")
    return redirect(url_for("portal.profile", token=token), 303)


def _proved(token: str) -> str:
    """Return the address of who asks. Raises InvalidInput unless they have no password, typed it, or were just mailed.

    An old link alone, which may have been passed on, changes no password.
    """
    with reading() as session:
        key = visitor(session, token, is_reading=True)
        state = signing_in.password_state(session, key.person, token)
    typed = request.form.get("current_password", "")[: MAX_LENGTH + 1]
    if not state.is_proved and not check_password(state.hash, typed).fits:
        problem = _("That is not your password. Forgotten? Ask for a new link and come back by it within an hour.")
        raise InvalidInput({"current_password": problem})
    return key.person.email
