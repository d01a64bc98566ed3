"""Prospects: bringing a company into a program."""

from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Company, MoveEvent, Prospect, Stage, StageChange
from app.services.assigning.giving import choose_owners, note_given
from app.services.crawls import request_crawl
from app.services.fit import request_score
from app.services.ranks import rank_between


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProspect:
    """A company that is to become a prospect: where it came from, who looks after it, columns without a field."""

    program_id: int
    company_id: int
    source: str
    owner_id: int | None = None
    extra: dict[str, str] = field(default_factory=dict)
    added_by_id: int | None = None


def find_prospect(session: Session, program_id: int, company_id: int) -> Prospect | None:
    """Return the company's prospect in a program, if it has one."""
    return session.scalar(select(Prospect).where(Prospect.program_id == program_id, Prospect.company_id == company_id))


def add_prospect(session: Session, new: NewProspect) -> Prospect:
    """Put a company at the end of the program's first column and see to it that its site is read and scored.

    A company that is a prospect already is returned as it is. Without an owner, the program's rules choose one.
    """
    known = find_prospect(session, new.program_id, new.company_id)
    if known is not None:
        return known
    company = session.get_one(Company, new.company_id)
    arriving = [company] if new.owner_id is None else []
    choice = choose_owners(session, new.program_id, arriving, source=new.source).get(company.id)
    prospect = Prospect(
        program_id=new.program_id,
        company_id=new.company_id,
        stage=Stage.SOURCED,
        stage_since_at=now(),
        rank=rank_between(last_rank(session, new.program_id, Stage.SOURCED), None),
        owner_id=choice.owner_id if choice else new.owner_id,
        source=new.source[:200],
        extra=new.extra,
    )
    session.add(prospect)
    session.flush()
    session.add(
        StageChange(
            prospect_id=prospect.id,
            from_stage=None,
            to_stage=Stage.SOURCED,
            event=MoveEvent.IMPORTED,
            by_user_id=new.added_by_id,
            reason=new.source,
        )
    )
    if choice:
        note_given(session, new.program_id, {prospect.id: choice})
    _see_to_evidence(session, company, prospect, requested_by_id=new.added_by_id)
    return prospect


def last_rank(session: Session, program_id: int, stage: Stage) -> str | None:
    """Return the rank of the last card of a column, None for an empty one."""
    return session.scalar(
        select(func.max(Prospect.rank)).where(Prospect.program_id == program_id, Prospect.stage == stage)
    )


def _see_to_evidence(session: Session, company: Company, prospect: Prospect, *, requested_by_id: int | None) -> None:
    """A company is read once, whoever recruits it: what has been read already only needs a score here."""
    if company.read_at is None:
        request_crawl(session, company.id, requested_by_id=requested_by_id)
    else:
        request_score(session, prospect)
