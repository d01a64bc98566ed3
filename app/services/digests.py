"""Company digests: the numbers a re-ranking needs, kept beside the passages they were made of."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import CompanyDigest, Page, Passage
from scoring.digest import digest


def record_digest(
    session: Session, company_id: int, texts: Sequence[str], vectors: Sequence[bytes], *, model_id: str
) -> None:
    """Replace a company's digest by that of these passages and float16 vectors; without passages it has none."""
    row = session.get(CompanyDigest, company_id)
    if not texts:
        if row is not None:
            session.delete(row)
        return
    made = digest(texts, np.stack([np.frombuffer(vector, dtype="<f2") for vector in vectors]))
    if row is None:
        row = CompanyDigest(company_id=company_id)
        session.add(row)
    row.model_id = model_id
    row.passage_count = len(texts)
    row.terms = made.terms.astype("<u4").tobytes()
    row.term_counts = made.counts.astype("<u2").tobytes()
    row.mean = made.mean.astype("<f4").tobytes()
    session.flush()


def digest_missing(session: Session, *, model_id: str, limit: int) -> int:
    """Digest up to `limit` companies that have passages of a model and no digest of it; return how many."""
    held = select(CompanyDigest.company_id).where(CompanyDigest.model_id == model_id)
    companies = session.scalars(
        select(Passage.company_id)
        .where(Passage.model_id == model_id, Passage.company_id.not_in(held))
        .distinct()
        .limit(limit)
    ).all()
    rows: dict[int, tuple[list[str], list[bytes]]] = {company_id: ([], []) for company_id in companies}
    found = session.execute(
        select(Passage.company_id, Passage.start, Passage.end, Passage.vector, Page.text)
        .join(Page, Page.id == Passage.page_id)
        .where(Passage.company_id.in_(companies), Passage.model_id == model_id)
        .order_by(Passage.page_id, Passage.start)
    )
    for company_id, start, end, vector, text in found:
        rows[company_id][0].append(text[start:end])
        rows[company_id][1].append(vector)
    for company_id, (texts, vectors) in rows.items():
        record_digest(session, company_id, texts, vectors, model_id=model_id)
    return len(rows)
