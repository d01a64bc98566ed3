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
# A bare number is no error: 404 is an area code and a part of names.
_NOT_FOUND = re.compile(
    r"^\W*404\W*(?:[-–|:].*)?$|(?:error|fehler|b[łl][aą]d|erreur|http|status)\W{0,3}404\b"
    r"|\b404\W{0,3}(?:error|not found|page|fehler|file)"
    r"|(?:page|site|content|url|file)\b.{0,40}?(?:not|can.?t|couldn.?t) (?:be )?found"
    r"|page.{0,40} (?:doesn.?t|does not|no longer) exist|this page isn.?t available|nothing was found at this location"
    r"|page you(?:.re| are| were|.ve| have)? (?:looking for|requested|tried).{0,60}(?:moved|not|exist|unavailable)"
    r"|seite .{0,20}?nicht (?:gefunden|verf[üu]gbar)|seite existiert nicht"
    r"|nie znaleziono|stron\w* .{0,30}nie istnieje"
    r"|page .{0,20}(?:introuvable|non trouv[ée]e|n.existe (?:pas|plus))"
    r"|p[áa]gina .{0,40}(?:no encontrada|no existe|no se ha encontrado)",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"just a moment|checking your browser|verify (?:that )?you are (?:a )?human|are you a (?:robot|human)"
    r"|captcha|access denied"
    r"|request blocked|attention required|unusual traffic|bot (?:detection|protection)|security check",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"cookie|consent|your privacy|legitimate interest|(?:choices|preferences) will|information on a device"
    r"|geolocation data|zgod[ęaąy]|zgadzam|prywatno|zustimm|einwillig|datenschutz|traceurs|accepter|consentement"
    r"|aceptar|consentimiento",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    r"accept|agree|allow|reject|decline|manage|options|your consent|akcept|odrzu|zgadzam|akzept|ablehn|zustimm"
    r"|refuser|aceptar|rechazar",
    re.IGNORECASE,
)
_SCRIPT = re.compile(rb"<script\b", re.IGNORECASE)
_WALL_WORDS, _ERROR_WORDS, _FRAMED_ERROR_WORDS, _CHALLENGE_WORDS = 600, 150, 400, 120
_SHORT_ERROR_WORDS, _QUOTE_CHARS = 60, 80


def outcome_of_error(error: FetchError) -> tuple[SiteOutcome, str]:
    """Name the outcome of a site whose first page could not be read."""
    return _OUTCOMES.get(error.reason, SiteOutcome.UNREACHABLE), error.detail


def says_not_found(page: ExtractedPage) -> str:
    """Return the words by which a page served as a success says that it is missing (a soft 404); empty: it does not."""
    words = len(page.main_text.split())
    if words > _FRAMED_ERROR_WORDS:
        return ""
    titled, *headed = (head if _NOT_FOUND.search(head) else "" for head in (page.title, *page.headings[:2]))
    heading = next(filter(None, headed), "")
    if words > _ERROR_WORDS:
        # A page that is missing may keep the site's frame; one that is not would hardly say so twice.
        return titled if heading else ""
    lines = page.main_text.split("\n")[:3] if words <= _SHORT_ERROR_WORDS else []
    said = next((found.group() for found in map(_NOT_FOUND.search, lines) if found), "")
    return titled or heading or said


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
    return _not_enough(pages, first, read)


def _not_enough(pages: Sequence[SitePage], first: Fetched, read: ExtractedPage | None) -> tuple[SiteOutcome, str]:
    status = first.status
    if status in _BLOCKED_STATUSES:
        wait = first.headers.get("retry-after", "")
        asked = f" and asks to wait {wait[:40]}" if wait else ""
        return SiteOutcome.BLOCKED, f"the site turns programs away (status {status}){asked}"
    if status >= 500:
        return SiteOutcome.SERVER_ERROR, f"the site answers with an error of its own (status {status})"
    if status >= 400:
        return SiteOutcome.NOT_FOUND, f"the site has no page at {first.url[:120]} (status {status})"
    missing = says_not_found(read) if read is not None else ""
    if missing:
        return SiteOutcome.NOT_FOUND, f"the site says that it has no page at {first.url[:120]}: “{missing[:80]}”"
    if not first.body.strip():
        return SiteOutcome.TOO_LITTLE_TEXT, "the site answers with an empty page"
    return _too_few_words(pages, first)


def _too_few_words(pages: Sequence[SitePage], first: Fetched) -> tuple[SiteOutcome, str]:
    text = " ".join(page.main_text for page in pages)
    words = len(text.split())
    if _is_wall(pages, words):
        return SiteOutcome.BLOCKED, f"only a cookie notice is readable ({words} words)"
    if _SCRIPT.search(first.body):
        return SiteOutcome.NEEDS_BROWSER, f"needs a browser; {words} words readable"
    if not words:
        return SiteOutcome.TOO_LITTLE_TEXT, "the site answers with a page that holds no text"
    some = "1 word is" if words == 1 else f"{words} words are"
    quote = " ".join(text.split())
    shown = quote if len(quote) <= _QUOTE_CHARS else quote[:_QUOTE_CHARS].rstrip() + "…"
    return SiteOutcome.TOO_LITTLE_TEXT, f"only {some} readable on the site: “{shown}”"


def _challenge(read: ExtractedPage | None) -> str | None:
    for line in (read.title, *read.headings[:3], *read.main_text.split("\n")[:5]) if read is not None else ():
        if _CHALLENGE.search(line):
            return line[:120]
    return None


def _is_wall(pages: Sequence[SitePage], words: int) -> bool:
    """A cookie wall is a short text most of whose lines are about cookies, and that offers a choice."""
    lines = [line for page in pages for line in page.main_text.split("\n")]
    about = [line for line in lines if _CONSENT.search(line)]
    asks = any(_CHOICE.search(line) for line in lines)
    return words <= _WALL_WORDS and asks and sum(len(line.split()) for line in about) > words * 0.6
