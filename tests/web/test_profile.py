"""The fit profile editor: rows come and go without a script, problems stand at their row, versions can be restored."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clock import now
from app.db import reading, transaction
from app.models import Company, FitProfile, FitState, Membership, Program, Prospect, Role, User
from tests.world import make_profile, make_program, make_prospect, make_user

SignIn = Callable[[User], FlaskClient]
URL = "/p/agencies/profile"
FORM = {
    "base_version": "0",
    "topics-0-id": "", "topics-0-text": "We build online shops for merchants", "topics-0-weight": "3",
    "topics-0-stance": "wants",
    "topics-1-id": "", "topics-1-text": "Coupon codes and deals", "topics-1-weight": "1.5", "topics-1-stance": "avoids",
    "exemplars": "https://www.liftwell.example/\ncobbleworks.example", "exemplar_weight": "1",
    "signals-0-name": "services_page", "signals-0-weight": "1",
    "languages": "en, de", "countries": "", "note": "first try", "action": "save",
}  # fmt: skip


@pytest.fixture
def user(app: object) -> User:
    with transaction() as session:
        return make_user(session)


@pytest.fixture
def program(user: User) -> Program:
    with transaction() as session:
        return make_program(session, user, slug="agencies", name="Agencies")


@pytest.fixture
def browser(user: User, program: Program, sign_in: SignIn) -> FlaskClient:
    return sign_in(user)


def stored(program: Program) -> list[FitProfile]:
    with reading() as session:
        rows = select(FitProfile).where(FitProfile.program_id == program.id).order_by(FitProfile.version)
        return list(session.scalars(rows))


def test_first_version_is_saved_whole(browser: FlaskClient, program: Program) -> None:
    assert "Nothing can be scored until" in browser.get(URL).text
    answer = browser.post(URL, data=FORM)
    assert (answer.status_code, answer.location) == (303, URL)
    (profile,) = stored(program)
    assert (profile.version, profile.is_current, profile.note) == (1, True, "first try")
    assert profile.content == {
        "topics": [
            {"id": "we-build-online-shops-for-merchants", "text": "We build online shops for merchants", "weight": 3.0,
             "stance": "wants"},
            {"id": "coupon-codes-and-deals", "text": "Coupon codes and deals", "weight": 1.5, "stance": "avoids"},
        ],
        "exemplars": ["liftwell.example", "cobbleworks.example"], "exemplar_weight": 1.0,
        "languages": ["en", "de"], "countries": [], "signals": [{"name": "services_page", "weight": 1.0}],
    }  # fmt: skip
    page = browser.get(URL).text
    assert "up to 69.2 points" in page
    assert "takes up to 34.6 points" in page
    assert "liftwell.example has not been read yet" in page


def test_topic_ids_stay_when_the_text_changes(browser: FlaskClient, program: Program) -> None:
    browser.post(URL, data=FORM)
    reworded = FORM | {"base_version": "1", "topics-0-id": "we-build-online-shops-for-merchants",
                       "topics-0-text": "We build Shopify stores"}  # fmt: skip
    assert browser.post(URL, data=reworded).status_code == 303
    assert stored(program)[1].content["topics"][0]["id"] == "we-build-online-shops-for-merchants"
    assert "Reworded “We build online shops for merchants”" in unescape(browser.get(URL).text)


@pytest.mark.parametrize(("action", "rows"), [("add-topic", 3), ("remove-topic-0", 1), ("save-nothing", None)])
def test_rows_come_and_go_without_a_script(
    browser: FlaskClient, program: Program, action: str, rows: int | None
) -> None:
    answer = browser.post(URL, data=FORM | {"action": action})
    if rows is None:
        assert answer.status_code == 303
        return
    assert answer.status_code == 200
    form = answer.text.partition("<template")[0]
    assert len(re.findall(r'name="topics-\d+-text"', form)) == rows
    assert "Coupon codes and deals" in form
    assert "first try" in answer.text
    assert stored(program) == []


def test_facts_come_and_go_without_a_script(browser: FlaskClient) -> None:
    more = browser.post(URL, data=FORM | {"action": "add-signal"}).text
    fewer = browser.post(URL, data=FORM | {"action": "remove-signal-0"}).text
    assert 'name="signals-1-name"' in more
    assert 'value="services_page"' not in fewer.partition("<datalist")[0]


def test_facts_too_many_are_refused_and_never_cut_off(browser: FlaskClient, program: Program) -> None:
    facts = {f"signals-{number}-name": f"fact {number}" for number in range(45)}
    facts |= {f"signals-{number}-weight": "1" for number in range(45)}
    answer = browser.post(URL, data=FORM | facts)
    assert answer.status_code == 422
    assert "45 facts are too many: at most 40" in answer.text
    assert "fact 44" in answer.text
    assert stored(program) == []


@pytest.mark.parametrize(("kind", "most"), [("topic", 200), ("signal", 200)])
def test_a_row_too_many_is_refused_in_words(browser: FlaskClient, kind: str, most: int) -> None:
    field = "text" if kind == "topic" else "name"
    full = FORM | {f"{kind}s-{number}-{field}": f"number {number}" for number in range(most)}
    answer = browser.post(URL, data=full | {"action": f"add-{kind}"})
    assert answer.status_code == 200
    assert f"No more than {most} rows fit here" in answer.text
    assert f"number {most - 1}" in answer.text


def test_problems_stand_at_their_row_and_the_text_is_kept(browser: FlaskClient, program: Program) -> None:
    bad = FORM | {"topics-1-weight": "0", "exemplars": "localhost"}
    answer = browser.post(URL, data=bad)
    assert answer.status_code == 422
    html = unescape(answer.text)
    at_row = re.search(r'id="topics-1-text-error">.*?</div>', html, re.S)
    assert at_row is not None
    assert "Weight must be above 0" in at_row[0]
    assert "topics-0-text-error" not in html
    assert "Exemplars: 'localhost'" in html
    assert "localhost</textarea>" in html
    assert stored(program) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"topics-0-weight": "heavy"}, "Not a valid float value"),
        ({"topics-0-stance": "maybe"}, "Look at the marked"),
        ({"languages": "english please"}, "'english' is not one of language codes"),
        ({"topics-0-text": "word " * 201}, "201 words"),
    ],
)
def test_other_bad_input_is_named(browser: FlaskClient, change: dict[str, str], words: str) -> None:
    answer = browser.post(URL, data=FORM | change)
    assert answer.status_code == 422
    assert words in unescape(answer.text)


def test_a_profile_without_topics_says_what_to_add(browser: FlaskClient, program: Program) -> None:
    answer = browser.post(URL, data={"base_version": "0", "exemplar_weight": "1", "action": "save"})
    assert answer.status_code == 422
    assert "Add at least one topic that says what is wanted, or name an exemplar company" in answer.text
    assert stored(program) == []


def test_two_new_topics_with_the_same_words_get_ids_of_their_own(browser: FlaskClient, program: Program) -> None:
    browser.post(URL, data=FORM | {"topics-1-text": FORM["topics-0-text"]})
    ids = [topic["id"] for topic in stored(program)[0].content["topics"]]
    assert ids == ["we-build-online-shops-for-merchants", "we-build-online-shops-for-merchants-2"]


def test_a_stale_editor_keeps_the_text_and_can_save_knowingly(browser: FlaskClient, program: Program) -> None:
    browser.post(URL, data=FORM)
    stale = browser.post(URL, data=FORM | {"note": "mine"})
    assert stale.status_code == 409
    assert "Somebody saved version 1" in stale.text
    assert re.search(r'name="base_version"[^>]* value="1"', stale.text)
    assert 'value="mine"' in stale.text
    assert len(stored(program)) == 1


def test_saving_nothing_new_makes_no_version(browser: FlaskClient, program: Program) -> None:
    browser.post(URL, data=FORM)
    same = FORM | {
        "base_version": "1",
        "topics-0-id": "we-build-online-shops-for-merchants",
        "topics-1-id": "coupon-codes-and-deals",
    }
    assert browser.post(URL, data=same).status_code == 303
    assert "Nothing was changed" in browser.get(URL).text
    assert len(stored(program)) == 1


def test_restore_by_hand_and_by_undo(browser: FlaskClient, program: Program) -> None:
    browser.post(URL, data=FORM)
    browser.post(URL, data=FORM | {"base_version": "1", "languages": ""})
    page = browser.get(URL).text
    assert re.search(r'action="/p/agencies/profile/restore".*?name="version" value="1"', page, re.S)
    assert browser.post(f"{URL}/restore", data={"version": "1"}).status_code == 303
    assert stored(program)[2].content["languages"] == ["en", "de"]
    assert browser.post(f"{URL}/restore", data={"version": "3"}).status_code == 409
    assert browser.post(f"{URL}/restore", data={"version": "x"}).status_code == 404


def test_progress_is_shown_until_all_are_scored(browser: FlaskClient, program: Program) -> None:
    with transaction() as session:
        prospect = make_prospect(session, program)
        session.get_one(Company, prospect.company_id).read_at = now()
    assert "1 prospect will be scored again" in browser.get(URL).text
    browser.post(URL, data=FORM)
    page = browser.get(URL).text
    assert "Scoring 1 prospect" in page
    assert f'hx-get="{URL}/progress"' in page
    with transaction() as session:
        session.get_one(Prospect, prospect.id).fit_state = FitState.SCORED
    done = browser.get(f"{URL}/progress").text
    assert "All scores are up to date: 1 prospect scored" in done
    assert "every 2s" not in done


def test_readers_see_the_profile_but_no_form(program: Program, sign_in: SignIn) -> None:
    with transaction() as session:
        analyst = make_user(session, Role.DATA_ANALYST)
        session.add(Membership(user_id=analyst.id, program_id=program.id))
    browser = sign_in(analyst)
    assert "No fit profile yet" in browser.get(URL).text
    with transaction() as session:
        make_profile(session, program)
    page = browser.get(URL).text
    assert "We build online shops for merchants" in page
    assert "<textarea" not in page
    assert "profile/restore" not in page
    assert browser.post(URL, data=FORM).status_code == 403
    assert browser.post(f"{URL}/restore", data={"version": "1"}).status_code == 403
