"""Tiers as records: what can be one, order, renaming, what uses one, and what the migration makes of names."""

import importlib.util

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Broadcast, CadenceRule, OnboardingTemplate, Program, Resource, ResourceKind, User
from app.models.program_page import ProgramPage
from app.models.tier import Tier
from app.models.view import SavedView
from app.queries.tiers import known_tiers, tier_named, tiers_of
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.keeping.cadence import add_rule
from app.services.tiers import records
from app.services.tiers.records import TypedTier, TypedTierGoal, add_tier
from tests.architecture.tree import ROOT
from tests.onboarding_world import make_partner
from tests.tier_world import make_tiers
from tests.world import make_program, make_user


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def program(session: Session, user: User) -> Program:
    return make_program(session, user)


def test_what_was_typed_is_kept_and_what_cannot_be_a_tier_is_said(
    session: Session, program: Program, user: User
) -> None:
    goals = (TypedTierGoal(kpi="Shops", unit="shops", target="1,200", days="90"), TypedTierGoal())
    typed = TypedTier(
        name="  Gold ", commission="30 %", benefits="One\n\n Two ", revenue="€5,000", leads="10", goals=goals
    )
    gold = add_tier(session, program, typed, actor=user)
    assert (gold.name, gold.key, gold.position, gold.benefits) == ("Gold", "gold", 1, ["One", "Two"])
    assert (gold.least_cents, gold.currency, gold.least_leads, gold.months) == (500_000, "EUR", 10, 3)
    assert gold.goals == [{"kpi": "Shops", "unit": "shops", "target": 1200.0, "days": 90}]
    wrong = TypedTier(
        name=" ",
        commission="x" * 201,
        benefits="x\n" * 13,
        months="0",
        revenue="5000",
        leads="3.5",
        goals=(TypedTierGoal(kpi="Shops", target="0", days="9"),),
    )
    with pytest.raises(InvalidInput) as refused:
        add_tier(session, program, wrong, actor=user)
    assert set(refused.value.fields) == {"name", "commission", "benefits", "months", "currency", "leads", "goals"}
    with pytest.raises(InvalidInput, match="There is a tier “GOLD” already"):
        add_tier(session, program, TypedTier(name="GOLD"), actor=user)


def test_order_is_changed_and_a_retired_tier_is_only_for_who_has_it(
    session: Session, program: Program, user: User
) -> None:
    _bronze, silver, gold = make_tiers(session, program, "Bronze", "Silver", "Gold")
    records.retire_tier(session, silver, actor=user)
    records.raise_tier(session, gold, actor=user)
    assert known_tiers(session, program.id) == ["Gold", "Bronze"]
    assert known_tiers(session, program.id, also="Silver") == ["Gold", "Bronze", "Silver"]
    assert records.chosen_tier(session, program.id, " GOLD ") == "Gold"
    assert records.chosen_tier(session, program.id, "silver", held="Silver") == "Silver"
    for name in ("Silver", "Tin"):
        with pytest.raises(InvalidInput, match=f"no tier “{name}” in this program"):
            records.chosen_tier(session, program.id, name)
    # Between the two it stands still, so that who is in it is offered what was above it.
    assert gold.position < silver.position
    records.restore_tier(session, silver, actor=user)
    assert records.chosen_tier(session, program.id, "Silver") == "Silver"
    with pytest.raises(NotFound):
        records.tier_in(session, make_program(session), gold.id)


def test_a_renamed_tier_takes_along_whatever_says_its_name(session: Session, program: Program, user: User) -> None:
    (gold,) = make_tiers(session, program, "Gold")
    foreign = make_program(session)
    make_tiers(session, foreign, "Gold")
    partner, _ = make_partner(session, program, None, tier="Gold")
    other, _ = make_partner(session, foreign, None, tier="Gold")
    template = OnboardingTemplate(program_id=program.id, name="The golden way", tier="Gold")
    resource = Resource(program_id=program.id, kind=ResourceKind.GUIDE, title="Kit", tiers=["Silver", "Gold"])
    view = SavedView(program_id=program.id, owner_id=user.id, name="Golden", query={"tier": ["Gold"], "q": ["x"]})
    draft = Broadcast(program_id=program.id, subject="News", text="x", segment={"tiers": ["", "Gold"]})
    session.add_all([template, resource, view, draft])
    rule = add_rule(session, program, tier="Gold", days="9", actor=user)
    records.change_tier(session, gold, TypedTier(name="Platinum"), seen="1", actor=user)
    session.expire_all()
    assert (partner.tier, template.tier, resource.tiers) == ("Platinum", "Platinum", ["Silver", "Platinum"])
    assert (view.query, draft.segment) == ({"tier": ["Platinum"], "q": ["x"]}, {"tiers": ["", "Platinum"]})
    assert (rule.tier, other.tier) == ("platinum", "Gold")


def test_nobody_puts_back_what_somebody_else_just_changed(session: Session, program: Program, user: User) -> None:
    (gold,) = make_tiers(session, program, "Gold")
    records.change_tier(session, gold, TypedTier(name="Gold", commission="30 %"), seen="1", actor=user)
    with pytest.raises(Conflict, match="Somebody changed this tier meanwhile"):
        records.change_tier(session, gold, TypedTier(name="Golden"), seen="1", actor=user)
    assert (gold.name, gold.commission, gold.version) == ("Gold", "30 %", 2)


def test_a_tier_in_use_says_who_uses_it_and_stays(session: Session, program: Program, user: User) -> None:
    gold, tin = make_tiers(session, program, "Gold", "Tin")
    partner, _ = make_partner(session, program, None, tier="Gold")
    add_rule(session, program, tier="Gold", days="9", actor=user)
    with pytest.raises(Conflict, match=r"in use, so it cannot be deleted: partners .+; a rule of staying in touch"):
        records.delete_tier(session, gold, actor=user)
    records.delete_tier(session, tin, actor=user)
    assert [tier.name for tier in tiers_of(session, program.id)] == ["Gold"]
    partner.tier = ""
    session.execute(delete(CadenceRule))
    records.delete_tier(session, gold, actor=user)
    assert tier_named(session, program.id, "Gold") is None


def test_the_migration_makes_one_record_of_each_name_and_spells_it_alike(
    session: Session, program: Program, user: User
) -> None:
    session.add(ProgramPage(program_id=program.id, slug="p", tiers="Partner: first.\nSilver: five.\nGold: ten."))
    session.add(OnboardingTemplate(program_id=program.id, name="The golden way", tier="Gold"))
    resource = Resource(program_id=program.id, kind=ResourceKind.GUIDE, title="Kit", tiers=["SILVER", "gold"])
    session.add_all([resource, CadenceRule(program_id=program.id, tier="amber", days=9, created_by_id=user.id)])
    view = SavedView(program_id=program.id, owner_id=user.id, name="x", query={"tier": [" GOLD", "?"], "q": ["x"]})
    draft = Broadcast(program_id=program.id, subject="News", text="x", segment={"tiers": ["", "GOLD"], "stages": []})
    sent = Broadcast(program_id=program.id, subject="Old", text="x", segment={"tiers": ["GOLD"]}, sent_at=now())
    session.add_all([view, draft, sent])
    golden, _ = make_partner(session, program, None, tier=" GOLD")
    plain, _ = make_partner(session, program, None)
    make_partner(session, make_program(session), None, tier="Tin")
    (path,) = (ROOT / "migrations" / "versions").glob("*_tiers.py")
    spec = importlib.util.spec_from_file_location("tiers_migration", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module._make_records(session.connection())
    session.expire_all()
    assert [(tier.name, tier.key) for tier in tiers_of(session, program.id)] == [
        ("SILVER", "silver"),
        ("Gold", "gold"),
        ("amber", "amber"),
    ]
    assert (golden.tier, plain.tier, resource.tiers) == ("Gold", "", ["SILVER", "Gold"])
    assert view.query == {"tier": ["Gold", "?"], "q": ["x"]}
    assert (draft.segment, sent.segment) == ({"tiers": ["", "Gold"], "stages": []}, {"tiers": ["GOLD"]})
    assert session.scalars(select(Tier.name).where(Tier.program_id != program.id)).all() == ["Tin"]
