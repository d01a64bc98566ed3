"""Flags on cards as the screens show them: with words for who does not see them, and as a filter."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import now
from app.db import transaction
from app.models import Company, Task, User
from tests.web.board_pages import shown
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user


@pytest.fixture
def late(app: Flask) -> tuple[User, int]:
    """A specialist and the prospect of theirs whose next step is overdue and whose owner wants no visits."""
    with transaction() as session:
        user = make_user(session)
        program = make_program(session, user, slug="agencies")
        prospect = make_prospect(session, program, "harbor.example")
        make_prospect(session, program, "kiln.example")
        session.get_one(Company, prospect.company_id).opted_out_at = now()
        session.add(
            Task(program_id=program.id, prospect_id=prospect.id, title="Call", due_at=now() - timedelta(days=2))
        )
        return user, prospect.id


@pytest.fixture
def browser(sign_in: SignIn, late: tuple[User, int]) -> FlaskClient:
    return sign_in(late[0])


def test_a_card_says_its_flags_in_words(browser: FlaskClient, late: tuple[User, int]) -> None:
    cards = browser.get("/p/agencies/board").text.split('id="card-')
    card = next(each for each in cards if each.startswith(f'{late[1]}"'))
    assert card.index('aria-label="Next step overdue"') < card.index('aria-label="Asked not to be contacted"')
    assert sum("sb-card-flag" in each for each in cards) == 1


@pytest.mark.parametrize("layout", ["board", "split", "table"])
def test_the_filter_finds_them_in_every_layout(browser: FlaskClient, late: tuple[User, int], layout: str) -> None:
    page = browser.get(f"/p/agencies/{layout}?flag=opted_out").text
    assert "Harbor" in page
    assert "Kiln" not in page
    if layout != "table":
        assert shown(page) == [late[1]]
    assert "Asked not to be contacted" in page


def test_the_form_offers_them(browser: FlaskClient) -> None:
    page = browser.get("/p/agencies/board/filter?flag=risk").text
    assert 'name="flag" value="risk" checked' in page
    assert '<option value="reply">Reply not answered yet</option>' in page
    assert "was left out" in browser.get("/p/agencies/board?flag=nonsense").text
