"""What an import judges and writes on a real database: companies, prospects, contacts, notes, crawls."""

from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from app import clock
from app.db import reading, transaction
from app.models import (
    Activity,
    BatchState,
    Company,
    Contact,
    ContactValue,
    Crawl,
    CrawlState,
    FitState,
    ImportBatch,
    ImportRow,
    MoveEvent,
    Program,
    Prospect,
    RowVerdict,
    Stage,
    StageChange,
)
from app.services.imports import bulk, writing
from app.services.imports.journal import Journal
from app.services.imports.running import run_batch
from tests.unit.app.imports.steps import Place, batch_of, bring_in, check, count, rows_of, sites, start
from tests.world import make_prospect

pytestmark = pytest.mark.usefixtures("database")

TABLES = (Company, Prospect, StageChange, Contact, ContactValue, Activity, Crawl)
RICH = """domain,name,contact,email,country,note,owner,tier
https://www.acme.com/de,Acme,Jo,jo@acme.com,PL,First,{owner},gold
acme.com,Acme again,Kim,kim@acme.com,,Second,,silver
foo.pl,,,,,,nobody@example.com,
,,,info@bar.de,Niemcy,,,
known.com,Known,New Person,new@known.com,FR,Hello,,
elsewhere.com,Elsewhere,,,,,,
localhost,Bad,,,,,,
"""


def test_every_row_gets_its_verdict(place: Place) -> None:
    rows = rows_of(check(place, RICH))
    assert [row.verdict for row in rows] == [
        RowVerdict.NEW,
        RowVerdict.REPEATED,
        RowVerdict.NEW,
        RowVerdict.NEW,
        RowVerdict.KNOWN,
        RowVerdict.NEW_IN_PROGRAM,
        RowVerdict.BAD,
    ]
    assert [row.line for row in rows] == [2, 3, 4, 5, 6, 7, 8]
    assert "Same company as line 2" in rows[1].message
    assert "nobody@example.com does not work in this program" in rows[2].message
    assert "in Engaged" in rows[4].message
    assert count(Company) == 2


def test_import_writes_companies_prospects_contacts_and_notes(place: Place) -> None:
    batch_id = bring_in(place, RICH)
    program, user = place
    with reading() as session:
        company = session.scalars(select(Company).where(Company.domain == "acme.com")).one()
        prospect = session.scalars(select(Prospect).where(Prospect.company_id == company.id)).one()
        change = session.scalars(select(StageChange).where(StageChange.prospect_id == prospect.id)).one()
        contacts = set(session.scalars(select(Contact.key).where(Contact.company_id == company.id)))
        found = session.scalars(select(ContactValue).where(ContactValue.value == "jo@acme.com")).one()
        notes = list(session.scalars(select(Activity.body).where(Activity.prospect_id == prospect.id)))
        foo = session.scalars(select(Prospect).join(Company).where(Company.domain == "foo.pl")).one()
    assert (company.name, company.website, company.country) == ("Acme", "https://www.acme.com/de", "PL")
    assert (prospect.program_id, prospect.stage, prospect.owner_id) == (program.id, Stage.SOURCED, user.id)
    assert (prospect.extra, prospect.source) == ({"tier": "gold"}, "Import: list.csv")
    assert (change.event, change.to_stage, change.by_user_id) == (MoveEvent.IMPORTED, Stage.SOURCED, user.id)
    assert contacts == {"jo@acme.com", "kim@acme.com"}
    assert (found.source, found.entered_by_id, found.provenance.value) == ("list.csv", user.id, "import")
    assert notes == ["First", "Second"]
    assert foo.extra == {"owner e-mail": "nobody@example.com"}
    assert batch_of(batch_id).content is None


def test_known_prospect_keeps_its_stage_and_gains_the_contact_and_note(place: Place) -> None:
    bring_in(place, RICH)
    with reading() as session:
        company = session.scalars(select(Company).where(Company.domain == "known.com")).one()
        prospect = session.scalars(select(Prospect).where(Prospect.company_id == company.id)).one()
        keys = list(session.scalars(select(Contact.key).where(Contact.company_id == company.id)))
        notes = list(session.scalars(select(Activity.body).where(Activity.prospect_id == prospect.id)))
    assert prospect.stage is Stage.ENGAGED
    assert keys == ["new@known.com"]
    assert notes == ["Hello"]


def test_same_file_twice_doubles_nothing(place: Place) -> None:
    bring_in(place, RICH)
    before = {table: count(table) for table in TABLES}
    bring_in(place, RICH)
    assert {table: count(table) for table in TABLES} == before


def test_ranks_follow_the_file(place: Place) -> None:
    bring_in(place, sites(30))
    with reading() as session:
        query = select(Company.domain).join(Prospect).where(Prospect.stage == Stage.SOURCED)
        query = query.where(Prospect.program_id == place[0].id).order_by(Prospect.rank)
        assert list(session.scalars(query)) == [f"s{n}.com" for n in range(30)]


def test_unread_sites_are_crawled_and_read_ones_scored(place: Place) -> None:
    with transaction() as session:
        session.execute(update(Company).where(Company.domain == "elsewhere.com").values(read_at=clock.now()))
    bring_in(place, "domain\nfresh.com\nelsewhere.com\n")
    with reading() as session:
        states = dict(
            session.execute(
                select(Company.domain, Prospect.fit_state)
                .join(Prospect, Prospect.company_id == Company.id)
                .where(Prospect.program_id == place[0].id)
            ).all()
        )
        crawled = list(session.scalars(select(Company.domain).join(Crawl, Crawl.company_id == Company.id)))
        shown = session.scalar(select(Company.crawl_state).where(Company.domain == "fresh.com"))
    assert states["fresh.com"] is FitState.UNREAD
    assert states["elsewhere.com"] is FitState.WAITING
    assert crawled == ["fresh.com"]
    assert shown is CrawlState.WAITING


def facts(session: Session) -> list[list[str]]:
    """Everything an import writes, with ids replaced by domains, so that two runs can be compared."""
    queries = (
        select(Company.domain, Company.name, Company.website, Company.country, Company.crawl_state),
        select(Company.domain, Prospect.stage, Prospect.rank, Prospect.owner_id, Prospect.source).join(Company),
        select(Company.domain, Prospect.fit_state, Prospect.fit_sort, Prospect.version, Prospect.extra).join(Company),
        select(Company.domain, StageChange.event, StageChange.to_stage, StageChange.reason, StageChange.by_user_id)
        .join(Prospect, Prospect.id == StageChange.prospect_id)
        .join(Company),
        select(Contact.key, ContactValue.field, ContactValue.value, ContactValue.source).join(Contact),
        select(ContactValue.value, ContactValue.provenance, ContactValue.entered_by_id),
        select(Company.domain, Activity.kind, Activity.body, Activity.author_id)
        .join(Prospect, Prospect.id == Activity.prospect_id)
        .join(Company),
        select(Company.domain, Crawl.state, Crawl.requested_by_id).join(Company),
        select(ImportRow.line, ImportRow.verdict, ImportRow.prospect_id.is_(None)),
    )
    return [sorted(str(tuple(row)) for row in session.execute(query)) for query in queries]


def test_bulk_and_single_writing_lead_to_the_same_rows(place: Place, database: Engine) -> None:
    batch_id = check(place, RICH)
    found = []
    for is_bulk in (True, False):
        with Session(database) as session:
            batch = session.get_one(ImportBatch, batch_id)
            query = select(ImportRow).where(ImportRow.verdict != RowVerdict.BAD).order_by(ImportRow.line)
            entries = writing.entries_of(session, batch, list(session.scalars(query)))
            if is_bulk:
                bulk.write_entries(session, batch, entries, Journal(batch))
            else:
                for entry in entries:
                    writing.write_entry(session, batch, entry, Journal(batch))
            session.flush()
            found.append(facts(session))
    assert found[0] == found[1]


def test_row_the_database_refuses_is_bad_and_the_others_come_in(place: Place, database: Engine) -> None:
    batch_id = check(place, sites(5))
    start(place, batch_id)

    def refuse(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("INSERT INTO companies") and "s3.com" in str(parameters):
            raise DataError(statement, parameters, ValueError("does not fit"))

    event.listen(database, "before_cursor_execute", refuse)
    assert run_batch(transaction, batch_id) is BatchState.DONE
    event.remove(database, "before_cursor_execute", refuse)
    rows = rows_of(batch_id)
    assert [row.verdict for row in rows] == [RowVerdict.NEW] * 3 + [RowVerdict.BAD] + [RowVerdict.NEW]
    assert "database refused this row" in rows[3].message
    assert count(StageChange) == 4


def test_company_added_by_somebody_since_the_check_is_told(place: Place) -> None:
    batch_id = check(place, "domain\nrace.com\n")
    with transaction() as session:
        make_prospect(session, session.get_one(Program, place[0].id), "race.com")
    start(place, batch_id)
    run_batch(transaction, batch_id)
    row = rows_of(batch_id)[0]
    assert (row.verdict, row.message) == (RowVerdict.KNOWN, "Added to this program by somebody else since the check.")
    assert row.prospect_id


def test_statements_do_not_grow_with_the_rows(place: Place, database: Engine) -> None:
    def statements(rows: int, prefix: str) -> int:
        lines = "".join(f"{prefix}{n}.com,jo@{prefix}{n}.com,x\n" for n in range(rows))
        seen: list[str] = []
        event.listen(database, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
        bring_in(place, "domain,email,note\n" + lines)
        return len(seen)

    few = statements(5, "a")
    assert statements(300, "b") <= 2 * few + 20
