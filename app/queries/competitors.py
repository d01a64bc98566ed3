"""Competitors of a program, and who among the sites that were read links to them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from app.models import Company, Competitor, Page, PageLink, Prospect, Stage
from app.queries.links import outside_link

MAX_LINKS = 100


@dataclass(frozen=True, slots=True)
class CompetitorLine:
    """A named competitor, and how many of the sites that were read link to it."""

    id: int
    domain: str
    name: str
    link_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetitorLink:
    """A page of a company that links to a competitor, with the words around the link.

    `stage` and `prospect_id` where the company is in the program.
    """

    company_id: int
    company: str
    domain: str
    competitor: str
    competitor_domain: str
    page_id: int
    page_url: str
    url: str
    quote: str
    stage: Stage | None
    prospect_id: int | None

    @property
    def page_href(self) -> str | None:
        """A link to the page."""
        return outside_link(self.page_url)


def competitors_of(session: Session, program_id: int) -> list[CompetitorLine]:
    """Return the competitors of a program by name, each with the number of sites that link to it."""
    rows = session.execute(
        select(Competitor.id, Competitor.domain, Competitor.name, func.count(PageLink.id))
        .outerjoin(PageLink, PageLink.target_domain == Competitor.domain)
        .where(Competitor.program_id == program_id)
        .group_by(Competitor.id, Competitor.domain, Competitor.name)
        .order_by(func.lower(Competitor.name), Competitor.id)
    )
    return [CompetitorLine(*row) for row in rows]


def links_to_competitors(session: Session, program_id: int, *, limit: int = MAX_LINKS) -> list[CompetitorLink]:
    """Return who links to a program's competitors, those that are not in the program yet first."""
    query = _links(program_id).order_by(Prospect.id.is_not(None), func.lower(Company.name), Competitor.id).limit(limit)
    return [CompetitorLink(**row._mapping) for row in session.execute(query)]


def competitor_links_of(session: Session, program_id: int, company_id: int) -> list[CompetitorLink]:
    """Return where one company's site links to competitors of a program."""
    query = _links(program_id).where(PageLink.company_id == company_id).order_by(Competitor.id)
    return [CompetitorLink(**row._mapping) for row in session.execute(query)]


def _links(program_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Company.id.label("company_id"),
            Company.name.label("company"),
            Company.domain,
            Competitor.name.label("competitor"),
            Competitor.domain.label("competitor_domain"),
            Page.id.label("page_id"),
            Page.url.label("page_url"),
            PageLink.url,
            PageLink.quote,
            Prospect.stage,
            Prospect.id.label("prospect_id"),
        )
        .join(PageLink, PageLink.target_domain == Competitor.domain)
        .join(Page, Page.id == PageLink.page_id)
        .join(Company, Company.id == PageLink.company_id)
        .outerjoin(Prospect, and_(Prospect.company_id == Company.id, Prospect.program_id == program_id))
        .where(Competitor.program_id == program_id, Company.domain != Competitor.domain)
    )
