"""What each column of another platform's export means here: the import's own fields, and four of a migration."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from app.languages import mark
from app.services.errors import InvalidInput
from app.services.imports.columns import Field, clashes
from app.services.waves.presets import PRESETS, Platform


class WaveField(StrEnum):
    """What a column fills: the fields of every import, and who a partner is and was worth on the other platform."""

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
    EXTERNAL_ID = "external_id"
    REVENUE = "revenue"
    LEADS = "leads"
    CURRENCY = "currency"
    EXTRA = "extra"
    IGNORED = "ignored"

    @property
    def label(self) -> str:
        """Return the field as people read it."""
        return _LABELS.get(self) or Field(self.value).label

    @property
    def import_field(self) -> Field:
        """Return what the import makes of the column; what only a migration knows stays in the row's cells."""
        return Field(self.value) if self.value in _OF_IMPORTS else Field.IGNORED


_OF_IMPORTS = frozenset(field.value for field in Field)
_LABELS = {
    WaveField.EXTERNAL_ID: mark("Id on the other platform"),
    WaveField.REVENUE: mark("Revenue they brought"),
    WaveField.LEADS: mark("Leads they brought"),
    WaveField.CURRENCY: mark("Currency of the revenue"),
}
_MANY = frozenset({WaveField.SITE, WaveField.EXTRA, WaveField.IGNORED})
# Headings that say the same on every platform, folded by `folded`; an import knows the rest.
_HEADINGS = {
    WaveField.EXTERNAL_ID: "id partnerid partnerkey externalid affiliateid publisherid promoterid mediapartnerid refid",
    WaveField.REVENUE: "revenue totalrevenue revenueamount sales salesamount totalsales umsatz przychod turnover",
    WaveField.LEADS: "leads totalleads signups conversions referrals actions totalconversions",
    WaveField.CURRENCY: "currency currencycode waehrung wahrung waluta",
    WaveField.EMAIL: "partneremail affiliateemail publisheremail promoteremail",
    WaveField.SITE: "partnerwebsite publisherwebsite affiliatewebsite",
}
_FIELD_OF = {name: field for field, names in _HEADINGS.items() for name in names.split()}


_TIERS = frozenset("tier partnertier tiername level partnerlevel poziom poziompartnera stufe partnerstufe".split())


def names_a_tier(heading: str) -> bool:
    """Say whether a column holds tiers of the other platform, which are none of ours."""
    return folded(heading) in _TIERS


def folded(heading: str) -> str:
    """Fold case and punctuation away, so that `Partner ID`, `partner_id` and `partnerId` are one heading."""
    return re.sub(r"[\W_]+", "", heading.casefold())


def platform_of(headings: Iterable[str]) -> Platform | None:
    """Return the platform whose own headings stand in a file, two of them at least; None where none fits."""
    keys = {folded(heading) for heading in headings}
    found = max(PRESETS, key=lambda platform: len(keys & PRESETS[platform].telling))
    return found if len(keys & PRESETS[found].telling) >= 2 else None


def guess_columns(columns: Mapping[str, Field], platform: Platform | None) -> dict[str, WaveField]:
    """Return the meaning of each column: the platform's, else one every platform shares, else the import's guess.

    A field that only one column can fill goes to the first of them; the others are kept as extra columns.
    """
    preset = PRESETS[platform].columns if platform else {}
    found: dict[str, WaveField] = {}
    for heading, guessed in columns.items():
        key = folded(heading)
        named = WaveField(preset[key]) if key in preset else _FIELD_OF.get(key, WaveField(guessed.value))
        found[heading] = WaveField.EXTRA if named not in _MANY and named in found.values() else named
    return found


def checked_columns(headings: Iterable[str], chosen: Mapping[str, str]) -> dict[str, WaveField]:
    """Return a person's choice for each heading. Raises InvalidInput (field `columns`) where two fill one field."""
    found = {}
    for heading in headings:
        value = chosen.get(heading, "")
        found[heading] = WaveField(value) if value in frozenset(WaveField) else WaveField.EXTRA
    if problems := clashes(found, many=_MANY):
        raise InvalidInput({"columns": " ".join(problems)})
    return found
