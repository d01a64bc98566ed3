"""What the table shows of other rooms: kind of site, tier, main contact, sequence; and the orders along them."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from app import db
from app.db import reading, transaction
from app.models import (
    Company,
    Crawl,
    CrawlState,
    EnrollmentState,
    PartnerPerson,
    Partnership,
    Program,
    Prospect,
    Role,
    Signal,
)
from app.queries.contact_facts import main_contacts
from app.queries.prospect_filter import ProspectFilter
from app.queries.table import Window, rows_by_id, table_page
from app.queries.table_columns import columns_of
from app.queries.table_order import read_order, read_place
from tests.outreach_world import make_contact, make_enrollment, make_sender, make_sequence
from tests.tier_world import make_tiers
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

Facts = tuple[str | None, str | None, str, tuple[str, ...], str | None]
NAMES = ("Alpha", "Bravo", "Charlie", "Delta", "Echo")
# By name: country, language, source, kinds of site, tier. Silver is below Gold.
FACTS: dict[str, Facts] = {
    "Alpha": ("PL", "pl", "b.csv", ("shop", "content"), "Silver"),
    "Bravo": ("DE", None, "a.csv", ("agency",), "Gold"),
    "Charlie": (None, "de", "", (), ""),
    "Delta": ("DE", "de", "b.csv", ("shop",), None),
    "Echo": (None, None, "a.csv", (), "Gold"),
}


def tell(session: Session, prospect: Prospect, facts: Facts) -> None:
    country, language, source, kinds, tier = facts
    company = session.get_one(Company, prospect.company_id)
    company.country, company.language, prospect.source = country, language, source
    crawl = Crawl(company_id=company.id, state=CrawlState.DONE)
    session.add(crawl)
    session.flush()
    session.add_all(Signal(company_id=company.id, crawl_id=crawl.id, name="kind_of_site", value=kind) for kind in kinds)
    session.add(Signal(company_id=company.id, crawl_id=crawl.id, name="aaa", value="aaa"))
    if tier is not None:
        session.add(Partnership(program_id=prospect.program_id, prospect_id=prospect.id, tier=tier))
    session.flush()


class World:
    """A program whose five prospects differ in all that the table shows of other rooms; a second one has them too."""

    def __init__(self) -> None:
        with transaction() as session:
            self.user = make_user(session, Role.RECRUITMENT_SPECIALIST, name="Ann")
            self.program: Program = make_program(session, self.user)
            make_tiers(session, self.program, "Silver", "Gold")
            other = make_program(session)
            self.ids = {}
            for name in NAMES:
                prospect = make_prospect(session, self.program, f"{name.lower()}.example")
                tell(session, prospect, FACTS[name])
                self.ids[name] = prospect.id
                twin = Prospect(program_id=other.id, company_id=prospect.company_id, rank="m", source="z.csv")
                session.add(twin)
                session.flush()
                session.add(Partnership(program_id=other.id, prospect_id=twin.id, tier="Zinc"))
        self.root = f"/p/{self.program.slug}/table"


@pytest.fixture
def world(app: Flask) -> World:
    return World()


@pytest.fixture
def client(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.user)


def names_in_order(world: World, word: str, size: int) -> list[str]:
    known = {number: name for name, number in world.ids.items()}
    columns = columns_of([])
    order = read_order(word, columns)
    assert order is not None
    found: list[str] = []
    after = None
    with reading() as session:
        while True:
            window = Window(order, after and read_place(str(after)), size)
            page = table_page(session, world.program.id, ProspectFilter(), columns=columns[:1], window=window)
            found += [known[row.id] for row in page.rows]
            after = page.next
            if after is None:
                return found


@pytest.mark.any_servers
@pytest.mark.parametrize("size", [1, 2, 10])
@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("country", "Bravo Delta Alpha Charlie Echo"),
        ("-country", "Alpha Delta Bravo Charlie Echo"),
        ("language", "Charlie Delta Alpha Bravo Echo"),
        ("source", "Bravo Echo Alpha Delta Charlie"),
        ("-source", "Delta Alpha Echo Bravo Charlie"),
        ("tier", "Alpha Bravo Echo Charlie Delta"),
        ("-tier", "Bravo Echo Alpha Charlie Delta"),
    ],
)
def test_orders_along_other_rooms_walk_through_all_rows_once(world: World, word: str, names: str, size: int) -> None:
    assert names_in_order(world, word, size) == names.split()


def test_what_no_index_orders_is_not_offered_to_order_by() -> None:
    words = {column.key for column in columns_of([]) if read_order(column.key, columns_of([])) is None}
    assert words == {"touch", "kind", "contact", "sequence"}


@pytest.mark.any_servers
def test_rows_show_and_export_kind_tier_contact_and_sequence(world: World, client: FlaskClient) -> None:
    with transaction() as session:
        rows = {name: session.get_one(Prospect, each) for name, each in world.ids.items()}
        sender = make_sender(session, world.program)
        intro = make_sequence(session, world.program, sender, name="Intro")
        late = make_sequence(session, world.program, sender, name="Later")
        ola = make_contact(session, rows["Alpha"], "ola@alpha.example", "Ola Nowak")
        make_contact(session, rows["Alpha"], "info@alpha.example", "")
        make_contact(session, rows["Bravo"], "ben@bravo.example", "Ben")
        make_enrollment(session, rows["Alpha"], ola, intro, sender, state=EnrollmentState.HELD)
        make_enrollment(session, rows["Alpha"], ola, late, sender, state=EnrollmentState.STOPPED)
        partner = session.query(Partnership).filter_by(prospect_id=world.ids["Bravo"]).one()
        for name, is_main in (("Cleo", False), ("Dora", True)):
            person = PartnerPerson(partnership_id=partner.id, name=name, email=f"{name}@bravo.example", is_main=is_main)
            session.add(person)
    query = "?col=name&col=kind&col=tier&col=contact&col=sequence&by=name"
    page = client.get(world.root + query).text
    row = page.split(f'id="row-{world.ids["Alpha"]}"')[1].split("</tr>")[0]
    assert "Content, Shop" in row
    assert "Intro" in row
    assert "held" in row
    assert "ola@alpha.example" in row
    lines = client.get(f"{world.root}/export.csv{query}").text.removeprefix("\ufeff").splitlines()
    assert lines[:3] == [
        "Domain,Name,Kind of site,Tier,Main contact,Sequence",
        'alpha.example,Alpha,"content, shop",Silver,Ola Nowak <ola@alpha.example>,Intro: held',
        "bravo.example,Bravo,agency,Gold,Dora <Dora@bravo.example>,",
    ]


@pytest.mark.any_servers
def test_an_erased_person_is_nobodys_main_contact(session: Session) -> None:
    prospect = make_prospect(session, make_program(session))
    contact = make_contact(session, prospect, "gone@there.example")
    assert main_contacts(session, [prospect.company_id])[prospect.company_id].email == "gone@there.example"
    contact.key = "erased:1"
    session.flush()
    assert main_contacts(session, [prospect.company_id]) == {}


@pytest.mark.any_servers
def test_every_column_costs_as_many_queries_with_more_rows(session: Session) -> None:
    program = make_program(session)
    sender = make_sender(session, program)
    sequence = make_sequence(session, program, sender)

    def add() -> int:
        prospect = make_prospect(session, program)
        tell(session, prospect, FACTS["Alpha"])
        contact = make_contact(session, prospect)
        make_enrollment(session, prospect, contact, sequence, sender)
        return prospect.id

    def asked(ids: list[int]) -> int:
        session.flush()
        session.expunge_all()
        seen: list[str] = []
        event.listen(db.engine(), "before_cursor_execute", listener := lambda *args: seen.append(args[2]))
        rows = rows_by_id(session, program.id, ids, columns=columns_of([]))
        event.remove(db.engine(), "before_cursor_execute", listener)
        assert len(rows) == len(ids)
        assert all(row.contact and row.sequence and row.tier and row.kinds for row in rows.values())
        return len(seen)

    program_ids = [add()]
    few = asked(program_ids)
    program_ids += [add() for _ in range(12)]
    assert asked(program_ids) == few
