"""Who may do what on the prospect page: hidden where the role may not, forbidden by the server, 404 for strangers."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Crawl, CrawlState, Membership, Role, User
from tests.prospect_world import Worked, make_worked_prospect
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], FlaskClient]
URL = "/p/afterglow/prospects"


@pytest.fixture
def world(app: object) -> Worked:
    with transaction() as session:
        return make_worked_prospect(session)


@pytest.fixture
def browser(world: Worked, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.user)


@pytest.fixture
def url(world: Worked) -> str:
    return f"{URL}/{world.prospect.id}"


def member(world: Worked, role: Role) -> User:
    with transaction() as session:
        user = make_user(session, role)
        session.add(Membership(user_id=user.id, program_id=world.program.id))
    return user


@pytest.mark.parametrize(
    ("role", "missing"),
    [
        (Role.DATA_ANALYST, ["/notes", "/owner", "/contacts", "/crawl", "/move", "/undo"]),
        (Role.CREATIVE, ["/owner", "/contacts", "/crawl", "/move", "/undo"]),
        (Role.ASSOCIATE, ["/crawl", "stage=approved"]),
    ],
)
def test_page_hides_what_the_role_may_not_do(
    world: Worked, sign_in: SignIn, url: str, role: Role, missing: list[str]
) -> None:
    html = sign_in(member(world, role)).get(url).text
    forms = [found for found in missing if re.search(rf'(action|href)="[^"]*{re.escape(found)}', html)]
    assert forms == []


@pytest.mark.parametrize(
    ("role", "path", "data"),
    [
        (Role.DATA_ANALYST, "notes", {"kind": "note", "body": "x"}),
        (Role.CREATIVE, "owner", {"owner_id": "", "version": "1"}),
        (Role.DATA_ANALYST, "contacts", {"name": "Ida"}),
        (Role.ASSOCIATE, "crawl", {}),
        (Role.ASSOCIATE, "crawl/cancel", {}),
        (Role.ASSOCIATE, "score", {}),
    ],
)
def test_server_forbids_what_the_role_may_not_do(
    world: Worked, sign_in: SignIn, url: str, role: Role, path: str, data: dict[str, str]
) -> None:
    assert sign_in(member(world, role)).post(f"{url}/{path}", data=data).status_code == 403
    with reading() as session:
        assert session.scalar(select(Crawl.id).where(Crawl.state == CrawlState.WAITING)) is None


def test_rows_of_other_programs_do_not_exist_here(browser: FlaskClient, world: Worked, sign_in: SignIn) -> None:
    with transaction() as session:
        stranger = make_user(session)
        elsewhere = make_program(session, world.user, stranger, slug="elsewhere")
        foreign = make_prospect(session, elsewhere)
    assert browser.get(f"{URL}/{foreign.id}").status_code == 404
    assert browser.get(f"/p/elsewhere/prospects/{world.prospect.id}").status_code == 404
    outsider = sign_in(stranger)
    assert outsider.get(f"{URL}/{world.prospect.id}").status_code == 404
    assert outsider.post(f"{URL}/{world.prospect.id}/notes", data={"kind": "note", "body": "x"}).status_code == 404
    assert browser.get(f"/p/elsewhere/prospects/{foreign.id}/pages/{world.home.id}").status_code == 404
