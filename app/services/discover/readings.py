"""Readings of a source: claimed by a lease, recorded in short steps, ended in words."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Company, Discovery, DiscoveryState
from app.services.audit import record_audit
from app.services.discover.rows import add_candidates, storable
from scrapers.domains import DomainError, normalize_domain
from scrapers.report import Receipt
from scrapers.sources import Discovery as FoundSource
from scrapers.sources import DiscoveryProgress

LEASE = timedelta(seconds=180)
MAX_ATTEMPTS = 3
MAX_RECEIPTS = 200


@dataclass(frozen=True, slots=True)
class ClaimedDiscovery:
    """A reading that this worker holds the lease of; `attempt` tells it from a later worker's."""

    id: int
    address: str
    attempt: int


def claim_discovery(session: Session) -> ClaimedDiscovery | None:
    """Take the oldest source that waits, or whose worker's lease ran out, and hold it for LEASE; None if there is none.

    A source whose reading ended a worker MAX_ATTEMPTS times, or whose owner opted out, is set to failed instead.
    """
    while True:
        discovery = session.scalar(
            select(Discovery)
            .where(
                or_(
                    Discovery.state == DiscoveryState.WAITING,
                    (Discovery.state == DiscoveryState.READING) & (Discovery.lease_until < now()),
                )
            )
            .order_by(Discovery.requested_at, Discovery.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if discovery is None:
            return None
        refusal = _why_not(session, discovery)
        if refusal is None:
            break
        _end(session, discovery, DiscoveryState.FAILED, refusal)
    discovery.state = DiscoveryState.READING
    discovery.attempts += 1
    discovery.lease_until = now() + LEASE
    # A reading that starts over counts from nothing; whom an earlier worker found it finds again.
    discovery.pages_read = discovery.pages_planned = discovery.found_count = 0
    discovery.receipts = []
    return ClaimedDiscovery(discovery.id, discovery.address, discovery.attempts)


def record_discovery_receipt(session: Session, claimed: ClaimedDiscovery, receipt: Receipt) -> bool:
    """Keep what one request came to and lengthen the lease; False says that the reading is no longer wanted."""
    discovery = _held(session, claimed)
    if discovery is None:
        return False
    discovery.lease_until = now() + LEASE
    if len(discovery.receipts) < MAX_RECEIPTS:
        kept = {
            "url": storable(receipt.url)[:2000],
            "at": receipt.at.isoformat(),
            "outcome": receipt.outcome,
            "status": receipt.status,
            "detail": storable(receipt.detail)[:500],
        }
        discovery.receipts = [*discovery.receipts, kept]
    return True


def record_discovery_progress(session: Session, claimed: ClaimedDiscovery, progress: DiscoveryProgress) -> bool:
    """Note how far a reading is and keep whom it found, so that a cancel keeps them; False: no longer wanted."""
    discovery = _held(session, claimed)
    if discovery is None:
        return False
    discovery.lease_until = now() + LEASE
    discovery.pages_read = progress.pages_read
    discovery.pages_planned = progress.pages_planned
    discovery.found_count = progress.found
    add_candidates(session, discovery.id, progress.fresh)
    return True


def record_discovery(session: Session, claimed: ClaimedDiscovery, found: FoundSource) -> bool:
    """Keep what a source gave and end its reading; False, keeping nothing, where it is no longer wanted."""
    discovery = _held(session, claimed)
    if discovery is None:
        return False
    discovery.title = discovery.title or storable(found.title)[:200]
    discovery.found_count = len(found.candidates)
    add_candidates(session, discovery.id, (*found.candidates, *found.skipped))
    if found.problem is None:
        _end(session, discovery, DiscoveryState.FOUND, found.remark)
    else:
        _end(session, discovery, DiscoveryState.FAILED, f"{_sentence(found.problem)} {found.next_step}".strip())
    return True


def _why_not(session: Session, discovery: Discovery) -> str | None:
    if discovery.attempts >= MAX_ATTEMPTS:
        return f"Reading this source ended the worker {MAX_ATTEMPTS} times. Open it yourself and paste its links."
    try:
        domain = normalize_domain(discovery.address)
    except DomainError as error:
        return f"{_sentence(str(error))} Check the address."
    opted_out = select(Company.id).where(Company.domain == domain, Company.opted_out_at.is_not(None))
    if session.scalar(opted_out):
        return f"The owner of {domain} asked us not to read it. Open it yourself and paste its links."
    return None


def _held(session: Session, claimed: ClaimedDiscovery) -> Discovery | None:
    return session.scalar(
        select(Discovery)
        .where(
            Discovery.id == claimed.id,
            Discovery.state == DiscoveryState.READING,
            Discovery.attempts == claimed.attempt,
        )
        .with_for_update()
    )


def _end(session: Session, discovery: Discovery, state: DiscoveryState, detail: str) -> None:
    discovery.state = state
    discovery.detail = detail
    discovery.finished_at = now()
    discovery.lease_until = None
    record_audit(
        session,
        f"discovery.{state.value}",
        subject=f"discovery:{discovery.id}",
        program_id=discovery.program_id,
        details={"address": discovery.address, "found": discovery.found_count, "pages": discovery.pages_read},
    )


def _sentence(words: str) -> str:
    text = words[:1].upper() + words[1:]
    return text if text.endswith((".", "!", "?", "”")) else f"{text}."
