"""The tier of a partner as screens ask for it: in the review, for several at once, and at the hand-over."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import ActionKind, Application, OnboardingPlan, Partnership, Program, ProgramTerms, Role, Stage, User
from app.services.onboarding.contents import ActionContent
from app.services.onboarding.templates import TemplateContent, add_action, add_template
from tests.application_world import make_application, make_open_page
from tests.onboarding_world import make_partner, make_template
from tests.tier_world import make_tiers
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user


def world(sign_in: SignIn) -> tuple[FlaskClient, Program, User]:
    """A program with a template for Gold alone, and its director signed in."""
    with transaction() as session:
        director = make_user(session, Role.DIRECTOR)
        program = make_program(session, director)
        make_open_page(session, program)
        make_tiers(session, program, "Gold")
        gold = add_template(session, program, TemplateContent(name="The golden way", tier="Gold"), actor=director)
        add_action(session, gold, ActionContent(kind=ActionKind.TO_DO, title="Send us your logo"), actor=director)
    return sign_in(director), program, director


def applies(program: Program) -> Application:
    with transaction() as session:
        terms = session.scalars(select(ProgramTerms)).one()
        prospect = make_prospect(session, program, stage=Stage.APPLIED)
        return make_application(session, prospect, terms)


def begun() -> list[tuple[str, str]]:
    """Return the tier of every partner whose onboarding began, with the template."""
    query = select(Partnership.tier, OnboardingPlan.template_name).join(
        OnboardingPlan, OnboardingPlan.partnership_id == Partnership.id
    )
    with reading() as session:
        return [(tier, name) for tier, name in session.execute(query.order_by(Partnership.id))]


def test_the_review_offers_the_tiers_known_and_begins_with_the_one_chosen(app: Flask, sign_in: SignIn) -> None:
    client, program, _ = world(sign_in)
    page = f"/p/{program.slug}/applications/{applies(program).id}"
    assert '<option value="Gold">Gold</option>' in client.get(page).text
    form = {"version": "1", "reason_codes": ["strong_fit"]}
    refused = client.post(f"{page}/approve", data=form | {"tier": "Tin"})
    assert refused.status_code == 422
    assert "no tier “Tin” in this program" in refused.text
    assert begun() == []
    assert client.post(f"{page}/approve", data=form | {"tier": "gold"}).status_code == 303
    assert begun() == [("Gold", "The golden way")]


def test_several_are_approved_into_one_tier_and_the_preview_shows_their_way_in(app: Flask, sign_in: SignIn) -> None:
    client, program, _ = world(sign_in)
    root = f"/p/{program.slug}/applications"
    chosen = [f"{each.id}:{each.version}" for each in (applies(program), applies(program))]
    form = {"chosen": chosen, "outcome": "approve", "reason_codes": ["strong_fit"]}
    plain, golden = (client.post(f"{root}/bulk", data=form | {"tier": tier}).text for tier in ("", "Gold"))
    assert 'name="tier"' in plain
    # Each of the two mails shows the place of the way to the first steps, which only Gold has.
    assert golden.count("…") == plain.count("…") + 2
    assert 'name="tier"' not in client.post(f"{root}/bulk", data=form | {"outcome": "decline"}).text
    client.post(f"{root}/bulk/apply", data=form | {"tier": "Gold"})
    assert begun() == [("Gold", "The golden way")] * 2


def test_a_hand_over_into_another_tier_says_what_the_plan_began_anew_with(app: Flask, sign_in: SignIn) -> None:
    client, program, director = world(sign_in)
    with transaction() as session:
        partnership, _ = make_partner(session, program, make_template(session, program, director, ActionKind.TO_DO))
    page = f"/p/{program.slug}/onboarding/partners/{partnership.id}"
    given = {"account_manager_id": str(director.id), "tier": "Gold", "promised": ""}
    said = client.post(f"{page}/hand-over", data=given, follow_redirects=True).text
    assert "began anew with “The golden way”" in said
    assert "Send us your logo" in said
    assert "began anew" not in client.post(f"{page}/hand-over", data=given, follow_redirects=True).text
