"""The review by keyboard alone: each key opens its form or finds its button, and none sends anything by itself."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from app.db import reading, transaction
from app.models import Notice, ProgramTerms, SecondOpinion, User
from app.services.references import write_references
from tests.application_world import make_application, make_open_page
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]


def _world() -> tuple[User, User, str]:
    with transaction() as session:
        reviewer, colleague = make_user(session), make_user(session, name="Amara")
        program = make_program(session, reviewer, colleague)
        make_open_page(session, program)
        terms = session.scalars(select(ProgramTerms)).one()
        application = make_application(session, make_prospect(session, program), terms)
        write_references(session, application, [("Bo", "bo@kiln.example"), ("Cy", "cy@other.example")])
        return reviewer, colleague, f"/p/{program.slug}/applications/{application.id}"


def _notices() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Notice)) or 0


def test_second_opinion_and_references_have_keys(
    sign_in_browser: SignIn, axe_violations: Callable[[], list[str]]
) -> None:
    reviewer, _colleague, path = _world()
    page = sign_in_browser(reviewer)
    page.goto(path)
    expect(page.locator("body[data-ready]")).to_be_attached()
    page.keyboard.press("?")
    for words in ("Second opinion: ask for one, or give yours", "To the next reference to be asked; Enter asks"):
        expect(page.get_by_role("dialog").get_by_text(words)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#shortcuts")).not_to_be_visible()
    page.keyboard.press("d")
    expect(page.locator("details[data-key=d]")).to_have_attribute("open", "")
    page.locator("body").click(position={"x": 2, "y": 2})
    page.keyboard.press("o")
    expect(page.locator("details[data-key=d]")).not_to_have_attribute("open", "")
    expect(page.locator("#colleague_id")).to_be_focused()
    assert axe_violations() == []
    page.locator("#colleague_id").select_option("Amara")
    page.locator("#question").fill("Do you know them?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#opinions")).to_contain_text("Do you know them?")
    expect(page.locator("body[data-ready]")).to_be_attached()
    asks = page.locator("button[data-key=r]")
    for number in (0, 1, 0):
        page.keyboard.press("r")
        expect(asks.nth(number)).to_be_focused()
    before = _notices()
    page.keyboard.press("Enter")
    expect(page.locator("#references")).to_contain_text("Ask again")
    assert _notices() == before + 1


def test_who_was_asked_for_an_opinion_gives_it_by_the_same_key(sign_in_browser: SignIn) -> None:
    reviewer, colleague, path = _world()
    with transaction() as session:
        number = int(path.rpartition("/")[2])
        opinion = {"application_id": number, "colleague_id": colleague.id, "asked_by_id": reviewer.id}
        session.add(SecondOpinion(**opinion))
    page = sign_in_browser(colleague)
    page.goto(path)
    expect(page.locator("body[data-ready]")).to_be_attached()
    page.keyboard.press("o")
    expect(page.locator("input[name=leaning]").first).to_be_focused()
