"""Partners of another platform on the migration list, waves, and an import of them, for tests."""

from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from app.clock import today
from app.models import (
    BatchState,
    Contact,
    ContactField,
    ContactValue,
    ImportBatch,
    Program,
    ProgramTerms,
    Prospect,
    Provenance,
    User,
)
from app.models.wave import MigrationPlan, Wave, WaveImport, WavePartner
from app.services.waves.plans import plan_of
from tests.application_world import TERMS
from tests.world import make_prospect

_numbers = count(1)


def make_plan(session: Session, program: Program, **values: Any) -> MigrationPlan:
    """Add a plan for partners who come from OldStack."""
    plan = plan_of(session, program)
    for name, value in ({"platform": "OldStack", "incentive": "50 EUR on top"} | values).items():
        setattr(plan, name, value)
    session.add(plan)
    session.flush()
    return plan


def make_terms(session: Session, program: Program) -> ProgramTerms:
    """Publish the program's terms."""
    terms = ProgramTerms(program_id=program.id, version=1, text=TERMS)
    session.add(terms)
    session.flush()
    return terms


def make_wave(session: Session, program: Program, **values: Any) -> Wave:
    """Add a wave that begins today."""
    wave = Wave(**{"program_id": program.id, "number": next(_numbers), "starts_on": today()} | values)
    session.add(wave)
    session.flush()
    return wave


def make_wave_partner(
    session: Session, program: Program, *, email: str | None = None, revenue: int | None = 5_000, **values: Any
) -> WavePartner:
    """Add a partner worth so many whole units, with a contact; an empty address gives none."""
    stage = values.pop("stage", None)
    prospect: Prospect = make_prospect(session, program, **({"stage": stage} if stage else {}))
    number = next(_numbers)
    address = f"ada{number}@old{number}.example" if email is None else email
    contact_id = None
    if address:
        contact = Contact(company_id=prospect.company_id, key=address)
        session.add(contact)
        session.flush()
        contact_id = contact.id
        for kind, value in ((ContactField.EMAIL, address), (ContactField.NAME, "Ada Byrne")):
            session.add(ContactValue(contact_id=contact_id, field=kind, value=value, provenance=Provenance.IMPORT))
    partner = WavePartner(
        **{
            "program_id": program.id,
            "prospect_id": prospect.id,
            "contact_id": contact_id,
            "external_id": f"old-{number}",
            "revenue_cents": None if revenue is None else revenue * 100,
        }
        | values
    )
    session.add(partner)
    session.flush()
    return partner


def wave_values(session: Session, program: Program, actor: User) -> dict[str, Any]:
    """Return what stands for the parts of these pages' addresses in the access matrix."""
    batch = ImportBatch(
        program_id=program.id,
        created_by_id=actor.id,
        filename="partners.csv",
        content=b"domain\nexample.com\n",
        encoding="utf-8",
        columns={"domain": "site"},
        state=BatchState.CHECKED,
    )
    session.add(batch)
    session.flush()
    session.add(WaveImport(program_id=program.id, batch_id=batch.id, columns={"domain": "site"}))
    wave = make_wave(session, program)
    make_wave_partner(session, program, wave_id=wave.id)
    return {"wave_id": wave.id, "wave_batch_id": batch.id}
