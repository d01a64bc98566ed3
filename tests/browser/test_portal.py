"""Every page for partners in a real browser: a phone in the dark in German, a desk in the light in Polish; axe."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.clock import now, today
from app.db import transaction
from app.models import (
    ActionKind,
    ActionState,
    CaseState,
    OnboardingAction,
    PartnerResult,
    ResultSource,
    Role,
)
from app.models.wave import WaveStatus
from app.services.care.opting_out import opt_out_page
from app.services.waves.addresses import addressee_of
from app.services.waves.links import new_move_link
from tests.application_world import make_open_page
from tests.care_world import make_case, make_terms
from tests.keeping_world import make_goal, make_resource
from tests.onboarding_world import CONTENTS, make_partner, make_template, portal_path
from tests.wave_world import make_plan, make_wave, make_wave_partner
from tests.world import make_program, make_user

PUBLIC = "http://127.0.0.1:8000"
PAGES = ("", "/goals", "/resources", "/messages", "/results", "/requests", "/terms", "/profile")
# A form with choices, one with a day and a zone, one that was sent back; the list of them shows every state.
STEPS = (ActionKind.TRAINING, ActionKind.BOOK_CALL, ActionKind.FIRST_PILOT)


def _world() -> tuple[str, list[str]]:
    """Add a partner with something on every page; return the portal's path and those of all pages for partners."""
    with transaction() as session:
        manager = make_user(session, Role.ACCOUNT_MANAGER, name="Joanna Wilk")
        program = make_program(session, manager, name="Afterglow")
        make_open_page(session, program, slug="harbor")
        template = make_template(session, program, manager, *CONTENTS)
        partnership, person = make_partner(session, program, template, account_manager_id=manager.id, tier="Gold")
        make_terms(session, program, 2)
        make_goal(session, partnership, manager)
        make_resource(session, program, manager, url="https://kit.example/")
        case = {"fix_by": today() + timedelta(days=3), "url": "https://partner.example/a-page"}
        make_case(session, program, partnership.id, state=CaseState.NOTIFIED, **case)
        session.add(
            PartnerResult(
                program_id=program.id, partnership_id=partnership.id, month=today().replace(day=1),
                amount_cents=123_450, currency="EUR", leads=1_200, source=ResultSource.PARTNER,
            )
        )  # fmt: skip
        steps = {step.kind: step for step in session.scalars(select(OnboardingAction))}
        steps[ActionKind.TO_DO].state, steps[ActionKind.TO_DO].done_at = ActionState.DONE, now()
        steps[ActionKind.FIRST_PILOT].state = ActionState.ACTION_REQUIRED
        steps[ActionKind.FIRST_PILOT].note = "Please say when."
        make_plan(session, program)
        wave = make_wave(session, program, incentive="50 EUR on top", expires_on=today(), sent_at=now())
        moving = make_wave_partner(session, program, wave_id=wave.id, status=WaveStatus.INVITED)
        links = [new_move_link(session, moving, addressee_of(session, moving)), opt_out_page(program.id, person.email)]
        portal = portal_path(session, person)
        paths = [f"{portal}/steps/{steps[kind].id}" for kind in STEPS]
    public = ["/partner", "/partner/sign-in", "/partner/nobody", *(link.removeprefix(PUBLIC) for link in links)]
    return portal, [*(f"{portal}{page}" for page in PAGES), *paths, *public]


def test_every_page_for_partners_in_two_languages_and_both_themes(
    page: Page, axe_violations: Callable[[], list[str]]
) -> None:
    portal, paths = _world()
    for language, name, theme, width in (("de", "Deutsch", "dark", 390), ("pl", "Polski", "light", 1280)):
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(f"{portal}/goals")
        page.get_by_role("button", name=name).click()
        # The switch leads back to the page it was pressed on, and goes with the person.
        expect(page).to_have_url(f"{page.url.partition('/partner')[0]}{portal}/goals")
        expect(page.locator("html")).to_have_attribute("lang", language)
        for path in paths:
            page.goto(path)
            page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
            assert page.locator("html").get_attribute("lang") == language, path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
            assert axe_violations() == [], path
