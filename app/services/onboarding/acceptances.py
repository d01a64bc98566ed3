"""That a partner accepted a version of the terms: what stands on the partnership, and the record of every version."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Partnership, ProgramTerms, TermsAcceptance


def record_acceptance(
    session: Session, partnership: Partnership, terms: ProgramTerms, *, person_id: int | None, address: str
) -> None:
    """Let a partnership stand on a version; what it stood on before stays on record, and so does who accepted.

    Holds the partnership until the end; whoever needs its plan too holds that first.
    """
    session.flush()
    session.refresh(partnership, with_for_update=True)
    _keep_what_stands(session, partnership, person_id=None)
    if partnership.terms_id == terms.id and partnership.terms_accepted_at is not None:
        return
    partnership.terms_id, partnership.terms_accepted_at = terms.id, now()
    partnership.terms_address = address[:45]
    _keep_what_stands(session, partnership, person_id=person_id)


def _keep_what_stands(session: Session, partnership: Partnership, *, person_id: int | None) -> None:
    """Write down the acceptance that stands on the partnership, unless it is written down already."""
    if partnership.terms_id is None or partnership.terms_accepted_at is None:
        return
    known = select(TermsAcceptance.id).where(
        TermsAcceptance.partnership_id == partnership.id, TermsAcceptance.terms_id == partnership.terms_id
    )
    if session.scalar(known) is not None:
        return
    session.add(
        TermsAcceptance(
            partnership_id=partnership.id,
            terms_id=partnership.terms_id,
            person_id=person_id,
            address=partnership.terms_address,
            at=partnership.terms_accepted_at,
        )
    )
    session.flush()
