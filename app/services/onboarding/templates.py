"""Onboarding templates: adding, changing, ordering.

Partners who have begun keep the copy they began with, until an account manager brings it up to date (updating.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import (
    ActionKind,
    Membership,
    OnboardingTemplate,
    OwnerSide,
    Program,
    Resource,
    Role,
    TemplateAction,
    User,
)
from app.queries.keeping_touch import tier_key
from app.services.audit import record_audit
from app.services.errors import InvalidInput, NotFound
from app.services.hand_order import move_up
from app.services.onboarding.contents import ActionContent, checked_values
from app.services.plain_text import clean_line
from app.services.tiers.records import take_tier

MAX_NAME, MAX_ACTIONS, MAX_STUCK_DAYS = 120, 40, 90


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateContent:
    """A template as a person typed it; an empty tier takes every partner whose tier has no template of its own."""

    name: str
    tier: str = ""
    stuck_days: int = 7


def templates_of(session: Session, program_id: int) -> list[OnboardingTemplate]:
    """Return a program's templates in force, the one for every tier first."""
    return list(
        session.scalars(
            select(OnboardingTemplate)
            .where(OnboardingTemplate.program_id == program_id, OnboardingTemplate.archived_at.is_(None))
            .order_by(OnboardingTemplate.tier, OnboardingTemplate.id)
        )
    )


def template_for(session: Session, program: Program, template_id: int) -> OnboardingTemplate:
    """Return a template of the program, put away or not. Raises NotFound."""
    found = session.get(OnboardingTemplate, template_id)
    if found is None or found.program_id != program.id:
        raise NotFound(_("There is no such template in this program."))
    return found


def actions_of(session: Session, template_id: int) -> list[TemplateAction]:
    """Return a template's actions in their order."""
    return list(
        session.scalars(
            select(TemplateAction)
            .where(TemplateAction.template_id == template_id)
            .order_by(TemplateAction.position, TemplateAction.id)
        )
    )


def add_template(session: Session, program: Program, content: TemplateContent, *, actor: User) -> OnboardingTemplate:
    """Add an empty template. Raises InvalidInput naming what cannot be used, a tier that has one among it."""
    template = OnboardingTemplate(program_id=program.id, **_checked(session, program.id, content))
    _store(session, template)
    _audit(session, "onboarding_template.added", template, actor)
    return template


def change_template(session: Session, template: OnboardingTemplate, content: TemplateContent, *, actor: User) -> None:
    """Change a template's name, tier and patience; raises as add_template does."""
    values = _checked(session, template.program_id, content, held=template.tier)
    with session.no_autoflush:
        for name, value in values.items():
            setattr(template, name, value)
        _store(session, template)
    _audit(session, "onboarding_template.changed", template, actor)


def archive_template(session: Session, template: OnboardingTemplate, *, actor: User) -> None:
    """Start nobody with it any more; plans that were copied from it go on."""
    template.archived_at = now()
    _audit(session, "onboarding_template.archived", template, actor)


def restore_template(session: Session, template: OnboardingTemplate, *, actor: User) -> None:
    """Put it back in force. Raises InvalidInput where its tier has another one by now."""
    template.archived_at = None
    _store(session, template)
    _audit(session, "onboarding_template.restored", template, actor)


def template_action_for(
    session: Session, program: Program, action_id: int
) -> tuple[OnboardingTemplate, TemplateAction]:
    """Return an action of one of the program's templates, with its template. Raises NotFound."""
    action = session.get(TemplateAction, action_id)
    template = session.get(OnboardingTemplate, action.template_id) if action else None
    if action is None or template is None or template.program_id != program.id:
        raise NotFound(_("There is no such action in this program's templates; somebody may have removed it."))
    return template, action


def add_action(
    session: Session, template: OnboardingTemplate, content: ActionContent, *, actor: User
) -> TemplateAction:
    """Add an action at the end. Raises InvalidInput naming every field that cannot be used."""
    known = actions_of(session, template.id)
    if len(known) >= MAX_ACTIONS:
        raise InvalidInput(
            {"title": _("%(max_actions)s actions are enough for anybody; remove one first.", max_actions=MAX_ACTIONS)}
        )
    values = checked_values(content)
    _check_references(session, template, content, known)
    position = max((action.position for action in known), default=0) + 1
    action = TemplateAction(template_id=template.id, position=position, **values)
    session.add(action)
    session.flush()
    _audit(session, "onboarding_template.action_added", template, actor, title=action.title)
    return action


def change_action(session: Session, action: TemplateAction, content: ActionContent, *, actor: User) -> None:
    """Change an action for partners who begin from now on; raises as add_action does."""
    template = session.get_one(OnboardingTemplate, action.template_id)
    values = checked_values(content)
    earlier = [each for each in actions_of(session, template.id) if each.position < action.position]
    _check_references(session, template, content, earlier)
    for name, value in values.items():
        setattr(action, name, value)
    _audit(session, "onboarding_template.action_changed", template, actor, title=action.title)


def remove_action(session: Session, action: TemplateAction, *, actor: User) -> None:
    """Take an action out. What depended on it depends on what it depended on."""
    template = session.get_one(OnboardingTemplate, action.template_id)
    for other in actions_of(session, template.id):
        if other.depends_on_id == action.id:
            other.depends_on_id = action.depends_on_id
    session.flush()
    session.delete(action)
    _audit(session, "onboarding_template.action_removed", template, actor, title=action.title)


def raise_action(session: Session, action: TemplateAction, *, actor: User) -> None:
    """Move an action one place up, as far as the one it depends on allows."""
    template = session.get_one(OnboardingTemplate, action.template_id)
    known = actions_of(session, template.id)
    place = [each.id for each in known].index(action.id)
    if place == 0 or known[place - 1].id == action.depends_on_id:
        return
    move_up(known, action)
    _audit(session, "onboarding_template.action_moved", template, actor, title=action.title)


def works_in(session: Session, program_id: int, person: User | None) -> bool:
    """Say whether something of a program can be given to a person: an active member, or an admin."""
    if person is None or not person.is_active:
        return False
    known = select(Membership.id).where(Membership.user_id == person.id, Membership.program_id == program_id)
    return person.role is Role.ADMIN or session.scalar(known) is not None


def _checked(session: Session, program_id: int, content: TemplateContent, *, held: str = "") -> dict[str, str | int]:
    name, problems = clean_line(content.name), dict[str, str]()
    tier = take_tier(session, program_id, content.tier, problems, held=held)
    if not 1 <= len(name) <= MAX_NAME:
        problems["name"] = _("Give the template a name of %(max_name)s characters at most.", max_name=MAX_NAME)
    if not 1 <= content.stuck_days <= MAX_STUCK_DAYS:
        problems["stuck_days"] = _("Between 1 and %(most)s days.", most=MAX_STUCK_DAYS)
    if problems:
        raise InvalidInput(problems)
    return {"name": name, "tier": tier, "stuck_days": content.stuck_days}


def _store(session: Session, template: OnboardingTemplate) -> None:
    owner = _("The tier “%(tier)s”", tier=template.tier) if template.tier else _("Every tier without its own")
    problem = {"tier": _("%(owner)s has a template already. Change that one, or put it away first.", owner=owner)}
    with session.no_autoflush:
        others = [each for each in templates_of(session, template.program_id) if each is not template]
    # The database holds one template for a tier as it is written; “gold” is “Gold” all the same.
    if any(tier_key(each.tier) == tier_key(template.tier) for each in others):
        raise InvalidInput(problem)
    try:
        with session.begin_nested():
            session.add(template)
            session.flush()
    except IntegrityError:
        raise InvalidInput(problem) from None


def _check_references(
    session: Session, template: OnboardingTemplate, content: ActionContent, earlier: Sequence[TemplateAction]
) -> None:
    problems: dict[str, str] = {}
    if content.kind is ActionKind.VIEW_RESOURCE and content.resource_id is not None:
        problems |= _resource_problem(session, template, content.resource_id)
    if content.depends_on_id is not None and content.depends_on_id not in {each.id for each in earlier}:
        problems["depends_on_id"] = _("An action can wait only for one that stands before it.")
    assignee = session.get(User, content.assignee_id) if content.assignee_id is not None else None
    if content.owner is OwnerSide.STAFF and not works_in(session, template.program_id, assignee):
        problems["assignee_id"] = _("Choose somebody who works in this program.")
    if problems:
        raise InvalidInput(problems)


def _resource_problem(session: Session, template: OnboardingTemplate, resource_id: int) -> dict[str, str]:
    resource = session.get(Resource, resource_id)
    if resource is None or resource.program_id != template.program_id:
        return {"resource_id": _("Choose a resource of this program.")}
    if resource.archived_at is not None:
        return {
            "resource_id": _("“%(title)s” is put away. Choose another one, or show it again.", title=resource.title)
        }
    return {}


def _audit(session: Session, action: str, template: OnboardingTemplate, actor: User, **details: str) -> None:
    session.flush()
    record_audit(
        session,
        action,
        subject=f"onboarding_template:{template.id}",
        actor_id=actor.id,
        program_id=template.program_id,
        details={"name": template.name, "tier": template.tier} | details,
    )
