"""Phone numbers in E.164 form, and the country a company writes from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote, urlsplit

import phonenumbers
from lxml import etree

from scrapers.extract.page import FoundPhone

MAX_PHONES = 30
_LOOKS_LIKE_PHONE = re.compile(r"\+\d|\(\d{2,5}\)|\d[\d .()/-]{7,}\d")
_MAX_LINE_CHARS = 400
_POSTAL_LINE = re.compile(
    r"\b\d{4,5}\b|\b\d{2}-\d{3}\b|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b"
)
# Country-code endings that are sold to anyone and say nothing about where a company sits.
_GENERIC_ENDINGS = frozenset(
    "io co ai tv me cc ly to fm gg sh app eu ws la vc so im gl st sc ac bz nu tk ml ga cf gq pw".split()
)
_NAMES = {
    "US": "united states|usa|u.s.a.|estados unidos|états-unis|stany zjednoczone",
    "GB": "united kingdom|great britain|england|scotland|wales|wielka brytania|royaume-uni|reino unido",
    "DE": "germany|deutschland|niemcy|allemagne|alemania",
    "AT": "austria|österreich|autriche",
    "CH": "switzerland|schweiz|suisse|svizzera|suiza|szwajcaria",
    "PL": "poland|polska|polen|pologne|polonia",
    "FR": "france|frankreich|francja|francia",
    "ES": "spain|españa|spanien|hiszpania|espagne",
    "IT": "italy|italia|italien|italie|włochy",
    "NL": "netherlands|the netherlands|nederland|niederlande|holandia|pays-bas",
    "BE": "belgium|belgique|belgië|belgien",
    "SE": "sweden|sverige|schweden",
    "DK": "denmark|danmark|dänemark",
    "NO": "norway|norge|norwegen",
    "FI": "finland|suomi",
    "IE": "ireland",
    "PT": "portugal",
    "CZ": "czech republic|czechia|česko|tschechien|czechy",
    "CA": "canada|kanada",
    "AU": "australia|australien",
    "NZ": "new zealand",
    "IN": "india|indien",
    "MX": "mexico|méxico|mexiko",
    "BR": "brazil|brasil|brasilien",
    "AR": "argentina",
    "SG": "singapore",
    "IL": "israel",
    "UA": "ukraine|україна",
    "RO": "romania|românia",
    "HU": "hungary|magyarország",
    "ZA": "south africa",
    "AE": "united arab emirates|u.a.e.",
    "JP": "japan",
}
_COUNTRY_OF_NAME = {name: code for code, names in _NAMES.items() for name in names.split("|")}
_NAME = re.compile(
    r"(?<!\w)(" + "|".join(sorted(map(re.escape, _COUNTRY_OF_NAME), key=len, reverse=True)) + r")\W*$", re.IGNORECASE
)


def find_country(url: str, *, stated: Iterable[str], lines: Iterable[str], language_tag: str) -> str | None:
    """Return the two-letter country of the company: stated in JSON-LD, closing a postal line, else by its domain.

    `language_tag` is the page's lang attribute; its region ("en-GB") is the last resort.
    """
    for name in stated:
        code = name.upper() if re.fullmatch(r"[A-Za-z]{2}", name) else _COUNTRY_OF_NAME.get(name.lower())
        if code:
            return "GB" if code == "UK" else code
    for line in lines:
        if len(line) < 200 and _POSTAL_LINE.search(line):
            named = _NAME.search(line)
            if named:
                return _COUNTRY_OF_NAME[named.group(1).lower()]
    ending = _host(url).rpartition(".")[2]
    if len(ending) == 2 and ending.isalpha() and ending not in _GENERIC_ENDINGS:
        return "GB" if ending == "uk" else ending.upper()
    region = re.fullmatch(r"[a-z]{2,3}[-_]([A-Za-z]{2})", language_tag.strip())
    return region.group(1).upper() if region and region.group(1).upper() != "US" else None


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""  # what is no address says nothing about a country


def find_phones(
    tree: etree._Element, lines: Sequence[str], *, stated: Iterable[str], country: str | None
) -> tuple[FoundPhone, ...]:
    """Return the numbers a page offers to call, in E.164, each once; `country` reads those without a prefix."""
    found: dict[str, FoundPhone] = {}
    for link in tree.iter("a"):
        href = (link.get("href") or "").strip()
        if href[:4].lower() == "tel:":
            _take(found, unquote(href[4:]), country, "tel")
    for number in stated:
        _take(found, number, country, "json_ld")
    for line in lines:
        if len(found) >= MAX_PHONES:
            break
        if len(line) <= _MAX_LINE_CHARS and _LOOKS_LIKE_PHONE.search(line):
            for match in phonenumbers.PhoneNumberMatcher(line, country, max_tries=20):
                number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
                found.setdefault(number, FoundPhone(number, "text"))
    return tuple(found.values())[:MAX_PHONES]


def _take(found: dict[str, FoundPhone], text: str, country: str | None, how: str) -> None:
    try:
        number = phonenumbers.parse(text[:60], country)
    except phonenumbers.NumberParseException:
        return
    if phonenumbers.is_valid_number(number):
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        found.setdefault(written, FoundPhone(written, how))
