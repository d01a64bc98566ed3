"""Onboarding in a real browser, on a phone in the dark: a partner's upload, judged by us; axe on both sides."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import transaction
from app.models import ActionKind, OnboardingAction, ProgramTerms, Role, User
from tests.application_world import TERMS
from tests.onboarding_world import CONTENTS, make_partner, make_template, portal_path
from tests.world import make_program, make_user


def test_partner_sends_a_file_and_we_approve_it(
    live_server: str,
    page: Page,
    sign_in_browser: Callable[[User], Page],
    axe_violations: Callable[[], list[str]],
) -> None:
    with transaction() as session:
        manager = make_user(session, Role.ACCOUNT_MANAGER, theme="dark")
        program = make_program(session, manager)
        session.add(ProgramTerms(program_id=program.id, version=1, text=TERMS))
        template = make_template(session, program, manager, *CONTENTS)
        partnership, person = make_partner(session, program, template, account_manager_id=manager.id)
        portal = portal_path(session, person)
        steps = dict(session.execute(select(OnboardingAction.kind, OnboardingAction.id)).all())
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")

    def look_at(path: str) -> None:
        page.goto(f"{live_server}{path}")
        page.evaluate("document.querySelectorAll('main details:not(.sb-menu)').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
        assert axe_violations() == [], path

    look_at(f"{portal}/steps/{steps[ActionKind.UPLOAD]}")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Not sent yet")
    file = {"name": "tax form.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    page.get_by_label("Your file").set_input_files(files=[file])  # type: ignore[list-item]
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("We look at “Send the tax form”")

    sign_in_browser(manager)
    look_at(f"/p/{program.slug}/onboarding")
    look_at(f"/p/{program.slug}/onboarding/partners/{partnership.id}")
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(f"#step-{steps[ActionKind.UPLOAD]}")).to_contain_text("Done")
