"""Since when the domains of applications are registered: asking for it, claiming the work, recording what came of it.

Asked once a domain, in the background, of the registry and never of the site. The row is the work list and the memory.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job, dispatch_after_commit
from app.models import OPEN_APPLICATION_STATES, Application
from app.models.domain_age import AgeOutcome, DomainAge
from scrapers.rdap import RdapOutcome, Registration

LEASE = timedelta(minutes=10)
# After these an answer that did not come is asked for again; then no more, until the domain applies anew.
RETRIES = (timedelta(hours=1), timedelta(hours=6))
# A new application has its domain looked up again after this: domains are given up and taken by others.
FRESH_FOR = timedelta(days=30)
MANY = 50


@dataclass(frozen=True, slots=True)
class ClaimedAge:
    """A domain that this worker asks about."""

    id: int
    domain: str


def request_age(session: Session, domain: str) -> None:
    """Have a registry asked about a domain, unless it was a short while ago."""
    known = session.scalar(select(DomainAge).where(DomainAge.domain == domain))
    if known is None:
        try:
            with session.begin_nested():
                session.add(DomainAge(domain=domain, due_at=now()))
        except IntegrityError:
            return  # Somebody asked at the same moment.
    elif known.due_at is None and (known.asked_at is None or known.asked_at < now() - FRESH_FOR):
        known.due_at, known.attempts = now(), 0
    else:
        return
    dispatch_after_commit(session, Job.DRAIN_CRAWLS)


def request_missing_ages(session: Session) -> int:
    """Have registries asked about open applications that came before anybody asked; return how many, at most MANY."""
    is_known = select(DomainAge.id).where(DomainAge.domain == Application.domain).exists()
    query = select(Application.domain).where(Application.state.in_(OPEN_APPLICATION_STATES), ~is_known)
    domains = session.scalars(query.distinct().order_by(Application.domain).limit(MANY)).all()
    for domain in domains:
        request_age(session, domain)
    return len(domains)


def claim_age(session: Session) -> ClaimedAge | None:
    """Take the domain that has waited longest and hold it for LEASE; None if none is due.

    One whose asking ended its worker every time is given up, so that it cannot end them all.
    """
    while True:
        row = session.scalar(
            select(DomainAge)
            .where(DomainAge.due_at <= now())
            .order_by(DomainAge.due_at, DomainAge.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return None
        if row.attempts <= len(RETRIES):
            row.attempts += 1
            row.due_at = now() + LEASE
            return ClaimedAge(row.id, row.domain)
        row.due_at = None
        row.outcome, row.detail = AgeOutcome.UNREACHABLE, "Asking its registry did not come to an end."
        session.flush()


def record_age(session: Session, claimed: ClaimedAge, found: Registration | None) -> None:
    """Keep what a registry said; None where nobody is asked here. What was known stays while there is no answer."""
    row = session.get(DomainAge, claimed.id)
    if row is None:
        return
    row.asked_at, row.due_at = now(), None
    if found is None:
        row.outcome, row.detail = AgeOutcome.OFF, "Asking registries is switched off here."
        return
    if found.outcome is RdapOutcome.UNREACHABLE and row.attempts <= len(RETRIES):
        row.due_at = now() + RETRIES[row.attempts - 1]
    if found.outcome is RdapOutcome.UNREACHABLE and row.outcome is AgeOutcome.KNOWN:
        return
    row.outcome = AgeOutcome(found.outcome.value)
    row.registered_on = found.registered_on
    row.detail, row.source = found.detail[:300], found.source[:300]
