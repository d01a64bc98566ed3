"""Naming how a crawl ended, in a word to store and a sentence to show."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scrapers.extract import ExtractedPage
from scrapers.fetcher import Fetched
from scrapers.problems import FetchError, FetchProblem
from scrapers.report import SiteOutcome, SitePage

ENOUGH_WORDS = 40
_OUTCOMES = {
    FetchProblem.PRIVATE_ADDRESS: SiteOutcome.REFUSED_ADDRESS,
    FetchProblem.ROBOTS: SiteOutcome.FORBIDDEN_BY_ROBOTS,
    FetchProblem.ROBOTS_UNREACHABLE: SiteOutcome.SERVER_ERROR,
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
    FetchProblem.BOMB: SiteOutcome.HOSTILE,
    FetchProblem.BAD_ENCODING: SiteOutcome.SERVER_ERROR,
    FetchProblem.BAD_ANSWER: SiteOutcome.SERVER_ERROR,
    FetchProblem.TOO_MANY_REDIRECTS: SiteOutcome.SERVER_ERROR,
    FetchProblem.REDIRECT_LOOP: SiteOutcome.SERVER_ERROR,
    FetchProblem.BAD_REDIRECT: SiteOutcome.SERVER_ERROR,
}
_BLOCKED_STATUSES = (401, 402, 403, 407, 429, 451, 999)
_NOT_FOUND = re.compile(
    r"\b404\b|(?:page|site|content) (?:was )?(?:not|can.?t be) found|page (?:doesn.?t|does not) exist"
    r"|seite nicht gefunden"
    r"|nie znaleziono|strona nie istnieje|page (?:introuvable|non trouv[ée]e)|p[áa]gina no encontrada",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"just a moment|checking your browser|verify (?:that )?you are (?:a )?human|are you a (?:robot|human)"
    r"|captcha|access denied"
    r"|request blocked|attention required|unusual traffic|bot (?:detection|protection)|security check",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"cookies?|consent|zgod[ęa]|zustimm|einwillig|accepter|aceptar|datenschutz|prywatno", re.IGNORECASE
)
_SCRIPT = re.compile(rb"<script\b", re.IGNORECASE)
_WALL_WORDS, _ERROR_WORDS, _CHALLENGE_WORDS = 200, 150, 120


def outcome_of_error(error: FetchError) -> tuple[SiteOutcome, str]:
    """Name the outcome of a site whose first page could not be read."""
    return _OUTCOMES.get(error.reason, SiteOutcome.UNREACHABLE), error.detail


def says_not_found(page: ExtractedPage) -> bool:
    """Tell whether a page served as a success says of itself that it is missing (a soft 404)."""
    heads = (page.title, *page.headings[:2])
    return any(_NOT_FOUND.search(head) for head in heads) and len(page.main_text.split()) <= _ERROR_WORDS


def judge(pages: Sequence[SitePage], first: Fetched, read: ExtractedPage | None) -> tuple[SiteOutcome, str]:
    """Name the outcome of a site that answered: readable, or why it is not enough.

    `first` is the answer the crawl began with and `read` what was extracted from it.
    """
    words = sum(len(page.main_text.split()) for page in pages)
    parked = next((signal for page in pages[:2] for signal in page.signals if signal.name == "parked"), None)
    if parked is not None:
        return SiteOutcome.PARKED, f"the domain is parked: “{parked.quote[:120]}”"
    challenge = _challenge(read) if words < _CHALLENGE_WORDS else None
    if challenge:
        return SiteOutcome.BLOCKED, f"the site wants proof of a human visitor: “{challenge}”"
    if words >= ENOUGH_WORDS and not _is_wall(pages, words):
        return SiteOutcome.READABLE, f"{len(pages)} {'page' if len(pages) == 1 else 'pages'}, {words} words"
    return _not_enough(first, read, words)


def _not_enough(first: Fetched, read: ExtractedPage | None, words: int) -> tuple[SiteOutcome, str]:
    status = first.status
    if status in _BLOCKED_STATUSES:
        wait = first.headers.get("retry-after", "")
        asked = f" and asks to wait {wait[:40]}" if wait else ""
        return SiteOutcome.BLOCKED, f"the site turns programs away (status {status}){asked}"
    if status >= 500:
        return SiteOutcome.SERVER_ERROR, f"the site answers with an error of its own (status {status})"
    if status >= 400:
        return SiteOutcome.NOT_FOUND, f"the site has no page at {first.url[:120]} (status {status})"
    if read is not None and says_not_found(read):
        return SiteOutcome.NOT_FOUND, f"the site says that it has no page at {first.url[:120]}: “{read.title[:80]}”"
    if not first.body.strip():
        return SiteOutcome.TOO_LITTLE_TEXT, "the site answers with an empty page"
    if words >= ENOUGH_WORDS:
        return SiteOutcome.BLOCKED, f"only a cookie notice is readable ({words} words)"
    if _SCRIPT.search(first.body):
        return SiteOutcome.NEEDS_BROWSER, f"needs a browser; {words} words readable"
    return SiteOutcome.TOO_LITTLE_TEXT, f"only {words} words are readable on the site"


def _challenge(read: ExtractedPage | None) -> str | None:
    for line in (read.title, *read.headings[:3], *read.main_text.split("\n")[:5]) if read is not None else ():
        if _CHALLENGE.search(line):
            return line[:120]
    return None


def _is_wall(pages: Sequence[SitePage], words: int) -> bool:
    """A cookie wall is a short text most of whose lines are about cookies."""
    lines = [line for page in pages for line in page.main_text.split("\n") if len(line) > 20]
    about = sum(len(line.split()) for line in lines if _CONSENT.search(line))
    return words <= _WALL_WORDS and about > words * 0.6
