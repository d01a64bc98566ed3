"""Passages: claiming sites that were read, and storing their passages with vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Company, Crawl, CrawlState, Page, Passage
from app.services.crawls import advance_crawl, finish_crawl
from app.services.fit import request_company_scores
from scoring.passages import Passage as CutPassage

LEASE = timedelta(seconds=300)
MAX_ATTEMPTS = 6


@dataclass(frozen=True, slots=True)
class ClaimedSite:
    """A site whose pages this worker is to cut and embed."""

    crawl_id: int
    company_id: int


def claim_sites(session: Session, *, limit: int) -> list[ClaimedSite]:
    """Take crawls whose pages wait for their passages, and those whose worker's lease ran out."""
    crawls = session.scalars(
        select(Crawl)
        .where(
            or_(
                Crawl.state == CrawlState.READ,
                (Crawl.state == CrawlState.EMBEDDING) & (Crawl.lease_until < now()),
            )
        )
        .order_by(Crawl.requested_at, Crawl.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    claimed = []
    for crawl in crawls:
        crawl.attempts += 1
        if crawl.attempts > MAX_ATTEMPTS:
            detail = "Reading the text of this site ended the worker again and again; an admin finds why in its log."
            finish_crawl(session, crawl, CrawlState.FAILED, outcome="worker_lost", detail=detail)
            continue
        crawl.lease_until = now() + LEASE
        advance_crawl(session, crawl, CrawlState.EMBEDDING)
        claimed.append(ClaimedSite(crawl.id, crawl.company_id))
    return claimed


def known_vectors(session: Session, hashes: Sequence[str], model_id: str) -> dict[str, bytes]:
    """Return the vectors that a model has made already, by the passages' content hash."""
    found: dict[str, bytes] = {}
    for start in range(0, len(hashes), 500):
        rows = session.execute(
            select(Passage.content_hash, Passage.vector).where(
                Passage.content_hash.in_(hashes[start : start + 500]), Passage.model_id == model_id
            )
        )
        found |= dict(rows.all())
    return found


def record_passages(
    session: Session, site: ClaimedSite, cut: Sequence[CutPassage], vectors: Sequence[bytes], *, model_id: str
) -> bool:
    """Replace a company's passages, end its crawl and ask for its scores.

    `vectors` holds one float16 vector per passage. Returns False, storing nothing, where the crawl was canceled or
    taken over meanwhile.
    """
    crawl = session.scalar(select(Crawl).where(Crawl.id == site.crawl_id).with_for_update())
    if crawl is None or crawl.state is not CrawlState.EMBEDDING:
        return False
    pages = dict(session.execute(select(Page.url, Page.id).where(Page.company_id == site.company_id)).all())
    session.execute(delete(Passage).where(Passage.company_id == site.company_id))
    session.add_all(
        Passage(
            page_id=pages[passage.url],
            company_id=site.company_id,
            start=passage.start,
            end=passage.end,
            heading=(passage.heading or "")[:500] or None,
            content_hash=passage.content_hash,
            vector=vector,
            model_id=model_id,
        )
        for passage, vector in zip(cut, vectors, strict=True)
    )
    crawl.passage_count = len(cut)
    session.get_one(Company, site.company_id).read_at = now()
    finish_crawl(session, crawl, CrawlState.DONE, outcome=crawl.outcome, detail=crawl.detail)
    request_company_scores(session, site.company_id)
    return True


def stale_companies(session: Session, *, model_id: str, limit: int) -> list[int]:
    """Return companies whose passages carry vectors of another model than the one in use."""
    return list(session.scalars(select(Passage.company_id).where(Passage.model_id != model_id).distinct().limit(limit)))


def replace_vectors(session: Session, vectors: dict[int, bytes], *, model_id: str) -> None:
    """Give passages, by id, the vectors of the model in use."""
    for passage in session.scalars(select(Passage).where(Passage.id.in_(vectors))):
        passage.vector = vectors[passage.id]
        passage.model_id = model_id
