"""The demo's later changes to onboarding: a template edited while partners are in it, and partners who read German."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ActionKind, Company, PartnerPerson, Partnership, Program, Prospect, User
from app.services.languages import SOURCE, language_of_country
from app.services.onboarding.contents import ActionContent
from app.services.onboarding.people import change_language
from app.services.onboarding.templates import add_action, templates_of

_NEW_STEP = ActionContent(
    kind=ActionKind.TO_DO,
    title="Name the person we call when a shop goes live",
    text="A name and a number are enough; we only call when something stands still.",
    due_days=7,
    is_required=False,
)


def change_what_has_begun(session: Session, program: Program, *, manager: User) -> None:
    """Add a step to the program's templates, so that running plans differ, and let people choose their language."""
    for template in templates_of(session, program.id):
        add_action(session, template, _NEW_STEP, actor=manager)
    people = session.execute(
        select(PartnerPerson, Company.country)
        .join(Partnership, Partnership.id == PartnerPerson.partnership_id)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(Partnership.program_id == program.id, PartnerPerson.language == "")
    ).all()
    for person, country in people:
        language = language_of_country(country)
        if language != SOURCE:
            change_language(session, person, language)
