"""What is known of contacts in the form mail needs: one value a field, the most trustworthy one."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Contact, ContactField, ContactValue, Provenance
from app.models.company import ERASED

# What a person typed beats what an application says, that beats a list, and that beats what a crawler read.
_TRUST = (Provenance.HAND, Provenance.APPLICATION, Provenance.IMPORT, Provenance.PAGE)
_AT_ONCE = 500
_NAMED = (ContactField.NAME, ContactField.EMAIL, ContactField.ROLE)
_TITLES = frozenset(("mr", "mrs", "ms", "dr", "prof", "herr", "frau", "pan", "pani", "ing", "mag"))


@dataclass(slots=True)
class ContactFacts:
    """One contact: its company and the best value of each field ("" where none is known)."""

    id: int
    company_id: int
    values: dict[ContactField, str] = field(default_factory=dict)
    email_source: str = ""
    email_provenance: Provenance | None = None
    is_erased: bool = False

    @property
    def email(self) -> str:
        """Return the address it is written to."""
        return self.values.get(ContactField.EMAIL, "")

    @property
    def name(self) -> str:
        """Return the full name."""
        return self.values.get(ContactField.NAME, "")

    @property
    def role(self) -> str:
        """Return what the person does there."""
        return self.values.get(ContactField.ROLE, "")

    @property
    def first_name(self) -> str:
        """Return the first word of the name that is no title; a lone letter is no name to greet with."""
        words = [word.strip(",") for word in self._ordered().split()]
        names = [word for word in words if word.rstrip(".").lower() not in _TITLES]
        return names[0] if names and len(names[0].rstrip(".")) > 1 else ""

    @property
    def last_name(self) -> str:
        """Return the last word of a name of several."""
        words = self._ordered().split()
        return words[-1] if len(words) > 1 else ""

    @property
    def label(self) -> str:
        """Return what lists call the contact: its name, else its address, number or profile."""
        order = (ContactField.NAME, ContactField.EMAIL, ContactField.PHONE, ContactField.SOCIAL, ContactField.ROLE)
        nobody = "A person who was erased" if self.is_erased else "A contact without a name"
        return next((self.values[kind] for kind in order if kind in self.values), nobody)

    def _ordered(self) -> str:
        """Return the name first name first: lists write `Brandvold, Theo`."""
        last, comma, first = self.name.partition(",")
        return f"{first.strip()} {last.strip()}" if comma and first.strip() else self.name


def contact_facts(session: Session, contact_ids: Iterable[int]) -> dict[int, ContactFacts]:
    """Return the facts of contacts by id; ids that are gone are left out."""
    wanted = sorted(set(contact_ids))
    found: dict[int, ContactFacts] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        owners = session.execute(select(Contact.id, Contact.company_id, Contact.key).where(Contact.id.in_(part)))
        found |= {row.id: ContactFacts(row.id, row.company_id, is_erased=row.key.startswith(ERASED)) for row in owners}
        rows = session.scalars(select(ContactValue).where(ContactValue.contact_id.in_(part)))
        for value in sorted(rows, key=lambda row: (_TRUST.index(row.provenance), -row.id)):
            _take(found[value.contact_id], value)
    return found


def main_contacts(session: Session, company_ids: Iterable[int]) -> dict[int, ContactFacts]:
    """Return of each company the contact one would write to first, in one query; those without any are left out.

    Name, address and role are known of it, no more.
    """
    rows = session.execute(
        select(
            Contact.id,
            Contact.company_id,
            Contact.key,
            ContactValue.id.label("value_id"),
            ContactValue.field,
            ContactValue.value,
            ContactValue.provenance,
            ContactValue.source,
        )
        .join(ContactValue, ContactValue.contact_id == Contact.id)
        .where(Contact.company_id.in_(list(company_ids)))
    ).all()
    # By company alone: asked for the fields too, SQLite reads these of every contact there is.
    wanted = [row for row in rows if row.field in _NAMED and not row.key.startswith(ERASED)]
    known: dict[int, ContactFacts] = {}
    for row in sorted(wanted, key=lambda row: (_TRUST.index(row.provenance), -row.value_id)):
        _take(known.setdefault(row.id, ContactFacts(row.id, row.company_id)), row)
    found: dict[int, ContactFacts] = {}
    for facts in sorted(known.values(), key=worth):
        found.setdefault(facts.company_id, facts)
    return found


def worth(facts: ContactFacts) -> tuple[bool, bool, bool, int]:
    """Return what orders a company's contacts, whom to write to first: an address, a name, a role, the oldest."""
    return (not facts.email, not facts.name, not facts.role, facts.id)


def email_of(session: Session, contact_id: int) -> str:
    """Return the address a contact is written to; "" without one."""
    facts = contact_facts(session, [contact_id]).get(contact_id)
    return facts.email if facts else ""


def _take(facts: ContactFacts, value: Any) -> None:
    """Take a contact's value, or a row with what it holds, unless a better one is there."""
    if value.field in facts.values:
        return
    facts.values[value.field] = value.value
    if value.field is ContactField.EMAIL:
        facts.email_source = value.source
        facts.email_provenance = value.provenance
