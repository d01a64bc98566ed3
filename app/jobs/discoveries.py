"""Read the sources that wait: a directory, a partner page, a list. Runs among the crawls, in the same turns."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from app.config import Settings
from app.db import transaction
from app.log import get_logger
from app.services.discover.readings import (
    ClaimedDiscovery,
    record_discovery,
    record_discovery_progress,
    record_discovery_receipt,
)
from scrapers.fetcher import Fetcher
from scrapers.pacing import HostTurns
from scrapers.report import Receipt
from scrapers.sources import DiscoverPolicy, DiscoveryProgress, discover

log = get_logger(__name__)

PUBLIC_DELAY_S = 2.0


class NoLongerWanted(Exception):
    """The reading was canceled, or another worker took it over, while it was under way."""


@dataclass(frozen=True, slots=True)
class SourceReader:
    """Reads one claimed source at a time per thread with a shared fetcher."""

    fetcher: Fetcher
    turns: HostTurns
    settings: Settings

    def policy_for(self, address: str) -> DiscoverPolicy:
        """Return how gently a source is read: a shorter pause is only for hosts the host map keeps in the house."""
        pause_s = self.settings.scraper_delay_s
        in_house = urlsplit(address).hostname in self.settings.scraper_host_map
        return DiscoverPolicy(default_delay_s=pause_s if in_house else max(pause_s, PUBLIC_DELAY_S))

    def read(self, claimed: ClaimedDiscovery) -> None:
        """Read a source and record it. A fault of ours is logged and left to the lease: another worker tries again."""

        def keep_receipt(receipt: Receipt) -> None:
            with transaction() as session:
                if not record_discovery_receipt(session, claimed, receipt):
                    raise NoLongerWanted

        def keep_progress(progress: DiscoveryProgress) -> None:
            with transaction() as session:
                if not record_discovery_progress(session, claimed, progress):
                    raise NoLongerWanted

        try:
            found = discover(
                claimed.address,
                fetcher=self.fetcher,
                turns=self.turns,
                policy=self.policy_for(claimed.address),
                on_receipt=keep_receipt,
                on_progress=keep_progress,
            )
            with transaction() as session:
                record_discovery(session, claimed, found)
        except NoLongerWanted:
            log.info("discovery_dropped", discovery_id=claimed.id)
        except Exception:
            log.exception("discovery_broke", discovery_id=claimed.id, address=claimed.address)
