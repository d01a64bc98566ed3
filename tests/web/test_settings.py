"""The home of settings leads to each of them, and to nothing a role may not open; the table of roles is the code's."""

import re

import pytest
from flask import Flask

from app.db import transaction
from app.models import Role
from app.services.access import ROLE_PERMISSIONS, Permission
from app.services.permission_words import WORDS
from tests.web.conftest import SignIn
from tests.world import make_program, make_user

pytestmark = pytest.mark.any_servers
_LINK = re.compile(r'<li class="card st-card">.*?<a href="([^"]+)"', re.DOTALL)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DIRECTOR, Role.CREATIVE])
def test_every_setting_that_is_shown_opens(app: Flask, sign_in: SignIn, role: Role) -> None:
    with transaction() as session:
        user = make_user(session, role)
        program = make_program(session, user)
    browser = sign_in(user)
    links = _LINK.findall(browser.get("/settings").text) + _LINK.findall(
        browser.get(f"/p/{program.slug}/settings/all").text
    )
    assert f"/p/{program.slug}/settings/all" in links
    assert ("/settings/people" in links) == (role is Role.ADMIN)
    assert (f"/p/{program.slug}/settings" in links) == (role is not Role.CREATIVE)
    assert {link: browser.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_roles_are_drawn_from_the_table_that_the_product_asks(app: Flask, sign_in: SignIn) -> None:
    assert set(WORDS) == set(Permission)
    with transaction() as session:
        user = make_user(session, Role.ASSOCIATE)
    page = sign_in(user).get("/settings/roles").text
    granted = sum(len(permissions) for permissions in ROLE_PERMISSIONS.values())
    assert page.count('<span class="st-yes">') == granted
    assert page.count("<small>you</small>") == 1
