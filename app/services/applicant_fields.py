"""What an applicant types about themselves: name, phone, company, e-mail, references; checked, in their language."""

import re

from app.services.languages import gettext as _
from app.services.languages import number
from app.services.plain_text import clean_line
from scrapers.domains import EmailError, normalize_email

MAX_PERSON, MAX_EMAIL, MAX_PHONE, MAX_COMPANY = 120, 254, 40, 200
MAX_REFERENCES = 2
_PHONE = re.compile(r"[+()\d][\d\s()./-]{4,}")


def checked_email(text: str) -> str:
    """Return an e-mail address as it is stored. Raises EmailError."""
    if len(text) > MAX_EMAIL:
        raise EmailError("the e-mail address is too long")
    return normalize_email(clean_line(text))


def checked_contact_lines(*, name: str, phone: str, company_name: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return name, phone and company as they are stored, and what is wrong with them by field."""
    values = {"name": clean_line(name), "phone": clean_line(phone), "company_name": clean_line(company_name)}
    problems = {}
    if not values["name"]:
        problems["name"] = _("Please give your name.")
    elif len(values["name"]) > MAX_PERSON:
        problems["name"] = _("Keep your name to %(most)s characters.", most=number(MAX_PERSON))
    if not values["company_name"]:
        problems["company_name"] = _("Please give your company's name.")
    elif len(values["company_name"]) > MAX_COMPANY:
        problems["company_name"] = _("Keep your company's name to %(most)s characters.", most=number(MAX_COMPANY))
    if values["phone"] and (len(values["phone"]) > MAX_PHONE or not _PHONE.fullmatch(values["phone"])):
        problems["phone"] = _("Write the number with digits, such as +44 20 7946 0018, or leave it empty.")
    return values, problems


def checked_reference(name: str, email: str) -> tuple[tuple[str, str] | None, dict[str, str]]:
    """Return one reference that can be stored, None for two empty fields, and what is wrong by "name" and "email"."""
    who = clean_line(name)
    if not who and not email.strip():
        return None, {}
    problems = {}
    if not 1 <= len(who) <= MAX_PERSON:
        problems["name"] = _("Give the reference's name, in %(most)s characters at most.", most=number(MAX_PERSON))
    try:
        address = checked_email(email)
    except EmailError:
        problems["email"] = _("Give the reference's e-mail address, or leave both fields empty.")
        return None, problems
    return (None, problems) if problems else ((who, address), {})


def checked_references(given: tuple[tuple[str, str], ...]) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Return the references that can be stored, and what is wrong with the others by field."""
    good: list[tuple[str, str]] = []
    problems: dict[str, str] = {}
    for place, (name, email) in enumerate(given[:MAX_REFERENCES], start=1):
        found, wrong = checked_reference(name, email)
        problems |= {f"reference{place}_{field}": words for field, words in wrong.items()}
        if found is not None and found[1] in {address for _name, address in good}:
            problems[f"reference{place}_email"] = _("This is the same address as the reference above.")
        elif found is not None:
            good.append(found)
    return good, problems
