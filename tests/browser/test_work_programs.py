"""A program's own screens in the demo, from its profile to its waves, by keyboard alone and by mouse."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import reading
from app.models import Backtest, FitProfile, FormQuestion, Program, ReviewRule, User
from app.models.wave import WaveImport, WavePartner
from tests.browser.hands import Hand, by_each_hand
from tests.filled_world import FilledWorld

SignIn = Callable[[User], Page]
ROOT = "/p/afterglow-partners"


@by_each_hand("programs.index programs.new programs.settings programs.members")
def test_a_program_is_added_described_and_peopled(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto("/programs")
    by.press(page.get_by_role("link", name="New program"))
    by.write(page.get_by_label("Name", exact=True), "Resellers north")
    by.press(page.get_by_role("button", name="Create program"))
    page.locator("[data-toast]").wait_for()
    page.goto("/p/resellers-north/settings")
    by.write(page.get_by_label("Description"), "Shops that sell it on.")
    by.press(page.get_by_role("button", name="Save"))
    page.locator("[data-toast]").wait_for()
    by.press(main.get_by_role("navigation").get_by_role("link", name="Members"))
    by.pick(page.get_by_label("Add a person"), "Sam Okonkwo, associate")
    by.press(page.get_by_role("button", name="Add to the program"))
    row = page.locator(".pr-row", has_text="Sam Okonkwo")
    by.press(row.get_by_text("Remove", exact=True))
    by.press(page.get_by_role("button", name="Remove Sam Okonkwo"))
    expect(row).to_have_count(0)
    with reading() as session:
        assert session.scalars(select(Program.description).where(Program.slug == "resellers-north")).one()


@by_each_hand("programs.profile programs.compare_versions programs.suggest_profile")
def test_a_profile_gets_a_version_that_is_compared_and_a_suggestion(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{ROOT}/profile")
    page.locator("body[data-ready]").wait_for()
    by.write(page.get_by_label("Weight", exact=True).first, "5")
    by.press(page.get_by_role("button", name="Save as version 2"))
    expect(page.get_by_role("button", name="Save as version 3")).to_be_visible()
    page.goto(f"{ROOT}/profile/versions")
    by.press(page.get_by_role("button", name="Compare"))
    expect(main.get_by_role("heading", name="From version 1 to version 2")).to_be_visible()
    page.goto(f"{ROOT}/profile/suggest")
    by.write(page.get_by_label("Topic", exact=True).first, "We repair what others sold")
    by.press(page.get_by_role("button", name="Put into the editor"))
    expect(page.get_by_label("Topic: what their site says or does").last).to_have_value("We repair what others sold")
    with reading() as session:
        assert 2 in session.scalars(select(FitProfile.version)).all()


@by_each_hand("fit.backtest fit.show_backtest fit.review_next")
def test_the_scorer_is_asked_how_good_it_is_and_what_to_review(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{ROOT}/profile/backtest/{filled_world.values['backtest_id']}")
    by.press(main.get_by_role("navigation").get_by_role("link", name="Backtest"))
    by.write(page.get_by_label("Mails your team can send"), "0")
    by.press(page.get_by_role("button", name="Run"))
    expect(page.locator(".sb-error")).to_be_visible()
    page.goto(f"{ROOT}/profile/backtest")
    by.write(page.get_by_label("Mails your team can send"), "12")
    by.press(page.get_by_role("button", name="Run"))
    expect(page.locator(".fs-waiting")).to_contain_text("Waiting for the scorer")
    page.goto(f"{ROOT}/profile/review-next")
    by.press(main.locator(".fs-review a, .sb-empty a").first)
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Review next")
    with reading() as session:
        assert 12 in session.scalars(select(Backtest.weekly_mails)).all()


@by_each_hand("program_page.settings program_page.change program_page.trial")
def test_the_public_page_is_changed_and_tried(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by = hand(page)
    page.goto(f"{ROOT}/page")
    by.write(page.get_by_label("Headline"), "Earn with us")
    by.press(page.get_by_role("button", name="Save page"))
    page.locator("[data-toast]").wait_for()
    by.press(page.get_by_role("main").get_by_role("link", name="Readers a month"))
    by.write(page.get_by_label("Question", exact=True), "How many read you?")
    by.press(page.get_by_role("button", name="Save question"))
    expect(page.get_by_role("link", name="How many read you?")).to_be_visible()
    page.goto(f"{ROOT}/page/trial")
    expect(page.locator("body")).to_contain_text("Earn with us")
    by.write(page.get_by_label("Your name"), "Ola Nowak")
    by.press(page.get_by_role("button", name="Send application"))
    expect(page.get_by_label("Your name")).to_have_value("Ola Nowak")
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    with reading() as session:
        assert "How many read you?" in session.scalars(select(FormQuestion.label)).all()


@by_each_hand("applications.index applications.show_rules applications.show")
def test_applications_are_gone_through_and_a_rule_tried(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{ROOT}/applications")
    by.press(main.get_by_role("link", name="Tidepool Digital"))
    by.press(main.locator("summary", has_text="Ask the applicant"))
    by.write(page.get_by_label("Your question"), "Which shops?")
    by.press(page.get_by_role("button", name="Send the question"))
    page.get_by_text("Your question is on its way.").wait_for()
    page.goto(f"{ROOT}/applications/rules")
    by.write(page.get_by_label("Fit score at least"), "70")
    by.press(page.get_by_role("button", name="Show what it would have done"))
    by.press(page.get_by_role("button", name="Switch this rule on"))
    expect(page.get_by_text("in force", exact=True)).to_be_visible()
    by.press(page.get_by_role("button", name="Switch off"))
    expect(page.get_by_text("ended", exact=True)).to_be_visible()
    with reading() as session:
        assert session.scalars(select(ReviewRule)).one().ended_at is not None


@by_each_hand("waves.index waves.plan waves.show waves.partners waves.settings")
def test_waves_are_planned_and_looked_through(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{ROOT}/waves")
    by.press(main.get_by_role("link", name="Wave 1").first)
    by.press(main.get_by_role("link", name="Plan waves"))
    by.write(page.get_by_label("Partners a week"), "5")
    by.press(page.get_by_role("button", name="Propose anew"))
    by.press(main.get_by_role("link", name="Bands and mails"))
    by.write(page.get_by_label("Where they come from"), "NewStack")
    by.press(main.get_by_role("button", name="Save"))
    page.locator("[data-toast]").wait_for()
    page.goto(f"{ROOT}/waves/{filled_world.values['wave_id']}")
    by.press(main.get_by_role("link", name="Partners", exact=True))
    by.tick(page.get_by_role("checkbox", name="Choose Loyal Lantern"))
    by.pick(page.get_by_label("New status"), "Lost")
    by.press(page.get_by_role("button", name="Set status…"))
    by.press(page.get_by_role("button", name="Change those ticked"))
    page.get_by_role("button", name="Undo").wait_for()
    with reading() as session:
        assert [each.value for each in session.scalars(select(WavePartner.status))].count("lost") == 2


@by_each_hand("waves.imports waves.show_import")
def test_partners_of_another_platform_are_looked_at_again(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{ROOT}/waves/imports")
    file = {
        "name": "again.csv",
        "mimeType": "text/csv",
        "buffer": b"Partner key,Partner,Website\nx1,Kiln,kiln.example\n",
    }
    page.get_by_label("Export of the other platform").set_input_files(files=[file])  # type: ignore[list-item]
    by.press(page.get_by_role("button", name="Check rows"))
    by.press(page.get_by_role("button", name="Put them on the migration list"))
    expect(main).to_contain_text("Kiln")
    with reading() as session:
        assert len(session.scalars(select(WaveImport)).all()) == 2
