"""Bringing companies and contacts in: once each, with provenance, and with their reading asked for."""

from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import transaction
from app.models import (
    Company,
    Contact,
    ContactField,
    ContactValue,
    Crawl,
    FitState,
    MoveEvent,
    Program,
    Prospect,
    Provenance,
    Stage,
    StageChange,
)
from app.services.companies import find_or_add_company
from app.services.contacts import FoundContact, record_contact
from app.services.prospects import NewProspect, add_prospect
from tests.world import make_program


def count(session: Session, row: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(row)) or 0


@pytest.fixture
def program(session: Session) -> Program:
    return make_program(session)


def new(program: Program, company: Company, **values: Any) -> NewProspect:
    return NewProspect(**{"program_id": program.id, "company_id": company.id, "source": "test"} | values)


def test_the_same_domain_is_one_company(session: Session) -> None:
    first = find_or_add_company(session, domain="acme.example")
    again = find_or_add_company(session, domain="acme.example", name="Acme", country="PL")
    assert again is first
    assert (first.name, first.country, first.website) == ("Acme", "PL", "https://acme.example/")
    find_or_add_company(session, domain="acme.example", name="Other", country="DE")
    assert (first.name, first.country) == ("Acme", "PL")


def test_two_transactions_with_one_new_domain_end_with_one_company(database: Engine) -> None:
    with transaction() as session:
        find_or_add_company(session, domain="acme.example")
    with transaction() as session:
        found = find_or_add_company(session, domain="acme.example")
        assert count(session, Company) == 1
        assert found.domain == "acme.example"


def test_a_prospect_starts_at_the_end_of_the_first_column(session: Session, program: Program) -> None:
    first = add_prospect(session, new(program, find_or_add_company(session, domain="one.example")))
    second = add_prospect(session, new(program, find_or_add_company(session, domain="two.example")))
    assert first.stage is second.stage is Stage.SOURCED
    assert first.rank < second.rank
    changes = session.scalars(select(StageChange)).all()
    assert [(row.from_stage, row.to_stage, row.event) for row in changes] == [
        (None, Stage.SOURCED, MoveEvent.IMPORTED)
    ] * 2


def test_the_same_company_twice_is_one_prospect(session: Session, program: Program) -> None:
    company = find_or_add_company(session, domain="one.example")
    assert add_prospect(session, new(program, company)) is add_prospect(session, new(program, company))
    assert count(session, Prospect) == 1


def test_a_site_is_read_once_whoever_recruits_it(session: Session, program: Program) -> None:
    company = find_or_add_company(session, domain="one.example")
    add_prospect(session, new(program, company))
    add_prospect(session, new(make_program(session), company))
    assert count(session, Crawl) == 1
    company.read_at = now()
    third = add_prospect(session, new(make_program(session), company))
    session.refresh(third)
    assert third.fit_state is FitState.WAITING
    assert count(session, Crawl) == 1


def test_a_contact_gathers_values_with_their_first_source(session: Session) -> None:
    company = find_or_add_company(session, domain="one.example")
    page = FoundContact(provenance=Provenance.PAGE, source="https://one.example/", email="ada@one.example")
    file = FoundContact(provenance=Provenance.IMPORT, source="list.csv", email="ada@one.example", name="Ada Byron")
    assert record_contact(session, company.id, page) is record_contact(session, company.id, file)
    session.flush()
    assert count(session, Contact) == 1
    rows = session.scalars(select(ContactValue).order_by(ContactValue.id)).all()
    assert [(row.field, row.value, row.provenance) for row in rows] == [
        (ContactField.EMAIL, "ada@one.example", Provenance.PAGE),
        (ContactField.NAME, "Ada Byron", Provenance.IMPORT),
    ]


def test_an_empty_find_is_no_contact(session: Session) -> None:
    company = find_or_add_company(session, domain="one.example")
    assert record_contact(session, company.id, FoundContact(provenance=Provenance.HAND, name="  ")) is None
    assert count(session, Contact) == 0
