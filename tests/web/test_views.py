"""Saved views: kept, opened, changed, copied, deleted and brought back; whose they are; what is gone from them."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Membership, Program, Role, Stage, User
from app.models.view import BoardHabit, SavedView, ViewLayout
from app.services.tags import delete_tag, find_or_add_tag
from tests.web.board_pages import fill, program, shown
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers
VIEWS = "/p/agencies/views"
Keep = Callable[..., SavedView]


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
def keep(browser: FlaskClient) -> Keep:
    def save(name: str, **values: object) -> SavedView:
        answer = browser.post(VIEWS, data={"name": name, **values})
        assert answer.status_code == 303
        return newest()

    return save


@pytest.fixture
def theo(sign_in: SignIn, mia: User) -> FlaskClient:
    return sign_in(member(Role.RECRUITMENT_SPECIALIST, name="Theo"))


def member(role: Role, **values: str) -> User:
    with program() as (session, here):
        user = make_user(session, role, **values)
        session.add(Membership(user_id=user.id, program_id=here.id))
    return user


def newest() -> SavedView:
    with reading() as session:
        return session.scalars(select(SavedView).order_by(SavedView.id.desc())).first()


def test_a_view_keeps_filter_order_and_folded_columns_and_opens_as_they_were(browser: FlaskClient, keep: Keep) -> None:
    ids = fill(3)
    browser.post("/p/agencies/board/qualified/fold", data={"folded": "1"})
    form = browser.get(f"{VIEWS}/new?owner=me&country=DE&country=PL&sort=fit&view=7&after=x").text
    assert 'name="country" value="PL"' in form
    assert 'name="after"' not in form
    view = keep("Mine abroad", owner="me", country=["DE", "PL"], sort="fit", folded="qualified")
    assert view.query == {"owner": ["me"], "country": ["DE", "PL"], "sort": ["fit"]}
    answer = browser.get(f"{VIEWS}/{view.id}")
    assert answer.location.endswith(f"owner=me&country=DE&country=PL&sort=fit&fold=qualified&view={view.id}")
    page = browser.get(answer.location).text
    assert "Mine abroad" in page
    assert shown(page) == []
    assert shown(browser.get("/p/agencies/board").text) == ids
    assert "Order: Best fit" in browser.get(VIEWS).text


def test_the_view_a_person_chose_opens_first_and_everything_is_one_click_away(
    browser: FlaskClient, keep: Keep, theo: FlaskClient
) -> None:
    ids = fill(2)
    view = keep("Nobody", q="zzz", is_team="1")
    browser.post(f"{VIEWS}/default", data={"view_id": view.id})
    assert browser.get("/p/agencies/board").location == f"/p/agencies/views/{view.id}"
    assert shown(browser.get("/p/agencies/board?view=0").text) == ids
    assert shown(theo.get("/p/agencies/board").text) == ids
    browser.post(f"{VIEWS}/{view.id}/delete")
    assert shown(browser.get("/p/agencies/board").text) == ids


def test_a_private_view_is_not_there_for_others_and_a_team_view_is(keep: Keep, theo: FlaskClient) -> None:
    private, team = keep("Private", min="60"), keep("Shared", min="70", is_team="1")
    assert theo.get(f"{VIEWS}/{private.id}").status_code == 404
    assert theo.post(f"{VIEWS}/{private.id}/delete").status_code == 404
    page = theo.get(VIEWS).text
    assert "Shared" in page
    assert "Private" not in page
    assert theo.get(f"{VIEWS}/{team.id}").status_code == 303


def test_who_only_reads_keeps_own_views_and_shares_none(sign_in: SignIn, browser: FlaskClient, keep: Keep) -> None:
    team = keep("Shared", min="70", is_team="1")
    reader = sign_in(member(Role.DATA_ANALYST))
    assert reader.post(VIEWS, data={"name": "Own"}).status_code == 303
    assert reader.post(VIEWS, data={"name": "For all", "is_team": "1"}).status_code == 403
    assert reader.post(f"{VIEWS}/{team.id}/change", data={"name": "Mine now"}).status_code == 403
    assert reader.post(f"{VIEWS}/{team.id}/copy").status_code == 303
    assert newest().name == "Shared (copy)"


def test_a_changed_screen_is_saved_into_the_open_view_unless_somebody_was_faster(
    browser: FlaskClient, keep: Keep, theo: FlaskClient
) -> None:
    fill(1)
    view = keep("Shared", min="70", is_team="1")
    assert "changed" not in browser.get(f"/p/agencies/board?min=70&view={view.id}").text.split("views-menu")[1][:400]
    page = browser.get(f"/p/agencies/board?min=40&view={view.id}").text
    assert "Save changes to" in page
    screen = {"keeps": "screen", "version": "1", "layout": "split", "min": "40"}
    assert theo.post(f"{VIEWS}/{view.id}/change", data=screen).status_code == 303
    answer = browser.post(f"{VIEWS}/{view.id}/change", data=screen | {"min": "10"}, follow_redirects=True)
    assert "was changed by somebody else" in answer.text
    assert (newest().query, newest().layout, newest().name) == ({"min": ["40"]}, ViewLayout.SPLIT, "Shared")


def test_a_name_that_is_taken_or_empty_is_refused_with_the_form(browser: FlaskClient, keep: Keep) -> None:
    view = keep("Abroad", country="PL")
    for name, words in (("abroad", "already"), ("   ", "Give the view a name"), ("x" * 81, "At most 80")):
        answer = browser.post(VIEWS, data={"name": name, "country": "DE"})
        assert answer.status_code == 422
        assert words in answer.text
        assert 'name="country" value="DE"' in answer.text
    other = keep("Other")
    renamed = browser.post(f"{VIEWS}/{other.id}/change", data={"name": "ABROAD"})
    assert renamed.status_code == 422
    assert browser.post(f"{VIEWS}/{view.id}/change", data={"name": "ABROAD"}).status_code == 303


def test_a_deleted_view_is_brought_back_by_undo(browser: FlaskClient, keep: Keep) -> None:
    view = keep("Abroad", country="PL")
    page = browser.post(f"{VIEWS}/{view.id}/delete", follow_redirects=True).text
    assert f"{VIEWS}/{view.id}/restore" in page
    assert browser.get(f"{VIEWS}/{view.id}").status_code == 404
    assert "a view that was deleted" in browser.get(f"/p/agencies/board?view={view.id}").text
    browser.post(f"{VIEWS}/{view.id}/restore")
    assert browser.get(f"{VIEWS}/{view.id}").status_code == 303


def test_a_view_whose_tag_and_person_are_gone_says_so_and_opens(browser: FlaskClient, keep: Keep, mia: User) -> None:
    with program() as (session, here):
        tag = find_or_add_tag(session, here.id, "Hot", actor=mia)
    view = keep("Hot ones", tag="Hot", owner="999999", shade="red")
    with transaction() as session:
        delete_tag(session, session.merge(tag), actor=mia)
    answer = browser.get(f"{VIEWS}/{view.id}", follow_redirects=True)
    assert answer.status_code == 200
    assert "the person it asks for, the tag “Hot”" in answer.text
    assert "“shade” is no filter" in answer.text


def test_folded_columns_are_kept_for_the_person_alone(browser: FlaskClient, theo: FlaskClient) -> None:
    fill(1)
    assert browser.post("/p/agencies/board/engaged/fold", data={"folded": "1"}).status_code == 303
    assert 'id="column-engaged" data-folded' in browser.get("/p/agencies/board").text
    assert "data-folded" not in theo.get("/p/agencies/board").text
    assert "data-folded" not in browser.get("/p/agencies/board?fold=none").text
    headers = {"HX-Request": "true"}
    assert browser.post("/p/agencies/board/engaged/fold", data={"folded": "0"}, headers=headers).status_code == 204
    assert "data-folded" not in browser.get("/p/agencies/board").text
    with reading() as session:
        assert session.scalars(select(BoardHabit)).one().folded == []


def test_enrolling_takes_a_view_as_its_selection(browser: FlaskClient, keep: Keep) -> None:
    view = keep("Abroad", country=["PL", "DE"], stage="engaged", sort="fit")
    answer = browser.get(f"/p/agencies/outreach/enroll?view={view.id}")
    assert answer.status_code == 303
    assert answer.location.endswith("/enroll?country=PL&country=DE&stage=engaged")


def test_views_of_another_program_are_not_there(browser: FlaskClient, keep: Keep, mia: User) -> None:
    view = keep("Abroad", country="PL")
    with transaction() as session:
        make_program(session, session.merge(mia), slug="other")
    assert browser.get(f"/p/other/views/{view.id}").status_code == 404
    with transaction() as session:
        assert session.scalars(select(Program).where(Program.slug == "other")).one()


def test_the_split_layout_lists_the_same_cards_by_stage(browser: FlaskClient) -> None:
    ids = fill(2)
    with program() as (session, here):
        ids.append(make_prospect(session, here, "engaged.example", stage=Stage.ENGAGED).id)
    page = browser.get("/p/agencies/split?sort=fit").text
    assert sorted(shown(page)) == sorted(ids)
    assert 'id="pane"' in page


def test_the_dialog_has_the_order_of_the_cards(browser: FlaskClient) -> None:
    assert '<option value="fit" selected>' in browser.get("/p/agencies/board/filter?sort=fit").text
    assert 'id="ff-sort"' not in browser.get("/p/agencies/table/filter?sort=fit").text
