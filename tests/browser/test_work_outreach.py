"""The screens of outreach in the demo's program, from a new sequence to the outbox, by keyboard alone and by mouse."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.db import reading, transaction
from app.jobs.enrolling import run_enrollments
from app.models import (
    Attempt,
    Enrollment,
    EnrollmentBatch,
    Message,
    MessageState,
    Notice,
    NoticeState,
    Sender,
    Sequence,
    SequenceVersion,
    User,
)
from app.models.sender import Pause
from tests.browser.hands import Hand, by_each_hand
from tests.filled_world import FilledWorld

SignIn = Callable[[User], Page]
ROOT = "/p/afterglow-partners/outreach"


@by_each_hand("outreach.sequences outreach.new_sequence outreach.edit outreach.step outreach.versions")
def test_a_sequence_is_begun_from_another_published_and_compared(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{ROOT}/sequences")
    by.press(page.get_by_role("link", name="New sequence"))
    by.press(main.get_by_role("link", name="Resellers"))
    by.write(page.get_by_label("Name", exact=True), "Resellers in Poland")
    by.press(page.get_by_role("button", name="Start with Resellers"))
    by.press(page.get_by_role("button", name="Wait"))
    by.press(page.locator("summary[aria-label='Remove this step']"))
    by.press(page.get_by_role("button", name="Remove step"))
    by.press(main.get_by_role("link", name="Settings and publishing"))
    by.write(page.get_by_label("What changed"), "As it came")
    by.press(page.get_by_role("button", name="Publish version 1"))
    page.locator("[data-toast]").wait_for()
    with reading() as session:
        sequence = session.scalars(select(Sequence).where(Sequence.name == "Resellers in Poland")).one()
    page.goto(f"{ROOT}/sequences/{sequence.id}/versions")
    by.press(page.get_by_role("button", name="Into the draft"))
    page.locator("[data-toast]").wait_for()
    with reading() as session:
        notes = select(SequenceVersion.note).where(SequenceVersion.sequence_id == sequence.id)
        assert "As it came" in session.scalars(notes).all()


@by_each_hand("outreach.campaign outreach.senders outreach.new_sender outreach.sender")
def test_a_sequence_is_paused_and_a_sender_added(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{ROOT}/sequences/{filled_world.values['sequence_id']}")
    by.press(page.locator(".or-pause > summary"))
    by.write(page.get_by_label("Why"), "The offer changes.")
    by.press(page.locator(".or-pause").get_by_role("button", name="Pause"))
    expect(main).to_contain_text("The offer changes.")
    by.press(page.get_by_role("button", name="Let it go on"))
    expect(page.locator(".or-pause > summary")).to_be_visible()
    page.goto(f"{ROOT}/senders")
    by.press(page.get_by_role("link", name="New sender"))
    by.write(page.get_by_label("Name", exact=True), "Sam Okonkwo")
    by.write(page.get_by_label("Address", exact=True), "sam@mail.example")
    by.write(page.get_by_label("Postal address"), "12 Harbor Street, Portland")
    by.press(page.get_by_role("button", name="Add sender"))
    by.write(page.get_by_label("At most a day"), "12")
    by.press(main.get_by_role("button", name="Save"))
    expect(page.locator("[data-toast]")).to_be_visible()
    with reading() as session:
        assert session.scalars(select(Sender).where(Sender.address == "sam@mail.example")).one().daily_cap == 12
        assert "The offer changes." in session.scalars(select(Pause.reason)).all()


@by_each_hand("outreach.enroll_many outreach.batch")
def test_many_are_enrolled_but_one_and_taken_back(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by = hand(page)
    page.goto(f"{ROOT}/enroll")
    by.tick(page.get_by_role("checkbox", name="Leave out Owen Tyson"))
    by.press(page.get_by_role("button", name="Enroll 3 people"))
    page.wait_for_url("**/batches/*")
    run_enrollments()
    expect(page.get_by_role("heading", name="2 people enrolled")).to_be_visible()
    batch_id = int(page.url.rpartition("/")[2])
    by.press(page.get_by_role("button", name="Take it back"))
    expect(page.locator("#batch h2").first).to_contain_text("Taken back")
    with reading() as session:
        assert session.get_one(EnrollmentBatch, batch_id).undone_at is not None
        states = session.scalars(select(Enrollment.state).where(Enrollment.batch_id == batch_id)).all()
        assert [each.value for each in states] == ["stopped", "stopped"]


@by_each_hand("outreach.approvals outreach.uncertain outreach.rules")
def test_drafts_are_approved_and_doubts_and_rules_settled(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto(f"{ROOT}/approvals")
    by.write(page.get_by_label("Subject"), "A word about your readers")
    by.press(main.get_by_role("button", name="Approve"))
    expect(page.get_by_text("Approved. It leaves to")).to_be_visible()
    by.press(main.get_by_role("button", name="Skip"))
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    with transaction() as session:
        approved = session.scalars(select(Message).where(Message.approved_by_id == filled_world.admin.id)).one()
        assert approved.subject == "A word about your readers"
        approved.state = MessageState.UNCERTAIN
        session.add(Attempt(message_id=approved.id, number=1, reference="in-doubt", worker="test"))
    page.goto(f"{ROOT}/uncertain")
    by.press(main.get_by_role("button", name="It was sent"))
    expect(page.get_by_role("heading", name="No mail is in doubt")).to_be_visible()
    page.goto(f"{ROOT}/rules")
    by.write(page.get_by_label("Days without a mail"), "14")
    by.press(page.get_by_role("button", name="Save the days"))
    expect(page.get_by_label("Days without a mail")).to_have_value("14")
    with reading() as session:
        assert session.get_one(Message, approved.id).state is MessageState.RESOLVED_SENT


@by_each_hand("outbox.outbox outbox.notice outbox.sent outbox.sent_one")
def test_a_mail_that_failed_is_sent_again_and_one_of_outreach_read(
    filled_world: FilledWorld, sign_in_browser: SignIn, hand: type[Hand]
) -> None:
    with transaction() as session:
        notice = session.scalars(select(Notice).order_by(Notice.id).limit(1)).one()
        notice.state, notice.error = NoticeState.FAILED, "The server said no."
        session.scalars(select(Message).order_by(Message.id).limit(1)).one().state = MessageState.ACCEPTED
    page = sign_in_browser(filled_world.admin)
    by, main = hand(page), page.get_by_role("main")
    page.goto("/outbox")
    by.press(page.get_by_role("navigation", name="Mail by state").get_by_role("link", name="Failed"))
    by.press(main.get_by_role("link", name=notice.subject))
    by.press(page.get_by_role("button", name="Send again"))
    expect(page.locator("[data-toast]")).to_be_visible()
    with reading() as session:
        assert session.get_one(Notice, notice.id).state is NoticeState.WAITING
    page.goto("/outbox")
    by.press(page.get_by_role("navigation", name="Kind of mail").get_by_role("link", name="Outreach"))
    by.press(main.locator(".ac-title").first)
    by.press(page.locator(".pr-crumb"))
    expect(main.locator(".ac-title").first).to_be_visible()
