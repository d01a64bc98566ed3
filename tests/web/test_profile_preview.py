"""The live preview: who would move, why, and what is said where nothing can be ranked; nothing is saved by it."""

from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.config import Settings
from app.db import reading, transaction
from app.models import FitProfile, FitState, Role, Stage, User
from tests.fit_world import FitWorld, make_fit_world, profile_form
from tests.world import make_user

SignIn = Callable[[User], FlaskClient]
URL = "/p/agencies/profile/preview"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, embedding_model="hashing-test")


@pytest.fixture
def world(app: object) -> FitWorld:
    with transaction() as session:
        return make_fit_world(session)


@pytest.fixture
def browser(world: FitWorld, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.user)


def text_of(browser: FlaskClient, form: dict[str, str]) -> str:
    answer = browser.post(URL, data=form)
    assert answer.status_code == 200
    return unescape(answer.text)


def test_an_edit_says_who_moves_and_because_of_what(browser: FlaskClient, world: FitWorld) -> None:
    said = text_of(browser, profile_form({"topics-0-text": "Bakery that sells bread, cakes and coffee"}))
    up, _, down = said.partition("Move down most")
    assert "from “Bakery that sells bread, cakes and coffee”" in up
    assert "bakery-1.example" not in down.partition("Enter the top")[0]
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(FitProfile)) == 1


def test_an_unchanged_profile_moves_nobody(browser: FlaskClient) -> None:
    assert "Nothing moves yet" in text_of(browser, profile_form())


def test_a_gate_takes_all_points_and_is_named(browser: FlaskClient) -> None:
    said = text_of(browser, profile_form({"countries": "PL"}))
    assert "from “Language or country”" in said


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"topics-0-weight": "0"}, "weight must be above 0"),
        ({"topics-0-weight": "nan"}, "weight must be a number"),
        ({"topics-0-text": "word " * 10_000}, "marked fields"),
        ({"topics-0-text": "", "topics-0-id": "", "topics-1-id": ""}, "add at least one topic"),
    ],
)
def test_what_cannot_be_scored_is_named_and_nothing_breaks(
    browser: FlaskClient, change: dict[str, str], words: str
) -> None:
    said = text_of(browser, profile_form({"topics-1-text": "", **change}))
    assert "No preview yet" in said
    assert words.casefold() in said.casefold()


def test_two_hundred_topics_are_too_many(browser: FlaskClient) -> None:
    rows = {f"topics-{number}-{name}": value for number in range(200)
            for name, value in (("text", f"Shops number {number}"), ("weight", "1"), ("stance", "wants"))}  # fmt: skip
    assert "200 topics are too many" in text_of(browser, profile_form(rows))


def test_a_button_shows_the_same_without_a_script(browser: FlaskClient) -> None:
    form = profile_form({"topics-0-text": "Bakery that sells bread, cakes and coffee", "action": "preview"})
    page = unescape(browser.post("/p/agencies/profile", data=form).text)
    assert "Move up most" in page
    assert "Bakery that sells bread, cakes and coffee</textarea>" in page


def test_a_program_without_read_sites_says_so(browser: FlaskClient, world: FitWorld) -> None:
    with transaction() as session:
        for prospect in world.prospects:
            session.merge(prospect).fit_state = FitState.NO_EVIDENCE
    assert "nothing to rank" in text_of(browser, profile_form())


def test_only_who_may_edit_previews(world: FitWorld, sign_in: SignIn) -> None:
    with transaction() as session:
        analyst = make_user(session, Role.DATA_ANALYST)
    assert sign_in(analyst).post(URL, data=profile_form()).status_code == 404


def test_a_missing_model_folder_is_named(app: object, browser: FlaskClient) -> None:
    settings = app.extensions["scoutboard_settings"]  # type: ignore[attr-defined]
    app.extensions["scoutboard_settings"] = replace(settings, embedding_model="/nowhere/model")  # type: ignore[attr-defined]
    page = unescape(browser.post("/p/agencies/profile", data=profile_form({"action": "preview"})).text)
    assert "/nowhere/model, which holds no sentence-transformers model" in page


def test_two_versions_are_compared_in_words(browser: FlaskClient) -> None:
    empty = browser.get("/p/agencies/profile/versions").text
    assert "Nothing to compare yet" in empty
    changed = profile_form({"topics-0-weight": "5", "topics-1-text": "Voucher portals", "action": "save"})
    assert browser.post("/p/agencies/profile", data=changed).status_code == 303
    page = unescape(browser.get("/p/agencies/profile/versions?from=1&to=2").text)
    assert "Weight of “We build online shops for merchants” 2 → 5" in page
    assert "Reworded “Coupon codes and deals”" in page
    assert browser.get("/p/agencies/profile/versions?from=1&to=9").status_code == 404


def test_suggested_topics_come_from_partners_and_are_saved_by_nobody(browser: FlaskClient, world: FitWorld) -> None:
    with transaction() as session:
        for prospect in world.prospects[:6:2]:
            session.merge(prospect).stage = Stage.APPROVED
    page = unescape(browser.get("/p/agencies/profile/suggest?now=1").text)
    assert "3 approved partners" in page
    assert "Our team designs the checkout, the product pages" in page
    assert "alike: shop-" in page
    assert "bakery" not in page
    chosen = {"pick-0": "1", "text-0": "Shops and retailers", "stance-0": "wants", "text-1": "Not ticked"}
    editor = unescape(browser.post("/p/agencies/profile/suggest", data=chosen).text)
    assert "Added 1 suggested topic below. Nothing is saved yet" in editor
    assert "Shops and retailers</textarea>" in editor
    assert "Not ticked" not in editor
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(FitProfile)) == 1


def test_without_partners_the_suggestions_say_what_is_missing(browser: FlaskClient) -> None:
    page = unescape(browser.get("/p/agencies/profile/suggest?now=1").text)
    assert "approve at least 2 prospects" in page
