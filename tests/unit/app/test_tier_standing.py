"""Who qualifies for a higher tier, and raising them: evidence, goals, terms, and nobody by themselves."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import today
from app.models import (
    Activity,
    AuditEvent,
    Goal,
    Notice,
    PartnerResult,
    Program,
    Prospect,
    RevenueBand,
    Stage,
    SuppressionReason,
    User,
)
from app.models.tier import Tier
from app.queries.tier_standing import qualified_in
from app.services.care.tier_terms import tell_tier
from app.services.errors import Conflict, InvalidInput
from app.services.keeping.goals import TypedGoal, add_goal
from app.services.languages import in_language
from app.services.onboarding.handing_over import HandOver, hand_over
from app.services.suppressions import suppress
from app.services.tiers.entering import give_goals
from app.services.tiers.raising import raise_partner
from app.services.tiers.standing import standing_of
from app.services.tiers.terms import accept_tier_terms, agreement_of, publish_tier_terms
from app.services.tiers.words import entry_words
from tests.onboarding_world import make_partner
from tests.tier_world import make_result, make_tiers
from tests.world import make_program, make_user

GOAL = {"kpi": "Shops", "unit": "shops", "target": 12.5, "days": 90}


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def program(session: Session, user: User) -> Program:
    return make_program(session, user)


def tiers(session: Session, program: Program, **gold: object) -> tuple[Tier, Tier, Tier]:
    """Partner by hand, Silver from 1,000 EUR, Gold from 5,000 EUR and 10 leads, in three months."""
    first, silver, top = make_tiers(session, program, "Partner", "Silver", "Gold", currency="EUR")
    silver.least_cents, top.least_cents, top.least_leads = 100_000, 500_000, 10
    for name, value in gold.items():
        setattr(top, name, value)
    session.flush()
    return first, silver, top


def names(session: Session, program: Program) -> list[tuple[int, str]]:
    return [(each.partnership_id, each.tier.name) for each in qualified_in(session, program.id)]


def test_the_highest_tier_that_results_lead_into_is_offered(session: Session, program: Program) -> None:
    tiers(session, program)
    silver, _ = make_partner(session, program, None, tier="Silver")
    make_result(session, silver, amount_cents=480_000, currency="EUR", leads=9)
    assert names(session, program) == []
    month = (today().replace(day=1) - timedelta(days=1)).replace(day=1)
    make_result(session, silver, month=month, band=RevenueBand.FROM_1K, currency="EUR", leads=1)
    assert names(session, program) == [(silver.id, "Gold")]
    begun, _ = make_partner(session, program, None)
    make_result(session, begun, amount_cents=100_000, currency="EUR", leads=50)
    gold, _ = make_partner(session, program, None, tier="gold")
    make_result(session, gold, amount_cents=900_000, currency="EUR", leads=50)
    dollars, _ = make_partner(session, program, None)
    make_result(session, dollars, amount_cents=900_000, currency="USD", leads=50)
    assert dict(names(session, program)) == {silver.id: "Gold", begun.id: "Silver"}
    with time_machine.travel(today() + timedelta(days=95)):
        assert names(session, program) == []


def test_one_of_two_is_enough_where_the_tier_says_so(session: Session, program: Program) -> None:
    _, _, gold = tiers(session, program, is_either=True)
    partner, _ = make_partner(session, program, None, tier="Silver")
    make_result(session, partner, leads=10)
    assert names(session, program) == [(partner.id, "Gold")]
    assert entry_words(gold) == "At least 5,000.00 EUR of revenue or 10 leads in 3 months."
    standing = standing_of(session, partner)
    assert (standing.is_reached, standing.so_far.split(" since")[0]) == (True, "0.00 EUR of revenue and 10 leads")


def test_raising_gives_goals_and_tells_them_with_the_evidence_on_record(
    session: Session, program: Program, user: User
) -> None:
    _, _, gold = tiers(session, program, goals=[GOAL, GOAL | {"kpi": "Webinars"}])
    partner, _ = make_partner(session, program, None, tier="Silver", account_manager_id=user.id)
    due_on = (today() + timedelta(days=9)).isoformat()
    add_goal(session, partner, TypedGoal(kpi="webinars", target="3", due_on=due_on), actor=user)
    make_result(session, partner, amount_cents=600_000, currency="EUR", leads=11)
    with in_language("de", is_staff=True):
        raise_partner(session, partner, gold.id, seen="Silver", actor=user)
    assert partner.tier == "Gold"
    goals = session.scalars(select(Goal).order_by(Goal.id)).all()
    assert [(goal.kpi, goal.target) for goal in goals] == [("webinars", 3.0), ("Shops", 12.5)]
    assert goals[1].due_on == today() + timedelta(days=90)
    note = session.scalars(select(Activity.body)).one()
    assert note.startswith("Raised to Gold: 6,000.00 EUR of revenue and 11 leads since ")
    mail = session.scalars(select(Notice).where(Notice.kind == "partner_tier")).one()
    assert "is Gold at" in mail.text
    raised = session.scalars(select(AuditEvent).where(AuditEvent.action == "partnership.tier_raised")).one()
    assert (raised.details["from"], raised.details["to"], raised.details["cents"]) == ("Silver", "Gold", 600_000)
    assert names(session, program) == []


def test_goals_of_a_tier_are_given_as_stored_and_one_refused_leaves_the_rest(
    session: Session, program: Program, user: User
) -> None:
    refused = GOAL | {"kpi": "Nothing", "target": 0}
    small = [GOAL | {"kpi": "Share", "target": 1.125}, GOAL | {"kpi": "Errors", "target": 1e-05}]
    _, _, gold = tiers(session, program, goals=[refused, *small])
    partner, _ = make_partner(session, program, None)
    assert give_goals(session, partner, gold, by_user_id=user.id) == ["Share", "Errors"]
    assert session.scalars(select(Goal.target).order_by(Goal.id)).all() == [1.125, 1e-05]


def test_only_a_tier_of_which_something_was_said_is_the_next(session: Session, program: Program) -> None:
    _, silver, gold = tiers(session, program)
    silver.least_cents = gold.least_cents = gold.least_leads = None
    partner, _ = make_partner(session, program, None, tier="Partner")
    assert standing_of(session, partner).following is None
    for said in ({"commission": "30 %"}, {"benefits": ["A contact"]}, {"least_leads": 3}):
        for name, value in said.items():
            before = getattr(gold, name)
            setattr(gold, name, value)
            session.flush()
            assert standing_of(session, partner).following is gold
            setattr(gold, name, before)


def test_nobody_is_raised_on_what_is_not_so_any_more(session: Session, program: Program, user: User) -> None:
    _, _, gold = tiers(session, program)
    partner, _ = make_partner(session, program, None, tier="Silver")
    result = make_result(session, partner, amount_cents=600_000, currency="EUR", leads=11)
    with pytest.raises(Conflict, match="changed this partner's tier meanwhile"):
        raise_partner(session, partner, gold.id, seen="Partner", actor=user)
    session.delete(session.get_one(PartnerResult, result.id))
    session.flush()
    with pytest.raises(Conflict, match="does not lead into that tier any more"):
        raise_partner(session, partner, gold.id, seen="Silver", actor=user)
    assert partner.tier == "Silver"


def test_who_is_no_partner_any_more_qualifies_for_nothing(session: Session, program: Program) -> None:
    tiers(session, program)
    partner, _ = make_partner(session, program, None)
    make_result(session, partner, amount_cents=600_000, currency="EUR", leads=11)
    assert len(names(session, program)) == 1
    session.get_one(Prospect, partner.prospect_id).stage = Stage.WITHDRAWN
    session.flush()
    assert names(session, program) == []


def test_goals_come_with_a_tier_given_by_hand_too(session: Session, program: Program, user: User) -> None:
    tiers(session, program, goals=[GOAL])
    partner, _ = make_partner(session, program, None)
    hand_over(session, partner, HandOver(account_manager_id=user.id, tier="Gold"), actor=user)
    hand_over(session, partner, HandOver(account_manager_id=user.id, tier="Gold"), actor=user)
    assert session.scalars(select(Goal.kpi)).all() == ["Shops"]
    given = session.scalars(select(AuditEvent).where(AuditEvent.action == "partnership.tier_given")).one()
    assert given.details == {"from": "", "to": "Gold", "goals": ["Shops"]}


def test_terms_of_a_tier_are_accepted_in_the_version_that_was_read(
    session: Session, program: Program, user: User
) -> None:
    _, _, gold = tiers(session, program)
    partner, person = make_partner(session, program, None, tier="Gold")
    assert agreement_of(session, partner) is None
    first = publish_tier_terms(session, gold, "Be golden.", base_version=0, actor=user)
    assert first is not None
    with pytest.raises(Conflict, match="published terms of this tier meanwhile"):
        publish_tier_terms(session, gold, "Be tin.", base_version=0, actor=user)
    assert publish_tier_terms(session, gold, "Be golden. ", base_version=1, actor=user) is None
    for _ in range(2):
        found = accept_tier_terms(session, partner, terms_id=first.id, person=person, address="198.51.100.7")
    assert found.accepted_at is not None
    second = publish_tier_terms(session, gold, "Be more golden.", base_version=1, actor=user)
    assert second is not None
    assert standing_of(session, partner).has_terms_to_accept
    with pytest.raises(InvalidInput):
        accept_tier_terms(session, partner, terms_id=first.id, person=person, address="")
    publish_tier_terms(session, gold, "", base_version=2, actor=user)
    assert not standing_of(session, partner).has_terms_to_accept
    with pytest.raises(Conflict):
        accept_tier_terms(session, partner, terms_id=second.id, person=person, address="")


def test_new_terms_of_a_tier_are_mailed_to_its_partners_alone_each_in_their_language(
    session: Session, program: Program, user: User
) -> None:
    _, silver, gold = tiers(session, program)
    make_partner(session, program, None, tier=silver.name)
    _, english = make_partner(session, program, None, tier="Gold")
    _, polish = make_partner(session, program, None, tier="Gold")
    polish.language = "pl"
    _, listed = make_partner(session, program, None, tier="Gold")
    gone, _ = make_partner(session, program, None, tier="Gold")
    session.get_one(Prospect, gone.prospect_id).stage = Stage.WITHDRAWN
    suppress(session, listed.email, reason=SuppressionReason.OPT_OUT)
    terms = publish_tier_terms(session, gold, "Be golden.", base_version=0, actor=user)
    assert terms is not None
    before = session.scalar(select(func.max(Notice.id))) or 0
    told = tell_tier(session, program, gold, terms, actor=user)
    assert {each.person_id for each in told.to} == {english.id, polish.id}
    # Who was a partner once is not among those who should have been told.
    assert [each.person_id for each in told.skipped] == [listed.id]
    notices = session.scalars(select(Notice).where(Notice.id > before)).all()
    by_address = {notice.to_address: notice for notice in notices}
    assert set(by_address) == {english.email, polish.email}
    first = by_address[english.email]
    assert first.subject == f"New terms for Gold at {program.name}: please accept version 1"
    assert re.search(r"/partner/\S+/terms\n", first.text)
    assert by_address[polish.email].subject.startswith("Nowe warunki")
    audited = session.scalars(select(AuditEvent).where(AuditEvent.action == "tier_terms.told")).one()
    assert audited.details == {"name": "Gold", "version": 1, "told": 2, "skipped": 1}
