"""Whom one could enroll: for each prospect that a filter leaves, the contact to write to first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.models import Company, Contact, ContactField, Enrollment, EnrollmentState, Prospect, Stage
from app.queries.contact_facts import ContactFacts, contact_facts, worth
from app.queries.prospect_filter import ProspectFilter, conditions

MOST = 2_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A prospect, and the contacts that could be written to, people with a name first."""

    prospect_id: int
    company: str
    domain: str
    score: float | None
    contacts: tuple[ContactFacts, ...]


def candidates(
    session: Session, program_id: int, chosen: ProspectFilter, *, stages: Collection[Stage]
) -> list[Candidate]:
    """Return the prospects that a board's filter leaves in some stages, best fit first, at most MOST of them."""
    rows = session.execute(
        select(Prospect.id, Prospect.company_id, Company.name, Company.domain, Prospect.fit_score)
        .join(Company, Company.id == Prospect.company_id)
        .where(Prospect.program_id == program_id, Prospect.stage.in_(stages), *conditions(chosen))
        .order_by(Prospect.fit_sort.desc(), Prospect.id)
        .limit(MOST)
    ).all()
    return _with_contacts(session, rows)


def candidates_by_rule(
    session: Session, program_id: int, *, sequence_id: int, min_score: float, stages: Collection[Stage], after_id: int
) -> list[Candidate]:
    """Return up to 500 prospects that a sequence's rule names and that were never in it, by id from `after_id` on.

    One whose company has somebody on the way in any sequence waits until that is through.
    """
    of_sequence = select(Enrollment.prospect_id).where(Enrollment.sequence_id == sequence_id)
    on_the_way = select(Enrollment.prospect_id).where(
        Enrollment.state.in_((EnrollmentState.ACTIVE, EnrollmentState.HELD))
    )
    rows = session.execute(
        select(Prospect.id, Prospect.company_id, Company.name, Company.domain, Prospect.fit_score)
        .join(Company, Company.id == Prospect.company_id)
        .where(
            Prospect.program_id == program_id,
            Prospect.stage.in_(stages),
            Prospect.fit_score >= min_score,
            Prospect.id > after_id,
            Prospect.id.not_in(of_sequence),
            Prospect.id.not_in(on_the_way),
        )
        .order_by(Prospect.id)
        .limit(500)
    ).all()
    return _with_contacts(session, rows)


def candidates_of(session: Session, prospect_ids: Collection[int]) -> list[Candidate]:
    """Return some prospects as candidates, by id."""
    rows = session.execute(
        select(Prospect.id, Prospect.company_id, Company.name, Company.domain, Prospect.fit_score)
        .join(Company, Company.id == Prospect.company_id)
        .where(Prospect.id.in_(prospect_ids))
        .order_by(Prospect.id)
    ).all()
    return _with_contacts(session, rows)


def _with_contacts(session: Session, rows: Sequence[Row[int, int, str, str, float | None]]) -> list[Candidate]:
    companies = [row[1] for row in rows]
    ids: list[int] = []
    for start in range(0, len(companies), 500):
        part = companies[start : start + 500]
        ids += session.scalars(select(Contact.id).where(Contact.company_id.in_(part)))
    by_company: dict[int, list[ContactFacts]] = {}
    for facts in contact_facts(session, ids).values():
        if ContactField.EMAIL in facts.values:
            by_company.setdefault(facts.company_id, []).append(facts)
    return [
        Candidate(prospect_id, company, domain, score, tuple(sorted(by_company.get(company_id, ()), key=worth)))
        for prospect_id, company_id, company, domain, score in rows
    ]
