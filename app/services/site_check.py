"""A look at a typed website before the application is sent: can we read its home page, and if not, what stops us.

Readability only: nothing is scored and nothing is kept. It is one page and its robots.txt, by the crawler's own rules.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Company
from app.services.site_words import checked_site
from app.services.web_addresses import web_address
from scrapers.crawl import CrawlPolicy, crawl_site
from scrapers.domains import DomainError, DomainProblem, normalize_domain
from scrapers.fetcher import Fetcher, FetchLimits
from scrapers.report import SiteOutcome

# Somebody waits in front of the form: seconds and bytes are fewer than the crawler's own.
LIMITS = FetchLimits(connect_s=2, read_s=3, total_s=3, max_bytes=1024 * 1024, max_redirects=4, robots_bytes=128 * 1024)
# No request begins later than this after the first, whatever is still to be tried.
BUDGET_S = 4.0
# No miss is allowed, so that neither feeds nor lists of pages are asked for.
_ONE_PAGE = CrawlPolicy(max_pages=1, max_misses=0, max_revisits=0, default_delay_s=0.0, total_s=BUDGET_S)
# Of the threads that serve pages most stay free, however slow the sites are.
_PLACES = BoundedSemaphore(3)
_INSIDE = (DomainProblem.IP_ADDRESS, DomainProblem.LOCAL_NETWORK)
# Not a word about the site: too many looks at it, no free place, or a site that is not to be read at all.
LATER = "later"


@dataclass(frozen=True, slots=True)
class SiteCheck:
    """The registrable domain, a name of `SiteOutcome` or LATER; or `problem`, what is wrong with what was typed."""

    domain: str
    outcome: str
    problem: str = ""


class _NoTimeError(Exception):
    """The look would take longer than a person waits; `outcome` is what they are told."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class _ShortTurns:
    """Turns within one look: a pause that the site asks for is kept, or the look ends where there is no time for it."""

    def __init__(self) -> None:
        self._until = time.monotonic() + BUDGET_S
        self._ended: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str, *, delay_s: float) -> Iterator[None]:
        """Hold the host for the length of the block, `delay_s` seconds after its last turn."""
        moment = time.monotonic()
        wait_s = max(0.0, self._ended.get(host, moment - delay_s) + delay_s - moment)
        if moment + wait_s > self._until:
            raise _NoTimeError(LATER if wait_s else SiteOutcome.TOO_SLOW.value)
        time.sleep(wait_s)
        try:
            yield
        finally:
            self._ended[host] = time.monotonic()


def typed_site(website: str) -> SiteCheck:
    """Return the check of what was typed, before anything is asked: LATER with a domain where a look is worth it."""
    try:
        normalize_domain(website[:2000])
    except DomainError as error:
        if error.problem in _INSIDE:
            return SiteCheck("", SiteOutcome.REFUSED_ADDRESS.value)
    domain, problem = checked_site(website)
    return SiteCheck(domain, LATER, problem)


def may_be_read(session: Session, domain: str) -> bool:
    """Say whether nobody asked our crawler to stay away from a domain; the applicant is not told that somebody did."""
    asked = select(Company.id).where(Company.domain == domain, Company.opted_out_at.is_not(None))
    return session.scalar(asked) is None


def check_site(website: str, domain: str, *, fetcher: Fetcher) -> SiteCheck:
    """Ask for the home page and say how that went; LATER where too many look at sites at this moment."""
    if not _PLACES.acquire(blocking=False):
        return SiteCheck(domain, LATER)
    try:
        report = crawl_site(web_address(website), fetcher=fetcher, turns=_ShortTurns(), policy=_ONE_PAGE)
    except _NoTimeError as error:
        return SiteCheck(domain, error.outcome)
    finally:
        _PLACES.release()
    return SiteCheck(domain, report.outcome.value)
