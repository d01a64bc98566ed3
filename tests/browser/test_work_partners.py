"""The screens of partners in the demo's program: library, reviews, care, onboarding, by keyboard alone and by mouse."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db import reading, transaction
from app.models import (
    Activity,
    ActivityKind,
    Broadcast,
    ComplianceCase,
    Crawl,
    CrawlState,
    PartnerResult,
    Partnership,
    Prospect,
    Resource,
    ResourceVersion,
    Signal,
    TemplateAction,
    User,
)
from tests.browser.hands import Hand, by_each_hand
from tests.filled_world import FilledWorld

SignIn = Callable[[User], Page]
ROOT = "/p/afterglow-partners"


@by_each_hand("keeping.index keeping.resource_list keeping.resource keeping.cadence")
def test_something_is_put_into_the_library_replaced_and_put_away(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{ROOT}/partners")
    by.press(main.get_by_role("link", name="Resources"))
    by.press(page.get_by_text("Add a resource"))
    by.write(page.get_by_label("Title"), "Banners")
    by.write(page.get_by_label("or a link"), "https://files.example/banners")
    by.press(page.get_by_role("button", name="Add", exact=True))
    page.locator("[data-toast]").wait_for()
    page.goto(f"{ROOT}/partners/resources")
    by.press(main.get_by_role("link", name="Banners"))
    by.press(page.get_by_text("Replace with a new version"))
    by.write(page.get_by_label("or a link"), "https://files.example/banners-2")
    by.write(page.get_by_label("What is new"), "The new colors")
    by.press(page.get_by_role("button", name="Replace"))
    expect(main).to_contain_text("The new colors")
    by.press(page.get_by_role("button", name="Put it away"))
    expect(main).to_contain_text("put away")
    page.goto(f"{ROOT}/partners/cadence")
    by.press(main.get_by_role("button", name="End").first)
    by.press(page.get_by_text("Add a rule"))
    by.write(page.get_by_label("Days", exact=True), "45")
    by.press(page.get_by_role("button", name="Add", exact=True))
    expect(page.get_by_text("every 45 days")).to_be_visible()
    with reading() as session:
        resource = session.scalars(select(Resource).where(Resource.title == "Banners")).one()
        assert resource.archived_at is not None
        versions = session.scalars(select(ResourceVersion).where(ResourceVersion.resource_id == resource.id)).all()
        assert [each.url for each in versions] == ["https://files.example/banners", "https://files.example/banners-2"]


@by_each_hand("keeping.review keeping.print_review care.partner")
def test_a_review_is_printed_and_taken_off_the_partners_page(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    partner, review = (filled_world.values[each] for each in ("partnership_id", "review_id"))
    page = sign_in_browser(filled_world.admin)
    by = hand(page)
    page.goto(f"{ROOT}/partners/{partner}/reviews/{review}")
    by.press(page.get_by_role("link", name="To print"))
    by.press(page.get_by_role("link", name="Back"))
    by.press(page.get_by_role("button", name="Take it off their page"))
    expect(page.get_by_role("button", name="Share the summary")).to_be_visible()
    page.goto(f"{ROOT}/care/partners/{partner}")
    by.write(page.locator("#tags").get_by_role("textbox"), "dach, loud")
    by.press(page.locator("#tags").get_by_role("button"))
    expect(page.locator(".pr-head-meta")).to_contain_text("loud")


def _say_the_same_customers(session: Session, one: Partnership, two: Partnership) -> None:
    for partnership, services in ((one, ("SEO",)), (two, ("Photography",))):
        company_id = session.get_one(Prospect, partnership.prospect_id).company_id
        crawl = Crawl(company_id=company_id, state=CrawlState.DONE)
        session.add(crawl)
        session.flush()
        for name, value in (("industry", "Pottery"), *(("service", each) for each in services)):
            quote = f"We do {value} here."
            signal = Signal(company_id=company_id, crawl_id=crawl.id, name=name, value=value, quote=quote)
            session.add(signal)


@by_each_hand("care.introductions care.new_case care.index")
def test_two_partners_are_introduced_and_a_case_opened(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    with transaction() as session:
        one = session.get_one(Partnership, filled_world.values["partnership_id"])
        others = select(Partnership).where(Partnership.program_id == one.program_id, Partnership.id != one.id)
        _say_the_same_customers(session, one, session.scalars(others).first() or one)
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{ROOT}/care/partners/{one.id}/introductions")
    by.write(page.get_by_label("Why, in your words"), "You share potters.")
    by.press(page.get_by_role("button", name="Ask both"))
    page.locator("[data-toast]").wait_for()
    page.goto(f"{ROOT}/care/partners/{one.id}/introductions")
    expect(main).to_contain_text("asked already")
    page.goto(f"{ROOT}/care/partners/{one.id}/cases/new")
    by.tick(page.get_by_role("radio").first)
    by.write(page.get_by_label("What it says there"), "Guaranteed results")
    by.write(page.get_by_label("What they have to change"), "Take it off.")
    by.press(page.get_by_role("button", name="Open the case"))
    page.locator("[data-toast]").wait_for()
    page.goto(f"{ROOT}/care")
    by.press(main.get_by_role("link", name="Everyone's"))
    expect(page.locator(".ca-table tbody tr")).to_have_count(2)
    with reading() as session:
        words = session.scalars(select(Activity.body).where(Activity.kind == ActivityKind.MESSAGE)).all()
        assert len([each for each in words if "You share potters." in each]) == 2
        assert "Guaranteed results" in session.scalars(select(ComplianceCase.quote)).all()


@by_each_hand("care.broadcasts care.new_broadcast care.edit_broadcast care.broadcast")
def test_a_broadcast_is_written_changed_and_sent(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{ROOT}/care/broadcasts")
    by.press(page.get_by_role("link", name="New broadcast"))
    by.write(page.get_by_label("Subject"), "Summer is near")
    by.write(page.get_by_label("Mail", exact=True), "Two new offers wait for you.")
    by.press(page.get_by_role("button", name="Look who gets it"))
    by.press(page.get_by_role("link", name="Change", exact=True))
    by.write(page.get_by_label("Subject"), "Summer is here")
    by.tick(page.get_by_role("checkbox", name="US 3"))
    by.press(page.get_by_role("button", name="Look who gets it"))
    by.press(page.get_by_role("button", name="Send to"))
    expect(page.get_by_role("heading", name="Summer is here")).to_be_visible()
    by.press(main.get_by_role("link").first)
    page.wait_for_url("**/care/partners/*")
    with reading() as session:
        assert session.scalars(select(Broadcast).where(Broadcast.subject == "Summer is here")).one().sent_at


@by_each_hand("care.results care.import_form care.terms")
def test_results_are_imported_and_partners_reminded_of_the_terms(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by = hand(page)
    page.goto(f"{ROOT}/care/results")
    by.press(page.get_by_role("link", name="Import", exact=True))
    rows = "partner,month,leads\nPalmetto Web,2026-10,77"
    by.write(page.get_by_label("Or paste the rows"), rows)
    by.press(page.get_by_role("button", name="Check the rows"))
    by.press(page.get_by_role("button", name="Write 1 month"))
    page.locator("[data-toast]").wait_for()
    page.goto(f"{ROOT}/care/terms")
    by.press(page.get_by_role("button", name="Remind those who have not accepted"))
    expect(page.locator("[data-toast]")).to_be_visible()
    with reading() as session:
        assert 77 in session.scalars(select(PartnerResult.leads)).all()


@by_each_hand("onboarding.template_list onboarding.template onboarding.add_step onboarding.change_step")
def test_a_template_gets_steps_in_order(filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{ROOT}/onboarding/templates")
    by.press(page.get_by_text("Add a template"))
    by.write(page.get_by_label("Name", exact=True), "First steps")
    by.pick(page.get_by_label("Tier"), "Gold")
    by.press(page.get_by_role("button", name="Add template"))
    for title in ("Put our logo up", "Send the tax form"):
        by.pick(page.get_by_label("Add a step"), "Send a document")
        by.press(page.locator("form.on-inline button"))
        by.write(page.get_by_label("What is to be done"), title)
        by.press(page.get_by_role("button", name="Add step"))
        expect(main.get_by_role("link", name=title)).to_be_visible()
    by.press(page.get_by_role("button", name="Move “Send the tax form” up"))
    expect(page.locator(".on-step").first).to_contain_text("Send the tax form")
    by.press(main.get_by_role("link", name="Put our logo up"))
    by.write(page.get_by_label("What is to be done"), "Show our logo")
    by.press(page.get_by_role("button", name="Save step"))
    expect(main.get_by_role("link", name="Show our logo")).to_be_visible()
    with reading() as session:
        assert "Show our logo" in session.scalars(select(TemplateAction.title)).all()


@by_each_hand("onboarding.index onboarding.partner onboarding.updates")
def test_a_step_is_opened_again_and_plans_brought_up_to_date(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{ROOT}/onboarding")
    by.press(main.get_by_role("link", name="Everyone's"))
    by.press(main.get_by_role("link", name="Briefwerk").first)
    again = main.get_by_role("button", name="Open again")
    again.first.wait_for()
    count = again.count()
    by.press(again.first)
    expect(again).to_have_count(count - 1)
    page.goto(f"{ROOT}/onboarding/templates/{filled_world.values['template_id']}/updates")
    by.press(page.get_by_role("button", name="Bring those ticked up to date"))
    expect(page.locator("[data-toast]")).to_be_visible()
