"""The finder of duplicates: what makes two companies look like one, how sure it is, and what was turned down."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Company, Crawl, Page, Program
from app.models.merge import DuplicatePair
from app.services.errors import NotFound
from app.services.merging.finding import compare, confidence_of, look_at, name_key, record_pairs
from app.services.merging.pairs import bring_back, dismiss
from tests.outreach_world import make_contact
from tests.world import make_program, make_prospect, make_user


def add(session: Session, program: Program, domain: str, *, name: str = "", country: str | None = None) -> Company:
    prospect = make_prospect(session, program, domain)
    company = session.get_one(Company, prospect.company_id)
    company.name, company.country = name or domain, country
    session.flush()
    return company


def look(session: Session, program: Program) -> dict[tuple[str, str], set[str]]:
    session.flush()
    domains = dict(session.execute(select(Company.id, Company.domain)).all())
    found = compare(look_at(session, program.id))
    return {(domains[first], domains[second]): set(reasons) for (first, second), reasons in found.items()}


def test_each_reason_is_found_and_nothing_else(session: Session) -> None:
    program = make_program(session)
    add(session, program, "northwind.example", name="Northwind Traders GmbH", country="DE")
    add(session, program, "nwt.example", name="NORTHWIND Traders", country=None)
    add(session, program, "fabricam.example", name="Fabricam Studio", country="PL")
    add(session, program, "fabrikam.example", name="Fabrikam Studio", country="PL")
    add(session, program, "contoso.test", name="Contoso PL")
    add(session, program, "contoso.example", name="Kontoso World")
    add(session, program, "acme.example", name="Acme", country="DE")
    add(session, program, "acme-us.example", name="Acme", country="US")
    old = add(session, program, "old-name.example")
    new = add(session, program, "new-name.example")
    crawl = Crawl(company_id=old.id)
    session.add(crawl)
    session.flush()
    url = "https://www.new-name.example/"
    session.add(Page(company_id=old.id, crawl_id=crawl.id, url=url, text="t", content_hash="h"))
    for number in range(2):
        prospect = make_prospect(session, program, f"mail{number}.example")
        make_contact(session, prospect, "Info@Shared.example".lower())
    for number in range(6):
        make_contact(session, make_prospect(session, program, f"many{number}.example"), "design@agency.example")
    assert new.id > old.id
    assert look(session, program) == {
        ("northwind.example", "nwt.example"): {"name"},
        ("fabricam.example", "fabrikam.example"): {"near_name"},
        ("contoso.test", "contoso.example"): {"domain"},
        ("old-name.example", "new-name.example"): {"redirect"},
        ("mail0.example", "mail1.example"): {"email"},
    }


def test_more_reasons_make_it_surer_and_legal_forms_do_not_count() -> None:
    assert confidence_of(["email"]) < confidence_of(["email", "name"]) < 1
    assert name_key("Łódź Sp. z o.o.") == name_key("LODZ") == "lodz"


def test_a_pair_that_was_turned_down_stays_so_and_one_that_is_no_more_is_forgotten(session: Session) -> None:
    actor = make_user(session)
    program, other = make_program(session, actor), make_program(session)
    first = add(session, program, "first.example", name="Northwind Traders")
    second = add(session, program, "second.example", name="Northwind Traders")
    add(session, program, "third.example", name="Contoso")
    fourth = add(session, program, "fourth.example", name="Contoso")
    assert record_pairs(session, program.id, compare(look_at(session, program.id))) == 2
    pair = session.scalars(select(DuplicatePair).where(DuplicatePair.first_id == first.id)).one()
    dismiss(session, program.id, pair.id, by_user_id=actor.id)
    fourth.name = "Elsewhere"
    session.flush()
    assert record_pairs(session, program.id, compare(look_at(session, program.id))) == 0
    left = session.scalars(select(DuplicatePair)).one()
    assert (left.id, left.dismissed_by_id, left.second_id) == (pair.id, actor.id, second.id)
    bring_back(session, program.id, pair.id, by_user_id=actor.id)
    assert left.dismissed_at is None
    with pytest.raises(NotFound):
        dismiss(session, other.id, pair.id, by_user_id=actor.id)
    assert session.scalar(select(func.count(DuplicatePair.id))) == 1
