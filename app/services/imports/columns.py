"""What each column of a file means: by its heading, and by its values where the heading says nothing."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from app.languages import gettext as _
from app.languages import mark
from app.services.errors import InvalidInput
from app.whole_numbers import row_number
from scrapers.domains import DomainError, EmailError, normalize_domain, normalize_email

MAX_HEADING_LENGTH = 100
# Share of a column's values that must look like a site before a column with an unknown heading is taken for one.
_ENOUGH = 0.6


class Field(StrEnum):
    """What a column fills. `extra` columns are kept on the prospect under their own heading."""

    SITE = "site"
    NAME = "name"
    CONTACT = "contact"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    PHONE = "phone"
    ROLE = "role"
    COUNTRY = "country"
    NOTE = "note"
    OWNER = "owner"
    EXTRA = "extra"
    IGNORED = "ignored"

    @property
    def label(self) -> str:
        """Return the field as people read it."""
        return _LABELS[self]


_LABELS = {
    Field.SITE: mark("Website"),
    Field.NAME: mark("Company name"),
    Field.CONTACT: mark("Contact name"),
    Field.FIRST_NAME: mark("Contact's first name"),
    Field.LAST_NAME: mark("Contact's last name"),
    Field.EMAIL: mark("Contact's e-mail"),
    Field.PHONE: mark("Contact's phone"),
    Field.ROLE: mark("Contact's role"),
    Field.COUNTRY: mark("Country"),
    Field.NOTE: mark("Note"),
    Field.OWNER: mark("Owner's e-mail"),
    Field.EXTRA: mark("Kept as an extra column"),
    Field.IGNORED: mark("Left out"),
}
# Headings in English, German and Polish, folded as `folded` does. The error file's own columns are known too, so that a
# corrected error file can be uploaded as it is.
_HEADINGS: dict[Field, str] = {
    Field.SITE: "domain website url site web webpage homepage link weburl companyurl companydomain companywebsite "
    "websiteurl domainname host hostname internetseite webseite webadresse domena strona stronawww www adreswww "
    "stronainternetowa internetadresse",
    Field.NAME: "name company companyname organization organisation account accountname business businessname firm "
    "agency agencyname partner partnername firma firmenname unternehmen nazwa nazwafirmy brand",
    Field.CONTACT: "contact contactname contactperson person fullname kontakt ansprechpartner osobakontaktowa "
    "imieinazwisko kontaktperson",
    Field.FIRST_NAME: "firstname givenname vorname imie contactfirstname",
    Field.LAST_NAME: "lastname surname familyname nachname nazwisko contactlastname",
    Field.EMAIL: "email emailaddress mail contactemail companyemail emailadresse adresemail emailkontaktowy "
    "workemail businessemail",
    Field.PHONE: "phone phonenumber telephone tel mobile contactphone telefon telefonnummer handy mobil "
    "numertelefonu telefonkomorkowy komorka",
    Field.ROLE: "role jobtitle position title contactrole stanowisko funktion rolle",
    Field.COUNTRY: "country countrycode land kraj staat countryregion companycountry",
    Field.NOTE: "note notes comment comments remark remarks notatka notatki uwagi uwaga notiz notizen bemerkung "
    "kommentar komentarz",
    Field.OWNER: "owner owneremail accountowner assignedto assignee zustandig verantwortlich opiekun wlasciciel "
    "owneremailaddress accountmanager betreuer betreuerin zustandiger verantwortlicher opiekunpartnera",
    Field.IGNORED: "importline importverdict importreason",
}
_FIELD_OF = {name: field for field, names in _HEADINGS.items() for name in names.split()}
# The first non-empty one of several columns counts; of the other fields only the first column does.
_MANY = frozenset({Field.SITE})


# How a kept column says that it fills a field of the program: by its id.
OWN = "own:"


def field_of(value: str) -> Field:
    """Return what a kept column fills; a field of the program is filled out of the extra columns."""
    return Field.EXTRA if value.startswith(OWN) else Field(value)


def own_id(value: str) -> int | None:
    """Return the field of the program that a kept column fills by a person's choice; None for all other columns."""
    return row_number(value.removeprefix(OWN)) if value.startswith(OWN) else None


def count_known(headings: Sequence[str]) -> int:
    """Return how many headings name a field; the delimiter that gives the most is the file's own."""
    return sum(folded(heading) in _FIELD_OF for heading in headings)


def says_company(fields: Iterable[str]) -> bool:
    """Say whether these fields name a company: by its site, or by an e-mail address there."""
    return not {Field.SITE.value, Field.EMAIL.value}.isdisjoint(fields)


def has_own_headings(headings: Iterable[str]) -> bool:
    """Say whether a file names its columns itself; one without headings has `column 1`, `column 2` and so on."""
    return any(heading != f"column {place}" for place, heading in enumerate(headings, start=1))


def map_columns(
    headings: Sequence[str], samples: Sequence[Sequence[str]], *, names_companies: bool = True
) -> tuple[dict[str, Field], bool]:
    """Return the field of each column in file order, and whether the first record holds headings at all.

    A file without headings, such as a bare list of domains, gets `column 1`, `column 2` and its site column by value.
    Raises InvalidInput (field `file`) where no column names a company's site or an e-mail address, though the file
    should name companies; where a person says later which column does, there may be none yet.
    """
    if not count_known(headings) and any(_is_site(cell) or _is_email(cell) for cell in headings):
        return _by_value(headings, samples), False
    columns = _by_heading(headings)
    if not says_company(columns.values()):
        found = _site_column(samples, len(headings))
        if found is None and names_companies:
            raise InvalidInput({"file": no_usable_column(headings)})
        if found is not None:
            columns[list(columns)[found]] = Field.SITE
    return columns, True


def clashes(found: Mapping[str, Any], *, many: Collection[Any]) -> list[str]:
    """Return what does not go together in a person's choice of a labeled field by heading, in words.

    Two columns for one field, but for those in `many`; and none that names a company.
    """
    first: dict[Any, str] = {}
    problems = []
    for heading, field in found.items():
        twin = first.setdefault(field, heading)
        if twin != heading and field not in many:
            problems.append(
                _(
                    "“%(first)s” and “%(second)s” both are “%(field)s”; keep one of them.",
                    first=twin,
                    second=heading,
                    field=_(field.label),
                )
            )
    if not says_company(found.values()):
        problems.append(_("Say which column holds the website or the e-mail address: it names the company."))
    return problems


def _by_heading(headings: Sequence[str]) -> dict[str, Field]:
    columns: dict[str, Field] = {}
    taken: set[Field] = set()
    for heading, unique in zip(headings, _unique(headings), strict=True):
        field = _FIELD_OF.get(folded(heading), Field.EXTRA)
        if field in taken and field not in _MANY:
            field = Field.EXTRA
        taken.add(field)
        taken -= {Field.EXTRA, Field.IGNORED}
        columns[unique] = field
    return columns


def _by_value(first: Sequence[str], samples: Sequence[Sequence[str]]) -> dict[str, Field]:
    columns = dict.fromkeys((f"column {number}" for number in range(1, len(first) + 1)), Field.EXTRA)
    names = list(columns)
    rows = [first, *samples]
    site = _site_column(rows, len(first))
    if site is not None:
        columns[names[site]] = Field.SITE
    email = next((place for place, cell in enumerate(first) if _is_email(cell) and place != site), None)
    if email is not None:
        columns[names[email]] = Field.EMAIL
    return columns


def _site_column(samples: Sequence[Sequence[str]], width: int) -> int | None:
    """Return the place of the column most of whose values are sites, e-mail addresses not counted."""
    best, best_share = None, _ENOUGH
    for place in range(width):
        values = [row[place].strip() for row in samples if len(row) > place and row[place].strip()]
        share = sum(map(_is_site, values)) / len(values) if values else 0.0
        if share > best_share:
            best, best_share = place, share
    return best


def _unique(headings: Sequence[str]) -> list[str]:
    """Name empty headings by their place and number repeated ones, since a row is kept by heading."""
    seen: dict[str, int] = {}
    names = []
    for place, heading in enumerate(headings, start=1):
        name = heading[:MAX_HEADING_LENGTH] or f"column {place}"
        seen[name] = seen.get(name, 0) + 1
        while seen[name] > 1 and f"{name} ({seen[name]})" in seen:
            seen[name] += 1
        unique = name if seen[name] == 1 else f"{name} ({seen[name]})"
        seen.setdefault(unique, 1)
        names.append(unique)
    return names


def no_usable_column(headings: Sequence[str]) -> str:
    """Say that no column names a company, what was found, and what is needed."""
    shown = ", ".join(f"“{heading[:40]}”" for heading in headings[:12] if heading) or _("no headings")
    if len(headings) > 12:
        shown = _("%(headings)s and %(num)s more", headings=shown, num=len(headings) - 12)
    return _(
        "No column says which company a row is about. Found: %(headings)s. Needed: a column named “domain”, “website” "
        "or “email”. Rename the column in the first line and upload the file again.",
        headings=shown,
    )


def _is_site(text: str) -> bool:
    if "@" in text or " " in text.strip() or "." not in text:
        return False
    try:
        normalize_domain(text)
    except DomainError:
        return False
    return True


def _is_email(text: str) -> bool:
    if "@" not in text:
        return False
    try:
        normalize_email(text)
    except EmailError:
        return False
    return True


def folded(heading: str) -> str:
    """Fold case, accents and punctuation away: `E-Mail`, `e_mail` and `EMAIL` are one heading."""
    plain = unicodedata.normalize("NFKD", heading.casefold().replace("ł", "l"))
    return re.sub(r"[\W_]+", "", "".join(letter for letter in plain if not unicodedata.combining(letter)))
