"""Onboarding for our own people: templates written, steps judged, partners handed over; the home page counts right."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.clock import now
from app.db import engine, reading, transaction
from app.models import (
    ActionKind,
    ActionState,
    Membership,
    Notice,
    OnboardingAction,
    OnboardingTemplate,
    OwnerSide,
    PartnerPerson,
    Partnership,
    Program,
    Prospect,
    Role,
    Stage,
    TemplateAction,
    User,
)
from app.services.onboarding.doing import Sent, do_action
from app.services.onboarding.events import Doer
from app.services.onboarding.progress import locked_action
from tests.onboarding_world import QUIZ, action_in, make_partner, make_template
from tests.tier_world import make_tiers
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user


@pytest.fixture
def manager(app: Flask) -> User:
    with transaction() as session:
        return make_user(session, Role.ACCOUNT_MANAGER)


@pytest.fixture
def program(manager: User) -> Program:
    with transaction() as session:
        return make_program(session, manager)


@pytest.fixture
def browser(manager: User, sign_in: SignIn) -> FlaskClient:
    return sign_in(manager)


def partner(program: Program, manager: User, *kinds: ActionKind, **values: object) -> Partnership:
    with transaction() as session:
        template = session.scalars(
            select(OnboardingTemplate).where(OnboardingTemplate.program_id == program.id)
        ).first() or make_template(session, program, manager, *kinds, **values)
        return make_partner(session, program, template, account_manager_id=manager.id)[0]


def do(partnership: Partnership, kind: ActionKind, sent: Sent) -> OnboardingAction:
    with transaction() as session:
        plan, action = locked_action(session, partnership, action_in(session, partnership, kind).id)
        do_action(session, plan, action, sent, Doer())
    return action


def fetch(partnership: Partnership, kind: ActionKind) -> OnboardingAction:
    with reading() as session:
        return action_in(session, partnership, kind)


def newest_mail() -> Notice:
    with reading() as session:
        return session.scalars(select(Notice).order_by(Notice.id.desc()).limit(1)).one()


def test_template_is_written_step_by_step(browser: FlaskClient, program: Program) -> None:
    root = f"/p/{program.slug}/onboarding/templates"
    assert browser.post(root, data={"name": "", "stuck_days": "7"}).status_code == 422
    made = browser.post(root, data={"name": "First <steps>", "tier": "", "stuck_days": "10"})
    assert made.status_code == 303
    assert browser.post(root, data={"name": "Second", "tier": "", "stuck_days": "10"}).status_code == 422
    path = made.location
    for kind in ActionKind:
        assert browser.get(f"{path}/steps?kind={kind.value}").status_code == 200, kind
    step = {"title": "Learn it", "due_days": "5", "quiz": "What?", "is_required": "y"}
    refused = browser.post(f"{path}/steps?kind=training", data=step)
    assert refused.status_code == 422
    assert "Question 1: give 2 to 8 answers." in refused.text
    assert browser.post(f"{path}/steps?kind=training", data=step | {"quiz": QUIZ, "badge": "Expert"}).status_code == 303
    with reading() as session:
        action = session.scalars(select(TemplateAction)).one()
    assert action.settings["badge"] == "Expert"
    call = {"title": "Call", "due_days": "3", "minutes": "45", "depends_on_id": str(action.id), "needs_approval": "y"}
    assert browser.post(f"{path}/steps?kind=book_call", data=call).status_code == 303
    page = browser.get(path).text
    assert "First &lt;steps&gt;" in page
    assert "after “Learn it” · we check it · optional" in page
    assert QUIZ.splitlines()[0] in browser.get(f"{root}/steps/{action.id}").text
    changed = browser.post(f"{root}/steps/{action.id}", data=step | {"quiz": QUIZ, "title": "Know it"})
    assert changed.status_code == 303
    assert browser.post(f"{root}/steps/{action.id}/remove").status_code == 303
    main, _, toast = browser.get(path).text.partition("data-undo")
    assert "“Know it” is out" in main
    assert main.count("Know it") == 1
    undo = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', toast)}
    assert browser.post(f"{path}/steps?kind=training", data=undo).status_code == 303
    with reading() as session:
        back = session.scalars(select(TemplateAction).where(TemplateAction.title == "Know it")).one()
    assert (back.settings["quiz"], back.due_days) == (action.settings["quiz"], 5)
    assert browser.post(f"{path}/archive").status_code == browser.post(f"{path}/restore").status_code == 303


def test_what_the_partner_sent_is_judged_and_told(browser: FlaskClient, program: Program, manager: User) -> None:
    partnership = partner(program, manager, ActionKind.FIRST_PILOT, ActionKind.RECEIVE_CODE)
    page = f"/p/{program.slug}/onboarding/partners/{partnership.id}"
    pilot = do(partnership, ActionKind.FIRST_PILOT, Sent(fields={"what": "<b>A webinar</b>"}))
    assert "&lt;b&gt;A webinar&lt;/b&gt;" in browser.get(page).text
    step = f"{page}/steps/{pilot.id}"
    assert browser.post(f"{step}/send-back", data={"version": pilot.version}).status_code == 422
    back = {"version": pilot.version, "note": "Which day?"}
    assert browser.post(f"{step}/send-back", data=back).status_code == 303
    assert "Which day?" in newest_mail().text
    assert browser.post(f"{step}/approve", data={"version": pilot.version}).status_code == 409
    again = do(partnership, ActionKind.FIRST_PILOT, Sent(fields={"what": "A webinar in May"}))
    assert browser.post(f"{step}/approve", data={"version": again.version}).status_code == 303
    assert fetch(partnership, ActionKind.FIRST_PILOT).state is ActionState.DONE

    code = fetch(partnership, ActionKind.RECEIVE_CODE)
    step = f"{page}/steps/{code.id}"
    assert browser.post(f"{step}/code", data={"code": ""}).status_code == 422
    assert browser.post(f"{step}/code", data={"code": "ADA-10", "external_id": "P-1"}).status_code == 303
    assert newest_mail().kind == "partner_code"
    assert browser.post(f"{step}/skip", data={"note": ""}).status_code == 422
    assert browser.post(f"{step}/done", data={"note": "By phone"}).status_code == 303
    with reading() as session:
        prospect = session.get_one(Prospect, partnership.prospect_id)
    assert prospect.stage is Stage.ACTIVE
    assert newest_mail().kind == "partner_active"
    assert "ADA-10" in browser.get(page).text


def test_hand_over_people_and_messages(browser: FlaskClient, program: Program, manager: User, sign_in: SignIn) -> None:
    with transaction() as session:
        stranger = make_user(session, Role.ACCOUNT_MANAGER)
    partnership = partner(program, manager, ActionKind.TO_DO)
    page = f"/p/{program.slug}/onboarding/partners/{partnership.id}"
    wrong = {"account_manager_id": str(stranger.id), "promised": "A <lot>"}
    refused = browser.post(f"{page}/hand-over", data=wrong)
    assert refused.status_code == 422
    assert "A &lt;lot&gt;" in refused.text
    with transaction() as session:
        make_tiers(session, program, "Gold")
    given = {"account_manager_id": str(manager.id), "tier": "Gold", "promised": "30 %"}
    assert browser.post(f"{page}/hand-over", data=given).status_code == 303
    assert browser.post(f"{page}/people", data={"name": "Bea", "email": "x"}).status_code == 422
    assert browser.post(f"{page}/people", data={"name": "Bea", "email": "bea@p.example"}).status_code == 303
    with reading() as session:
        bea = session.scalars(select(PartnerPerson).where(PartnerPerson.name == "Bea")).one()
    assert browser.post(f"{page}/people/{bea.id}/main").status_code == 303
    assert browser.post(f"{page}/people/{bea.id}/remove").status_code == 422
    assert browser.post(f"{page}/people/{bea.id}/link").status_code == 303
    assert newest_mail().to_address == "bea@p.example"
    assert browser.post(f"{page}/message", data={"text": "Welcome, both of you"}).status_code == 303
    with reading() as session:
        told = session.scalars(select(Notice.to_address).where(Notice.kind == "partner_message")).all()
    assert len(told) == 2
    shown = browser.get(page).text
    assert all(words in shown for words in ("30 %", "Gold", "Welcome, both of you"))
    prospect = browser.get(f"/p/{program.slug}/prospects/{partnership.prospect_id}").text
    assert f"{page}" in prospect
    assert "Message to the partner" in prospect
    assert sign_in(stranger).get(page).status_code == 404


def test_company_that_is_no_partner_any_more_is_read_only(
    browser: FlaskClient, program: Program, manager: User
) -> None:
    partnership = partner(program, manager, ActionKind.TO_DO)
    page = f"/p/{program.slug}/onboarding/partners/{partnership.id}"
    step = fetch(partnership, ActionKind.TO_DO)
    with transaction() as session:
        session.get_one(Prospect, partnership.prospect_id).stage = Stage.DORMANT
    assert "is no partner any more" in browser.get(page).text
    assert browser.post(f"{page}/steps/{step.id}/done").status_code == 409
    assert browser.post(f"{page}/message", data={"text": "Hello"}).status_code == 409


def test_partner_from_before_there_was_onboarding_begins_by_hand(
    browser: FlaskClient, program: Program, manager: User
) -> None:
    with transaction() as session:
        make_template(session, program, manager, ActionKind.TO_DO)
        old = make_prospect(session, program, stage=Stage.ACTIVE)
        early = make_prospect(session, program)
    shown = browser.get(f"/p/{program.slug}/prospects/{old.id}").text
    begin = f"/p/{program.slug}/onboarding/prospects/{old.id}/begin"
    assert begin in shown
    assert browser.post(begin.replace(f"/{old.id}/", f"/{early.id}/")).status_code == 409
    for _ in range(2):
        answer = browser.post(begin)
        assert answer.status_code == 303
        assert "Put our logo up" in browser.get(answer.location).text
    with reading() as session:
        assert len(session.scalars(select(Partnership)).all()) == 1
        assert session.get_one(Prospect, old.id).stage is Stage.ACTIVE


def test_home_sorts_what_waits_by_whose_turn_it_is(sign_in: SignIn, program: Program, manager: User) -> None:
    first = partner(program, manager, ActionKind.UPLOAD, ActionKind.RECEIVE_CODE, ActionKind.TO_DO, due_days=2)
    second = partner(program, manager)
    do(first, ActionKind.UPLOAD, Sent(files=(("a.pdf", b"%PDF-1"),)))
    with transaction() as session:
        colleague = make_user(session, Role.ASSOCIATE)
        session.add(Membership(user_id=colleague.id, program_id=program.id))
        action_in(session, second, ActionKind.TO_DO).owner = OwnerSide.ACCOUNT_MANAGER
    home = f"/p/{program.slug}/onboarding"

    def counts(days: float) -> list[int]:
        with time_machine.travel(now() + timedelta(days=days), tick=False):
            page = sign_in(manager).get(home).text
        return [int(part.partition("<")[0]) for part in page.split('<span class="sb-num">')[1:]]

    # Waiting for me (an approval, two codes, one step of mine), overdue, today, stuck, partners.
    assert counts(0) == [4, 0, 0, 0, 2]
    assert counts(2) == [4, 0, 2, 0, 2]
    assert counts(3) == [4, 2, 0, 0, 2]
    assert counts(7.5) == [4, 2, 0, 2, 2]
    stranger = sign_in(colleague)
    assert stranger.get(f"{home}?view=mine").text.count('<span class="sb-num">0</span>') == 5
    assert '<span class="sb-num">2</span>' in stranger.get(f"{home}?view=everyone").text
    # Who looks after partners begins with their own, anybody else with everybody's.
    assert '<span class="sb-num">2</span>' in stranger.get(home).text


def test_home_asks_the_same_number_of_statements_for_any_number_of_partners(
    browser: FlaskClient, program: Program, manager: User
) -> None:
    partner(program, manager, ActionKind.UPLOAD, ActionKind.TO_DO, due_days=0)
    seen: list[str] = []
    listener = (engine(), "before_cursor_execute", lambda *values: seen.append(values[2]))
    event.listen(*listener)
    try:
        counts = []
        for _ in range(2):
            seen.clear()
            assert browser.get(f"/p/{program.slug}/onboarding").status_code == 200
            counts.append(len(seen))
            for _ in range(5):
                partner(program, manager)
    finally:
        event.remove(*listener)
    assert counts[0] == counts[1]
