"""What every page of the portal shows around its content, read in a fixed number of statements."""

from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    Company,
    OnboardingPlan,
    PartnerPerson,
    Partnership,
    Program,
    ProgramPage,
    Prospect,
    User,
)
from app.queries.onboarding_plan import Step, steps_of
from app.services.onboarding.people import PortalKey
from app.services.onboarding.starting import plan_of
from app.web.portal.speaking import visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalScreen:
    """The frame of a page: who came, for whom, whom of ours they may ask, and how far the onboarding is."""

    token: str
    person: PartnerPerson
    partnership: Partnership
    program: Program
    company: str
    manager: User | None
    page: ProgramPage | None
    brand_url: str
    plan: OnboardingPlan | None
    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        """Return how many steps are behind us."""
        return sum(step.is_closed for step in self.steps)

    @property
    def to_do(self) -> list[Step]:
        """Return what the partner can do now, what was sent back first."""
        return sorted((step for step in self.steps if step.is_for_partner), key=lambda step: not step.note)


def portal_screen(session: Session, token: str) -> PortalScreen:
    """Return the frame of the page that a link opens. Raises LinkGone."""
    key: PortalKey = visitor(session, token, is_reading=True)
    prospect = session.get_one(Prospect, key.partnership.prospect_id)
    manager_id = key.partnership.account_manager_id
    manager = session.get(User, manager_id) if manager_id else None
    page = session.scalar(select(ProgramPage).where(ProgramPage.program_id == key.program.id))
    plan = plan_of(session, key.partnership.id)
    return PortalScreen(
        token=token,
        person=key.person,
        partnership=key.partnership,
        program=key.program,
        company=session.get_one(Company, prospect.company_id).name,
        manager=manager if manager and manager.is_active else None,
        page=page,
        brand_url=url_for("apply.brand", page_slug=page.slug) if page and page.is_open else "",
        plan=plan,
        steps=steps_of(session, plan.id) if plan else (),
    )
