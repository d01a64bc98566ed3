"""The screens of outreach: the editor without scripts, its conflicts and previews, approvals, enrolling, the panel."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.clock import now
from app.db import reading, transaction
from app.models import (
    Company,
    Enrollment,
    Message,
    MessageKind,
    Program,
    Prospect,
    Role,
    Sender,
    Sequence,
    SequenceVersion,
    Stage,
)
from app.services.sequence_drafts import draft_of, frame_mark, step_mark
from tests.outreach_world import allow_cold_mail, make_contact, make_sender, make_sequence
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user


class Rows:
    """What the tests look at."""

    program: Program
    sender: Sender
    sequence: Sequence
    prospect: Prospect
    contact_id: int

    @property
    def root(self) -> str:
        return f"/p/{self.program.slug}/outreach"

    def mark(self, step: str = "first") -> str:
        with reading() as session:
            return step_mark(draft_of(session, self.sequence.id).content, step)

    def words(self, step: str = "first") -> dict[str, dict[str, str]]:
        with reading() as session:
            found: dict[str, dict[str, str]] = draft_of(session, self.sequence.id).content["words"][step]
            return found


@pytest.fixture
def rows(sign_in: SignIn) -> Rows:
    found = Rows()
    with transaction() as session:
        found.program = make_program(session)
        found.sender = make_sender(session, found.program)
        found.sequence = make_sequence(session, found.program, found.sender, name="Agencies")
        found.prospect = make_prospect(session, found.program, "tea.example", stage=Stage.QUALIFIED)
        contact = make_contact(session, found.prospect, "ola@tea.example")
        found.contact_id = contact.id
        allow_cold_mail(session, found.program, contact)
        session.get_one(Company, found.prospect.company_id).country = "PL"
    return found


@pytest.fixture
def browser(sign_in: SignIn) -> FlaskClient:
    with transaction() as session:
        user = make_user(session, Role.ADMIN)
    return sign_in(user)


def step_form(rows: Rows, **changes: str) -> dict[str, str]:
    return {
        "mark": rows.mark(),
        "delay_days": "0",
        "working_days": "0",
        "hours": "0",
        "too_late_hours": "24",
        "opens": "09:00",
        "closes": "17:00",
        "channel": "linkedin",
        "variants-0-subject": "Hello",
        "variants-0-body": "Hi {{ contact.first_name }}",
        "variants-0-weight": "1",
        "action": "save",
    } | changes


def test_a_step_is_saved_and_shown_for_a_real_person(browser: FlaskClient, rows: Rows) -> None:
    path = f"{rows.root}/sequences/{rows.sequence.id}/edit/steps/first"
    saved = browser.post(path, data=step_form(rows))
    assert (saved.status_code, saved.location) == (303, path)
    page = browser.get(path).text
    assert rows.words()[""]["body"] == "Hi {{ contact.first_name }}"
    assert "<p>Hi Ola</p>" in page
    assert "in Warsaw" in page


def test_a_preview_keeps_what_is_typed_and_saves_nothing(browser: FlaskClient, rows: Rows) -> None:
    path = f"{rows.root}/sequences/{rows.sequence.id}/edit/steps/first"
    before = rows.words()
    typed = step_form(rows, action="preview", **{"variants-0-body": "Line one\n{{ contact.frist_name }}"})
    page = browser.post(path, data=typed)
    assert page.status_code == 200
    assert "Text, line 2: there is no field &#39;contact.frist_name&#39;; did you mean" in page.text
    assert rows.words() == before


def test_a_variant_is_added_without_a_script(browser: FlaskClient, rows: Rows) -> None:
    path = f"{rows.root}/sequences/{rows.sequence.id}/edit/steps/first"
    page = browser.post(path, data=step_form(rows, action="add-variant")).text
    assert 'name="variants-1-body"' in page
    two = {"variants-1-subject": "Other", "variants-1-body": "Hey", "variants-1-weight": "2"}
    assert browser.post(path, data=step_form(rows, **two)).status_code == 303
    assert set(rows.words()) == {"a", "b"}
    one = browser.post(path, data=step_form(rows, **two) | {"action": "remove-variant-0"}).text
    assert "Hey" in one
    assert 'name="variants-1-body"' not in one


def test_of_two_people_at_one_step_the_second_keeps_the_text_and_sees_the_first(
    browser: FlaskClient, rows: Rows
) -> None:
    path = f"{rows.root}/sequences/{rows.sequence.id}/edit/steps/first"
    mine = step_form(rows, **{"variants-0-body": "My own text"})
    browser.post(path, data=step_form(rows, **{"variants-0-body": "Their text"}))
    refused = browser.post(path, data=mine)
    assert refused.status_code == 409
    assert "My own text" in refused.text
    assert "Their text" in refused.text
    assert rows.words()[""]["body"] == "Their text"
    again = browser.post(path, data=mine | {"mark": rows.mark()})
    assert again.status_code == 303
    assert rows.words()[""]["body"] == "My own text"


def test_publishing_names_what_is_wrong(browser: FlaskClient, rows: Rows) -> None:
    edit = f"{rows.root}/sequences/{rows.sequence.id}/edit"
    browser.post(f"{edit}/steps", data={"kind": "email"})
    with reading() as session:
        version = session.get_one(Sequence, rows.sequence.id).version
    refused = browser.post(f"{edit}/publish", data={"version": str(version)})
    assert refused.status_code == 422
    assert "it is empty; write the mail" in refused.text


def test_a_test_mail_goes_to_oneself_without_a_way_to_unsubscribe_somebody(browser: FlaskClient, rows: Rows) -> None:
    path = f"{rows.root}/sequences/{rows.sequence.id}/edit/steps/first/test"
    page = browser.post(path, data=step_form(rows, action="test-"))
    assert "On its way to" in page.text
    with reading() as session:
        mail = session.query(Message).filter_by(kind=MessageKind.TEST).one()
    assert mail.subject == "[Test] Hello"
    assert "/u/" not in mail.text


def test_many_are_enrolled_after_a_preview(browser: FlaskClient, rows: Rows) -> None:
    page = browser.get(f"{rows.root}/enroll")
    assert "1 person would be enrolled" in page.text
    form = {"sequence_id": str(rows.sequence.id), "sender_id": str(rows.sender.id), "stage": "qualified"}
    nobody = browser.post(f"{rows.root}/enroll", data=form | {"exclude": str(rows.contact_id)})
    assert nobody.status_code == 422
    started = browser.post(f"{rows.root}/enroll", data=form)
    assert started.status_code == 303
    assert "0 of 1 looked at" in browser.get(started.location).text


def test_one_is_enrolled_paused_and_stopped_on_the_prospect_page(browser: FlaskClient, rows: Rows) -> None:
    prospect = f"/p/{rows.program.slug}/prospects/{rows.prospect.id}"
    form = {"contact_id": str(rows.contact_id), "sequence_id": str(rows.sequence.id), "sender_id": str(rows.sender.id)}
    assert browser.post(f"{rows.root}/prospects/{rows.prospect.id}/enroll", data=form).status_code == 303
    assert "‹company› and us" in browser.get(prospect).text
    with reading() as session:
        enrollment = session.query(Enrollment).one()
    act = f"{rows.root}/enrollments/{enrollment.id}"
    browser.post(act, data={"do": "pause", "reason": "Waits for the fair"})
    assert "Paused for this contact." in browser.get(prospect).text
    browser.post(act, data={"do": "stop"})
    assert "Somebody ended it." in browser.get(prospect).text


def test_whoever_pauses_may_name_the_day_it_goes_on_by_itself(browser: FlaskClient, rows: Rows) -> None:
    day = (now() + timedelta(days=3)).date()
    shown = f"{day.day} {day:%b %Y}, 00:00 UTC"
    for page in (f"{rows.root}/senders/{rows.sender.id}", f"{rows.root}/sequences/{rows.sequence.id}"):
        browser.post(f"{page}/pause", data={"until_on": "2020-01-01"})
        assert "Choose a day after today" in browser.get(page).text
        browser.post(f"{page}/pause", data={"until_on": day.isoformat(), "reason": "Trade fair"})
        text = browser.get(page).text
        assert shown in text
        assert "Trade fair" in text
    assert shown in browser.get(f"{rows.root}/senders").text


def test_a_ready_made_sequence_is_started_from(browser: FlaskClient, rows: Rows) -> None:
    page = browser.get(f"{rows.root}/sequences/new?from=creators").text
    assert "Your words, no script." in page
    made = browser.post(f"{rows.root}/sequences/new", data={"name": "Creators", "ready_made": "creators"})
    assert made.status_code == 303
    with reading() as session:
        drafts = session.query(SequenceVersion).filter_by(number=0).order_by(SequenceVersion.id).all()
    assert len(drafts[-1].content["plan"]["steps"]) == 3


def test_a_stored_password_is_never_shown(browser: FlaskClient, rows: Rows) -> None:
    path = f"{rows.root}/senders/{rows.sender.id}"
    mailbox = {"smtp_host": "smtp.tea.example", "smtp_port": "587", "smtp_tls": "starttls", "smtp_password": "hunter2"}
    assert browser.post(f"{path}/mailbox", data=mailbox).status_code == 303
    with transaction() as session:
        row = session.get_one(Sender, rows.sender.id)
        row.transport = row.transport.SMTP
        sealed = row.connection["smtp"]["password"]
    page = browser.get(path).text
    assert "hunter2" not in page
    assert sealed not in page
    assert 'placeholder="stored"' in page


def test_hours_are_changed_published_compared_and_put_back(browser: FlaskClient, rows: Rows) -> None:
    edit = f"{rows.root}/sequences/{rows.sequence.id}/edit"
    with reading() as session:
        mark = frame_mark(draft_of(session, rows.sequence.id).content)
    frame = {"mark": mark, "days": ["mon", "tue"], "opens": "10:00", "closes": "12:30", "stops_company": ["reply"]}
    assert browser.post(f"{edit}/frame", data=frame).status_code == 303
    assert browser.post(f"{edit}/frame", data=frame).status_code == 409
    settings = {"name": "Agencies", "sender_id": str(rows.sender.id), "approve_first_mail": "y"}
    assert browser.post(f"{edit}/settings", data=settings).status_code == 303
    with reading() as session:
        version = session.get_one(Sequence, rows.sequence.id).version
    assert browser.post(f"{edit}/publish", data={"version": str(version)}).status_code == 303
    page = browser.get(f"{rows.root}/sequences/{rows.sequence.id}/versions").text
    assert "mon, tue 10:00–12:30" in page
    back = browser.post(f"{rows.root}/sequences/{rows.sequence.id}/versions/revert", data={"number": "1"})
    assert back.status_code == 303
    with reading() as session:
        assert draft_of(session, rows.sequence.id).content["plan"]["window"]["from"] == "09:00"


def test_a_rule_and_a_country_are_set(browser: FlaskClient, rows: Rows) -> None:
    sequence = f"{rows.root}/sequences/{rows.sequence.id}"
    refused = browser.post(f"{sequence}/rule", data={"is_on": "yes", "min_score": "70"})
    assert (refused.status_code, "Choose at least one stage." in refused.text) == (422, True)
    rule = {"is_on": "yes", "min_score": "70", "stage": ["qualified"]}
    assert browser.post(f"{sequence}/rule", data=rule).status_code == 303
    unfounded = browser.post(f"{rows.root}/rules", data={"country": "DE", "allows": "y"})
    assert (unfounded.status_code, "on what ground" in unfounded.text) == (422, True)
    assert browser.post(f"{rows.root}/rules", data={"country": "DE", "allows": "y", "note": "x"}).status_code == 303
    assert "Germany" in browser.get(f"{rows.root}/rules").text
    for typed, status in (("-1", 422), ("400", 422), ("", 422), ("14", 303)):
        assert browser.post(f"{rows.root}/rules/quiet", data={"quiet_days": typed}).status_code == status
    assert 'value="14"' in browser.get(f"{rows.root}/rules").text


def test_form_keys_that_no_browser_makes_are_no_fault_of_ours(browser: FlaskClient, rows: Rows) -> None:
    path = f"{rows.root}/sequences/{rows.sequence.id}/edit/steps/first"
    odd = {"variants-²-subject": "x", f"variants-{'9' * 5_000}-body": "y", "variants-0-weight": "²"}
    answer = browser.post(path, data=step_form(rows) | odd)
    assert answer.status_code == 422
    assert "²" not in rows.words()[""]["subject"]
