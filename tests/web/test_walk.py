"""Whatever a person of the demo can click on leads somewhere: no page breaks, no link goes where they may not."""

import re
from collections import deque
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import transaction
from app.demo.load import load_demo
from app.models import Membership, ProgramTerms, Role, User
from tests.application_world import make_application, make_open_page
from tests.prospect_world import make_worked_prospect
from tests.web.conftest import SignIn

pytestmark = [pytest.mark.any_servers, pytest.mark.slow]

LINK = re.compile(r"""<(?:a\b[^>]*\shref|[a-z]+\b[^>]*\shx-get)="([^"#]+)""")
# One page of a kind is enough: a number in an address is a row, a long word a secret or a key.
ROW = re.compile(r"\d+|[\w-]{20,}")


@pytest.fixture
def people(app: Flask) -> dict[Role, User]:
    """The demo as it is loaded, and one prospect that has been read, scored and has applied."""
    with transaction() as session:
        load_demo(session)
        world = make_worked_prospect(session)
        make_open_page(session, world.program)
        terms = session.scalars(select(ProgramTerms).where(ProgramTerms.program_id == world.program.id)).one()
        make_application(session, world.prospect, terms)
        by_id = select(User).where(User.id < world.user.id).order_by(User.id.desc())
        users = {user.role: user for user in session.scalars(by_id)}
        session.add_all(Membership(program_id=world.program.id, user_id=user.id) for user in users.values())
    return users


def walk(client: FlaskClient) -> dict[str, int]:
    """Return the status of one page of every kind that links lead to, from the first page on."""
    waiting, found = deque(["/"]), dict[str, tuple[str, int]]()
    while waiting:
        address = waiting.popleft()
        kind = ROW.sub("N", urlsplit(address).path)
        if kind in found:
            continue
        answer = client.get(address, buffered=True)
        found[kind] = (address, answer.status_code)
        if answer.mimetype == "text/html":
            links = [urljoin(address, unescape(link)) for link in LINK.findall(answer.text)]
            waiting.extend(link for link in [*links, answer.location or ""] if link.startswith("/"))
    return dict(found.values())


@pytest.mark.timeout(300)
def test_every_link_leads_somewhere(people: dict[Role, User], sign_in: SignIn) -> None:
    for role in (Role.ADMIN, Role.ACCOUNT_MANAGER, Role.DATA_ANALYST):
        statuses = walk(sign_in(people[role]))
        assert {address: status for address, status in statuses.items() if status >= 400} == {}, role
        assert len(statuses) > 40, role
