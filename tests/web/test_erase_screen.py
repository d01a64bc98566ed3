"""The screen that erases a person: what it reaches, the typed confirmation, and who may."""

import pytest

from app.db import transaction
from app.models import Role
from tests.outreach_world import make_contact
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user


def test_a_director_erases_after_typing_the_address(sign_in: SignIn) -> None:
    with transaction() as session:
        director = make_user(session, Role.DIRECTOR)
        program = make_program(session, director)
        prospect = make_prospect(session, program, "tea.example")
        contact = make_contact(session, prospect, "ola@tea.example", name="Ola Nowak")
    browser, page = sign_in(director), f"/p/{program.slug}/prospects/{prospect.id}"
    path = f"{page}/contacts/{contact.id}/erase"
    assert path in browser.get(page).text
    asked = browser.get(path).text
    assert "Type <strong>ola@tea.example</strong> to confirm" in asked
    refused = browser.post(path, data={"typed": "ola"})
    assert (refused.status_code, "it cannot be taken back" in refused.text) == (422, True)
    assert browser.post(path, data={"typed": " Ola@tea.example "}).status_code == 303
    after = browser.get(page).text
    assert "The person was erased." in after
    assert "Ola Nowak" not in after
    assert "ola@tea.example" not in after
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize("role", [Role.RECRUITMENT_SPECIALIST, Role.ACCOUNT_MANAGER])
def test_others_are_neither_offered_nor_allowed_it(sign_in: SignIn, role: Role) -> None:
    with transaction() as session:
        user = make_user(session, role)
        program = make_program(session, user)
        prospect = make_prospect(session, program, "tea.example")
        contact = make_contact(session, prospect, "ola@tea.example")
    browser, page = sign_in(user), f"/p/{program.slug}/prospects/{prospect.id}"
    assert "/erase" not in browser.get(page).text
    assert browser.get(f"{page}/contacts/{contact.id}/erase").status_code == 403
    assert browser.post(f"{page}/contacts/{contact.id}/erase", data={"typed": "ola@tea.example"}).status_code == 403
