"""Have the sites read again whose day has come, as many a minute as politeness and people's own imports allow."""

from datetime import timedelta

from app.db import transaction
from app.jobs import runtime
from app.services.recrawls import request_due_crawls, watch_new_sites


def read_sites_again() -> int:
    """Take new sites into the watch and ask for a portion of those that are due; return how many were asked for.

    Runs with every sweep; RECRAWL_AFTER_DAYS=0 switches it off.
    """
    days = runtime.settings().recrawl_after_days
    if not days:
        return 0
    period = timedelta(days=days)
    with transaction() as session:
        watch_new_sites(session, period=period)
        return request_due_crawls(session, period=period)
