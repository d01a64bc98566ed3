"""The minutes of work: shown to everybody of a program, changed by who manages it, counted by the report."""

import pytest
from flask import Flask

from app.db import transaction
from app.models import Role
from tests.web.conftest import SignIn
from tests.world import make_program, make_user

pytestmark = pytest.mark.any_servers


def test_they_are_changed_on_their_page_and_stand_in_the_report(app: Flask, sign_in: SignIn) -> None:
    with transaction() as session:
        user = make_user(session, Role.DIRECTOR)
        make_program(session, user, slug="north")
    browser = sign_in(user)
    assert 'href="/p/north/work-minutes"' in browser.get("/p/north/reports/automation").text
    answer = browser.post("/p/north/work-minutes", data={"moving": "7.5"}, follow_redirects=True)
    assert "Saved. The report counts with them now." in answer.text
    assert 'name="moving" value="7.5"' in answer.text
    assert "Moving a card,0,0,7.5," in browser.get("/p/north/reports/automation.csv").text
    refused = browser.post("/p/north/work-minutes", data={"moving": "a <while>", "judging": "3"})
    assert refused.status_code == 422
    assert 'value="a &lt;while&gt;"' in refused.text
    assert "Give minutes from 0 to 480, such as 4 or 0.5." in refused.text


def test_who_may_not_change_them_sees_them(app: Flask, sign_in: SignIn) -> None:
    with transaction() as session:
        user = make_user(session, Role.ASSOCIATE)
        make_program(session, user, slug="north")
    browser = sign_in(user)
    page = browser.get("/p/north/work-minutes").text
    assert "<strong>0.5</strong>" in page
    assert 'name="moving"' not in page
    assert "work-minutes" not in browser.get("/p/north/reports/automation").text
    assert browser.post("/p/north/work-minutes", data={"moving": "1"}).status_code == 403
