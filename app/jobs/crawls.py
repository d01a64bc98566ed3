"""Read the sites that wait: many hosts at once, each claimed, read and recorded on its own."""

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from urllib.parse import urlsplit

from app import dispatch
from app.config import Settings
from app.db import reading, transaction
from app.dispatch import Job
from app.jobs import runtime
from app.jobs.discoveries import SourceReader
from app.jobs.domain_ages import AgeReader
from app.jobs.turns import QueueServerTurns
from app.log import get_logger
from app.queries.watch import known_addresses
from app.services.crawls import ClaimedCrawl, claim_crawl, record_receipt
from app.services.discover.readings import claim_discovery
from app.services.domain_age import claim_age
from app.services.sites import record_site
from scrapers.crawl import CrawlPolicy, Receipt, crawl_site
from scrapers.fetcher import Fetcher
from scrapers.pacing import HostTurns

log = get_logger(__name__)

# The job ends itself before the queue's timeout does, and rings for what is left.
TIME_BUDGET_S = 600.0
LOOK_AGAIN_S = 1.0
PUBLIC_DELAY_S = 2.0


class NoLongerWanted(Exception):
    """The crawl was canceled, or another worker took it over, while it was being read."""


def drain_crawls() -> int:
    """Read sites until none waits or the time is up; return how many were read.

    Doorbells ring more often than there is work: a second drain finds nothing to claim and ends at once. Sites that
    come in while slow ones are still being read are taken up as soon as a thread is free.
    """
    settings = runtime.settings()
    reader = SiteReader.from_settings(settings)
    deadline = time.monotonic() + TIME_BUDGET_S
    under_way: set[Future[None]] = set()
    count = 0
    with ThreadPoolExecutor(settings.crawl_threads, thread_name_prefix="crawl") as pool:
        while time.monotonic() < deadline:
            work = _next_work(reader) if len(under_way) < settings.crawl_threads else None
            if work is not None:
                under_way.add(pool.submit(work))
                count += 1
                continue
            if not under_way:
                return count
            _, under_way = wait(under_way, timeout=LOOK_AGAIN_S, return_when=FIRST_COMPLETED)
    dispatch.ring(Job.DRAIN_CRAWLS)
    return count


def _next_work(reader: "SiteReader") -> Callable[[], None] | None:
    """Claim a source of Discover, for which somebody waits in front of the screen, else a site, else a domain."""
    with transaction() as session:
        source = claim_discovery(session)
        claimed = claim_crawl(session) if source is None else None
        age = claim_age(session) if source is None and claimed is None else None
    if source is not None:
        return partial(reader.sources.read, source)
    if age is not None:
        return partial(reader.ages.read, age)
    return partial(reader.read, claimed) if claimed is not None else None


def _known_pages(company_id: int) -> list[str]:
    with reading() as session:
        return known_addresses(session, company_id)


class SiteReader:
    """Reads one claimed site at a time per thread with a shared fetcher."""

    def __init__(self, fetcher: Fetcher, turns: HostTurns, settings: Settings) -> None:
        """Read through this fetcher, in these turns, at the pace of the settings."""
        self._fetcher = fetcher
        self._turns = turns
        self._host_map = settings.scraper_host_map
        self.sources = SourceReader(fetcher, turns, settings)
        self.ages = AgeReader(turns, settings, cache=dispatch.connection())
        self._mapped = CrawlPolicy(default_delay_s=settings.scraper_delay_s)
        self._public = CrawlPolicy(default_delay_s=max(settings.scraper_delay_s, PUBLIC_DELAY_S))

    @classmethod
    def from_settings(cls, settings: Settings) -> "SiteReader":
        """Build a reader as the settings want it."""
        fetcher = Fetcher(user_agent=settings.user_agent, host_map=settings.scraper_host_map)
        return cls(fetcher, QueueServerTurns(dispatch.connection()), settings)

    def policy_for(self, website: str) -> CrawlPolicy:
        """Return how gently a site is read: a shorter pause is only for hosts that the host map keeps in the house."""
        return self._mapped if urlsplit(website).hostname in self._host_map else self._public

    def read(self, claimed: ClaimedCrawl) -> None:
        """Read a site and record it. A fault of ours is logged and left to the lease: another worker tries again."""

        def keep(receipt: Receipt) -> None:
            with transaction() as session:
                if not record_receipt(session, claimed.id, receipt):
                    raise NoLongerWanted

        try:
            report = crawl_site(
                claimed.website,
                fetcher=self._fetcher,
                turns=self._turns,
                policy=self.policy_for(claimed.website),
                on_receipt=keep,
                known=_known_pages(claimed.company_id),
            )
            with transaction() as session:
                record_site(session, claimed.id, report)
        except NoLongerWanted:
            log.info("crawl_dropped", crawl_id=claimed.id)
        except Exception:
            log.exception("crawl_broke", crawl_id=claimed.id, website=claimed.website)
