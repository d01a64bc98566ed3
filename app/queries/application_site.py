"""What we could read of an applicant's site: how far the reading is and what stopped it. Never the score."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import ACTIVE_CRAWL_STATES, Application, Company, CrawlState, Page, Prospect


class Reading(StrEnum):
    """How far the reading of a site is."""

    NOT_BEGUN = "not_begun"
    UNDER_WAY = "under_way"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SiteReading:
    """How far the reading is, how many pages are there, and the outcome by its name where there is trouble."""

    reading: Reading
    pages: int
    outcome: str


def site_reading(session: Session, application: Application) -> SiteReading:
    """Return what the applicant may know of the reading of their own site, once they have proved their address."""
    company = (
        session.scalar(
            select(Company)
            .join(Prospect, Prospect.company_id == Company.id)
            .where(Prospect.id == application.prospect_id)
        )
        if application.prospect_id
        else None
    )
    if company is None or company.crawl_state is None:
        return SiteReading(Reading.NOT_BEGUN, 0, "")
    pages = session.scalar(select(func.count()).where(Page.company_id == company.id)) or 0
    if company.crawl_state in ACTIVE_CRAWL_STATES:
        return SiteReading(Reading.UNDER_WAY, pages, "")
    is_read = company.crawl_state is CrawlState.DONE
    outcome = "" if company.crawl_outcome == "readable" else company.crawl_outcome
    return SiteReading(Reading.READ if is_read else Reading.FAILED, pages, outcome)
