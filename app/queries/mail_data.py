"""The values a mail may use about its recipient, and the list of them that the editor offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import mark
from app.models import Company, FitScore, Program, Prospect, Sender, User
from app.queries.contact_facts import ContactFacts
from app.queries.quotes import Quote
from outreach.countries import country_name


@dataclass(frozen=True, slots=True)
class MailField:
    """A field of templates: its dotted name, what it is, and a fallback that reads well ("" where it needs none)."""

    name: str
    label: str
    fallback: str = ""

    @property
    def insert(self) -> str:
        """Return what the insert menu writes into the text."""
        return f'{{{{ {self.name} | default: "{self.fallback}" }}}}' if self.fallback else f"{{{{ {self.name} }}}}"


FIELDS = (
    MailField("contact.first_name", mark("First name"), "there"),
    MailField("contact.last_name", mark("Last name"), "there"),
    MailField("contact.name", mark("Full name"), "there"),
    MailField("contact.role", mark("What they do"), "your role"),
    MailField("contact.email", mark("E-mail address")),
    MailField("company.name", mark("Company")),
    MailField("company.domain", mark("Company's domain")),
    MailField("company.website", mark("Company's website")),
    MailField("company.country", mark("Country"), "your market"),
    MailField("site.quote", mark("A sentence from their own site")),
    MailField("site.quote_page", mark("Title of the page it stands on"), "your site"),
    MailField("site.quote_url", mark("Address of that page")),
    MailField("site.topic", mark("What earned them the most points"), "what you do"),
    MailField("program.name", mark("Program")),
    MailField("program.offer", mark("What the program offers"), "our terms"),
    MailField("program.apply_url", mark("Link to the application form, with their company filled in")),
    MailField("owner.name", mark("Who looks after them"), "our team"),
    MailField("owner.first_name", mark("First name of that person"), "our team"),
    MailField("sender.name", mark("Sender's name")),
    MailField("sender.first_name", mark("Sender's first name")),
    MailField("sender.address", mark("Sender's address")),
)
FIELD_NAMES = tuple(field.name for field in FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom a mail is written for: the rows its values come from."""

    program: Program
    prospect: Prospect
    company: Company
    contact: ContactFacts
    sender: Sender
    quote: Quote | None
    # The program's form, as app.services.apply_links makes the link; "" where the text does not name it.
    apply_url: str = ""


def mail_data(session: Session, to: Recipient, *, needs_topic: bool = True) -> dict[str, Mapping[str, Any]]:
    """Return the values of every field for one recipient; those that are not known are empty.

    Without `needs_topic` the site's topic is left empty too: it takes a query, and few templates name it.
    """
    owner = session.get(User, to.prospect.owner_id) if to.prospect.owner_id else None
    return {
        "contact": {
            "first_name": to.contact.first_name,
            "last_name": to.contact.last_name,
            "name": to.contact.name,
            "role": to.contact.role,
            "email": to.contact.email,
        },
        "company": {
            "name": to.company.name,
            "domain": to.company.domain,
            "website": to.company.website,
            "country": country_name(to.company.country),
        },
        "site": {
            "quote": to.quote.text if to.quote else "",
            "quote_page": to.quote.title if to.quote else "",
            "quote_url": to.quote.url if to.quote else "",
            "topic": _best_topic(session, to.prospect.id) if needs_topic else "",
        },
        "program": {"name": to.program.name, "offer": to.program.offer, "apply_url": to.apply_url},
        "owner": {"name": owner.name if owner else "", "first_name": _first(owner.name) if owner else ""},
        "sender": {
            "name": to.sender.name,
            "first_name": _first(to.sender.name),
            "address": to.sender.address,
        },
    }


def _first(name: str) -> str:
    return name.split()[0] if name.split() else ""


def _best_topic(session: Session, prospect_id: int) -> str:
    parts = session.scalar(
        select(FitScore.parts).where(FitScore.prospect_id == prospect_id).order_by(FitScore.id.desc()).limit(1)
    )
    best = max(parts or (), key=lambda part: float(part.get("points", 0)), default=None)
    return str(best.get("label", "")) if best and float(best.get("points", 0)) > 0 else ""
