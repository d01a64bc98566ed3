"""The invented people who work on the demo's programs: one or more for every role."""

from __future__ import annotations

from dataclasses import dataclass

from app.demo.program import AFTERGLOW_CREATORS, AFTERGLOW_PARTNERS

# Known to everyone who reads this file: the demo data only ever loads into an empty development database.
DEMO_PASSWORD = "scoutboard-demo-2026"  # noqa: S105

_BOTH = (AFTERGLOW_PARTNERS.slug, AFTERGLOW_CREATORS.slug)
_PARTNERS = (AFTERGLOW_PARTNERS.slug,)
_CREATORS = (AFTERGLOW_CREATORS.slug,)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person with a login; ``role`` is a role by value, ``programs`` the slugs they are a member of."""

    name: str
    email: str
    role: str
    programs: tuple[str, ...]
    about: str


PEOPLE = (
    DemoPerson("Helena Marsh", "director@example.com", "director", _BOTH, "Wants one page that says how it is going."),
    DemoPerson("Theo Brandvold", "theo@example.com", "recruitment_specialist", _BOTH, "Recruits agencies, all day."),
    DemoPerson("Amara Diallo", "amara@example.com", "recruitment_specialist", _BOTH, "Review sites and creators."),
    DemoPerson("Joanna Wilk", "joanna@example.com", "account_manager", _PARTNERS, "Looks after approved partners."),
    DemoPerson("Sam Okonkwo", "sam@example.com", "associate", _PARTNERS, "Finds contacts, works the task list."),
    DemoPerson("Ruth Feldmann", "ruth@example.com", "data_analyst", _BOTH, "Reads everything, changes nothing."),
    DemoPerson("Mateo Ibarra", "mateo@example.com", "creative", _CREATORS, "Makes the one-pagers and banners."),
    DemoPerson("Priya Raman", "admin@example.com", "admin", _BOTH, "Sets up people, mail and settings."),
)


def person_by_email(email: str) -> DemoPerson:
    """Return the person with that address; raises KeyError if nobody has it."""
    return {person.email: person for person in PEOPLE}[email]
