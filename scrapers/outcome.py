"""Naming how a crawl ended, in a word to store and a sentence to show."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scrapers.fetcher import Fetched
from scrapers.problems import FetchError, FetchProblem
from scrapers.report import SiteOutcome, SitePage

_ENOUGH_WORDS = 40
_OUTCOMES = {
    FetchProblem.PRIVATE_ADDRESS: SiteOutcome.REFUSED_ADDRESS,
    FetchProblem.ROBOTS: SiteOutcome.FORBIDDEN_BY_ROBOTS,
    FetchProblem.ROBOTS_UNREACHABLE: SiteOutcome.FORBIDDEN_BY_ROBOTS,
    FetchProblem.CRAWL_DELAY: SiteOutcome.FORBIDDEN_BY_ROBOTS,
    FetchProblem.NOT_HTML: SiteOutcome.NOT_HTML,
    FetchProblem.TIMEOUT: SiteOutcome.TOO_SLOW,
    FetchProblem.TOO_SLOW: SiteOutcome.TOO_SLOW,
    FetchProblem.BAD_URL: SiteOutcome.BAD_ADDRESS,
    FetchProblem.BAD_SCHEME: SiteOutcome.BAD_ADDRESS,
    FetchProblem.BAD_PORT: SiteOutcome.BAD_ADDRESS,
    FetchProblem.USERINFO: SiteOutcome.BAD_ADDRESS,
    FetchProblem.BAD_HOST: SiteOutcome.BAD_ADDRESS,
    FetchProblem.RETRY_AFTER: SiteOutcome.BLOCKED,
}
_BLOCKED_STATUSES = (401, 403, 407, 429, 451, 999)
_SCRIPT = re.compile(rb"<script\b", re.IGNORECASE)


def outcome_of_error(error: FetchError) -> tuple[SiteOutcome, str]:
    """Name the outcome of a site whose first page could not be read."""
    return _OUTCOMES.get(error.reason, SiteOutcome.UNREACHABLE), error.detail


def judge(pages: Sequence[SitePage], answers: Sequence[Fetched]) -> tuple[SiteOutcome, str]:
    """Name the outcome of a site that answered: readable, or why it is not enough."""
    words = sum(len(page.main_text.split()) for page in pages)
    if words >= _ENOUGH_WORDS:
        return SiteOutcome.READABLE, f"{len(pages)} pages, {words} words"
    status = answers[0].status
    if status in _BLOCKED_STATUSES:
        return SiteOutcome.BLOCKED, f"the site turns programs away (status {status})"
    if status >= 500:
        return SiteOutcome.SERVER_ERROR, f"the site answers with an error of its own (status {status})"
    if status >= 400:
        return SiteOutcome.NOT_FOUND, f"the site has no such page (status {status})"
    if len(_SCRIPT.findall(answers[0].body)) >= 1:
        return SiteOutcome.NEEDS_BROWSER, f"needs a browser; {words} words readable"
    return SiteOutcome.TOO_LITTLE_TEXT, f"only {words} words on {len(pages)} pages"
