"""Discoveries as a person starts, cancels and retries them. The reading is recorded elsewhere, in steps."""

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.languages import number
from app.models import ACTIVE_DISCOVERY_STATES, Company, Discovery, DiscoveryCandidate, DiscoveryState, Program
from app.services.audit import record_audit
from app.services.discover.rows import add_candidates
from app.services.errors import Conflict, InvalidInput, NotFound
from scrapers.domains import DomainError, normalize_domain
from scrapers.problems import FetchRefused
from scrapers.sources import MAX_CANDIDATES, find_in_text
from scrapers.urls import parse_target

MAX_PASTED_CHARS = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a person gave to look through: an `address` to read or a `text`; `title` is what they call it."""

    address: str = ""
    text: str = ""
    title: str = ""


def start_discovery(session: Session, program: Program, source: Source, *, by_user_id: int | None) -> Discovery:
    """Start looking through a source: a text gives its candidates at once, an address waits for the crawler.

    Raises InvalidInput that names the field: nothing given, both given, no link in the text, an address that is
    never read. An address that is being read for this program already gives that discovery.
    """
    address, text = source.address.strip(), source.text.strip()
    if address and text:
        raise InvalidInput({"pasted": _("Give either an address or pasted links; empty one of the two fields.")})
    if text:
        return _look_through(session, program, source, by_user_id=by_user_id)
    if not address:
        raise InvalidInput({"address": _("Give the address of a page that lists companies, or paste links below.")})
    return _ask_for(session, program, source, by_user_id=by_user_id)


def retry_discovery(session: Session, discovery: Discovery, *, by_user_id: int | None) -> None:
    """Read a source again whose reading failed or was canceled; raises Conflict for any other.

    Whom a canceled reading found makes room for what is found now, but for those who became prospects.
    """
    if discovery.state not in (DiscoveryState.FAILED, DiscoveryState.CANCELED) or not discovery.address:
        raise Conflict(_("This source is being read or was read already. Start a new search to read it again."))
    _refuse_opted_out(session, discovery.address)
    discovery.state = DiscoveryState.WAITING
    discovery.detail = ""
    discovery.requested_at = now()
    discovery.finished_at = discovery.lease_until = None
    discovery.attempts = discovery.pages_read = discovery.pages_planned = discovery.found_count = 0
    discovery.receipts = []
    session.execute(
        delete(DiscoveryCandidate).where(
            DiscoveryCandidate.discovery_id == discovery.id, DiscoveryCandidate.prospect_id.is_(None)
        )
    )
    _audit(session, discovery, "discovery.retried", by_user_id=by_user_id)
    dispatch_after_commit(session, Job.DRAIN_CRAWLS)


def cancel_discovery(session: Session, discovery: Discovery, *, by_user_id: int | None) -> None:
    """Stop a reading that has not ended and keep whom it found; the page being asked for is the last one.

    Raises Conflict where it has ended.
    """
    if discovery.state not in ACTIVE_DISCOVERY_STATES:
        raise Conflict(_("This source has been read already; there is nothing left to cancel."))
    discovery.state = DiscoveryState.CANCELED
    discovery.detail = _canceled(discovery)
    discovery.finished_at = now()
    discovery.lease_until = None
    _audit(session, discovery, "discovery.canceled", by_user_id=by_user_id)


def _canceled(discovery: Discovery) -> str:
    if not discovery.found_count:
        return "Canceled before a company was found."
    pages = "1 page" if discovery.pages_read == 1 else f"{discovery.pages_read} pages"
    return f"Canceled after {pages}: these are the companies found until then. The rest of the source was not read."


def discovery_for(session: Session, program_id: int, discovery_id: int, *, for_change: bool = False) -> Discovery:
    """Return a discovery of a program, locked where it is to be changed; raises NotFound for any other."""
    query = select(Discovery).where(Discovery.id == discovery_id, Discovery.program_id == program_id)
    discovery = session.scalar(query.with_for_update() if for_change else query)
    if discovery is None:
        raise NotFound(_("There is no such discovery in this program."))
    return discovery


def read_address(address: str) -> str:
    """Return an address that a person typed as one that may be fetched; raises InvalidInput for the field `address`."""
    text = address.strip()
    try:
        target = parse_target(text if "://" in text else f"https://{text}")
        normalize_domain(target.host)
    except (FetchRefused, DomainError) as error:
        words = error.detail if isinstance(error, FetchRefused) else str(error)
        raise InvalidInput({"address": _("This address cannot be read: %(words)s.", words=words)}) from error
    return target.url


def _look_through(session: Session, program: Program, source: Source, *, by_user_id: int | None) -> Discovery:
    if len(source.text) > MAX_PASTED_CHARS:
        most = number(MAX_PASTED_CHARS)
        words = _("At most %(most)s characters fit at once. Split the list in two.", most=most)
        raise InvalidInput({"pasted": words})
    found = find_in_text(source.text)
    if not found.companies and not found.skipped:
        raise InvalidInput(
            {"pasted": _("There is no web address in this text. Paste links such as https://example.com.")}
        )
    discovery = Discovery(
        program_id=program.id,
        created_by_id=by_user_id,
        title=_plain(source.title or found.title),
        state=DiscoveryState.FOUND,
        finished_at=now(),
        found_count=len(found.companies),
    )
    if found.left_out:
        discovery.detail = (
            f"The first {MAX_CANDIDATES:,} companies are shown; {len(found.left_out):,} more were left out. "
            "Paste the rest of the list afterwards."
        )
    session.add(discovery)
    session.flush()
    add_candidates(session, discovery.id, (*found.companies.values(), *found.skipped.values()))
    _audit(session, discovery, "discovery.pasted", by_user_id=by_user_id)
    return discovery


def _ask_for(session: Session, program: Program, source: Source, *, by_user_id: int | None) -> Discovery:
    address = read_address(source.address)
    _refuse_opted_out(session, address)
    active = session.scalar(
        select(Discovery).where(
            Discovery.program_id == program.id,
            Discovery.address == address,
            Discovery.state.in_(ACTIVE_DISCOVERY_STATES),
        )
    )
    if active is not None:
        return active
    discovery = Discovery(program_id=program.id, created_by_id=by_user_id, address=address, title=_plain(source.title))
    session.add(discovery)
    session.flush()
    _audit(session, discovery, "discovery.requested", by_user_id=by_user_id)
    dispatch_after_commit(session, Job.DRAIN_CRAWLS)
    return discovery


def _refuse_opted_out(session: Session, address: str) -> None:
    domain = normalize_domain(address)
    if session.scalar(select(Company.id).where(Company.domain == domain, Company.opted_out_at.is_not(None))):
        words = _("The owner of %(domain)s asked us not to read it. Open it yourself and paste.", domain=domain)
        raise InvalidInput({"address": words})


def _plain(title: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in title).split())[:200]


def _audit(session: Session, discovery: Discovery, action: str, *, by_user_id: int | None) -> None:
    record_audit(
        session,
        action,
        subject=f"discovery:{discovery.id}",
        actor_id=by_user_id,
        program_id=discovery.program_id,
        details={"address": discovery.address, "title": discovery.title, "found": discovery.found_count},
    )
