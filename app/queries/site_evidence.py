"""What the scorer is given of companies: passages with vectors, signals, language, and why there is nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Company, CrawlState, Page, Passage, Signal
from scoring.evidence import SignalFact, SiteEvidence
from scoring.passages import PageText
from scoring.passages import Passage as CutPassage
from scrapers.report import SiteOutcome


@dataclass(frozen=True, slots=True)
class CompanyEvidence:
    """The evidence of one company, and the page versions it was taken from (address -> content hash)."""

    site: SiteEvidence
    page_hashes: dict[str, str]


def pages_to_cut(session: Session, company_ids: Sequence[int]) -> dict[int, list[PageText]]:
    """Return the saved pages of companies in reading order, by company."""
    pages: dict[int, list[PageText]] = {company_id: [] for company_id in company_ids}
    rows = session.scalars(select(Page).where(Page.company_id.in_(company_ids)).order_by(Page.id))
    for page in rows:
        pages[page.company_id].append(PageText(page.url, page.title, page.text))
    return pages


def passage_texts(session: Session, company_ids: Sequence[int]) -> dict[int, str]:
    """Return the text of every passage of companies, by passage id."""
    rows = session.execute(
        select(Passage.id, Passage.start, Passage.end, Page.text)
        .join(Page, Page.id == Passage.page_id)
        .where(Passage.company_id.in_(company_ids))
    )
    return {passage_id: text[start:end] for passage_id, start, end, text in rows}


def company_ids(session: Session, domains: Sequence[str]) -> list[int]:
    """Return the ids of the companies with these domains, of those that are known."""
    return list(session.scalars(select(Company.id).where(Company.domain.in_(domains))))


def load_evidence(session: Session, company_ids: Sequence[int], *, model_id: str) -> dict[int, CompanyEvidence]:
    """Return the evidence of companies by id, in four queries however many they are.

    Passages whose vector another model made are left out: vectors of two models are never compared.
    """
    companies = session.scalars(select(Company).where(Company.id.in_(company_ids))).all()
    pages: dict[int, dict[int, Page]] = defaultdict(dict)
    for page in session.scalars(select(Page).where(Page.company_id.in_(company_ids))):
        pages[page.company_id][page.id] = page
    passages: dict[int, list[Passage]] = defaultdict(list)
    for passage in session.scalars(
        select(Passage)
        .where(Passage.company_id.in_(company_ids), Passage.model_id == model_id)
        .order_by(Passage.page_id, Passage.start)
    ):
        passages[passage.company_id].append(passage)
    signals: dict[int, list[SignalFact]] = defaultdict(list)
    for signal in session.scalars(select(Signal).where(Signal.company_id.in_(company_ids)).order_by(Signal.id)):
        signals[signal.company_id].append(SignalFact(signal.name, signal.value, signal.quote, signal.url))
    return {
        company.id: CompanyEvidence(
            site=_evidence(company, pages[company.id], passages[company.id], signals[company.id]),
            page_hashes={page.url: page.content_hash for page in pages[company.id].values()},
        )
        for company in companies
    }


def _evidence(
    company: Company, pages: dict[int, Page], passages: list[Passage], signals: list[SignalFact]
) -> SiteEvidence:
    cut = [_cut(passage, pages[passage.page_id]) for passage in passages]
    vectors = [np.frombuffer(passage.vector, dtype="<f2") for passage in passages]
    return SiteEvidence(
        domain=company.domain,
        passages=cut,
        vectors=np.stack(vectors) if vectors else None,
        language=company.language,
        unreadable=_why_unreadable(company, has_text=bool(cut)),
        signals=signals,
        country=company.country,
        vector_model=passages[0].model_id if passages else None,
    )


def _cut(passage: Passage, page: Page) -> CutPassage:
    text = page.text[passage.start : passage.end]
    return CutPassage(page.url, passage.heading, passage.start, passage.end, text, passage.content_hash)


_WORDS = {
    SiteOutcome.READABLE: "the site gave no text that could be kept",
    SiteOutcome.PARKED: "the domain is parked: it shows a placeholder, not a company",
    SiteOutcome.NEEDS_BROWSER: "the site is drawn by scripts in the browser, so there is no text to read",
    SiteOutcome.TOO_LITTLE_TEXT: "the site has too little text to judge",
    SiteOutcome.FORBIDDEN_BY_ROBOTS: "the site's robots.txt asks programs not to read it",
    SiteOutcome.UNREACHABLE: "the site could not be reached",
    SiteOutcome.REFUSED_ADDRESS: "the domain leads to an address that is not on the public internet",
    SiteOutcome.NOT_HTML: "the address does not give a page of text",
    SiteOutcome.SERVER_ERROR: "the site answers with an error of its own",
    SiteOutcome.NOT_FOUND: "the site has no page at this address",
    SiteOutcome.BLOCKED: "the site turns programs away",
    SiteOutcome.TOO_SLOW: "the site did not answer in time",
    SiteOutcome.BAD_ADDRESS: "the company's address cannot be read",
    SiteOutcome.HOSTILE: "the site's answers are made to overload whoever reads them",
}


# The crawler got an answer but not enough of a site to judge a company by, even where a few words were saved.
NOT_ENOUGH = frozenset({SiteOutcome.PARKED, SiteOutcome.NEEDS_BROWSER, SiteOutcome.TOO_LITTLE_TEXT})


def _why_unreadable(company: Company, *, has_text: bool) -> str | None:
    """Return why a company has no evidence, for people; None where there is something to judge."""
    if has_text and company.crawl_outcome not in NOT_ENOUGH:
        return None
    if company.crawl_outcome in {outcome.value for outcome in SiteOutcome}:
        outcome = SiteOutcome(company.crawl_outcome)
        return f"{_WORDS[outcome]}. {outcome.next_step}"
    if company.crawl_state is CrawlState.CANCELED:
        return "the reading of the site was canceled. Start it again with Retry."
    if company.opted_out_at is not None:
        return "the owner of the site asked us not to read it. Look at the site yourself."
    if company.crawl_outcome == "worker_lost":
        return "reading the site failed again and again. Look at the site yourself, or retry later."
    return "the site has not been read yet"
