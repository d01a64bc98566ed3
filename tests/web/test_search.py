"""The search page and the list behind ⌘K: what they show, to whom, and that nothing of it is markup."""

import re

import pytest
from sqlalchemy import select

from app.db import transaction
from app.models import Activity, ActivityKind, Company, Prospect, Role
from app.models.view import SavedView, ViewLayout
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers


def options(page: str) -> list[str]:
    """Return the options of ⌘K as text."""
    found = re.findall(r'<a class="se-option[^"]*" role="option".*?</a>', page, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in found]


def test_page_and_palette_show_hits_of_own_programs_only(sign_in: SignIn) -> None:
    with transaction() as session:
        person, other = make_user(session), make_user(session)
        own, theirs = make_program(session, person, name="Alpha"), make_program(session, other)
        prospect = make_prospect(session, own, "northwind.example")
        make_prospect(session, theirs, "northwind-secret.example")
        body = "Zeppelin <img src=x onerror=alert(1)> terms"
        session.add(Activity(prospect_id=prospect.id, kind=ActivityKind.NOTE, body=body, author_id=person.id))
        slug, prospect_id = own.slug, prospect.id
        theirs_id = session.scalars(select(Prospect.id).where(Prospect.program_id == theirs.id)).one()
    browser = sign_in(person)
    page = browser.get("/search?q=northwnid").text
    assert "similar name" in page
    assert f"/p/{slug}/prospects/{prospect_id}" in page
    assert "secret" not in page
    page = browser.get("/search?q=zepp").text
    assert "<mark>Zeppelin</mark> &lt;img src=x" in page
    assert "secret" not in browser.get("/search/palette?q=northwind").text
    recent = browser.get(f"/search/palette?recent={prospect_id},{theirs_id},99999,x").text
    assert "Seen last" in recent
    assert "secret" not in recent
    assert options(recent)[0].startswith("Northwind northwind.example")
    assert sign_in(other).get("/search?q=northwind").text.count("-secret.example") == 1
    page = browser.get("/search?q=qqqqqq").text
    assert "Nothing found" in page


def test_removed_companies_leave_the_search(sign_in: SignIn) -> None:
    with transaction() as session:
        person = make_user(session)
        program = make_program(session, person)
        make_prospect(session, program, "northwind.example")
    browser = sign_in(person)
    assert "<mark>northwind</mark>.example" in browser.get("/search?q=northwind").text
    with transaction() as session:
        session.delete(session.scalars(select(Company)).one())
    assert "Nothing found" in browser.get("/search?q=northwind").text


def test_commands_are_those_of_the_role_and_found_by_other_words(sign_in: SignIn) -> None:
    with transaction() as session:
        admin, analyst = make_user(session, Role.ADMIN), make_user(session, Role.DATA_ANALYST)
        program = make_program(session, admin, analyst, name="Alpha")
        make_program(session, admin, name="Beta agencies")
        slug = program.slug
    browser = sign_in(admin)
    every = options(browser.get(f"/search/palette?p={slug}").text)
    assert {"Board Go to", "Add prospects by address Begin", "New task Begin", "Dark theme Theme"} <= set(every)
    assert "Beta agencies Switch program" in every
    assert options(browser.get(f"/search/palette?p={slug}&q=new+url").text) == ["Add prospects by address Begin"]
    assert options(browser.get(f"/search/palette?p={slug}&q=dark").text) == ["Dark theme Theme"]
    allowed = options(sign_in(analyst).get(f"/search/palette?p={slug}").text)
    assert "Board Go to" in allowed
    assert "Add prospects by address Begin" not in allowed


def test_too_little_or_nothing_typed_says_what_to_do(sign_in: SignIn) -> None:
    with transaction() as session:
        person = make_user(session)
        make_program(session, person)
    browser = sign_in(person)
    assert "Type two letters or more" in browser.get("/search?q=x").text
    assert "Search everything" in browser.get("/search").text
    assert browser.get("/search?q=" + "🦄" * 3000 + "&kind=nonsense&p=%00").status_code == 200


def test_settings_reports_and_views_are_found_by_name(sign_in: SignIn) -> None:
    with transaction() as session:
        person, other = make_user(session, Role.DATA_ANALYST), make_user(session)
        program = make_program(session, person, other, name="Alpha")
        for owner, name in ((person, "Zebra crossing"), (other, "Zebra of another")):
            view = SavedView(program_id=program.id, owner_id=owner.id, name=name, query={}, layout=ViewLayout.BOARD)
            session.add(view)
        slug = program.slug
    browser = sign_in(person)

    def ask(typed: str) -> str:
        return " | ".join(options(browser.get(f"/search/palette?p={slug}&q={typed}").text))

    assert "Holidays" in ask("holidays")
    assert "Funnel" in ask("funnel")
    assert "How you are told" in ask("told")
    assert "Zebra crossing" in ask("zebra")
    assert "another" not in ask("zebra")
    assert "API tokens" not in ask("tokens")
    assert "Funnel" not in ask("")
