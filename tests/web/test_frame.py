"""The frame around every page: navigation by program and role, the theme, messages."""

from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import AuditEvent, Role, User
from tests.web.conftest import SignIn
from tests.world import make_program, make_user


def member(role: Role = Role.RECRUITMENT_SPECIALIST) -> User:
    with transaction() as session:
        user = make_user(session, role, name="Mia Okafor")
        make_program(session, user, slug="agencies", name="Agencies")
        make_program(session, user, slug="creators", name="Creators")
        make_program(session, slug="secret", name="Secret")
    return user


def test_the_switcher_offers_ones_own_programs_and_marks_the_current(sign_in: SignIn) -> None:
    page = sign_in(member()).get("/p/creators/board").text
    assert 'href="/p/agencies/board"' in page
    assert "Secret" not in page
    assert page.split('aria-current="true"')[0].rstrip().endswith('href="/p/creators/board"')
    assert 'href="/p/creators/board" aria-current="page"' in page


def test_links_follow_the_role(sign_in: SignIn) -> None:
    worker = sign_in(member()).get("/p/agencies/board").text
    assert 'href="/p/agencies/imports"' in worker
    assert 'href="/settings/people"' not in worker
    with transaction() as session:
        admin = make_user(session, Role.ADMIN)
    page = sign_in(admin).get("/p/secret/board").text
    assert 'href="/settings/people"' in page


def choose(browser: FlaskClient, theme: str, back: str = "/p/agencies/board") -> int:
    return browser.post("/settings/theme", data={"theme": theme, "next": back}).status_code


def test_a_theme_is_kept_and_drawn_by_the_server_so_that_nothing_flashes(sign_in: SignIn) -> None:
    browser = sign_in(member())
    assert 'data-theme="auto">' in browser.get("/p/agencies/board").text
    assert choose(browser, "dark") == 303
    assert 'data-theme="dark" data-bs-theme="dark">' in browser.get("/p/agencies/board").text
    with reading() as session:
        assert "user.theme_chosen" in session.scalars(select(AuditEvent.action)).all()


def test_a_theme_that_is_none_changes_nothing(sign_in: SignIn) -> None:
    browser = sign_in(member())
    assert choose(browser, "sepia") == 422
    assert 'data-theme="auto"' in browser.get("/p/agencies/board").text


def test_choosing_a_theme_leads_to_no_other_site(sign_in: SignIn) -> None:
    answer = sign_in(member()).post("/settings/theme", data={"theme": "light", "next": "https://evil.example/"})
    assert answer.location == "/"


def test_an_unknown_address_is_a_page_of_the_product(sign_in: SignIn) -> None:
    browser = sign_in(member())
    page = browser.get("/p/agencies/nothing-here")
    assert page.status_code == 404
    assert "There is nothing here" in page.text
    assert "Agencies" in page.text
    fragment = browser.get("/p/agencies/nothing-here", headers={"HX-Request": "true"}).text
    assert "data-error-message" in fragment
    assert "<html" not in fragment
