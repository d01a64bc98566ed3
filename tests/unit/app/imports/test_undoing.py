"""An import that is taken back: what nobody touched goes, what was edited since stays and is named."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app import clock
from app.db import reading, transaction
from app.models import (
    Activity,
    ActivityKind,
    BatchState,
    Company,
    Contact,
    ContactValue,
    Crawl,
    ImportBatch,
    Page,
    Prospect,
)
from app.models.batch import ImportChange
from app.models.custom_field import CustomField, CustomValue, FieldKind
from app.models.tag import ProspectTag, Tag
from app.services.errors import Conflict
from app.services.imports import undoing
from app.services.imports.batches import batch_for, cancel_batch, start_batch
from app.services.imports.running import run_batch
from app.services.imports.undoing import start_undo
from app.services.retention import forget_old
from tests.unit.app.imports.steps import Place, batch_of, bring_in, check, count, pass_the_lease, rows_of, sites, start

KNOWN = """domain,name,country,owner,email,contact,note,tier,Size
known.com,New,DE,{owner},jo@known.com,Jo,Met them,gold,12
"""
REPLACE = dict.fromkeys(("name", "country", "owner", "tier", "Size"), "replace")


def undo(place: Place, batch_id: int) -> dict[str, int]:
    with transaction() as session:
        start_undo(session, batch_for(session, place[0].id, batch_id, for_change=True), by_user_id=place[1].id)
    assert run_batch(transaction, batch_id) is BatchState.UNDONE
    return batch_of(batch_id).undo


def snapshot() -> dict[str, object]:
    """Everything an import writes, without the import's own tables."""
    with reading() as session:
        return {
            kind.__tablename__: [
                {column.key: getattr(row, column.key) for column in kind.__table__.columns if column.key != "version"}
                for row in session.scalars(select(kind).order_by(kind.id))
            ]
            for kind in (Company, Prospect, Contact, ContactValue, Activity, CustomValue, Crawl)
        }


def prospect_at(domain: str) -> int:
    with reading() as session:
        company = select(Company.id).where(Company.domain == domain).scalar_subquery()
        return session.scalars(select(Prospect.id).where(Prospect.company_id == company)).one()


def test_what_nobody_touched_is_as_if_it_had_never_come(place: Place) -> None:
    with transaction() as session:
        session.scalars(select(Company).where(Company.domain == "elsewhere.com")).one().read_at = clock.now()
    before = snapshot()
    batch_id = bring_in(place, sites(5) + "elsewhere.com,ann@elsewhere.com,hello\n")
    assert undo(place, batch_id) == {"removed": 6, "kept": 0, "put_back": 2, "stayed": 0}
    assert snapshot() == before
    assert {row.message for row in rows_of(batch_id)} == {"Taken back."}
    assert count(ImportChange) == 0


def test_a_site_that_was_read_meanwhile_goes_with_its_company(place: Place) -> None:
    before = count(Company)
    batch_id = bring_in(place, sites(1))
    with transaction() as session:
        company = session.scalars(select(Company).where(Company.domain == "s0.com")).one()
        crawl = session.scalars(select(Crawl).where(Crawl.company_id == company.id)).one()
        company.read_at = clock.now()
        page = {
            "company_id": company.id,
            "crawl_id": crawl.id,
            "url": "https://s0.com/",
            "text": "We sell",
            "content_hash": "0" * 64,
        }
        session.add(Page(**page))
    undo(place, batch_id)
    assert (count(Company), count(Page)) == (before, 0)


@pytest.mark.parametrize("work", ["note", "tag", "value"])
def test_a_prospect_that_somebody_worked_on_stays_whole_and_is_named(place: Place, work: str) -> None:
    batch_id = bring_in(place, sites(2))
    kept = prospect_at("s1.com")
    with transaction() as session:
        prospect = session.get_one(Prospect, kept)
        if work == "note":
            session.add(Activity(prospect_id=kept, kind=ActivityKind.NOTE, body="Call on Monday", author_id=None))
        elif work == "tag":
            tag = Tag(program_id=place[0].id, name="a", key="a")
            session.add(tag)
            session.flush()
            session.add(ProspectTag(tag_id=tag.id, prospect_id=kept))
        else:
            prospect.version += 1
    done = undo(place, batch_id)
    assert (done["removed"], done["kept"]) == (1, 1)
    with reading() as session:
        assert session.scalars(select(Activity.body).where(Activity.body == "note 1")).one()
        assert undoing.kept_prospects(session, batch_id) == [(kept, "s1.com")]
    assert [row.message for row in rows_of(batch_id)][1].startswith("Stays: somebody has worked on it")


@pytest.fixture
def known(place: Place) -> Place:
    """The known prospect with values that a file may replace."""
    with transaction() as session:
        company = session.scalars(select(Company).where(Company.domain == "known.com")).one()
        company.country = "PL"
        prospect = session.scalars(select(Prospect).where(Prospect.company_id == company.id)).one()
        prospect.extra = {"tier": "silver", "fair": "Berlin"}
        field = CustomField(program_id=place[0].id, kind=FieldKind.TEXT, label="Size", position=1)
        session.add(field)
        session.flush()
        session.add(CustomValue(prospect_id=prospect.id, field_id=field.id, value="7", sort_key="7"))
    return place


def replace_all(place: Place) -> int:
    batch_id = check(place, KNOWN)
    with transaction() as session:
        session.execute(update(ImportBatch).where(ImportBatch.id == batch_id).values(rules=REPLACE))
    start(place, batch_id)
    assert run_batch(transaction, batch_id) is BatchState.DONE
    return batch_id


def test_values_notes_and_contacts_of_who_was_known_come_back(known: Place) -> None:
    before = snapshot()
    batch_id = replace_all(known)
    assert snapshot() != before
    done = undo(known, batch_id)
    # Five values, the note, a contact and its two values.
    assert done == {"put_back": 9, "stayed": 0}
    assert snapshot() == before


def test_what_was_edited_since_stays_and_is_counted(known: Place) -> None:
    batch_id = replace_all(known)
    with transaction() as session:
        company = session.scalars(select(Company).where(Company.domain == "known.com")).one()
        company.name = "Corrected"
        session.scalars(select(CustomValue)).one().value = "99"
        session.scalars(select(ContactValue).where(ContactValue.value == "Jo")).one().value = "Jo Berg"
    done = undo(known, batch_id)
    with reading() as session:
        company = session.scalars(select(Company).where(Company.domain == "known.com")).one()
        assert (company.name, company.country) == ("Corrected", "PL")
        assert session.scalars(select(CustomValue.value)).one() == "99"
        assert session.scalars(select(ContactValue.value)).all() == ["Jo Berg"]
        assert session.scalar(select(func.count()).select_from(Contact)) == 1
    # Name, field, the contact's name, and the contact that holds it.
    assert (done["put_back"], done["stayed"]) == (5, 4)


def test_a_killed_undo_goes_on_and_counts_nothing_twice(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "CHUNK_ROWS", 2)
    batch_id = bring_in(place, sites(5))
    with transaction() as session:
        start_undo(session, batch_for(session, place[0].id, batch_id, for_change=True), by_user_id=None)
    assert run_batch(transaction, batch_id, budget_s=0.0) is BatchState.UNDOING
    assert batch_of(batch_id).undo["removed"] == 2
    pass_the_lease()
    assert run_batch(transaction, batch_id) is BatchState.UNDONE
    assert batch_of(batch_id).undo == {"removed": 5, "kept": 0}


def test_a_canceled_import_gives_back_what_it_had_written(place: Place) -> None:
    batch_id = bring_in(place, sites(3))
    with transaction() as session:
        session.execute(update(ImportBatch).where(ImportBatch.id == batch_id).values(state=BatchState.CANCELED))
    assert undo(place, batch_id)["removed"] == 3


def test_what_cannot_be_undone_says_why(place: Place) -> None:
    program, user = place
    checked = check(place, sites(1))
    done = bring_in(place, "domain\ns9.com\n")
    old = bring_in(place, "domain\ns8.com\n")
    nothing = bring_in(place, "domain\nknown.com\n")
    with transaction() as session:
        session.get_one(ImportBatch, old).finished_at = clock.now() - timedelta(days=31)
    undo(place, done)
    said = {}
    for name, batch_id in (("checked", checked), ("done", done), ("old", old), ("nothing", nothing)):
        with transaction() as session, pytest.raises(Conflict) as refused:
            start_undo(session, batch_for(session, program.id, batch_id, for_change=True), by_user_id=user.id)
        said[name] = str(refused.value)
    assert ["under way" in said["checked"], "already" in said["done"], "30 days" in said["old"]] == [True] * 3
    assert "nothing" in said["nothing"]
    with transaction() as session, pytest.raises(Conflict, match="taken back"):
        start_batch(session, batch_for(session, program.id, done, for_change=True), by_user_id=user.id)
    with transaction() as session, pytest.raises(Conflict, match="ended already"):
        cancel_batch(session, batch_for(session, program.id, done, for_change=True), by_user_id=user.id)


def test_what_undo_needs_is_kept_for_thirty_days(known: Place) -> None:
    batch_id = replace_all(known)
    with transaction() as session:
        forget_old(session)
    assert count(ImportChange) == 9
    with transaction() as session:
        session.get_one(ImportBatch, batch_id).finished_at = clock.now() - timedelta(days=31)
        forget_old(session)
    assert count(ImportChange) == 0
