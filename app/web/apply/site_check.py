"""The button “Check my site”: how often it may be pressed, and the look itself."""

from flask import request
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import TooManyRequests

from app.db import reading
from app.extensions import limiter
from app.services.site_check import LIMITS, SiteCheck, check_site, may_be_read, typed_site
from app.web.apply.guards import is_ours
from app.web.login import settings_of_app
from scrapers.fetcher import Fetcher

CHECKS_LIMIT = "10 per 10 minutes; 40 per day"
# Whoever presses it, no site is asked more often than this.
SITE_LIMIT = "4 per 10 minutes; 20 per day"


def is_check() -> bool:
    """Say whether the button was pressed, and not the one that sends the form."""
    return request.form.get("action") == "check"


def checked(website: str, *, start: str) -> SiteCheck:
    """Look at a typed site; `start` is the form's signed moment, without which no page of ours asked for this."""
    check = typed_site(website)
    if not check.domain or check.problem or not is_ours(start):
        return check
    try:
        return _look(website, check)
    except TooManyRequests:
        return check


def _site_key() -> str:
    return "site:" + typed_site(request.form.get("website", "")).domain


@limiter.shared_limit(CHECKS_LIMIT, scope="site_check", key_func=get_remote_address)
@limiter.shared_limit(SITE_LIMIT, scope="site_check", key_func=_site_key)
def _look(website: str, check: SiteCheck) -> SiteCheck:
    with reading() as session:
        if not may_be_read(session, check.domain):
            return check
    settings = settings_of_app()
    fetcher = Fetcher(user_agent=settings.user_agent, limits=LIMITS, host_map=settings.scraper_host_map)
    return check_site(website, check.domain, fetcher=fetcher)
