"""Pages of a column and the filter in the address, also one made by hand."""

from itertools import chain

import pytest
from flask.testing import FlaskClient

from app.db import transaction
from app.models import FitState, Prospect, User
from tests.web.board_pages import HTMX, fill, more_link, program, shown
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user


@pytest.fixture
def mia(app: object) -> User:
    with transaction() as session:
        user = make_user(session, name="Mia Okafor")
        make_program(session, user, slug="agencies", name="Agencies")
    return user


@pytest.fixture
def browser(sign_in: SignIn, mia: User) -> FlaskClient:
    return sign_in(mia)


def test_a_column_comes_in_pages_that_meet_without_gap_or_repeat(browser: FlaskClient) -> None:
    ids = fill(70)
    first = browser.get("/p/agencies/board").text
    pages = [shown(first)]
    page = first
    while link := more_link(page):
        page = browser.get(link, headers=HTMX).text
        assert "<html" not in page
        pages.append(shown(page))
    assert [len(cards) for cards in pages] == [12, 30, 28]
    assert list(chain.from_iterable(pages)) == ids


def test_pages_by_fit_go_from_best_to_none(browser: FlaskClient) -> None:
    with program() as (session, here):
        for number in range(65):
            score = None if number % 4 == 0 else float(number % 9)
            make_prospect(session, here, fit_score=score, fit_sort=-1.0 if score is None else score)
    page = browser.get("/p/agencies/board?sort=fit").text
    seen = shown(page)
    while link := more_link(page):
        page = browser.get(link, headers=HTMX).text
        seen += shown(page)
    with transaction() as session:
        sorts = [session.get_one(Prospect, number).fit_sort for number in seen]
    assert len(set(seen)) == 65
    assert sorts == sorted(sorts, reverse=True)


def test_more_works_without_script_as_a_page_of_its_own(browser: FlaskClient) -> None:
    fill(40)
    page = browser.get(more_link(browser.get("/p/agencies/board").text)).text
    assert "<html" in page
    assert len(shown(page)) == 28


@pytest.mark.parametrize(("address", "wanted"), [
    ("?owner=me", [0]), ("?owner=none", [2]), ("?min=50", [1, 2]), ("?max=50", [0, 1]), ("?min=60&max=45", [1]),
    ("?q=SITE001", [1]), ("?q=100%25", []), ("?fit=scored", [0, 1, 2]), ("?fit=pending", []),
])  # fmt: skip
def test_filters_in_the_address_choose_cards_and_counts(
    browser: FlaskClient, mia: User, address: str, wanted: list[int]
) -> None:
    with program() as (session, here):
        other = make_user(session)
        ids = [
            make_prospect(
                session,
                here,
                f"site{number:03d}.example",
                owner_id=owner,
                fit_score=score,
                fit_sort=score,
                fit_state=FitState.SCORED,
            ).id
            for number, (owner, score) in enumerate([(mia.id, 40.0), (other.id, 50.0), (None, 90.0)])
        ]
    page = browser.get(f"/p/agencies/board{address}").text
    assert shown(page) == [ids[number] for number in wanted]
    assert f'id="count-sourced">{len(wanted)}<' in page


@pytest.mark.parametrize("address", [
    "?owner=abc", "?owner=99999999999999999999", "?min=high", "?max=nan", "?min=1e999", "?fit=great", "?sort=random",
])  # fmt: skip
def test_a_filter_made_by_hand_is_left_out_and_said(browser: FlaskClient, address: str) -> None:
    fill(1)
    answer = browser.get(f"/p/agencies/board{address}")
    assert answer.status_code == 200
    assert "was left out" in answer.text
    assert len(shown(answer.text)) == 1


def test_a_text_with_a_null_byte_does_no_harm(browser: FlaskClient) -> None:
    fill(1)
    assert browser.get("/p/agencies/board?q=site%00000").status_code == 200


@pytest.mark.parametrize("mark", ["rubbish", "99999999999999999999.a0", "9223372036854775808.a0", "².a0", "1.a%000"])
def test_a_broken_page_mark_is_refused_in_words(browser: FlaskClient, mark: str) -> None:
    answer = browser.get(f"/p/agencies/board/sourced?after={mark}", headers=HTMX)
    assert answer.status_code == 422
    assert "go back to the board" in answer.text
