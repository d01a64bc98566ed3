"""Programs and members on screen: who may do what, refused input, undo."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Membership, Program, ProgramType, Role, User
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], FlaskClient]
FORM = {"name": "Agency Partners", "type": "agency", "slug": "", "description": "For agencies", "offer": "25 %"}


@pytest.fixture
def director(app: object) -> User:
    with transaction() as session:
        return make_user(session, Role.DIRECTOR)


@pytest.fixture
def browser(director: User, sign_in: SignIn) -> FlaskClient:
    return sign_in(director)


@pytest.fixture
def program(director: User) -> Program:
    with transaction() as session:
        return make_program(session, director, slug="agencies", name="Agencies")


def test_first_program_is_created_and_leads_to_its_profile(browser: FlaskClient) -> None:
    assert "Create the first program" in browser.get("/programs").text
    answer = browser.post("/programs/new", data=FORM)
    assert (answer.status_code, answer.location) == (303, "/p/agency-partners/profile")
    assert "Agency Partners is ready" in browser.get(answer.location).text
    assert "missing" in browser.get("/programs").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "Give the program a name."),
        ({"slug": "Agency Partners"}, "small letters"),
        ({"slug": "agencies"}, "'agencies-2' is free"),
        ({"type": "friends"}, "Not a valid choice"),
        ({"offer": "x" * 10_001}, "At most 10000 characters"),
    ],
)
def test_refused_programs_keep_their_text_and_say_why(
    browser: FlaskClient, program: Program, change: dict[str, str], words: str
) -> None:
    answer = browser.post("/programs/new", data=FORM | change)
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert "For agencies" in answer.text


def test_settings_change_all_but_the_short_name(browser: FlaskClient, program: Program) -> None:
    page = browser.get("/p/agencies/settings").text
    assert 'name="slug"' not in page
    assert re.search(r'<option selected[^>]* value="agency"', page)
    assert browser.post("/p/agencies/settings", data=FORM | {"slug": "other", "type": "channel"}).status_code == 303
    with reading() as session:
        changed = session.get_one(Program, program.id)
        assert (changed.slug, changed.name, changed.type) == ("agencies", "Agency Partners", ProgramType.CHANNEL)
    assert browser.post("/p/agencies/settings", data=FORM | {"name": " "}).status_code == 422


def test_members_join_and_leave_with_an_undo(browser: FlaskClient, program: Program) -> None:
    with transaction() as session:
        person = make_user(session, name="Nora Keller")
    assert browser.post("/p/agencies/members", data={"user_id": person.id}).status_code == 303
    page = browser.get("/p/agencies/members").text
    assert "Nora Keller" in page
    assert browser.post("/p/agencies/members", data={"user_id": person.id}).status_code == 422
    assert browser.post(f"/p/agencies/members/{person.id}/remove").status_code == 303
    undo = browser.get("/p/agencies/members").text
    assert "Nora Keller no longer works in Agencies" in undo
    assert re.search(rf'name="user_id" value="{person.id}"', undo)
    assert browser.post(f"/p/agencies/members/{person.id}/remove").status_code == 404


def test_removal_says_how_many_prospects_lose_their_owner(browser: FlaskClient, program: Program) -> None:
    with transaction() as session:
        person = make_user(session)
        session.add(Membership(user_id=person.id, program_id=program.id))
        make_prospect(session, program, owner_id=person.id)
    assert "1 prospect will have no owner" in browser.get("/p/agencies/members").text


def test_a_program_without_members_helps(program: Program, sign_in: SignIn, app: object) -> None:
    with transaction() as session:
        make_program(session, slug="empty")
        admin = make_user(session, Role.ADMIN)
    page = sign_in(admin).get("/p/empty/members").text
    assert "Nobody works here yet" in page


def test_archive_closes_a_program_and_undo_opens_it(browser: FlaskClient, program: Program) -> None:
    assert browser.post("/p/agencies/archive").status_code == 303
    assert browser.get("/p/agencies/settings").status_code == 404
    listed = browser.get("/programs").text
    assert "1 archived program" in listed
    assert browser.post("/programs/agencies/restore").status_code == 303
    assert browser.get("/p/agencies/settings").status_code == 200
    assert browser.post("/programs/agencies/restore").status_code == 404


@pytest.mark.parametrize("role", [Role.RECRUITMENT_SPECIALIST, Role.DATA_ANALYST, Role.ACCOUNT_MANAGER])
def test_only_managers_manage(program: Program, sign_in: SignIn, role: Role) -> None:
    with transaction() as session:
        user = make_user(session, role)
        session.add(Membership(user_id=user.id, program_id=program.id))
    browser = sign_in(user)
    assert browser.get("/programs/new").status_code == 403
    assert browser.post("/programs/new", data=FORM).status_code == 403
    assert browser.get("/p/agencies/settings").status_code == 403
    for path in ("settings", "members", f"members/{user.id}/remove", "archive"):
        assert browser.post(f"/p/agencies/{path}", data={"user_id": user.id}).status_code == 403
    assert browser.post("/programs/agencies/restore").status_code == 403
    members = browser.get("/p/agencies/members").text
    assert 'action="/p/agencies/members' not in members
    listed = browser.get("/programs").text
    assert "/p/agencies/settings" not in listed
    assert "/programs/new" not in listed


def test_programs_of_others_do_not_exist(browser: FlaskClient, app: object) -> None:
    with transaction() as session:
        make_program(session, slug="foreign", name="Foreign program")
    assert "Foreign program" not in browser.get("/programs").text
    for path in ("settings", "members", "profile"):
        assert browser.get(f"/p/foreign/{path}").status_code == 404
    with reading() as session:
        assert session.scalar(select(Program.archived_at).where(Program.slug == "foreign")) is None
