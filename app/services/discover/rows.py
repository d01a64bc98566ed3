"""Candidates as rows: cut to what a column holds, without what a database refuses."""

from collections.abc import Iterable

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.models import DiscoveryCandidate
from scrapers.sources import Candidate


def add_candidates(session: Session, discovery_id: int, candidates: Iterable[Candidate]) -> None:
    """Keep the candidates of a discovery in the order they come, after those it has; a domain it has stays as it is."""
    kept = DiscoveryCandidate.discovery_id == discovery_id
    known = set(session.scalars(select(DiscoveryCandidate.domain).where(kept)))
    last = session.scalar(select(func.max(DiscoveryCandidate.position)).where(kept))
    rows = [
        {
            "discovery_id": discovery_id,
            "position": position,
            "domain": each.domain,
            "name": storable(each.name)[:200] or each.domain,
            "url": storable(each.url)[:2000],
            "found_on": storable(each.found_on)[:2000],
            "context": storable(each.context),
            "skipped": each.skipped[:200],
        }
        for position, each in enumerate(
            (each for each in candidates if each.domain not in known), start=0 if last is None else last + 1
        )
    ]
    if rows:
        session.execute(insert(DiscoveryCandidate), rows)


def storable(text: str) -> str:
    """Return foreign text without NUL and lone surrogates, which no database stores."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")
