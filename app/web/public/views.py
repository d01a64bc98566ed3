"""Pages for people without a login."""

from email.utils import parseaddr

from flask import Blueprint, render_template

from app.web.login import settings_of_app

blueprint = Blueprint("public", __name__)


@blueprint.get("/bot")
def bot() -> str:
    """Explain the crawler to whoever found it in their server's log, and how to keep it away."""
    settings = settings_of_app()
    agent = settings.user_agent
    return render_template(
        "public/bot.html",
        user_agent=agent,
        robots_name=agent.split("/", 1)[0].split(" ", 1)[0],
        contact=parseaddr(settings.mail_from)[1],
        delay=f"{settings.scraper_delay_s:g} seconds" if settings.scraper_delay_s >= 1 else "a moment",
    )
