"""Outreach in a real browser: the editor's insert menu and live preview, approving by keyboard; both for axe."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.db import reading, transaction
from app.models import Company, Contact, Message, Program, Role, Sequence, Stage, User
from app.services.enrolling import enroll_one
from tests.outreach_world import allow_cold_mail, make_contact, make_sender, make_sequence
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]
Axe = Callable[[], list[str]]


@pytest.fixture
def world(live_server: str) -> tuple[User, Program, Sequence, Contact]:
    with transaction() as session:
        user = make_user(session, Role.RECRUITMENT_SPECIALIST)
        program = make_program(session, user)
        sequence = make_sequence(session, program, make_sender(session, program), approve_first_mail=True)
        prospect = make_prospect(session, program, "tea.example", stage=Stage.QUALIFIED)
        session.get_one(Company, prospect.company_id).country = "PL"
        contact = make_contact(session, prospect, "ola@tea.example")
        allow_cold_mail(session, program, contact)
        return user, program, sequence, contact


def test_a_field_is_inserted_and_seen_at_once_and_the_mail_approved_by_keyboard(
    world: tuple[User, Program, Sequence, Contact], sign_in_browser: SignIn, axe_violations: Axe
) -> None:
    user, program, sequence, contact = world
    page = sign_in_browser(user)
    page.goto(f"/p/{program.slug}/outreach/sequences/{sequence.id}/edit/steps/first")
    page.locator("body[data-ready]").wait_for()
    page.get_by_text("Insert a field").click()
    page.get_by_label("Text", exact=True).click()
    page.keyboard.press("Control+End")
    page.get_by_role("button", name="Company", exact=True).click()
    expect(page.locator("#preview .or-mail-body").first).to_contain_text("shall we talk?Tea")
    assert axe_violations() == []

    with transaction() as session:
        other = make_contact(session, make_prospect(session, program, "cups.example", stage=Stage.APPLIED))
        for each in (contact.id, other.id):
            enroll_one(session, program, each, sequence_id=sequence.id, sender_id=sequence.sender_id or 0, actor=user)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"/p/{program.slug}/outreach/approvals")
    page.locator("body[data-ready]").wait_for()
    assert axe_violations() == []
    page.keyboard.press("e")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Yours")
    page.keyboard.press("Escape")
    # A key that is held down decides about one mail, not about all that wait.
    page.keyboard.down("a")
    expect(page.get_by_text("Approved. It leaves to")).to_be_visible()
    page.locator("body[data-ready]").wait_for()
    page.keyboard.down("a")
    page.keyboard.up("a")
    page.wait_for_timeout(300)
    with reading() as session:
        approved = [each for each in session.query(Message) if each.approved_by_id is not None]
        assert len(approved) == 1
        assert "shall we talk? Yours" in approved[0].text
    page.keyboard.press("a")
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
