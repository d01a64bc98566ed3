"""What a partner's site breaks of the terms they accepted, both sides quoted, for opening a case."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import CaseKind, ProgramTerms, Signal, TermsAcceptance
from app.services.terms_checks import broken_terms


@dataclass(frozen=True, slots=True)
class TermFinding:
    """A sentence of the terms, what was read on which page, and the kind of case it makes."""

    kind: CaseKind
    sentence: str
    on_site: str
    url: str


def term_findings(session: Session, partnership_id: int, company_id: int) -> tuple[TermFinding, ...]:
    """Return what the site, as it was last read, breaks of the newest terms the partner accepted; two statements."""
    terms = session.scalar(
        select(ProgramTerms.text)
        .join(TermsAcceptance, TermsAcceptance.terms_id == ProgramTerms.id)
        .where(TermsAcceptance.partnership_id == partnership_id)
        .order_by(ProgramTerms.version.desc())
        .limit(1)
    )
    rows = session.execute(
        select(Signal.name, Signal.quote, Signal.url).where(Signal.company_id == company_id).order_by(Signal.id)
    )
    seen: dict[str, tuple[str, str]] = {}
    for row in rows:
        seen.setdefault(row.name, (row.quote[:200], row.url))
    return tuple(
        TermFinding(
            CaseKind.BANNED_CLAIM if broken.is_shown else CaseKind.MISSING_DISCLOSURE,
            broken.sentence,
            *seen[broken.signal],
        )
        for broken in broken_terms(terms or "", {name: quote for name, (quote, _url) in seen.items()})
    )
