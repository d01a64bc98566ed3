"""Resources of the library that steps of an onboarding point at: what they are called, and what stops partners."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ActionKind, OnboardingAction, OnboardingTemplate, Resource, TemplateAction
from app.queries.keeping_resources import ResourceRow, may_see, resources_of
from app.queries.onboarding_plan import Step


@dataclass(frozen=True, slots=True)
class StepResource:
    """What a step points at; `is_for_all` where every partner who takes the step may see it."""

    id: int
    title: str
    number: int
    is_archived: bool
    is_for_all: bool

    @property
    def is_shown(self) -> bool:
        """Say whether a partner who takes the step can open it."""
        return not self.is_archived and self.is_for_all


def step_resources(
    session: Session, program_id: int, actions: Iterable[TemplateAction | OnboardingAction | Step], *, tier: str
) -> dict[int, StepResource]:
    """Return what these steps point at by the resource's id, for partners of a tier ("": of any); one statement."""
    wanted = {action.settings["resource_id"] for action in actions if "resource_id" in action.settings}
    rows = resources_of(session, program_id) if wanted else ()
    return {row.id: _of(row, tier) for row in rows if row.id in wanted}


def templates_with(session: Session, resource: Resource) -> list[OnboardingTemplate]:
    """Return the templates in force that have a step which points at a resource, by name."""
    rows = session.execute(
        select(OnboardingTemplate, TemplateAction.settings)
        .join(TemplateAction, TemplateAction.template_id == OnboardingTemplate.id)
        .where(
            OnboardingTemplate.program_id == resource.program_id,
            OnboardingTemplate.archived_at.is_(None),
            TemplateAction.kind == ActionKind.VIEW_RESOURCE,
        )
        .order_by(OnboardingTemplate.name, OnboardingTemplate.id)
    )
    found = {template.id: template for template, settings in rows if settings.get("resource_id") == resource.id}
    return list(found.values())


def _of(row: ResourceRow, tier: str) -> StepResource:
    return StepResource(row.id, row.title, row.number, row.is_archived, may_see(row.tiers, tier))
