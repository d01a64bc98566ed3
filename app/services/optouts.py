"""Opt-outs of site owners: what was read of their site is deleted, and it is never read again."""

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    Company,
    CompanyDigest,
    Contact,
    ContactValue,
    Crawl,
    CrawlState,
    DecisionEvidence,
    DiscoveryCandidate,
    FitScore,
    Page,
    Prospect,
    Provenance,
    Signal,
    SiteChange,
)
from app.models.crawl import ACTIVE_CRAWL_STATES
from app.services.audit import record_audit
from app.services.companies import company_at
from app.services.crawls import finish_crawl
from app.services.fit import request_company_scores

OUTCOME = "opted_out"


def opt_out_site(session: Session, domain: str, *, actor_id: int | None) -> Company:
    """Keep the crawler away from a registrable domain for good, and delete what it took: text, vectors, finds, scores.

    A domain nobody recruits yet is remembered as well. The company, its notes, and what people typed or imported stay.
    """
    company = company_at(session, domain=domain)
    company.opted_out_at = company.opted_out_at or now()
    company.read_at = None
    company.language = None
    for crawl in session.scalars(
        select(Crawl).where(Crawl.company_id == company.id, Crawl.state.in_(ACTIVE_CRAWL_STATES))
    ):
        finish_crawl(session, crawl, CrawlState.CANCELED, outcome=OUTCOME, detail="The site's owner opted out.")
    company.crawl_outcome = OUTCOME
    _delete_what_was_read(session, company.id)
    _forget_lines_of_lists(session, domain)
    request_company_scores(session, company.id)
    record_audit(
        session, "site.opted_out", subject=f"company:{company.id}", actor_id=actor_id, details={"domain": domain}
    )
    return company


def _delete_what_was_read(session: Session, company_id: int) -> None:
    prospects = select(Prospect.id).where(Prospect.company_id == company_id)
    contacts = select(Contact.id).where(Contact.company_id == company_id)
    found = (ContactValue.contact_id.in_(contacts), ContactValue.provenance == Provenance.PAGE)
    # What a crawl came to may quote the site.
    ended = {"outcome": OUTCOME, "detail": "The site's owner opted out."}
    session.execute(update(Crawl).where(Crawl.company_id == company_id).values(ended))
    # Passages, and the vectors in them, go with their pages; a score quotes the text, so it goes as well.
    session.execute(delete(Page).where(Page.company_id == company_id))
    session.execute(delete(SiteChange).where(SiteChange.company_id == company_id))
    session.execute(delete(DecisionEvidence).where(DecisionEvidence.company_id == company_id))
    session.execute(delete(CompanyDigest).where(CompanyDigest.company_id == company_id))
    session.execute(delete(Signal).where(Signal.company_id == company_id))
    session.execute(delete(FitScore).where(FitScore.prospect_id.in_(prospects)))
    session.execute(delete(ContactValue).where(*found))
    left = select(ContactValue.contact_id)
    session.execute(delete(Contact).where(Contact.company_id == company_id, Contact.id.not_in(left)))


def _forget_lines_of_lists(session: Session, domain: str) -> None:
    """Delete the lines that discoveries took from the site's pages; whom they named stays, with the page's address."""
    pages = [DiscoveryCandidate.found_on.ilike(f"{start}{domain}/%") for start in ("%://", "%://%.")]
    session.execute(update(DiscoveryCandidate).where(or_(*pages)).values(context=""))
