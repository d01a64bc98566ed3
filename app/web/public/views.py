"""Pages for people without a login: what the crawler is, and how to keep it away."""

import time
from email.utils import parseaddr

from flask import Blueprint, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.db import reading, transaction
from app.extensions import limiter
from app.models import OptOutState
from app.services.errors import InvalidInput, NotFound
from app.services.optout_requests import confirm_opt_out, pending_opt_out, request_opt_out
from app.web.form_errors import show_problems
from app.web.login import settings_of_app
from app.web.public.forms import OptOutForm

blueprint = Blueprint("public", __name__)
REQUEST_LIMIT = "5 per 10 minutes; 20 per day"
LINK_LIMIT = "30 per 10 minutes"
# Longer than the mail's row takes to write, so that the clock tells nothing about the domain.
ANSWER_AFTER_S = 0.25


@blueprint.get("/bot")
def bot() -> str:
    """Explain the crawler to whoever found it in their server's log, and how to keep it away."""
    return _bot_page(OptOutForm())


def _bot_page(form: OptOutForm) -> str:
    settings = settings_of_app()
    agent = settings.user_agent
    return render_template(
        "public/bot.html",
        user_agent=agent,
        robots_name=agent.split("/", 1)[0].split(" ", 1)[0],
        contact=parseaddr(settings.mail_from)[1],
        delay=f"{settings.scraper_delay_s:g} seconds" if settings.scraper_delay_s >= 1 else "a moment",
        form=form,
    )


@blueprint.post("/bot/opt-out")
@limiter.limit(REQUEST_LIMIT)
def ask_to_stay_away() -> Response | tuple[str, int]:
    """Mail a confirmation link to the owner; the answer is the same whatever we know of the domain."""
    started = time.monotonic()
    form = OptOutForm()
    if not form.validate_on_submit():
        return _bot_page(form), 422
    if not form.website.data:
        try:
            with transaction() as session:
                link_url = f"{settings_of_app().public_url}/bot/opt-out/"
                request_opt_out(session, domain=form.domain.data or "", email=form.email.data or "", link_url=link_url)
        except InvalidInput as error:
            show_problems(form, error)
            return _bot_page(form), 422
    time.sleep(max(0.0, started + ANSWER_AFTER_S - time.monotonic()))
    return redirect(url_for("public.asked_to_stay_away"), 303)


@blueprint.get("/bot/opt-out")
def asked_to_stay_away() -> str:
    """Say that a mail is on its way."""
    return render_template("public/opt_out_asked.html")


@blueprint.route("/bot/opt-out/<token>", methods=["GET", "POST"])
@limiter.limit(LINK_LIMIT)
def confirm_stay_away(token: str) -> str | tuple[str, int]:
    """Show the button, which alone acts: mail programs open links by themselves."""
    form = FlaskForm()
    try:
        if form.validate_on_submit():
            with transaction() as session:
                found = confirm_opt_out(session, token)
        else:
            with reading() as session:
                found = pending_opt_out(session, token)
    except NotFound as error:
        page = render_template(
            "auth/link_gone.html", why=str(error), retry_url=url_for("public.bot"), retry_label="Ask for a new link"
        )
        return page, 410
    is_done = found.state is OptOutState.CONFIRMED
    return render_template("public/opt_out.html", domain=found.domain, is_done=is_done, form=form)
