"""Erasing by address from the settings: found, confirmed, erased, with a receipt that names nobody."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import reading, transaction
from app.models import AuditEvent, Role
from tests.outreach_world import make_contact
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

ADDRESS = "ola@tea.example"


def test_an_admin_sees_where_it_occurs_and_erases(app: Flask, sign_in: SignIn) -> None:
    with transaction() as session:
        admin = make_user(session, Role.ADMIN)
        prospect = make_prospect(session, make_program(session, name="Tea partners"), "tea.example")
        make_contact(session, prospect, ADDRESS, name="Ola Nowak")
    browser = sign_in(admin)
    assert "/settings/erase" in browser.get("/settings").text
    found = browser.post("/settings/erase", data={"address": f" {ADDRESS.title()} "}).text
    assert "Tea partners" in found
    assert f"Type <strong>{ADDRESS}</strong> to confirm" in found
    refused = browser.post("/settings/erase/confirm", data={"address": ADDRESS, "typed": "ola"})
    assert (refused.status_code, "it cannot be taken back" in refused.text) == (422, True)
    assert "Tea partners" in refused.text
    done = browser.post("/settings/erase/confirm", data={"address": ADDRESS, "typed": ADDRESS}, follow_redirects=True)
    assert "The person was erased" in done.text
    assert ADDRESS not in done.text
    with reading() as session:
        events = session.scalars(select(AuditEvent)).all()
        assert not [each for each in events if "tea.example" in f"{each.subject} {each.details}".casefold()]
        other = next(each.id for each in events if each.action != "person.erased")
    again = browser.post("/settings/erase", data={"address": ADDRESS})
    assert "Nothing here knows this address" in again.text
    gone = browser.post("/settings/erase/confirm", data={"address": ADDRESS, "typed": ADDRESS})
    assert gone.status_code == 404
    assert browser.get(f"/settings/erase/receipts/{other}").status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "has no"),
        ("tea.example", "Type a whole address"),
        ("<script>@tea.example", ""),
        ("x" * 400 + "@tea.example", "has at most 320"),
    ],
)
def test_what_is_no_address_is_said(app: Flask, sign_in: SignIn, typed: str, said: str) -> None:
    with transaction() as session:
        admin = make_user(session, Role.ADMIN)
    browser = sign_in(admin)
    for path in ("/settings/erase", "/settings/erase/confirm"):
        answer = browser.post(path, data={"address": typed, "typed": typed})
        assert answer.status_code == 422
        assert 'id="address-error"' in answer.text
        assert "<script>@" not in answer.text
        assert said in answer.text or not typed


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.DATA_ANALYST])
def test_nobody_else_may_look_for_an_address(app: Flask, sign_in: SignIn, role: Role) -> None:
    with transaction() as session:
        user = make_user(session, role)
    browser = sign_in(user)
    assert "/settings/erase" not in browser.get("/settings").text
    assert browser.get("/settings/erase").status_code == 403
    assert browser.post("/settings/erase", data={"address": ADDRESS}).status_code == 403
