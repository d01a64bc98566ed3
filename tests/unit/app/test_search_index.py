"""The index of the search is complete whatever way a row is written, and nobody's words are read as a query."""

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.orm import Session

from app.models import Activity, ActivityKind, Company, Contact, ContactField, ContactValue, Crawl, Page, Provenance
from app.queries.search import Found, HitKind, Scope, search
from app.queries.search_index import is_postgresql
from tests.world import make_program, make_prospect

TRIGGERS = 15


def found(session: Session, typed: str, *program_ids: int, kind: HitKind = HitKind.COMPANY) -> list[str]:
    session.flush()
    hits = look(session, typed, *program_ids).hits.get(kind, [])
    return [hit.place.domain for hit in hits]


def look(session: Session, typed: str, *program_ids: int) -> Found:
    return search(session, typed, Scope(program_ids=program_ids, limit=20))


def test_every_trigger_is_there_after_all_migrations(session: Session) -> None:
    if is_postgresql(session):
        names = session.scalars(text("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'search!_%' ESCAPE '!'"))
        known = ("companies", "contacts", "domains", "names", "notes", "pages")
        assert set(names) == {f"search_{each}" for each in known}
        return
    count = session.scalar(text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'search_%'"))
    assert count == TRIGGERS


def test_bulk_writes_changes_deletes_and_cascades_are_in_the_index(session: Session) -> None:
    program = make_program(session)
    prospect = make_prospect(session, program, "northwind.example", extra={})
    session.connection().execute(update(Company).values(name="Łódzkie Młyny"))
    session.expire_all()
    assert found(session, "lodz mlyn", program.id) == ["northwind.example"]
    contact = Contact(company_id=prospect.company_id, key="a@b.example")
    session.add(contact)
    session.flush()
    value = {"contact_id": contact.id, "field": ContactField.EMAIL, "value": "anna.kowalska@b.example"}
    session.connection().execute(insert(ContactValue), [value | {"provenance": Provenance.HAND}])
    assert found(session, "kowalska", program.id, kind=HitKind.CONTACT) == ["northwind.example"]
    session.add(Activity(prospect_id=prospect.id, kind=ActivityKind.NOTE, body="They asked for café terms"))
    assert found(session, "cafe", program.id, kind=HitKind.NOTE) == ["northwind.example"]
    session.connection().execute(update(Activity).values(body="Nothing"))
    assert found(session, "cafe", program.id, kind=HitKind.NOTE) == []
    crawl = Crawl(company_id=prospect.company_id)
    session.add(crawl)
    session.flush()
    words = "We build shops. " * 30 + "Our zeppelin carries parcels."
    page = Page(
        company_id=prospect.company_id, crawl_id=crawl.id, url="https://a.example", text=words, content_hash="h"
    )
    session.add(page)
    assert found(session, "zeppelin", program.id, kind=HitKind.PASSAGE) == ["northwind.example"]
    hit = look(session, "zeppelin", program.id).hits[HitKind.PASSAGE][0]
    assert [piece.text for piece in hit.text if piece.is_hit] == ["zeppelin"]
    session.execute(delete(Company))
    for typed in ("lodz", "kowalska", "nothing", "zeppelin"):
        assert look(session, typed, program.id).count == 0
    if not is_postgresql(session):
        for name, word in (
            ("companies", "lodzkie"),
            ("contacts", "kowalska"),
            ("notes", "nothing"),
            ("pages", "zeppelin"),
        ):
            left = session.scalar(text(f"SELECT count(*) FROM search_{name} WHERE search_{name} MATCH '{word}'"))
            assert left == 0, name


@pytest.mark.parametrize("typed", ["nortwind", "Nrothwind", "northwnid", "norhtwind traders", "NORTHWINT"])
def test_mistyped_names_are_found_and_marked_as_alike(session: Session, typed: str) -> None:
    program = make_program(session)
    make_prospect(session, program, "n1.example", extra={})
    make_prospect(session, program, "other.example", extra={})
    session.execute(update(Company).where(Company.domain == "n1.example").values(name="Northwind Traders"))
    hits = look(session, typed, program.id).hits.get(HitKind.COMPANY, [])
    assert [(hit.place.domain, hit.is_alike) for hit in hits] == [("n1.example", True)]


def test_only_programs_of_the_scope_are_searched_and_exact_names_come_first(session: Session) -> None:
    own, other = make_program(session), make_program(session)
    make_prospect(session, other, "acme-secret.example")
    make_prospect(session, own, "acme.example", fit_score=1.0)
    make_prospect(session, own, "acme-works.example", fit_score=90.0)
    assert found(session, "acm", own.id) == ["acme-works.example", "acme.example"]
    assert found(session, "acme", own.id) == ["acme.example", "acme-works.example"]
    assert found(session, "acme") == []
    assert found(session, "secret", own.id) == []


HOSTILE = [
    '"', "'", '"acme', "acme AND", "NOT acme", "acme NEAR(x)", "acme*", "*", "name:acme", "{name} : acme", "acme\x00",
    "^acme", "a OR b", "(acme", "acme) OR (1", "🦄", "acme 🦄", "'); DROP TABLE companies;--", "a" * 10_000,
    "& | ! <->", "acme:*", "\\", "%", "_", "ﬁ ½ ² İ ß", " ", "َِ", "x" * 200 + " acme", "-acme",
    "+acme", "acme" + "\u0301" * 500,
]  # fmt: skip


def test_words_are_never_read_as_a_query(session: Session) -> None:
    program = make_program(session)
    make_prospect(session, program, "acme.example")
    for typed in HOSTILE:
        hits = found(session, typed, program.id)
        assert hits in ([], ["acme.example"]), typed
    either = look(session, 'acme" OR "zebra', program.id).hits.get(HitKind.COMPANY, [])
    assert all(hit.is_alike for hit in either), "OR was read as an operator"
    assert found(session, "(acme)", program.id) == ["acme.example"]
