"""The board: what columns, cards and the live part show, that their cost is constant, and to whom."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from app import db
from app.clock import now, today
from app.db import transaction
from app.models import (
    Activity,
    ActivityKind,
    Company,
    Contact,
    ContactField,
    ContactValue,
    CrawlState,
    FitScore,
    FitState,
    Membership,
    MoveEvent,
    Prospect,
    Provenance,
    Role,
    Stage,
    User,
)
from app.queries.board_changes import MOST_EVENTS
from app.services.audit import record_audit
from app.services.moves import move_prospect
from tests.web.board_pages import fill, program, shown
from tests.web.conftest import SignIn
from tests.world import make_profile, make_program, make_prospect, make_user


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
def count_queries() -> Iterator[Callable[[], int]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT")):
            seen.append(statement)

    engine = db.engine()
    event.listen(engine, "before_cursor_execute", note)

    def take() -> int:
        number = len(seen)
        seen.clear()
        return number

    yield take
    event.remove(engine, "before_cursor_execute", note)


def test_an_empty_board_says_what_to_do(browser: FlaskClient) -> None:
    page = browser.get("/p/agencies/board").text
    assert "No prospects in Agencies yet" in page
    assert 'href="/p/agencies/imports"' in page


def test_every_stage_is_a_column_with_its_count_and_the_rest_are_tabs(browser: FlaskClient) -> None:
    fill(3)
    with program() as (session, here):
        make_prospect(session, here, stage=Stage.DORMANT, wake_up_on=today() + timedelta(days=3))
    page = browser.get("/p/agencies/board").text
    assert page.count('<section class="sb-column"') == 9
    assert 'id="count-sourced">3<' in page
    assert 'id="count-dormant">1<' in page
    assert len(shown(page)) == 3


def test_a_card_says_who_how_long_and_what_is_known(browser: FlaskClient, mia: User) -> None:
    with program() as (session, here):
        since = now() - timedelta(days=12)
        card = make_prospect(session, here, "nordkante.example", owner_id=mia.id, stage_since_at=since)
        card.fit_state, card.fit_score, card.fit_sort = FitState.SCORED, 86.6, 86.6
        company = session.get_one(Company, card.company_id)
        company.country = "DE"
        session.add(Activity(prospect_id=card.id, kind=ActivityKind.NOTE, body="Called.", author_id=mia.id))
        contact = Contact(company_id=company.id, key="hi@nordkante.example")
        session.add(contact)
        session.flush()
        session.add(
            ContactValue(
                contact_id=contact.id,
                field=ContactField.EMAIL,
                value="hi@nordkante.example",
                provenance=Provenance.HAND,
            )
        )
    page = browser.get("/p/agencies/board").text
    for words in ("Nordkante", "nordkante.example", ">87<", "Mia Okafor", "1 w", "sb-age-aging", "DE", "Has notes"):
        assert words in page
    assert "An e-mail address is known" in page


@pytest.mark.parametrize(
    ("fit_state", "crawl_state", "words"),
    [
        (FitState.UNREAD, CrawlState.WAITING, ">waiting<"),
        (FitState.UNREAD, CrawlState.READING, ">reading…<"),
        (FitState.UNREAD, CrawlState.EMBEDDING, ">reading…<"),
        (FitState.UNREAD, CrawlState.FAILED, ">not readable<"),
        (FitState.WAITING, CrawlState.DONE, ">waiting<"),
        (FitState.NO_EVIDENCE, CrawlState.DONE, "Not enough evidence for a score: Parked by a seller."),
        (FitState.FAILED, CrawlState.DONE, "The score could not be computed: Model is missing."),
    ],
)
def test_a_card_without_a_number_says_why(
    browser: FlaskClient, fit_state: FitState, crawl_state: CrawlState, words: str
) -> None:
    with program() as (session, here):
        profile = make_profile(session, here)
        card = make_prospect(session, here, fit_state=fit_state, fit_error="Model is missing.")
        session.get_one(Company, card.company_id).crawl_state = crawl_state
        session.add(FitScore(prospect_id=card.id, profile_id=profile.id, why_null="Parked by a seller.", model_id="m"))
    assert words in browser.get("/p/agencies/board").text


def test_a_number_stays_while_a_newer_one_is_computed(browser: FlaskClient) -> None:
    fill(1, fit_state=FitState.WAITING, fit_score=55.0, fit_sort=55.0)
    page = browser.get("/p/agencies/board").text
    assert ">55<" in page
    assert "a newer score is on its way" in page


def test_a_stage_that_does_not_exist_is_not_found(browser: FlaskClient) -> None:
    answer = browser.get("/p/agencies/board/ringfenced")
    assert answer.status_code == 404
    assert "There is no stage" in answer.text


def test_off_board_stages_are_lists_with_a_way_back(browser: FlaskClient) -> None:
    (number,) = fill(1, stage=Stage.DECLINED)
    page = browser.get("/p/agencies/board/declined").text
    assert shown(page) == [number]
    assert "Nobody is in Withdrawn" in browser.get("/p/agencies/board/withdrawn").text


def test_another_program_is_not_there(browser: FlaskClient) -> None:
    with transaction() as session:
        make_program(session, slug="secret")
    for path in ("/p/secret/board", "/p/secret/board/sourced", "/p/secret/board/live"):
        assert browser.get(path).status_code == 404


def test_the_live_part_sends_only_chips_that_changed_and_every_count(browser: FlaskClient) -> None:
    done, reading, waiting = fill(3)
    with transaction() as session:
        for number, state in ((done, None), (reading, CrawlState.READING), (waiting, CrawlState.WAITING)):
            card = session.get_one(Prospect, number)
            session.get_one(Company, card.company_id).crawl_state = state or CrawlState.DONE
            if state is None:
                card.fit_state, card.fit_score = FitState.SCORED, 61.0
    page = browser.get(f"/p/agencies/board/live?shown={done}:reading,{reading}:reading,{waiting}:scoring,x:y,²:z").text
    assert f'id="fit-{done}"' in page
    assert f'id="fit-{reading}"' not in page
    assert f'id="fit-{waiting}"' in page
    assert page.count('id="count-') == 12
    assert 'hx-trigger="every 3s"' in page
    assert "<strong>1</strong> scored" in page


def test_the_live_part_calms_down_when_nothing_is_under_way(browser: FlaskClient) -> None:
    fill(1, fit_state=FitState.SCORED, fit_score=5.0)
    assert 'hx-trigger="every 5s"' in browser.get("/p/agencies/board/live").text


def etag(answer: TestResponse) -> dict[str, str]:
    return {"If-None-Match": answer.headers["ETag"], "HX-Request": "true"}


def test_the_live_part_answers_304_until_something_happens(
    browser: FlaskClient, count_queries: Callable[[], int]
) -> None:
    (number,) = fill(1)
    first = browser.get("/p/agencies/board/live")
    count_queries()
    again = browser.get("/p/agencies/board/live", headers=etag(first))
    assert (again.status_code, again.data) == (304, b"")
    assert count_queries() <= 8
    with transaction() as session:
        card = session.get_one(Prospect, number)
        move_prospect(session, card, to_stage=Stage.ENGAGED, event=MoveEvent.HAND, by_user_id=None)
    assert browser.get("/p/agencies/board/live", headers=etag(first)).status_code == 200


def test_what_a_colleague_moved_comes_with_the_next_look(browser: FlaskClient) -> None:
    moved, still, hidden = fill(3, fit_score=50.0, fit_sort=50.0)
    page = browser.get("/p/agencies/board?min=40").text
    address = unescape(page.split('id="progress"')[1].split('hx-get="')[1].split('"')[0])
    with program() as (session, _):
        theo = make_user(session, name="Theo Brandt")
        for number in (moved, hidden):
            card = session.get_one(Prospect, number)
            move_prospect(session, card, to_stage=Stage.ENGAGED, event=MoveEvent.HAND, by_user_id=theo.id)
        session.get_one(Prospect, hidden).fit_sort = 10.0
    answer = browser.get(address).text
    assert shown(answer.replace(f'<i id="card-{hidden}" data-gone>', "")) == [moved]
    assert f'<i id="card-{hidden}" data-gone></i>' in answer
    assert f"card-{still}" not in answer
    assert "Theo Brandt moved Site000 to Engaged." in answer
    assert 'id="count-engaged">1<' in answer


def test_after_very_much_the_board_is_drawn_anew(browser: FlaskClient) -> None:
    (number,) = fill(1)
    with program() as (session, here):
        for _ in range(MOST_EVENTS + 1):
            record_audit(session, "prospect.moved", subject=f"prospect:{number}", program_id=here.id)
    assert "data-many" in browser.get("/p/agencies/board/live?since=0").text


def test_chips_of_another_program_are_not_given_out(browser: FlaskClient) -> None:
    with transaction() as session:
        foreign = make_prospect(session, make_program(session), fit_state=FitState.SCORED, fit_score=5.0).id
    assert f"fit-{foreign}" not in browser.get(f"/p/agencies/board/live?shown={foreign}:reading").text


@pytest.mark.parametrize("path", ["/p/agencies/board", "/p/agencies/board?sort=fit&q=site", "/p/agencies/board/live"])
def test_the_number_of_queries_never_depends_on_the_cards(
    browser: FlaskClient, count_queries: Callable[[], int], path: str
) -> None:
    fill(2)
    browser.get(path)
    count_queries()
    browser.get(path)
    few = count_queries()
    with program() as (session, here):
        for number in range(120):
            stage = list(Stage)[number % len(Stage)]
            state = list(FitState)[number % len(FitState)]
            make_prospect(session, here, f"site-more{number}.example", stage=stage, fit_state=state)
    count_queries()
    page = browser.get(path).text
    assert count_queries() == few
    assert few <= 18
    assert "live" in path or len(shown(page)) > 80


def test_who_may_only_read_sees_no_move_menu(sign_in: SignIn, mia: User) -> None:
    fill(1)
    with program() as (session, here):
        reader = make_user(session, Role.DATA_ANALYST)
        session.add(Membership(user_id=reader.id, program_id=here.id))
    page = sign_in(reader).get("/p/agencies/board").text
    assert len(shown(page)) == 1
    assert "data-move-menu" not in page
    assert 'id="moves-' not in page


def test_who_may_not_decide_is_not_offered_decisions(sign_in: SignIn, mia: User) -> None:
    fill(1)
    with program() as (session, here):
        associate = make_user(session, Role.ASSOCIATE)
        session.add(Membership(user_id=associate.id, program_id=here.id))
    page = sign_in(associate).get("/p/agencies/board").text
    assert 'data-to="qualified"' in page
    assert 'data-to="approved"' not in page
    assert 'data-to="declined"' not in page
