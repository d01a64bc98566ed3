"""The start: an approval makes a partnership, and a copy of the program's template becomes the partner's own plan.

The approval calls this from inside its move, so nothing here moves a prospect; the first thing that is done will.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import (
    ActionKind,
    ActionState,
    Application,
    ApplicationState,
    OnboardingAction,
    OnboardingDocument,
    OnboardingPlan,
    OnboardingTemplate,
    Partnership,
    PlanEventKind,
    Prospect,
    Provenance,
    TemplateAction,
)
from app.models.onboarding import PlanUpdate
from app.queries.keeping_touch import tier_key
from app.queries.tiers import tier_named
from app.services.audit import record_audit
from app.services.errors import Conflict
from app.services.onboarding.differing import is_untouched
from app.services.onboarding.events import Doer, record_plan_event
from app.services.onboarding.giving import ask_for_hand_over, least_busy_account_manager
from app.services.onboarding.mails import mail_person
from app.services.onboarding.people import NewPerson, add_person, people_of
from app.services.onboarding.templates import actions_of, templates_of
from app.services.program_pages import current_terms
from app.services.tiers.entering import give_goals

_THEIR_WORD = (ApplicationState.SUBMITTED, ApplicationState.ASKED, ApplicationState.APPROVED)


def partnership_of(session: Session, prospect_id: int) -> Partnership | None:
    """Return a prospect's partnership, if it was ever approved."""
    return session.scalar(select(Partnership).where(Partnership.prospect_id == prospect_id))


def plan_of(session: Session, partnership_id: int, *, lock: bool = False) -> OnboardingPlan | None:
    """Return a partner's plan, with `lock` for changing anything in it."""
    query = select(OnboardingPlan).where(OnboardingPlan.partnership_id == partnership_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def begin_partnership(
    session: Session, prospect: Prospect, *, by_user_id: int | None, written_to: str = "", tier: str = ""
) -> Partnership:
    """Make an approved prospect a partner: account manager, main contact, plan; called by the approval's move.

    A company that was a partner before gets its partnership back as it was, its clock set anew; a `tier` that is said
    takes the place of the one it had. `written_to` is whom the answer to an application brings the way to the page, so
    that the plan begins without a mail to them.
    """
    known = partnership_of(session, prospect.id)
    if known is not None:
        if tier:
            give_tier(session, known, tier, by_user_id=by_user_id)
        _set_clock_anew(session, known)
        return known
    partnership = Partnership(
        program_id=prospect.program_id,
        prospect_id=prospect.id,
        account_manager_id=least_busy_account_manager(session, prospect.program_id),
        recruiter_id=prospect.owner_id or by_user_id,
        tier=tier,
    )
    session.add(partnership)
    session.flush()
    record_audit(
        session,
        "partnership.begun",
        subject=f"partnership:{partnership.id}",
        actor_id=by_user_id,
        program_id=prospect.program_id,
        details={"prospect_id": prospect.id, "account_manager_id": partnership.account_manager_id, "tier": tier},
    )
    _take_over_application(session, partnership)
    template = template_for(session, partnership.program_id, partnership.tier)
    if template is not None:
        start_plan(session, partnership, template, by_user_id=by_user_id, written_to=written_to)
    _enter(session, partnership, "", by_user_id=by_user_id)
    ask_for_hand_over(session, partnership)
    return partnership


def start_plan(
    session: Session,
    partnership: Partnership,
    template: OnboardingTemplate,
    *,
    by_user_id: int | None,
    written_to: str = "",
) -> OnboardingPlan:
    """Copy a template as the partner's plan and mail its people, but for whom another mail (`written_to`) tells.

    Raises Conflict for a second or an empty one.
    """
    if plan_of(session, partnership.id) is not None:
        raise Conflict(_("This partner's onboarding has begun already. Reload the page."))
    originals = actions_of(session, template.id)
    if not originals:
        raise Conflict(_("The template “%(name)s” has no actions yet. Add some, then start.", name=template.name))
    plan = OnboardingPlan(program_id=partnership.program_id, partnership_id=partnership.id, **_beginning_with(template))
    session.add(plan)
    session.flush()
    _fill(session, plan, partnership, originals, by_user_id=by_user_id)
    for person in people_of(session, partnership.id):
        if person.email != written_to:
            mail_person(session, person, "welcome")
    return plan


def give_tier(
    session: Session, partnership: Partnership, tier: str, *, by_user_id: int | None
) -> OnboardingTemplate | None:
    """Set a partner's tier, with its goals; a plan in which nobody did anything yet starts anew with its template.

    Returns that template; None where the plan stays as it is.
    """
    before, is_other = partnership.tier, tier_key(tier) != tier_key(partnership.tier)
    partnership.tier = tier
    if is_other:
        _enter(session, partnership, before, by_user_id=by_user_id)
    template = template_for(session, partnership.program_id, tier) if tier and is_other else None
    plan = plan_of(session, partnership.id, lock=True) if template is not None and template.tier else None
    if template is None or plan is None or plan.template_id == template.id or _has_begun(session, plan):
        return None
    # What was brought up to date was the other template's, so there is nothing left to undo.
    session.execute(delete(PlanUpdate).where(PlanUpdate.plan_id == plan.id))
    for step in session.scalars(select(OnboardingAction).where(OnboardingAction.plan_id == plan.id)).all():
        session.delete(step)
    for name, value in _beginning_with(template).items():
        setattr(plan, name, value)
    session.flush()
    _fill(session, plan, partnership, actions_of(session, template.id), by_user_id=by_user_id)
    return template


def _enter(session: Session, partnership: Partnership, before: str, *, by_user_id: int | None) -> None:
    """Give a partner what their tier brings beside its plan; its terms wait on their page by themselves."""
    tier = tier_named(session, partnership.program_id, partnership.tier) if partnership.tier else None
    goals = give_goals(session, partnership, tier, by_user_id=by_user_id) if tier else []
    if tier is None and not before:
        return
    record_audit(
        session,
        "partnership.tier_given",
        subject=f"partnership:{partnership.id}",
        actor_id=by_user_id,
        program_id=partnership.program_id,
        details={"from": before, "to": partnership.tier, "goals": goals},
    )


def _has_begun(session: Session, plan: OnboardingPlan) -> bool:
    """Say whether anybody did anything in a plan; terms that were accepted with the application are not of the plan."""
    steps = session.scalars(select(OnboardingAction).where(OnboardingAction.plan_id == plan.id)).all()
    sent = session.scalars(
        select(OnboardingDocument.action_id).where(OnboardingDocument.action_id.in_([step.id for step in steps]))
    ).all()
    return any(not is_untouched(step, sent) and not step.answer.get("with_application") for step in steps)


def _beginning_with(template: OnboardingTemplate) -> dict[str, Any]:
    """Return the columns of a plan that begins now as a copy of a template."""
    return {
        "template_id": template.id,
        "template_name": template.name,
        "started_at": now(),
        "stuck_days": template.stuck_days,
        "progressed_at": now(),
        "stuck_at": now() + timedelta(days=template.stuck_days),
        "stuck_told_at": None,
    }


def _fill(
    session: Session,
    plan: OnboardingPlan,
    partnership: Partnership,
    originals: list[TemplateAction],
    *,
    by_user_id: int | None,
) -> None:
    _copy(session, plan, originals)
    _tick_terms_accepted_before(session, plan, partnership)
    record_plan_event(session, plan, PlanEventKind.STARTED, Doer(by_user_id), text=plan.template_name)


def _set_clock_anew(session: Session, partnership: Partnership) -> None:
    plan = plan_of(session, partnership.id, lock=True)
    if plan is not None and plan.done_at is None:
        plan.progressed_at = now()
        plan.stuck_at = now() + timedelta(days=plan.stuck_days)


def _take_over_application(session: Session, partnership: Partnership) -> None:
    """Take contact and accepted terms from the application, whose address its applicant has confirmed."""
    application = session.scalar(
        select(Application)
        .where(Application.prospect_id == partnership.prospect_id, Application.state.in_(_THEIR_WORD))
        .order_by(Application.id.desc())
        .limit(1)
    )
    if application is None:
        return
    partnership.terms_id = application.terms_id
    partnership.terms_accepted_at = application.terms_accepted_at
    partnership.terms_address = application.terms_address
    new = NewPerson(name=application.name, email=application.email, phone=application.phone)
    person = add_person(session, partnership, new, provenance=Provenance.APPLICATION)
    person.language = application.language


def template_for(session: Session, program_id: int, tier: str = "") -> OnboardingTemplate | None:
    """Return the template of a partner's tier, else the one for every tier; one without actions is none.

    “Gold” and “gold” are one tier.
    """
    by_tier = {tier_key(template.tier): template for template in templates_of(session, program_id)}
    found = by_tier.get(tier_key(tier)) or by_tier.get("")
    return found if found is not None and actions_of(session, found.id) else None


def _copy(session: Session, plan: OnboardingPlan, originals: list[TemplateAction]) -> None:
    copies: dict[int, OnboardingAction] = {}
    for original in originals:
        before = copies.get(original.depends_on_id or 0)
        copy = OnboardingAction(
            program_id=plan.program_id,
            plan_id=plan.id,
            position=original.position,
            kind=original.kind,
            title=original.title,
            text=original.text,
            owner=original.owner,
            assignee_id=original.assignee_id,
            due_days=original.due_days,
            depends_on_id=before.id if before else None,
            needs_approval=original.needs_approval,
            is_required=original.is_required,
            settings=dict(original.settings),
            origin=original.origin,
        )
        if before is None:
            open_action(copy)
        session.add(copy)
        session.flush()
        copies[original.id] = copy


def open_action(action: OnboardingAction) -> None:
    """Let an action be done from now on; its days begin to count."""
    action.opened_at = now()
    action.due_at = now() + timedelta(days=action.due_days)


def _tick_terms_accepted_before(session: Session, plan: OnboardingPlan, partnership: Partnership) -> None:
    """Ask nobody to accept what they accepted when they applied."""
    terms = current_terms(session, partnership.program_id)
    if terms is None or partnership.terms_id != terms.id or partnership.terms_accepted_at is None:
        return
    actions = session.scalars(
        select(OnboardingAction).where(
            OnboardingAction.plan_id == plan.id, OnboardingAction.kind == ActionKind.ACCEPT_TERMS
        )
    ).all()
    for action in actions:
        action.state = ActionState.DONE
        action.opened_at = action.opened_at or now()
        action.done_at = now()
        action.answer = {"version": terms.version, "with_application": True}
        waiting = select(OnboardingAction).where(OnboardingAction.depends_on_id == action.id)
        for following in session.scalars(waiting):
            open_action(following)
