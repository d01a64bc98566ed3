"""What the table shows of other rooms: kind of site, tier, main contact and sequence, each in as many queries whatever
the rows.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Enrollment, EnrollmentState, PartnerPerson, Partnership, Sequence, Signal
from app.queries.contact_facts import main_contacts
from app.queries.prospect_conditions import KIND_OF_SITE

_OPEN = (EnrollmentState.ACTIVE, EnrollmentState.HELD)


@dataclass(frozen=True, slots=True)
class MainContact:
    """Whom one writes to: the partner's main contact, else the company's contact to write to first."""

    name: str
    email: str

    @property
    def label(self) -> str:
        """Return the name, else the address."""
        return self.name or self.email

    @property
    def line(self) -> str:
        """Return name and address in one line, as mail writes them."""
        return f"{self.name} <{self.email}>" if self.name and self.email else self.label


@dataclass(frozen=True, slots=True)
class InSequence:
    """The sequence that somebody of the prospect is in, else the last one they were in, and how that stands."""

    id: int
    name: str
    state: EnrollmentState


def kinds_of(session: Session, companies: Mapping[int, int]) -> dict[int, tuple[str, ...]]:
    """Return the kinds of site of prospects; `companies` says which company each is."""
    # By company alone: asked for the name too, SQLite reads that of every company there is.
    rows = select(Signal.company_id, Signal.name, Signal.value).where(Signal.company_id.in_(list(companies.values())))
    found: dict[int, set[str]] = {}
    for row in session.execute(rows):
        if row.name == KIND_OF_SITE:
            found.setdefault(row.company_id, set()).add(row.value)
    return {prospect_id: tuple(sorted(found.get(company_id, ()))) for prospect_id, company_id in companies.items()}


def tiers_of(session: Session, prospect_ids: Collection[int]) -> dict[int, str]:
    """Return the tiers of those that are partners."""
    rows = select(Partnership.prospect_id, Partnership.tier).where(Partnership.prospect_id.in_(prospect_ids))
    return dict(session.execute(rows).all())


def contacts_of(session: Session, companies: Mapping[int, int]) -> dict[int, MainContact]:
    """Return the main contacts of prospects; `companies` says which company each is."""
    partners = session.execute(
        select(Partnership.prospect_id, PartnerPerson.name, PartnerPerson.email)
        .join(PartnerPerson, PartnerPerson.partnership_id == Partnership.id)
        .where(Partnership.prospect_id.in_(list(companies)), PartnerPerson.is_main, PartnerPerson.removed_at.is_(None))
    )
    named = {row.prospect_id: MainContact(row.name, row.email) for row in partners}
    first = main_contacts(session, companies.values())
    known = {
        prospect_id: MainContact(facts.name, facts.email)
        for prospect_id, company_id in companies.items()
        if (facts := first.get(company_id))
    }
    return known | named


def sequences_of(session: Session, prospect_ids: Collection[int]) -> dict[int, InSequence]:
    """Return the sequence of each prospect that was ever in one: an open enrollment goes before one that is over."""
    rows = session.execute(
        select(Enrollment.prospect_id, Enrollment.state, Sequence.id, Sequence.name)
        .join(Sequence, Sequence.id == Enrollment.sequence_id)
        .where(Enrollment.prospect_id.in_(prospect_ids))
        .order_by(Enrollment.id.desc())
    ).all()
    found: dict[int, InSequence] = {}
    for row in sorted(rows, key=lambda row: row.state not in _OPEN):
        found.setdefault(row.prospect_id, InSequence(row.id, row.name, row.state))
    return found
