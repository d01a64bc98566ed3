"""Contacts and notes of a chunk: added beside what is there, with a fixed number of statements."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.db import Base
from app.models import Activity, ActivityKind, Company, Contact, ContactField, ContactValue, ImportBatch, Suppression
from app.services.contacts import FoundContact, erased_key
from app.services.imports.entries import Entry
from app.services.imports.journal import CONTACT, CONTACT_VALUE, NOTE, Change, Journal, digest
from app.services.suppressions import key_of_text


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry with its company and its prospect's id."""

    entry: Entry
    company: Company
    prospect_id: int


def is_known_before(company: Company, batch: ImportBatch) -> bool:
    """Say whether a company was there before the file came: what came with it needs no journal."""
    return company.created_at < batch.created_at


def add_contacts(session: Session, batch: ImportBatch, placed: Sequence[Placed], journal: Journal) -> None:
    """Add each row's contact to its company, the same one once; a person who was erased stays out."""
    companies = {each.company.id: each.company for each in placed}
    finds = [(each.company.id, each.entry.contact) for each in placed]
    finds = _without_erased(session, [(company_id, found) for company_id, found in finds if found.key])
    wanted = {(company_id, found.key): None for company_id, found in finds}
    if not wanted:
        return
    ids = _contact_ids(session, companies)
    missing = [place for place in wanted if place not in ids]
    if missing:
        insert_all(session, Contact, [{"company_id": company_id, "key": key} for company_id, key in missing])
        ids = _contact_ids(session, companies)
    known = _contact_values(session, [ids[place] for place in wanted])
    rows = []
    for company_id, found in finds:
        for kind, value in found.values():
            place = (ids[company_id, found.key], kind, value)
            if place not in known:
                known.add(place)
                rows.append(_value_row(found, *place))
                if is_known_before(companies[company_id], batch):
                    journal.note(
                        Change(
                            kind=CONTACT_VALUE,
                            company_id=company_id,
                            row_id=place[0],
                            field=kind.value,
                            after=digest(value),
                        )
                    )
    for new in missing:
        if is_known_before(companies[new[0]], batch):
            journal.note(Change(kind=CONTACT, company_id=new[0], row_id=ids[new]))
    if rows:
        insert_all(session, ContactValue, rows)


def add_notes(session: Session, placed: Sequence[Placed], journal: Journal) -> None:
    """Add each note as an activity, once per prospect and text: the same file again says nothing new."""
    notes = {(each.prospect_id, each.entry.values.note): each for each in placed if each.entry.values.note}
    if not notes:
        return
    known = session.execute(
        select(Activity.prospect_id, Activity.body).where(Activity.prospect_id.in_({place for place, _ in notes}))
    )
    for place, body in known:
        notes.pop((place, body), None)
    if not notes:
        return
    rows = [
        {"prospect_id": place, "kind": ActivityKind.NOTE, "body": body, "author_id": each.entry.imported_by_id}
        for (place, body), each in notes.items()
    ]
    insert_all(session, Activity, rows)
    for (place, body), each in notes.items():
        journal.note(Change(kind=NOTE, company_id=each.company.id, prospect_id=place, after=digest(body)))


def insert_all(session: Session, kind: type[Base], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows past the ORM, whose objects nothing here needs."""
    session.connection().execute(insert(kind), list(rows))


def _without_erased(session: Session, finds: list[tuple[int, FoundContact]]) -> list[tuple[int, FoundContact]]:
    """Leave out people who were erased, as services.contacts.is_erased finds them one by one."""
    own_keys = {(company_id, found.key): erased_key(found.key) for company_id, found in finds}
    hashed = {found.email: key_of_text(found.email) for _, found in finds if found.email}
    rows = session.execute(select(Contact.company_id, Contact.key).where(Contact.key.in_(own_keys.values())))
    gone = {(company_id, key) for company_id, key in rows}
    is_forgotten = (Suppression.key.in_(hashed.values()), Suppression.value.is_(None))
    forgotten = set(session.scalars(select(Suppression.key).where(*is_forgotten)))
    return [
        (company_id, found)
        for company_id, found in finds
        if (company_id, own_keys[company_id, found.key]) not in gone and hashed.get(found.email) not in forgotten
    ]


def _contact_ids(session: Session, company_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """Return the ids of the companies' contacts. All of them are read: SQLite answers a list of pairs by reading the
    whole table."""
    rows = session.execute(
        select(Contact.company_id, Contact.key, Contact.id).where(Contact.company_id.in_(company_ids))
    )
    return {(company_id, key): contact_id for company_id, key, contact_id in rows}


def _contact_values(session: Session, contact_ids: Iterable[int]) -> set[tuple[int, ContactField, str]]:
    rows = session.execute(
        select(ContactValue.contact_id, ContactValue.field, ContactValue.value).where(
            ContactValue.contact_id.in_(list(contact_ids))
        )
    )
    return {(contact_id, kind, value) for contact_id, kind, value in rows}


def _value_row(found: FoundContact, contact_id: int, kind: ContactField, value: str) -> dict[str, object]:
    return {
        "contact_id": contact_id,
        "field": kind,
        "value": value,
        "provenance": found.provenance,
        "source": found.source,
        "entered_by_id": found.entered_by_id,
    }
