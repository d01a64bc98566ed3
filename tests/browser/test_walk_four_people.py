"""The whole way as four people: a specialist's mail, an applicant's phone, a reviewer's yes or no, an account manager.

Set-up that no person does by hand (sending what is approved, the queue of mails) goes through services; everything a
person does is done on the screen, and waits for what the screen says.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.clock import today
from app.db import reading, transaction
from app.models import (
    ActionKind,
    Company,
    ContactBasis,
    Notice,
    Partnership,
    Program,
    Prospect,
    Role,
    SenderTransport,
    Stage,
    User,
)
from app.services.enrolling import enroll_one
from app.web.apply import guards
from tests.application_world import make_open_page, make_question
from tests.ledger_world import ALWAYS_OPEN, FakeTransport, Ledger
from tests.onboarding_world import CONTENTS, make_template
from tests.outreach_world import make_contact, make_sender, make_sequence
from tests.world import make_program, make_prospect, make_user

SignIn = Callable[[User], Page]
PUBLIC = "http://127.0.0.1:8000"
MAIL = {
    "plan": {"id": "s", "window": ALWAYS_OPEN, "steps": [{"id": "first", "kind": "email"}]},
    "words": {
        "first": {
            "": {"subject": "{{ company.name }} and us", "body": "Shall we talk? Apply here: {{ program.apply_url }}"}
        }
    },
    "keeps_holidays": False,
}


@pytest.fixture
def phone(browser: Browser, live_server: str) -> Iterator[Page]:
    """The applicant's own phone, in German later on: a browser without anybody's session."""
    context = browser.new_context(base_url=live_server, viewport={"width": 390, "height": 844}, locale="en-GB")
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def people(live_server: str, monkeypatch: pytest.MonkeyPatch) -> dict[Role, User]:
    """A specialist, a director who reviews, and an account manager; forms may be filled in at a machine's pace."""
    monkeypatch.setattr(guards, "MIN_FILL_S", 0)
    roles = (Role.RECRUITMENT_SPECIALIST, Role.DIRECTOR, Role.ACCOUNT_MANAGER)
    with transaction() as session:
        return {role: make_user(session, role) for role in roles}


@pytest.fixture
def program(people: dict[Role, User]) -> Program:
    with transaction() as session:
        program = make_program(session, *people.values(), name="Afterglow")
        make_open_page(session, program, slug="harbor")
        make_question(session, program, label="Whom do you write for?")
        return program


def path_in(text: str, kind: str) -> str:
    """Return the path of a mailed link of a kind: `apply`, `application`, `partner`."""
    found = re.search(rf"{PUBLIC}(/{kind}/\S+)", text)
    assert found is not None, text
    return found[1]


def newest_mail(kind: str) -> Notice:
    with reading() as session:
        return session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id.desc()).limit(1)).one()


def apply(phone: Page, *, writes_for: str, **fields: str) -> None:
    """Fill in what the form does not know yet, send it, and confirm the address by the mailed link."""
    for name, value in fields.items():
        phone.locator(f"#{name}").fill(value)
    phone.get_by_label("Whom do you write for?").fill(writes_for)
    phone.locator("#accepts_terms").check()
    phone.get_by_role("button", name="Send application").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("mailbox")
    phone.goto(path_in(newest_mail("application_confirm").text, "application"))
    phone.get_by_role("button", name="Yes, it is mine").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Your application is with us")


def open_application(page: Page, program: Program, company: str) -> None:
    page.goto(f"/p/{program.slug}/applications")
    page.get_by_role("link", name=re.compile(company)).first.click()
    expect(page.get_by_role("heading", name="Answer")).to_be_visible()


def decide(page: Page, name: str, reason: str) -> None:
    page.locator("summary", has_text=name).click()
    page.locator("details[open]").get_by_label(reason).check()
    page.locator("details[open]").get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()


def enrolled(people: dict[Role, User], program: Program) -> Ledger:
    """Enroll a contact in a sequence whose first mail a person approves, and add a template of every kind of step."""
    with transaction() as session:
        sender = make_sender(
            session, program, transport=SenderTransport.SENDGRID, is_cleared=True, daily_cap=None, domain_spacing_s=0
        )
        sequence = make_sequence(session, program, sender, MAIL, approve_first_mail=True)
        prospect = make_prospect(session, program, "kiln.example", stage=Stage.QUALIFIED)
        session.get_one(Company, prospect.company_id).name = "Kiln Studio"
        contact = make_contact(session, prospect, "ola@kiln.example")
        session.add(ContactBasis(program_id=program.id, contact_id=contact.id, has_consented=True))
        make_template(session, program, people[Role.ACCOUNT_MANAGER], *CONTENTS)
        enroll_one(
            session, program, contact.id, sequence_id=sequence.id, sender_id=sender.id,
            actor=people[Role.RECRUITMENT_SPECIALIST],
        )  # fmt: skip
    return Ledger(program, sender, sequence, FakeTransport())


def test_from_a_sequences_mail_to_an_active_partner(
    people: dict[Role, User], program: Program, phone: Page, sign_in_browser: SignIn
) -> None:
    ledger = enrolled(people, program)

    # The specialist reads the mail and lets it go.
    page = sign_in_browser(people[Role.RECRUITMENT_SPECIALIST])
    page.goto(f"/p/{program.slug}/outreach/approvals")
    expect(page.get_by_label("Text", exact=True)).to_have_value(re.compile("Shall we talk"))
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    ledger.send()
    [mail] = ledger.transport.sent

    # The prospect follows its link on a phone: the company is filled in, the rest is a minute's work.
    phone.goto(path_in(mail.text, "apply"))
    expect(phone.locator("#company_name")).to_have_value("Kiln Studio")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    apply(phone, name="Ola Nowak", email="ola@kiln.example", writes_for="Shops")

    # The reviewer says yes.
    page = sign_in_again(page, sign_in_browser, people[Role.DIRECTOR])
    open_application(page, program, "Kiln Studio")
    expect(page.locator("main")).to_contain_text("Shops")
    decide(page, "Approve", "Strong fit")
    with reading() as session:
        partnership = session.scalars(select(Partnership)).one()

    # The account manager gives the partner their link.
    page = sign_in_again(page, sign_in_browser, people[Role.ACCOUNT_MANAGER])
    partner = f"/p/{program.slug}/onboarding/partners/{partnership.id}"
    page.goto(partner)
    page.get_by_label("Link or code").fill("https://go.example/kiln")
    page.get_by_role("button", name="Give it to them").click()
    expect(page.locator("main")).to_contain_text("https://go.example/kiln")

    # The partner does every kind of step on the phone.
    portal = path_in(newest_mail("application_approved").text, "partner")
    for kind in CONTENTS:
        if kind is not ActionKind.ACCEPT_TERMS:  # done with the application
            do_step(phone, portal, kind)
    phone.goto(portal)
    expect(phone.locator("main")).to_contain_text("8 of 10")

    # What waits for approval is approved, and the partner is active.
    page.goto(partner)
    for left in (1, 0):
        page.get_by_role("button", name="Approve", exact=True).first.click()
        expect(page.get_by_role("button", name="Approve", exact=True)).to_have_count(left)
    phone.goto(portal)
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are an active partner")
    with reading() as session:
        assert session.get_one(Prospect, partnership.prospect_id).stage is Stage.ACTIVE
    goal_and_review(page, phone, program, partnership.id, portal)


def do_step(phone: Page, portal: str, kind: ActionKind) -> None:
    """Open a step from the checklist and do it."""
    phone.goto(portal)
    phone.get_by_role("link", name=CONTENTS[kind].title, exact=True).last.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(CONTENTS[kind].title)
    if kind in (ActionKind.VIEW_RESOURCE, ActionKind.READ_CONFIRM, ActionKind.RECEIVE_CODE):
        phone.get_by_role("checkbox").check()
    elif kind is ActionKind.ANSWER_QUESTIONS:
        phone.get_by_label("Who writes?").fill("Ola")
        phone.get_by_label("How often?").fill("Weekly")
    elif kind is ActionKind.UPLOAD:
        file = {"name": "tax form.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
        phone.get_by_label("Your file").set_input_files(files=[file])  # type: ignore[list-item]
    elif kind is ActionKind.BOOK_CALL:
        phone.get_by_label("Day").fill((today() + timedelta(days=7)).isoformat())
        phone.get_by_label("Time", exact=True).fill("10:30")
    elif kind is ActionKind.FIRST_PILOT:
        phone.get_by_label("What we do together").fill("A guest post about kilns")
    elif kind is ActionKind.TRAINING:
        phone.get_by_label("The disclosure").check()
        phone.get_by_label("We", exact=True).check()
    phone.locator("main form .ap-button").last.click()
    expect(phone.get_by_role("status")).to_be_visible()


def goal_and_review(page: Page, phone: Page, program: Program, partnership_id: int, portal: str) -> None:
    """Agree on a goal, let the partner report on it, hold a review and share its summary."""
    page.goto(f"/p/{program.slug}/partners/{partnership_id}")
    page.get_by_label("What is counted").fill("Signed shops")
    page.get_by_label("To", exact=True).fill("20")
    page.get_by_label("By", exact=True).fill((today() + timedelta(days=90)).isoformat())
    page.get_by_role("button", name="Agree", exact=True).click()
    expect(page.locator("#goals")).to_contain_text("Signed shops")
    phone.goto(f"{portal}/goals")
    phone.get_by_text("Report a value").click()
    phone.get_by_label("What you reached").fill("5")
    phone.get_by_role("button", name="Report", exact=True).click()
    expect(phone.get_by_role("status")).to_contain_text("Signed shops")
    page.goto(f"/p/{program.slug}/partners/{partnership_id}")
    page.get_by_role("button", name="Plan", exact=True).click()
    page.get_by_label("Summary for the partner").fill("Five shops in. Next: a webinar.")
    page.get_by_role("button", name="Save and finish").click()
    page.get_by_role("button", name="Share the summary").click()
    expect(page.locator("main")).to_contain_text("shared")
    phone.goto(f"{portal}/goals")
    expect(phone.locator("main")).to_contain_text("Five shops in. Next: a webinar.")


def sign_in_again(page: Page, sign_in_browser: SignIn, user: User) -> Page:
    page.context.clear_cookies()
    return sign_in_browser(user)


def test_from_a_no_with_reasons_to_a_new_application_with_its_differences(
    people: dict[Role, User], program: Program, phone: Page, sign_in_browser: SignIn
) -> None:
    phone.goto("/apply/harbor")
    apply(
        phone, name="Bo Lind", email="bo@glaze.example", company_name="Glaze", website="glaze.example",
        writes_for="Coupon hunters",
    )  # fmt: skip
    page = sign_in_browser(people[Role.DIRECTOR])
    open_application(page, program, "Glaze")
    decide(page, "Decline", "Coupon, cashback or incentive traffic")

    # The applicant reads why, and comes back with what is different.
    phone.goto(path_in(newest_mail("application_declined").text, "application"))
    expect(phone.get_by_role("heading", level=1)).to_have_text("Not this time")
    expect(phone.locator("main")).to_contain_text("We do not work with coupon")
    phone.get_by_role("link", name="Apply again").click()
    expect(phone.locator("#company_name")).to_have_value("Glaze")
    apply(phone, writes_for="Potters")

    open_application(page, program, "Glaze")
    before = page.get_by_role("region", name="Applied before")
    expect(before.locator("del")).to_have_text("Coupon hunters")
    expect(before.locator("ins")).to_have_text("Potters")
    expect(before).to_contain_text("Coupon, cashback or incentive traffic")
