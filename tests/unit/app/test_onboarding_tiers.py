"""A partner's tier and the template their onboarding begins with: at the approval, and when the tier is set later."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    ActionKind,
    ActionState,
    OnboardingAction,
    OnboardingTemplate,
    Partnership,
    PlanEvent,
    PlanEventKind,
    Program,
    ProgramTerms,
    Stage,
    User,
)
from app.queries.tiers import known_tiers
from app.services.errors import InvalidInput
from app.services.onboarding.approving import skip_action
from app.services.onboarding.contents import ActionContent
from app.services.onboarding.handing_over import HandOver, hand_over
from app.services.onboarding.progress import locked_action
from app.services.onboarding.templates import TemplateContent, add_action, add_template, archive_template
from app.services.reviewing import Review, approve_application
from tests.application_world import make_application, make_open_page
from tests.onboarding_world import action_in, make_partner, make_template, plan_in
from tests.tier_world import make_tiers
from tests.world import make_program, make_prospect, make_user


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def program(session: Session, user: User) -> Program:
    made = make_program(session, user)
    make_tiers(session, made, "Silver", "Gold", "Bronze")
    return made


def tier_template(session: Session, program: Program, user: User, tier: str) -> OnboardingTemplate:
    template = add_template(session, program, TemplateContent(name=f"For {tier}", tier=tier), actor=user)
    for kind in (ActionKind.ACCEPT_TERMS, ActionKind.TO_DO):
        add_action(session, template, ActionContent(kind=kind, title=f"{tier}: {kind.value}"), actor=user)
    return template


def titles(session: Session, partnership: Partnership) -> list[str]:
    query = select(OnboardingAction.title).where(OnboardingAction.plan_id == plan_in(session, partnership).id)
    return list(session.scalars(query.order_by(OnboardingAction.position)))


def approve(session: Session, program: Program, user: User, tier: str) -> Partnership:
    make_open_page(session, program)
    terms = session.scalars(select(ProgramTerms)).one()
    application = make_application(session, make_prospect(session, program, stage=Stage.APPLIED), terms)
    review = Review(reason_codes=("strong_fit",), tier=tier)
    approve_application(session, application, review, version=application.version, reviewer=user)
    return session.scalars(select(Partnership)).one()


@pytest.mark.parametrize(("tier", "name"), [("  GOLD ", "For Gold"), ("Silver", "First steps"), ("", "First steps")])
def test_an_approval_begins_with_the_template_of_the_tier_it_says(
    session: Session, program: Program, user: User, tier: str, name: str
) -> None:
    make_template(session, program, user, ActionKind.READ_CONFIRM)
    tier_template(session, program, user, "Gold")
    partnership = approve(session, program, user, tier)
    assert partnership.tier == tier.strip().capitalize()
    assert plan_in(session, partnership).template_name == name


def test_a_tier_that_is_none_is_refused_and_nobody_is_approved(session: Session, program: Program, user: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        approve(session, program, user, "Tin")
    assert set(refused.value.fields) == {"tier"}
    assert session.scalars(select(Partnership)).all() == []


def test_a_tier_set_later_begins_anew_while_nothing_is_done(session: Session, program: Program, user: User) -> None:
    make_template(session, program, user, ActionKind.READ_CONFIRM, ActionKind.ACCEPT_TERMS)
    gold = tier_template(session, program, user, "Gold")
    partnership = approve(session, program, user, "")
    terms = action_in(session, partnership, ActionKind.ACCEPT_TERMS)
    assert terms.state is ActionState.DONE, "with the application, which is nothing done in the plan"
    assert hand_over(session, partnership, HandOver(account_manager_id=user.id, tier="gold"), actor=user) is gold
    plan = plan_in(session, partnership)
    assert (plan.template_id, plan.template_name, partnership.tier) == (gold.id, "For Gold", "Gold")
    assert titles(session, partnership) == ["Gold: accept_terms", "Gold: to_do"]
    assert action_in(session, partnership, ActionKind.ACCEPT_TERMS).state is ActionState.DONE
    started = select(PlanEvent.text).where(PlanEvent.kind == PlanEventKind.STARTED).order_by(PlanEvent.id)
    assert session.scalars(started).all() == ["First steps", "For Gold"]
    before = action_in(session, partnership, ActionKind.TO_DO).id
    assert hand_over(session, partnership, HandOver(account_manager_id=user.id, tier="Gold"), actor=user) is None
    assert action_in(session, partnership, ActionKind.TO_DO).id == before


def test_a_plan_somebody_worked_on_stays_whatever_the_tier(session: Session, program: Program, user: User) -> None:
    usual = make_template(session, program, user, ActionKind.READ_CONFIRM, ActionKind.TO_DO)
    tier_template(session, program, user, "Gold")
    partnership, _ = make_partner(session, program, usual)
    plan, action = locked_action(session, partnership, action_in(session, partnership, ActionKind.TO_DO).id)
    skip_action(session, plan, action, note="Done by phone", user=user)
    assert hand_over(session, partnership, HandOver(account_manager_id=user.id, tier="Gold"), actor=user) is None
    assert (plan.template_id, partnership.tier) == (usual.id, "Gold")


def test_a_tier_without_a_template_changes_no_plan(session: Session, program: Program, user: User) -> None:
    usual = make_template(session, program, user, ActionKind.READ_CONFIRM)
    archive_template(session, tier_template(session, program, user, "Gold"), actor=user)
    add_template(session, program, TemplateContent(name="Nothing in it", tier="Silver"), actor=user)
    partnership, _ = make_partner(session, program, usual)
    for tier in ("Gold", "Silver", "Bronze", ""):
        assert hand_over(session, partnership, HandOver(account_manager_id=user.id, tier=tier), actor=user) is None
    assert plan_in(session, partnership).template_id == usual.id


def test_gold_and_gold_in_small_letters_are_one_tier(session: Session, program: Program, user: User) -> None:
    tier_template(session, program, user, "Gold")
    with pytest.raises(InvalidInput, match="has a template already"):
        add_template(session, program, TemplateContent(name="Again", tier="gold"), actor=user)
    make_tiers(session, make_program(session), "Foreign")
    assert known_tiers(session, program.id) == ["Silver", "Gold", "Bronze"]
