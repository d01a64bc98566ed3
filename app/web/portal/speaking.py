"""Which language a partner's page speaks: the one kept with the person, else what applicants' pages go by."""

import re

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.db import transaction
from app.extensions import limiter
from app.services.languages import LANGUAGES, choose_language, current_language
from app.services.languages import gettext as _
from app.services.onboarding.people import PortalKey, change_language, portal_behind
from app.web.apply.speaking import remember
from app.web.portal.blueprint import WRONG_LINK_LIMIT, blueprint, was_wrong

_PAGE = re.compile(r"(?:/[a-z0-9]{1,20}){1,3}", re.ASCII)


def visitor(session: Session, token: str, *, is_reading: bool = False) -> PortalKey:
    """Return what a link opens, and go on in the language of whoever came. Raises LinkGone.

    Who never chose a language keeps that of their browser from the first thing they do here: looking changes nothing,
    for mail programs open links by themselves.
    """
    key = portal_behind(session, token)
    if key.person.language:
        choose_language(key.person.language)
    elif request.method == "POST" and not is_reading:
        key.person.language = current_language()
    return key


@blueprint.post("/<token>/language")
@limiter.limit(WRONG_LINK_LIMIT, deduct_when=was_wrong)
def choose(token: str) -> Response:
    """Speak another language to this person from now on, on the page and in mails."""
    wanted = request.form.get("language", "")
    with transaction() as session:
        key = visitor(session, token)
        if wanted in LANGUAGES:
            change_language(session, key.person, wanted)
            choose_language(wanted)
    if wanted in LANGUAGES:
        flash(_("From now on we write to you in this language, here and by mail."), "success")
    return remember(redirect(_page_before(token), 303), wanted)


def _page_before(token: str) -> str:
    """Return the page of this portal whose switch was pressed; nothing else can be named."""
    home = url_for("portal.home", token=token)
    path = request.form.get("page", "")
    is_ours = path.startswith(f"{home}/") and _PAGE.fullmatch(path.removeprefix(home))
    return path if is_ours else home
