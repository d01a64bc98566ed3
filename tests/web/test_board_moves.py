"""Moving cards through the web: with and without script, what is asked, what is refused, what undo does."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import today
from app.db import reading, transaction
from app.models import (
    ActionKind,
    Decision,
    Membership,
    OnboardingPlan,
    Partnership,
    Program,
    Prospect,
    Role,
    Stage,
    StageChange,
    User,
)
from app.services.onboarding.templates import TemplateContent, add_action, add_template
from app.services.tiers.records import TypedTier, add_tier
from tests.onboarding_world import CONTENTS, make_template
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

HTMX = {"HX-Request": "true"}


@pytest.fixture
def mia(app: object) -> User:
    with transaction() as session:
        user = make_user(session, name="Mia Okafor")
        make_program(session, user, slug="agencies", name="Agencies")
    return user


@pytest.fixture
def browser(sign_in: SignIn, mia: User) -> FlaskClient:
    return sign_in(mia)


@pytest.fixture
def card(mia: User) -> int:
    with transaction() as session:
        here = session.scalars(select(Program).where(Program.slug == "agencies")).one()
        return make_prospect(session, here, "nordkante.example").id


def path(card: int, rest: str = "/move") -> str:
    return f"/p/agencies/prospects/{card}{rest}"


def row(card: int) -> Prospect:
    with reading() as session:
        return session.get_one(Prospect, card)


def last_change(card: int) -> StageChange:
    with reading() as session:
        query = select(StageChange).where(StageChange.prospect_id == card).order_by(StageChange.id.desc())
        return session.scalars(query).first()


def test_a_drop_answers_with_the_card_the_step_between_columns_and_an_undo(browser: FlaskClient, card: int) -> None:
    answer = browser.post(path(card), data={"stage": "qualified", "version": "1"}, headers=HTMX)
    assert answer.status_code == 200
    assert f'id="card-{card}"' in answer.text
    assert 'data-stage="qualified"' in answer.text
    assert 'data-version="2"' in answer.text
    assert 'data-to="qualified" data-from="sourced"' in answer.text
    assert "Nordkante: Moved to Qualified." in answer.text
    assert f"/moves/{last_change(card).id}/undo" in answer.text
    assert row(card).stage is Stage.QUALIFIED


def test_undo_brings_the_card_back_and_offers_no_further_undo(browser: FlaskClient, card: int) -> None:
    before = row(card)
    browser.post(path(card), data={"stage": "qualified", "version": "1"}, headers=HTMX)
    answer = browser.post(path(card, f"/moves/{last_change(card).id}/undo"), headers=HTMX)
    assert 'data-stage="sourced"' in answer.text
    assert "Undone: back in Sourced." in answer.text
    assert "data-undo" not in answer.text
    after = row(card)
    assert (after.stage, after.rank, after.stage_since_at) == (before.stage, before.rank, before.stage_since_at)


def test_undoing_what_has_moved_on_shows_where_the_card_is(browser: FlaskClient, card: int) -> None:
    browser.post(path(card), data={"stage": "qualified"}, headers=HTMX)
    first = last_change(card).id
    browser.post(path(card), data={"stage": "engaged"}, headers=HTMX)
    answer = browser.post(path(card, f"/moves/{first}/undo"), headers=HTMX)
    assert answer.status_code == 409
    assert 'data-stage="engaged"' in answer.text


def test_a_stale_drop_is_a_conflict_with_the_fresh_card_and_every_count(browser: FlaskClient, card: int) -> None:
    browser.post(path(card), data={"stage": "engaged", "version": "1"}, headers=HTMX)
    answer = browser.post(path(card), data={"stage": "qualified", "version": "1"}, headers=HTMX)
    assert answer.status_code == 409
    assert "was changed while you looked at it; it is in Engaged now" in answer.text
    assert "Mia Okafor moved it to Engaged just now." in answer.text
    assert 'data-stage="engaged"' in answer.text
    assert answer.text.count('id="count-') == 12
    assert row(card).stage is Stage.ENGAGED


def test_a_drop_on_a_column_that_is_gone_is_told(browser: FlaskClient, card: int) -> None:
    answer = browser.post(path(card), data={"stage": "shortlist", "version": "1"}, headers=HTMX)
    assert answer.status_code == 409
    assert "There is no column &#39;shortlist&#39; any more" in answer.text
    assert 'data-stage="sourced"' in answer.text


def test_a_move_that_is_not_allowed_names_those_that_are(browser: FlaskClient, card: int) -> None:
    with transaction() as session:
        session.get_one(Prospect, card).stage = Stage.ACTIVE
    answer = browser.post(path(card), data={"stage": "sourced"}, headers=HTMX)
    assert answer.status_code == 422
    assert "cannot move to Sourced. It can move to: Onboarding" in answer.text


def test_a_drop_in_the_same_column_changes_the_order_only(browser: FlaskClient, card: int) -> None:
    with transaction() as session:
        other = make_prospect(session, session.get_one(Program, session.get_one(Prospect, card).program_id)).id
    answer = browser.post(path(card), data={"stage": "sourced", "version": "1", "after_id": str(other)}, headers=HTMX)
    assert answer.status_code == 200
    assert 'class="sb-toast' not in answer.text
    assert row(card).rank > row(other).rank
    assert last_change(card) is None


@pytest.mark.parametrize("value", ["abc", "-1", "99999999999999999999", "1; drop", "²"])
def test_numbers_made_by_hand_are_no_reason_to_break(browser: FlaskClient, card: int, value: str) -> None:
    answer = browser.post(path(card), data={"stage": "qualified", "after_id": value, "version": value}, headers=HTMX)
    assert answer.status_code == 200


def test_declining_asks_for_reasons_in_the_dialog_and_keeps_the_note(browser: FlaskClient, card: int) -> None:
    asked = browser.get(path(card, "/move?stage=declined&version=1"), headers=HTMX)
    assert "<html" not in asked.text
    assert "Does not match the profile" in asked.text
    assert "Strong fit with the profile" not in asked.text
    refused = browser.post(path(card), data={"stage": "declined", "note": "Too <b>small</b>"}, headers=HTMX)
    assert refused.status_code == 422
    assert refused.headers["HX-Retarget"] == "#dialog-content"
    assert "Choose at least one reason." in refused.text
    assert "Too &lt;b&gt;small&lt;/b&gt;" in refused.text
    assert row(card).stage is Stage.SOURCED


def test_a_decline_with_reasons_moves_off_the_board_with_a_receipt(browser: FlaskClient, card: int, mia: User) -> None:
    answer = browser.post(
        path(card),
        data={"stage": "declined", "version": "1", "reason_codes": ["not_a_fit", "coupon_traffic"], "note": "Deals"},
        headers=HTMX,
    )
    assert answer.status_code == 200
    assert answer.headers["HX-Trigger"] == "dialog-done"
    with reading() as session:
        decision = session.scalars(select(Decision)).one()
    assert (decision.reason_codes, decision.note) == (["not_a_fit", "coupon_traffic"], "Deals")
    assert decision.reviewer_id == mia.id
    assert row(card).stage is Stage.DECLINED


def test_sleep_asks_for_a_day_to_come_and_waking_returns(browser: FlaskClient, card: int) -> None:
    assert "Wake up on" in browser.get(path(card, "/move?stage=dormant"), headers=HTMX).text
    past = browser.post(path(card), data={"stage": "dormant", "wake_up_on": "2020-01-01"}, headers=HTMX)
    assert past.status_code == 422
    assert "Choose a day after today" in past.text
    day = today() + timedelta(days=30)
    slept = browser.post(path(card), data={"stage": "dormant", "wake_up_on": day.isoformat()}, headers=HTMX)
    assert slept.status_code == 200
    assert (row(card).stage, row(card).wake_up_on) == (Stage.DORMANT, day)
    woken = browser.post(path(card), data={"stage": "wake_up"}, headers=HTMX)
    assert "Moved to Sourced." in woken.text
    assert row(card).stage is Stage.SOURCED


def test_without_script_the_menu_is_a_page_and_a_move_goes_back_with_undo(browser: FlaskClient, card: int) -> None:
    page = browser.get(path(card)).text
    assert "<html" in page
    assert "Where should it go?" in page
    answer = browser.post(path(card), data={"stage": "qualified", "version": "1", "next": "/p/agencies/board?q=nord"})
    assert answer.status_code == 303
    assert answer.location == "/p/agencies/board?q=nord"
    board = browser.get(answer.location).text
    assert "Moved to Qualified." in board
    undone = browser.post(path(card, f"/moves/{last_change(card).id}/undo"), data={"next": "/p/agencies/board"})
    assert undone.status_code == 303
    assert row(card).stage is Stage.SOURCED


def test_without_script_a_refused_decision_is_the_page_with_the_form(browser: FlaskClient, card: int) -> None:
    answer = browser.post(path(card), data={"stage": "approved", "note": "kept text"})
    assert answer.status_code == 422
    assert "<html" in answer.text
    assert "kept text" in answer.text


def test_without_script_a_conflict_goes_back_and_says_why(browser: FlaskClient, card: int) -> None:
    browser.post(path(card), data={"stage": "engaged", "version": "1"})
    answer = browser.post(path(card), data={"stage": "qualified", "version": "1"}, follow_redirects=True)
    assert "was changed while you looked at it" in answer.text


def test_nobody_is_sent_to_another_site(browser: FlaskClient, card: int) -> None:
    answer = browser.post(path(card), data={"stage": "qualified", "next": "//evil.example/"})
    assert answer.location == "/p/agencies/board"


def test_cards_of_other_programs_are_not_there(browser: FlaskClient, mia: User) -> None:
    with transaction() as session:
        foreign = make_prospect(session, make_program(session)).id
        mine = make_program(session, mia, slug="mine")
        elsewhere = make_prospect(session, mine).id
    for number in (foreign, elsewhere, 999_999):
        assert browser.post(path(number), data={"stage": "qualified"}, headers=HTMX).status_code == 404
        assert browser.get(path(number), headers=HTMX).status_code == 404
    assert row(foreign).stage is Stage.SOURCED


@pytest.mark.parametrize(
    ("role", "stage", "status"),
    [
        (Role.DATA_ANALYST, "qualified", 403),
        (Role.ASSOCIATE, "qualified", 200),
        (Role.ASSOCIATE, "declined", 403),
        (Role.DIRECTOR, "declined", 200),
    ],
)
def test_roles_hold_on_the_server_too(sign_in: SignIn, card: int, role: Role, stage: str, status: int) -> None:
    with transaction() as session:
        user = make_user(session, role)
        session.add(Membership(user_id=user.id, program_id=session.get_one(Prospect, card).program_id))
    data = {"stage": stage, "reason_codes": "not_a_fit"}
    assert sign_in(user).post(path(card), data=data, headers=HTMX).status_code == status


def test_approving_a_card_takes_the_tier_that_the_onboarding_begins_in(browser: FlaskClient, card: int) -> None:
    with transaction() as session:
        program = session.scalars(select(Program).where(Program.slug == "agencies")).one()
        actor = make_user(session, Role.ADMIN)
        add_tier(session, program, TypedTier(name="Gold"), actor=actor)
        template = make_template(session, program, actor, ActionKind.TO_DO)
        gold = add_template(session, program, TemplateContent(name="For gold", tier="Gold"), actor=actor)
        add_action(session, gold, CONTENTS[ActionKind.TO_DO], actor=actor)
    asked = browser.get(path(card), query_string={"to": "approved"}, headers=HTMX).text
    assert '<option value="Gold">Gold</option>' in asked
    assert 'name="tier"' not in browser.get(path(card), query_string={"to": "declined"}, headers=HTMX).text
    data = {"stage": "approved", "reason_codes": "strong_fit"}
    refused = browser.post(path(card), data=data | {"tier": "Silver"}, headers=HTMX)
    assert refused.status_code == 422
    assert "There is no tier “Silver” in this program." in refused.text
    assert row(card).stage is Stage.SOURCED
    assert browser.post(path(card), data=data | {"tier": "gold"}, headers=HTMX).status_code == 200
    with reading() as session:
        partnership = session.scalars(select(Partnership).where(Partnership.prospect_id == card)).one()
        plan = session.scalars(select(OnboardingPlan)).one()
    assert partnership.tier == "Gold"
    assert plan.template_id == gold.id != template.id


def test_only_who_may_decide_takes_a_decision_back(sign_in: SignIn, browser: FlaskClient, card: int) -> None:
    with transaction() as session:
        associate = make_user(session, Role.ASSOCIATE)
        session.add(Membership(user_id=associate.id, program_id=session.get_one(Prospect, card).program_id))
    browser.post(path(card), data={"stage": "approved", "reason_codes": "strong_fit"}, headers=HTMX)
    undo = path(card, f"/moves/{last_change(card).id}/undo")
    assert sign_in(associate).post(undo, headers=HTMX).status_code == 403
    assert row(card).stage is Stage.APPROVED
    assert browser.post(undo, headers=HTMX).status_code == 200
    assert row(card).stage is Stage.SOURCED


def test_counts_in_an_answer_go_by_the_filter_on_screen(browser: FlaskClient, card: int) -> None:
    with transaction() as session:
        here = session.get_one(Program, session.get_one(Prospect, card).program_id)
        make_prospect(session, here, "other.example", stage=Stage.QUALIFIED)
    answer = browser.post(path(card, "/move?q=nord"), data={"stage": "engaged", "version": "9"}, headers=HTMX)
    assert 'id="count-sourced">1<' in answer.text
    assert 'id="count-qualified">0<' in answer.text
