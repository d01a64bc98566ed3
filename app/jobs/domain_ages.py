"""Ask registries since when domains are registered: among the crawls, in the same turns, by the same guarded way."""

import threading
from contextlib import AbstractContextManager
from hashlib import sha256
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError

from app.config import Settings
from app.db import transaction
from app.log import get_logger
from app.services.domain_age import ClaimedAge, record_age
from scrapers.fetcher import Fetcher, FetchLimits
from scrapers.pacing import HostTurns
from scrapers.problems import FetchError
from scrapers.rdap import (
    ACCEPT,
    MAX_LIST_BYTES,
    BadRegistryList,
    RdapOutcome,
    Registration,
    ask_registry,
    read_registries,
)

log = get_logger(__name__)

LIMITS = FetchLimits(connect_s=5, read_s=5, total_s=10)
PUBLIC_DELAY_S = 2.0
# IANA changes its list a few times a month.
LIST_LIFE_S = 86_400


class AgeReader:
    """Asks about one claimed domain at a time per thread; the list of registries is fetched once a day for all."""

    def __init__(self, turns: HostTurns, settings: Settings, *, cache: Redis | None) -> None:
        """Ask in these turns, through a fetcher of its own with short limits; `cache` keeps the list for others."""
        self._turns = turns
        self._settings = settings
        self._cache = cache
        self._fetcher = Fetcher(user_agent=settings.user_agent, limits=LIMITS, host_map=settings.scraper_host_map)
        self._lock = threading.Lock()
        self._registries: dict[str, str] | None = None

    def read(self, claimed: ClaimedAge) -> None:
        """Ask and record. A fault of ours is logged and left to the lease: another worker tries again."""
        try:
            found = self._ask(claimed.domain)
            with transaction() as session:
                record_age(session, claimed, found)
        except Exception:
            log.exception("domain_age_broke", domain=claimed.domain)

    def _ask(self, domain: str) -> Registration | None:
        if not self._settings.rdap_bootstrap_url:
            return None
        try:
            registries = self._known_registries()
        except (FetchError, BadRegistryList) as error:
            why = error.detail if isinstance(error, FetchError) else str(error)
            return Registration(RdapOutcome.UNREACHABLE, detail=f"The list of registries could not be read: {why}.")
        return ask_registry(domain, registries, fetcher=self._fetcher, hop=self._turn)

    def _known_registries(self) -> dict[str, str]:
        with self._lock:
            if self._registries is None:
                self._registries = self._read_list()
            return self._registries

    def _read_list(self) -> dict[str, str]:
        url = self._settings.rdap_bootstrap_url
        key = f"scoutboard:registries:{sha256(url.encode()).hexdigest()[:16]}"
        kept = self._kept(key)
        if kept is not None:
            return read_registries(kept)
        fetched = self._fetcher.fetch(url, max_bytes=MAX_LIST_BYTES, hop=self._turn, any_type=True, accept=ACCEPT)
        if fetched.status != 200:
            raise BadRegistryList(f"its server answered with {fetched.status}")
        found = read_registries(fetched.body)
        self._keep(key, fetched.body)
        return found

    def _turn(self, url: str) -> AbstractContextManager[None]:
        host = urlsplit(url).hostname or ""
        own_s = self._settings.scraper_delay_s
        return self._turns.turn(host, delay_s=own_s if self._fetcher.is_mapped(host) else max(own_s, PUBLIC_DELAY_S))

    def _kept(self, key: str) -> bytes | None:
        """Return the list as it was fetched last. Without the queue server it is fetched again, which is no harm."""
        try:
            found = self._cache.get(key) if self._cache is not None else None
        except RedisError as error:
            log.warning("registries_not_kept", error=str(error))
            return None
        return found if isinstance(found, bytes) else None

    def _keep(self, key: str, body: bytes) -> None:
        try:
            if self._cache is not None:
                self._cache.set(key, body, ex=LIST_LIFE_S)
        except RedisError as error:
            log.warning("registries_not_kept", error=str(error))
