"""What a column does where something stands already: kept, filled in or replaced, and said beforehand."""

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.models import Activity, Company, Contact, ImportBatch, Prospect, Provenance, RowVerdict
from app.models.custom_field import CustomField, CustomValue, FieldKind
from app.services.contacts import FoundContact, erased_key
from app.services.imports import writing
from app.services.imports.collisions import Known, Rules, settle
from app.services.imports.running import run_batch
from app.services.imports.values import RowValues
from tests.unit.app.imports.steps import Place, check, rows_of, start

FILE = "domain,name,country,owner,tier,Size\nknown.com,New Name,DE,{owner},gold,12\n"


@pytest.fixture
def there(place: Place) -> Place:
    """The known prospect with a name, a country, an extra column and a field; nobody owns it."""
    program, _ = place
    with transaction() as session:
        company = session.scalars(select(Company).where(Company.domain == "known.com")).one()
        company.country = "PL"
        prospect = session.scalars(select(Prospect).where(Prospect.company_id == company.id)).one()
        prospect.extra = {"tier": "silver"}
        field = CustomField(program_id=program.id, kind=FieldKind.TEXT, label="Size", position=1)
        session.add(field)
        session.flush()
        session.add(CustomValue(prospect_id=prospect.id, field_id=field.id, value="7", sort_key="7"))
    return place


def bring(place: Place, rules: dict[str, str], text: str = FILE) -> str:
    """Import with these rules; return what the check said of the first row."""
    batch_id = check(place, text)
    with transaction() as session:
        session.execute(update(ImportBatch).where(ImportBatch.id == batch_id).values(rules=rules))
    start(place, batch_id)
    run_batch(transaction, batch_id)
    return rows_of(batch_id)[0].message


def facts() -> dict[str, str]:
    with reading() as session:
        company = session.scalars(select(Company).where(Company.domain == "known.com")).one()
        prospect = session.scalars(select(Prospect).where(Prospect.company_id == company.id)).one()
        size = session.scalars(select(CustomValue.value).where(CustomValue.prospect_id == prospect.id)).one()
        owner = "somebody" if prospect.owner_id else ""
        return {"name": company.name, "country": company.country or "", "owner": owner, "size": size} | prospect.extra


def test_a_column_fills_what_is_empty_unless_a_person_said_otherwise(there: Place) -> None:
    bring(there, {})
    assert facts() == {"name": "Known", "country": "PL", "owner": "somebody", "size": "7", "tier": "silver"}


def test_replacing_and_keeping_are_chosen_for_each_column(there: Place) -> None:
    bring(there, {"name": "replace", "country": "replace", "owner": "keep", "tier": "replace", "Size": "replace"})
    assert facts() == {"name": "New Name", "country": "DE", "owner": "", "size": "12", "tier": "gold"}


def test_who_looked_at_the_prospect_meanwhile_is_told(there: Place) -> None:
    bring(there, {"tier": "replace"}, "domain,tier\nknown.com,gold\n")
    with reading() as session:
        assert session.scalars(select(Prospect.version).where(Prospect.extra["tier"].as_string() == "gold")).one() == 2


def test_the_check_says_what_a_row_fills_in_and_replaces(there: Place) -> None:
    batch_id = check(there, FILE)
    assert rows_of(batch_id)[0].message.endswith("added there. Fills in owner.")


VALUES = RowValues(
    domain="known.com", website="", name="New", country="DE", contact=FoundContact(provenance=Provenance.IMPORT)
)


@pytest.mark.parametrize(
    ("rule", "words"), [("keep", []), ("fill", ["country"]), ("replace", ["name", "country"])]
)  # fmt: skip
def test_a_company_without_a_prospect_here_meets_the_rules_with_its_own_facts(rule: str, words: list[str]) -> None:
    rules = Rules({"n": rule, "c": rule, "tier": rule}, {"name": "n", "country": "c"})
    settled = settle(VALUES, owner_id=3, extra={"tier": "gold"}, rules=rules, known=Known(name="Old"))
    assert [each.field for each in settled] == words


def test_bulk_and_single_writing_settle_alike(there: Place, database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    batch_id = check(there, FILE + "known.com,Third,CZ,,platinum,13\n")
    found = []
    for _ in ("bulk", "single"):
        with Session(database) as session:
            batch = session.get_one(ImportBatch, batch_id)
            batch.rules = {"name": "replace", "tier": "replace", "Size": "replace"}
            writing.write_rows(session, batch, [session.merge(row) for row in rows_of(batch_id)])
            company = session.scalars(select(Company).where(Company.domain == "known.com")).one()
            prospect = session.scalars(select(Prospect).where(Prospect.company_id == company.id)).one()
            size = session.scalars(select(CustomValue.value)).one()
            found.append((company.name, company.country, prospect.extra, prospect.owner_id is not None, size))
            session.rollback()
        monkeypatch.setattr(writing, "write_entries", _refuse)
    assert found[0] == found[1]
    assert found[0][0] == "Third"


def test_a_person_who_was_erased_does_not_come_back_with_a_file(place: Place) -> None:
    with transaction() as session:
        company = session.scalars(select(Company).where(Company.domain == "known.com")).one()
        session.add(Contact(company_id=company.id, key=erased_key("jo@known.com")))
    batch_id = check(place, "domain,email,note\nknown.com,jo@known.com,called\n")
    start(place, batch_id)
    run_batch(transaction, batch_id)
    with reading() as session:
        assert [contact.key for contact in session.scalars(select(Contact))] == [erased_key("jo@known.com")]
        assert session.scalars(select(Activity.body)).one() == "called"
        assert rows_of(batch_id)[0].verdict is RowVerdict.KNOWN


def _refuse(*_arguments: object) -> None:
    raise IntegrityError("told to", {}, Exception("refused"))
