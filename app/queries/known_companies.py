"""What is known of companies that somebody is about to add: by their domain, by a merge, by a name like theirs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.models import Company, Program, Prospect, Stage

_MOST_ALIKE = 3
_SHORTEST_LABEL = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownProspect:
    """A company as it stands in one program."""

    prospect_id: int
    slug: str
    program: str
    company_id: int
    name: str
    domain: str
    stage: Stage


def prospects_of_domains(
    session: Session, domains: Collection[str], *, program_ids: Sequence[int]
) -> dict[str, list[KnownProspect]]:
    """Return the prospects of companies by domain, in these programs."""
    found: dict[str, list[KnownProspect]] = {}
    if domains:
        for known in _known(session, Company.domain.in_(list(domains)), program_ids=program_ids):
            found.setdefault(known.domain, []).append(known)
    return found


def alike_by_domain(session: Session, domain: str, *, program_ids: Sequence[int]) -> list[KnownProspect]:
    """Return companies whose domain differs in its ending only, as northwind.pl from northwind.com."""
    label = domain.split(".")[0]
    if len(label) < _SHORTEST_LABEL:
        return []
    # A range of the unique index on domains, which a LIKE would not use on every database.
    begins = (Company.domain >= f"{label}.", Company.domain < f"{label}/", Company.domain != domain)
    return _known(session, *begins, program_ids=program_ids)[:_MOST_ALIKE]


def _known(session: Session, *conditions: ColumnElement[bool], program_ids: Sequence[int]) -> list[KnownProspect]:
    rows = session.execute(
        select(
            Prospect.id.label("prospect_id"),
            Program.slug,
            Program.name.label("program"),
            Company.id.label("company_id"),
            Company.name,
            Company.domain,
            Prospect.stage,
        )
        .join(Prospect, Prospect.company_id == Company.id)
        .join(Program, Program.id == Prospect.program_id)
        .where(*conditions, (Prospect.program_id + 0).in_(program_ids))
        .order_by(Company.id, Program.name)
    )
    return [KnownProspect(**row._mapping) for row in rows]
