"""Programs side by side in the browser: what an address shows, what is remembered, what is live, and to whom."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Company, Membership, MoveEvent, Program, Prospect, Role, Stage, User
from app.models.tag import Tag
from app.services.moves import move_prospect
from tests.web.board_pages import HTMX, shown
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user


@pytest.fixture
def mia(app: Flask) -> User:
    with transaction() as session:
        user = make_user(session, name="Mia Okafor")
        agencies = make_program(session, user, slug="agencies", name="Agencies")
        creators = make_program(session, user, slug="creators", name="Creators", stage_names={"sourced": "Spotted"})
        make_program(session, slug="secret", name="Secret")
        make_prospect(session, agencies, "harbor.example", owner_id=user.id)
        make_prospect(session, creators, "kiln.example", stage=Stage.ONBOARDING)
    return user


@pytest.fixture
def browser(sign_in: SignIn, mia: User) -> FlaskClient:
    return sign_in(mia)


def prospect_at(domain: str) -> int:
    with reading() as session:
        name = domain.partition(".")[0].title()
        found = select(Prospect.id).join(Company, Company.id == Prospect.company_id).where(Company.name == name)
        return session.scalars(found.order_by(Prospect.id)).first() or 0


def test_a_bare_address_opens_what_one_works_in_and_the_address_says_so(browser: FlaskClient) -> None:
    answer = browser.get("/pipelines")
    assert (answer.status_code, answer.location) == (303, "/pipelines?p=agencies&p=creators")
    page = browser.get(answer.location).text
    assert 'id="lane-agencies"' in page
    assert 'id="lane-creators"' in page
    assert "Secret" not in page
    assert 'id="column-creators-onboarding"' in page
    assert 'id="column-agencies-onboarding"' not in page


def test_each_lane_speaks_in_the_words_of_its_program(browser: FlaskClient) -> None:
    page = browser.get("/pipelines?p=agencies&p=creators").text
    agencies, creators = page.split('id="lane-creators"')
    assert "Spotted" not in agencies.split('id="lane-agencies"')[1]
    assert "Spotted" in creators
    assert 'id="moves-creators-qualified"' in page
    assert 'id="moves-agencies-qualified"' not in page


def test_the_choice_is_remembered_and_the_filter_kept(browser: FlaskClient) -> None:
    answer = browser.post("/pipelines/choose", data={"p": ["creators", "secret"], "owner": "me"})
    assert answer.location == "/pipelines?p=creators&owner=me"
    assert browser.get("/pipelines").location == "/pipelines?p=creators"
    assert browser.post("/pipelines/choose", data={}).location == "/pipelines"
    assert browser.get("/pipelines").location == "/pipelines?p=agencies&p=creators"


def test_a_folded_pipeline_stays_folded(browser: FlaskClient) -> None:
    address = "/pipelines/creators/partners/fold"
    assert browser.post(address, data={"folded": "1"}, headers=HTMX).status_code == 204
    page = browser.get("/pipelines?p=creators").text
    assert 'class="pl-way pl-way-partners" data-folded' in page
    assert 'class="pl-way pl-way-prospects" data-folded' not in page
    back = browser.post(address, data={"folded": "0", "next": "/pipelines?p=creators"})
    assert (back.status_code, back.location) == (303, "/pipelines?p=creators")
    assert "data-folded" not in browser.get("/pipelines?p=creators").text
    assert browser.post("/pipelines/creators/nonsense/fold").status_code == 404


def test_one_filter_holds_for_all_and_what_one_program_alone_knows_is_left_out(browser: FlaskClient) -> None:
    page = browser.get("/pipelines?p=agencies&p=creators&owner=me").text
    assert shown(page) == [prospect_at("harbor.example")]
    page = browser.get("/pipelines?p=agencies&p=creators&tier=Gold&p=secret").text
    assert len(shown(page)) == 2
    assert "belong to one program" in page
    assert "There is no program “secret” that you work in" in page
    assert "No prospect passes this filter." in browser.get("/pipelines?p=agencies&q=zzz").text


def test_the_form_of_all_filters_leads_back_to_the_lanes(browser: FlaskClient) -> None:
    with transaction() as session:
        program = session.scalars(select(Program).where(Program.slug == "creators")).one()
        session.add(Tag(program_id=program.id, name="Fashion", key="fashion"))
    page = browser.get("/pipelines/filter?p=agencies&p=creators&owner=me").text
    assert '<option value="Fashion">' in page
    assert 'action="/pipelines"' in page
    assert '<input type="hidden" name="p" value="creators">' in page
    assert "Mia Okafor" in page


def test_what_others_do_in_any_lane_comes_with_what_is_live(browser: FlaskClient) -> None:
    page = browser.get("/pipelines?p=agencies&p=creators").text
    tag = page.split("data-tag='")[1].split("'")[0]
    live = page.split('id="progress"')[1].split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    assert browser.get(live, headers={"If-None-Match": tag}).status_code == 304
    card = prospect_at("harbor.example")
    with transaction() as session:
        other = make_user(session, name="Bo")
        prospect = session.get_one(Prospect, card)
        move_prospect(session, prospect, to_stage=Stage.ENGAGED, event=MoveEvent.HAND, by_user_id=other.id)
    answer = browser.get(live, headers={"If-None-Match": tag})
    assert shown(answer.text) == [card]
    assert 'id="count-agencies-engaged">1<' in answer.text
    assert "Bo moved Harbor to Engaged." in answer.text
    assert answer.headers["ETag"] != tag


def test_a_card_that_the_filter_hides_now_is_told_to_go(browser: FlaskClient) -> None:
    card = prospect_at("harbor.example")
    with transaction() as session:
        prospect = session.get_one(Prospect, card)
        move_prospect(session, prospect, to_stage=Stage.ENGAGED, event=MoveEvent.HAND, by_user_id=None)
    answer = browser.get("/pipelines/live?p=agencies&stage=sourced&since=0").text
    assert f'<i id="card-{card}" data-gone></i>' in answer


def test_a_moved_card_still_knows_the_lanes_it_was_opened_from(browser: FlaskClient) -> None:
    card = prospect_at("harbor.example")
    at = {"HX-Current-URL": "http://localhost/pipelines?p=agencies&p=creators&owner=me"}
    form = {"stage": "qualified", "version": "1"}
    page = browser.post(f"/p/agencies/prospects/{card}/move?owner=me", data=form, headers=HTMX | at)
    assert 'data-lane="agencies"' in page.text
    link = page.text.split('class="sb-card-link" href="')[1].split('"')[0].replace("&amp;", "&")
    opened = browser.get(link).text
    assert 'href="/pipelines?p=agencies&amp;p=creators&amp;owner=me&amp;at=agencies"' in opened


def test_a_drop_on_another_program_says_why_not_and_offers_to_add(browser: FlaskClient) -> None:
    card = prospect_at("harbor.example")
    asked = browser.get(f"/pipelines/agencies/prospects/{card}/add?to=creators&next=/pipelines", headers=HTMX).text
    assert "Harbor stays in Agencies" in asked
    assert "Add to Creators" in asked
    form = {"to": "creators", "next": "/pipelines?p=creators"}
    answer = browser.post(f"/pipelines/agencies/prospects/{card}/add", data=form)
    assert answer.location == "/pipelines?p=creators"
    assert "Harbor is in Creators now, too." in browser.get("/pipelines?p=creators").text
    assert "in Creators already" in browser.get(f"/pipelines/agencies/prospects/{card}/add?to=creators").text
    browser.post(f"/pipelines/agencies/prospects/{card}/add", data={"to": "creators"})
    assert "Harbor was in Creators already." in browser.get("/pipelines?p=creators").text
    with reading() as session:
        assert session.get_one(Prospect, card).stage is Stage.SOURCED


def test_nobody_is_led_into_a_program_they_do_not_work_in(browser: FlaskClient, sign_in: SignIn) -> None:
    card = prospect_at("harbor.example")
    assert browser.get(f"/pipelines/agencies/prospects/{card}/add?to=secret").status_code == 404
    assert browser.post(f"/pipelines/agencies/prospects/{card}/add", data={"to": "secret"}).status_code == 404
    with transaction() as session:
        reader = make_user(session, Role.DATA_ANALYST)
        for program in session.scalars(select(Program).where(Program.slug != "secret")):
            session.add(Membership(user_id=reader.id, program_id=program.id))
    analyst = sign_in(reader)
    page = analyst.get(f"/pipelines/agencies/prospects/{card}/add?to=creators").text
    assert "Somebody who may add prospects" in page
    assert "Add to Creators</button>" not in page
    assert analyst.post(f"/pipelines/agencies/prospects/{card}/add", data={"to": "creators"}).status_code == 403


def test_who_works_in_no_program_is_told(sign_in: SignIn, app: Flask) -> None:
    with transaction() as session:
        nobody = make_user(session)
    stranger = sign_in(nobody)
    assert "You work in no program yet" in stranger.get("/pipelines").text
    assert stranger.get("/pipelines/filter").status_code == 404
    assert stranger.get("/pipelines/live").status_code == 304


def test_more_programs_than_fit_are_said(browser: FlaskClient, mia: User) -> None:
    with transaction() as session:
        for number in range(6):
            make_program(session, session.get_one(User, mia.id), slug=f"more-{number}", name=f"More {number}")
    address = browser.get("/pipelines").location
    assert address.count("p=") == 6
    page = browser.get(address + "&p=more-4&p=more-5").text
    assert page.count('class="pl-program"') == 6
    assert "6 programs fit side by side" in page
