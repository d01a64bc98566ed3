"""The screens of the settings that no other test works on, in the demo's program, by keyboard alone and by mouse."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import reading
from app.models import ContactValue, Program, User
from app.models.assignment import AssignmentRule
from app.models.custom_field import CustomField
from app.models.program_settings import OwnReason
from app.models.tag import Tag
from app.models.tier import Tier
from app.models.whole_copy import WholeCopy
from tests.browser.hands import Hand, by_each_hand
from tests.filled_world import FilledWorld

SignIn = Callable[[User], Page]
ROOT = "/p/afterglow-partners"
PROGRAM = "Afterglow Agency & Affiliate Partners"


@by_each_hand("settings.home settings.program settings.reasons settings.reason settings.stages settings.minutes")
def test_reasons_names_of_stages_and_minutes(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto("/settings")
    by.press(main.get_by_role("link", name=PROGRAM))
    by.press(main.get_by_role("navigation").get_by_role("link", name="Reasons"))
    by.press(main.get_by_role("link", name="Referral only"))
    by.write(page.get_by_label("Name", exact=True), "By referral only")
    by.press(page.get_by_role("button", name="Save"))
    by.press(page.get_by_role("button", name="Retire “By referral only”"))
    expect(page.get_by_role("button", name="Bring “By referral only” back")).to_be_visible()
    by.press(main.get_by_role("navigation").get_by_role("link", name="Stages"))
    by.write(page.get_by_label("Sourced"), "Found")
    by.press(page.get_by_role("button", name="Save names"))
    expect(page.locator("[data-toast]")).to_be_visible()
    by.press(main.get_by_role("navigation").get_by_role("link", name="Minutes of work"))
    by.write(page.get_by_label("Reading a company's site"), "25")
    by.press(page.get_by_role("button", name="Save minutes"))
    expect(page.locator("[data-toast]")).to_be_visible()
    with reading() as session:
        assert session.scalars(select(OwnReason).where(OwnReason.label == "By referral only")).one().retired_at
        program = session.scalars(select(Program).where(Program.name == PROGRAM)).one()
        assert program.stage_names == {"sourced": "Found"}
        assert program.work_minutes["reading"] == 25


@by_each_hand("settings.tags settings.tag settings.tiers settings.tier fields.change")
def test_a_tag_a_tier_and_a_field(filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{ROOT}/tags")
    by.write(page.get_by_label("Find a tag"), "klav")
    by.press(page.get_by_role("button", name="Find"))
    by.press(page.get_by_role("link", name="Edit “klaviyo”"))
    by.write(page.get_by_label("Name", exact=True), "mailing")
    by.press(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("link", name="Edit “mailing”")).to_be_visible()
    page.goto(f"{ROOT}/tiers")
    by.press(page.get_by_role("button", name="Move “Gold” up"))
    by.press(main.get_by_role("link", name="Silver"))
    by.write(page.get_by_label("Commission"), "22 %")
    by.press(page.get_by_role("button", name="Save"))
    expect(main).to_contain_text("22 %")
    page.goto(f"{ROOT}/fields")
    by.press(main.get_by_role("link", name="Clients"))
    by.write(page.get_by_label("Help below it"), "Shops, not people")
    by.press(page.get_by_role("button", name="Save field"))
    expect(page.locator("[data-toast]")).to_be_visible()
    with reading() as session:
        assert "mailing" in session.scalars(select(Tag.name)).all()
        tiers = {each.name: each for each in session.scalars(select(Tier))}
        assert tiers["Gold"].position < tiers["Silver"].position
        assert tiers["Silver"].commission == "22 %"
        assert "Shops, not people" in session.scalars(select(CustomField.help)).all()


@by_each_hand("settings.assignment settings.new_rule settings.assignment_rule settings.default_rule settings.holidays")
def test_who_gets_what_and_days_off(filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{ROOT}/assignment")
    by.press(page.get_by_role("link", name="New rule"))
    by.write(page.get_by_label("Name", exact=True), "Shops")
    by.tick(page.get_by_role("checkbox", name="Shop"))
    by.tick(page.get_by_role("checkbox", name="Theo Brandvold"))
    by.press(page.get_by_role("button", name="Save"))
    by.press(main.get_by_role("link", name="Shops"))
    by.write(page.get_by_label("Name", exact=True), "Shops of theirs")
    by.press(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("link", name="Shops of theirs")).to_be_visible()
    page.goto(f"{ROOT}/assignment/default")
    by.tick(page.get_by_role("checkbox", name="Amara Diallo"))
    by.press(page.get_by_role("button", name="Save"))
    expect(page.get_by_text("What no rule gives goes to Amara Diallo")).to_be_visible()
    page.goto(f"{ROOT}/holidays")
    by.press(page.get_by_role("button", name="Take out Labor Day"))
    expect(page.get_by_role("region", name="Days of our own").get_by_text("worked")).to_be_visible()
    with reading() as session:
        assert "Shops of theirs" in session.scalars(select(AssignmentRule.name)).all()


@by_each_hand("settings.roles settings.erase settings.erasure_receipt settings.copies")
def test_somebody_is_erased_and_a_copy_asked_for(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    address = "gus@flowsmith.demo.test"
    page = sign_in_browser(filled_world.admin)
    by = hand(page)
    page.goto("/settings/roles")
    by.press(page.get_by_role("link", name="People", exact=True).last)
    expect(page.get_by_role("link", name="Invite a person")).to_be_visible()
    page.goto("/settings/erase")
    by.write(page.get_by_label("E-mail address"), address)
    by.press(page.get_by_role("button", name="Find"))
    by.write(page.get_by_label("to confirm"), address)
    by.press(page.get_by_role("button", name="Erase for good"))
    expect(page.get_by_role("heading", name="The person was erased")).to_be_visible()
    by.press(page.get_by_role("link", name="Erase a person"))
    expect(page.get_by_label("E-mail address")).to_be_visible()
    page.goto("/settings/everything")
    by.press(page.get_by_role("button", name="Write the file"))
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    with reading() as session:
        assert "Gus Halloran" not in session.scalars(select(ContactValue.value)).all()
        assert session.scalars(select(WholeCopy)).one().rows_done == 0


@by_each_hand(
    "people.invite people.people suppressions.show suppressions.check suppressions.lift notifications.choices"
)
def test_an_invitation_who_gets_no_mail_and_how_one_is_told(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by = hand(page)
    page.goto("/settings/people")
    by.press(page.get_by_role("link", name="Invite a person"))
    by.write(page.get_by_label("E-mail"), "cleo@example.com")
    by.tick(page.get_by_role("checkbox", name="Afterglow Creators"))
    by.press(page.get_by_role("button", name="Invite"))
    expect(page.get_by_role("heading", name="cleo@example.com is invited")).to_be_visible()
    page.goto("/suppressions/import")
    by.write(page.get_by_label("Or paste addresses and domains"), "gone.example")
    by.press(page.get_by_role("button", name="Check the list"))
    by.press(page.get_by_role("button", name="Add 1 entry"))
    expect(page.get_by_text("gone.example", exact=True)).to_be_visible()
    by.press(page.get_by_role("link", name="Lift gone.example"))
    by.write(page.get_by_label("Why may it be mailed again?"), "They asked for it.")
    by.press(page.get_by_role("button", name="Lift it"))
    expect(page.get_by_text("may be mailed again")).to_be_visible()
    page.goto("/notifications/choices")
    by.press(page.get_by_role("button", name="Save").first)
    expect(page.locator("[data-toast]")).to_be_visible()


@by_each_hand("audit.log optouts.index auth.account guide.page")
def test_the_log_sites_left_alone_ones_account_and_the_help(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto("/settings/opt-outs")
    by.press(page.get_by_text("May be read again…").last)
    by.write(page.get_by_label("Who asked for it, and when?").last, "Their owner, by mail.")
    by.press(page.get_by_role("button", name="Read quiet.example again"))
    expect(page.get_by_text("quiet.example may be read again.")).to_be_visible()
    page.goto("/settings/audit")
    by.write(page.get_by_label("Words"), "opt_out_revoked")
    by.press(main.get_by_role("button", name="Search"))
    expect(page.locator("tbody tr")).to_have_count(1)
    by.press(page.get_by_text("details").first)
    expect(page.locator("details[open] pre").first).to_be_visible()
    page.goto("/account")
    by.write(page.get_by_label("Name"), "Helena M.")
    by.press(main.get_by_role("button", name="Save"))
    expect(page.get_by_label("Name")).to_have_value("Helena M.")
    page.goto("/help")
    by.press(page.get_by_role("navigation", name="Documentation").get_by_role("link", name="Partner care"))
    page.wait_for_url("**/help/*")
    with reading() as session:
        assert session.get_one(User, filled_world.admin.id).name == "Helena M."
