"""The prospect page, the saved page and the profile editor in a real browser, by mouse, by keyboard, without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from app.db import transaction
from app.models import Company, Crawl, CrawlState, FitState, Prospect, Role, User
from tests.browser.conftest import PASSWORD
from tests.browser.hands import works
from tests.prospect_world import Worked, liftwell_parts, make_score, make_worked_prospect
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]
Axe = Callable[[], list[str]]


@pytest.fixture
def world(live_server: str) -> Worked:
    with transaction() as session:
        return make_worked_prospect(session)


@pytest.fixture
def opened(world: Worked, sign_in_browser: SignIn) -> Page:
    page = sign_in_browser(world.user)
    page.goto(f"/p/afterglow/prospects/{world.prospect.id}")
    expect(page.get_by_role("button", name="Assign")).to_be_hidden()  # the page's script has started
    return page


def test_a_quote_leads_to_its_passage_in_the_saved_page(opened: Page) -> None:
    part = opened.locator(".pr-part", has_text="Conversion optimization")
    part.get_by_text("1 more passage").click()
    part.get_by_role("link", name="Show in the saved page").first.click()
    expect(opened.locator("mark#passage")).to_have_text(
        "We run A/B tests on checkout and product pages, and we set up post-purchase upsell offers "
        "that fit what was bought."
    )
    expect(opened.locator("mark#passage")).to_be_in_viewport()


@works(keys="prospects.show")
def test_a_call_is_logged_without_a_reload_and_with_the_keyboard_alone(opened: Page) -> None:
    opened.evaluate("window.stayed = true")
    opened.keyboard.press("n")
    opened.keyboard.type("Signed <today>")
    opened.keyboard.press("Tab")
    opened.keyboard.press("ArrowRight")
    opened.locator(".pr-composer textarea").focus()
    opened.keyboard.press("Control+Enter")
    entry = opened.locator(".pr-entry").first
    expect(entry).to_contain_text("Signed <today>")
    expect(entry).to_contain_text("Call")
    expect(opened.locator(".pr-composer textarea")).to_have_value("")
    assert opened.evaluate("window.stayed") is True


def test_choosing_an_owner_saves_at_once(opened: Page) -> None:
    expect(opened.get_by_role("button", name="Assign")).to_be_hidden()
    opened.get_by_label("Owner", exact=True).select_option(label="Theo Brandvold")
    expect(opened.get_by_text("Theo Brandvold looks after this prospect now.")).to_be_visible()


@works(mouse="prospects.show")
def test_a_move_by_menu_can_be_undone_from_the_message(opened: Page) -> None:
    opened.keyboard.press("m")
    opened.locator(".pr-move").get_by_role("button", name="Engaged").click()
    expect(opened.locator(".pr-move > summary")).to_contain_text("Engaged")
    opened.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(opened.locator(".pr-move > summary")).to_contain_text("Qualified")
    expect(opened.locator("#history")).to_contain_text("undone")


def test_keys_lead_along_the_column_and_never_while_typing(opened: Page, world: Worked) -> None:
    here = opened.url
    opened.locator(".pr-composer textarea").fill("")
    opened.keyboard.type("jk?")
    assert opened.url == here
    opened.locator("body").click(position={"x": 5, "y": 5})
    opened.keyboard.press("?")
    expect(opened.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    opened.keyboard.press("Escape")
    opened.keyboard.press("j")
    opened.wait_for_url(lambda url: url != here)
    expect(opened.locator(".pr-name")).to_contain_text("Meridian")


def test_tags_are_changed_in_the_head_with_the_keyboard_alone(opened: Page) -> None:
    opened.keyboard.press("t")
    opened.keyboard.type("Fashion, priority")
    opened.keyboard.press("Enter")
    expect(opened.locator(".pr-tags .sb-badge")).to_have_text(["Fashion", "priority"])
    expect(opened.get_by_role("button", name="Assign")).to_be_hidden()  # the script of the page that came back
    opened.keyboard.press("t")
    opened.keyboard.press("Control+a")
    opened.keyboard.type("priority")
    opened.keyboard.press("Enter")
    expect(opened.locator(".pr-tags .sb-badge")).to_have_text(["priority"])


def test_score_appears_by_itself_when_the_reading_ends(world: Worked, sign_in_browser: SignIn) -> None:
    with transaction() as session:
        prospect = make_prospect(session, world.program, "fresh.example", fit_state=FitState.UNREAD)
        session.add(Crawl(company_id=prospect.company_id, state=CrawlState.READING))
    page = sign_in_browser(world.user)
    page.goto(f"/p/afterglow/prospects/{prospect.id}")
    page.locator(".pr-composer textarea").fill("half a thought")
    expect(page.locator(".pr-chip-active")).to_contain_text("Fetch")
    with transaction() as session:
        crawl = session.query(Crawl).filter_by(company_id=prospect.company_id).one()
        crawl.state, crawl.outcome, crawl.page_count = CrawlState.DONE, "readable", 2
        scored = session.get_one(Prospect, prospect.id)
        make_score(session, scored, world.profile, liftwell_parts(world.home, world.services))
    expect(page.locator(".pr-total")).to_contain_text("69.6")
    expect(page.locator("#headline")).to_contain_text("70")
    expect(page.locator("#entries")).to_contain_text("Fit score 69.6")
    expect(page.locator(".pr-composer textarea")).to_have_value("half a thought")
    expect(page.locator(".pr-chip-done")).to_have_count(4)


def test_opened_receipts_stay_open_while_the_reading_goes_on(world: Worked, sign_in_browser: SignIn) -> None:
    with transaction() as session:
        session.query(Crawl).one().state = CrawlState.READING
    page = sign_in_browser(world.user)
    page.goto(f"/p/afterglow/prospects/{world.prospect.id}")
    page.locator("#receipts > summary").click()
    with page.expect_response(lambda response: response.url.endswith("/reading")):
        pass
    expect(page.locator("#receipts table")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_the_bars_stay_while_a_long_page_scrolls(world: Worked, sign_in_browser: SignIn, width: int) -> None:
    page = sign_in_browser(world.user)
    page.set_viewport_size({"width": width, "height": 500})
    page.goto(f"/p/afterglow/prospects/{world.prospect.id}#contacts")
    expect(page.locator("#contacts h2")).to_be_in_viewport()
    assert page.evaluate("scrollY") > 500
    bars = page.evaluate("['.sb-side', '.sb-top'].map(bar => document.querySelector(bar).getBoundingClientRect())")
    assert [bar["top"] for bar in bars] == [0, bars[0]["height"] if width < 768 else 0]
    # What the address leads to stands below them.
    assert page.locator("#contacts").evaluate("card => card.getBoundingClientRect().top") >= bars[1]["bottom"]


@pytest.mark.slow
@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_screens_are_accessible_and_never_scroll_sideways(
    world: Worked, sign_in_browser: SignIn, axe_violations: Axe, theme: str, width: int
) -> None:
    with transaction() as session:
        session.get_one(User, world.user.id).role = Role.DIRECTOR
        session.get_one(User, world.user.id).theme = theme
        session.get_one(Company, world.company.id).name = "Liftwell " + "Averyveryverylongname" * 3
        unread = make_prospect(session, world.program)
        make_program(session, world.user, slug="bare", name="Bare program")
    page = sign_in_browser(world.user)
    page.set_viewport_size({"width": width, "height": 844})
    root = f"/p/afterglow/prospects/{world.prospect.id}"
    for path in (
        root, f"{root}/pages/{world.home.id}?words=Liftwell", f"/p/afterglow/prospects/{unread.id}",
        "/programs", "/programs/new", "/p/afterglow/settings", "/p/afterglow/members", "/p/afterglow/profile",
        "/p/bare/profile",
    ):  # fmt: skip
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details:not(.sb-menu)').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
        assert axe_violations() == [], path


def test_profile_rows_come_and_go_and_show_their_points(world: Worked, sign_in_browser: SignIn) -> None:
    page = sign_in_browser(world.user)
    page.goto("/p/afterglow/profile")
    expect(page.locator(".pr-topic [data-points]").first).to_have_text("up to 100.0 points")
    page.get_by_role("button", name="Add a topic").click()
    page.keyboard.type("Runs a podcast for shop owners")
    new = page.locator(".pr-topic").last
    new.get_by_label("Weight").fill("2")
    expect(page.locator(".pr-topic [data-points]").first).to_have_text("up to 50.0 points")
    new.get_by_text("Against").click()
    expect(new.locator("[data-points]")).to_have_text("takes up to 100.0 points")
    page.locator(".pr-topic").nth(1).get_by_role("button", name="Remove this topic").click()
    expect(page.locator(".pr-topic")).to_have_count(2)
    page.get_by_role("button", name="Save as version 2").click()
    expect(page.get_by_text("Version 2 is in force.")).to_be_visible()
    expect(page.locator("#history")).to_contain_text("Added “Runs a podcast for shop owners”")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator("#history")).to_contain_text("Restored version 1")


def test_all_of_it_works_without_scripts(
    world: Worked, browser: Browser, live_server: str, sign_in_browser: SignIn
) -> None:
    cookies = sign_in_browser(world.user).context.cookies()
    context = browser.new_context(base_url=live_server, java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"/p/afterglow/prospects/{world.prospect.id}")
    page.locator(".pr-composer textarea").fill("No script at all")
    page.locator(".pr-composer").get_by_role("button", name="Add").click()
    expect(page.locator(".pr-entry").first).to_contain_text("No script at all")
    page.get_by_label("Owner", exact=True).select_option(label="Theo Brandvold")
    page.get_by_role("button", name="Assign").click()
    expect(page.get_by_text("Theo Brandvold looks after this prospect now.")).to_be_visible()
    page.goto("/p/afterglow/profile")
    page.get_by_role("button", name="Add a topic").click()
    expect(page.locator(".pr-topic")).to_have_count(3)
    page.get_by_role("button", name="Remove this topic").first.click()
    expect(page.locator(".pr-topic")).to_have_count(2)
    context.close()


def test_a_reader_is_offered_nothing_to_change(world: Worked, sign_in_browser: SignIn) -> None:
    with transaction() as session:
        analyst = make_user(session, Role.DATA_ANALYST)
        program = make_program(session, analyst, slug="reader")
        prospect = make_prospect(session, program)
    page = sign_in_browser(analyst)
    page.goto(f"/p/reader/prospects/{prospect.id}")
    assert page.locator("main form").count() == 0


def test_a_note_typed_after_the_session_ended_stays_and_is_sent_after_signing_in(world: Worked, opened: Page) -> None:
    opened.evaluate("console.error = () => {}")  # htmx writes every refused request there; this one is wanted
    opened.context.clear_cookies()
    address, note = opened.url, opened.locator(".pr-composer textarea")
    note.fill("They want a call in March")
    opened.locator(".pr-composer").get_by_role("button", name="Add").click()
    expect(opened.get_by_text("Your session has ended.")).to_be_visible()
    expect(note).to_have_value("They want a call in March")
    assert opened.url == address
    with opened.context.expect_page() as opening:
        opened.locator("[data-session]").get_by_role("link", name="Sign in").click()
    other = opening.value
    other.get_by_label("E-mail").fill(world.user.email)
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Sign in", exact=True).click()
    other.wait_for_selector("body[data-ready]")
    other.close()
    opened.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(opened.get_by_text("You are signed in again.").first).to_be_visible()
    opened.locator(".pr-composer").get_by_role("button", name="Add").click()
    expect(opened.locator(".pr-entry").first).to_contain_text("They want a call in March")
    opened.reload()
    expect(opened.locator(".pr-composer textarea")).to_have_value("")
