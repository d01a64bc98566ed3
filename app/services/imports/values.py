"""From the cells of one row to what it says of a company: everything normalized, or a reason why the row is bad.

Only what names the company can make a row bad, and values too long to keep. Anything else that cannot be read (an
e-mail address, a country, a phone number, an owner nobody knows) stays as text in the extra columns, with a remark.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import phonenumbers

from app.models import Provenance
from app.services.contacts import FoundContact
from app.services.imports.columns import Field
from app.services.imports.countries import country_code
from app.services.imports.shared_hosts import is_shared_mail_domain, why_no_company_site
from scrapers.domains import DomainError, EmailError, normalize_domain, normalize_email
from scrapers.problems import FetchRefused
from scrapers.urls import parse_target

_LONGEST = {
    Field.SITE: 2000,
    Field.NAME: 200,
    Field.CONTACT: 200,
    Field.FIRST_NAME: 100,
    Field.LAST_NAME: 100,
    Field.EMAIL: 320,
    Field.PHONE: 100,
    Field.ROLE: 200,
    Field.COUNTRY: 100,
    Field.NOTE: 10_000,
    Field.OWNER: 320,
    Field.EXTRA: 2000,
}


class BadRow(Exception):
    """The row cannot be imported; the message says why and what to do, for the person who made the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowValues:
    """What a row says: `domain` is registrable and `website` is where the crawl starts; absent values are empty."""

    domain: str
    website: str
    name: str = ""
    country: str | None = None
    contact: FoundContact
    note: str = ""
    owner_email: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class _Row:
    """A row being read: the cells by field, and what is set aside on the way."""

    cells: dict[Field, str]
    headings: dict[Field, str]
    extra: dict[str, str]
    remarks: list[str]

    def get(self, wanted: Field) -> str:
        return self.cells.get(wanted, "")

    def set_aside(self, wanted: Field, remark: str) -> None:
        """Keep a value that cannot be used under its heading, and say so."""
        heading = self.headings[wanted]
        self.extra[heading] = self.get(wanted)
        self.remarks.append(f"{remark}. The value is kept under “{heading}” in the extra columns.")


def read_values(fields: Mapping[str, str], columns: Mapping[str, Field], *, source: str) -> RowValues:
    """Return what a row says, given the field of each column; `source` names the file, for the contact's provenance.

    Raises BadRow where no company can be made out, or a value is longer than can be kept.
    """
    row = _sort_cells(fields, columns)
    email = _email(row)
    domain, website = _site(row, email)
    country = _country(row)
    contact = FoundContact(
        provenance=Provenance.IMPORT,
        source=source,
        email=email,
        phone=_phone(row, country),
        name=row.get(Field.CONTACT) or f"{row.get(Field.FIRST_NAME)} {row.get(Field.LAST_NAME)}".strip(),
        role=row.get(Field.ROLE),
    )
    return RowValues(
        domain=domain,
        website=website,
        name=row.get(Field.NAME),
        country=country,
        contact=contact,
        note=row.get(Field.NOTE),
        owner_email=_owner(row),
        extra=row.extra,
        remarks=tuple(row.remarks),
    )


def _sort_cells(fields: Mapping[str, str], columns: Mapping[str, Field]) -> _Row:
    row = _Row({}, {}, {}, [])
    for heading, cell in fields.items():
        kind = columns.get(heading, Field.EXTRA)
        if not cell or kind is Field.IGNORED:
            continue
        if len(cell) > _LONGEST[kind]:
            raise BadRow(
                f"“{heading}” has {len(cell):,} characters; at most {_LONGEST[kind]:,} are kept. Shorten it and "
                "import the row again."
            )
        if kind is Field.EXTRA or kind in row.cells:
            row.extra[heading] = cell
        else:
            row.cells[kind], row.headings[kind] = cell, heading
    return row


def _email(row: _Row) -> str:
    if not row.get(Field.EMAIL):
        return ""
    try:
        return normalize_email(row.get(Field.EMAIL))
    except EmailError as error:
        row.set_aside(Field.EMAIL, _sentence(error).rstrip("."))
        return ""


def _site(row: _Row, email: str) -> tuple[str, str]:
    """Return the registrable domain and the address to start reading at, from the site, else from the e-mail."""
    site = row.get(Field.SITE)
    problem = "The row names neither a website nor an e-mail address"
    if site:
        try:
            domain = _site_domain(site)
        except BadRow as error:
            problem = str(error)
        else:
            return domain, _website(site, domain, row)
    if not email:
        raise BadRow(f"{problem}. Give the company's own website.")
    domain = _domain_of_mailbox(email, problem)
    if site:
        row.set_aside(Field.SITE, f"{problem}; the company {domain} was taken from the e-mail address instead")
    return domain, f"https://{domain}/"


def _domain_of_mailbox(email: str, problem: str) -> str:
    """Return the company's domain behind an address; raises BadRow for a mailbox provider and its like."""
    domain = _registrable_domain(email)
    if is_shared_mail_domain(domain):
        raise BadRow(
            f"{problem}, and {domain} in the e-mail address is a mailbox provider that many share. Give the company's "
            "own website."
        )
    return domain


def _site_domain(site: str) -> str:
    """Return the domain behind a site column, where it is one company's own."""
    if site.startswith("="):
        raise BadRow(f"{site[:60]!r} is a spreadsheet formula, not a website; paste its value instead")
    domain = _registrable_domain(site)
    reason = why_no_company_site(domain)
    if "@" in site and is_shared_mail_domain(domain):
        reason = f"{domain} is a mailbox provider"
    if reason:
        raise BadRow(f"{reason} that many share, not one company's site")
    return domain


def _registrable_domain(text: str) -> str:
    try:
        return normalize_domain(text)
    except DomainError as error:
        raise BadRow(_sentence(error).rstrip(".")) from error


def _website(site: str, domain: str, row: _Row) -> str:
    """Keep the host and path as given, so that reading starts there; the home page where they cannot be asked for."""
    if "@" in site and "/" not in site:
        return f"https://{domain}/"
    text = site.strip().strip("<>\"'").lstrip("/")
    try:
        return parse_target(text if "://" in text else f"https://{text}").url
    except FetchRefused as error:
        row.remarks.append(f"{site[:60]!r}: {error.detail}. Reading starts at https://{domain}/ instead.")
        return f"https://{domain}/"


def _country(row: _Row) -> str | None:
    text = row.get(Field.COUNTRY)
    code = country_code(text)
    if text and code is None:
        row.set_aside(Field.COUNTRY, f"{text[:60]!r} is no country we know")
    return code


def _phone(row: _Row, country: str | None) -> str:
    text = row.get(Field.PHONE)
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        row.set_aside(Field.PHONE, f"{text[:60]!r} is no phone number with a country in front or beside it")
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _owner(row: _Row) -> str:
    if not row.get(Field.OWNER):
        return ""
    try:
        return normalize_email(row.get(Field.OWNER))
    except EmailError:
        row.set_aside(Field.OWNER, f"{row.get(Field.OWNER)[:60]!r} is not the e-mail address of a person here")
        return ""


def _sentence(error: Exception) -> str:
    text = str(error)
    return text[:1].upper() + text[1:]
