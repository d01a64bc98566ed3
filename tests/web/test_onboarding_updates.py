"""An edited template on screen: the preview, applying to the chosen ones, undoing; and who may."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import reading, transaction
from app.models import ActionKind, AuditEvent, Membership, OnboardingAction, OnboardingTemplate, Program, Role, User
from app.services.onboarding.contents import ActionContent
from app.services.onboarding.templates import actions_of, add_action, remove_action
from tests.onboarding_world import make_partner, make_template
from tests.web.conftest import SignIn
from tests.world import make_program, make_user

pytestmark = pytest.mark.any_servers


@pytest.fixture
def manager(app: Flask) -> User:
    with transaction() as session:
        return make_user(session, Role.ACCOUNT_MANAGER)


@pytest.fixture
def program(manager: User) -> Program:
    with transaction() as session:
        return make_program(session, manager)


@pytest.fixture
def template(program: Program, manager: User) -> OnboardingTemplate:
    """A template with two partners in it, edited since: one step out, one new."""
    with transaction() as session:
        template = make_template(session, program, manager, ActionKind.READ_CONFIRM, ActionKind.TO_DO)
        for _ in range(2):
            make_partner(session, program, template)
        remove_action(session, actions_of(session, template.id)[1], actor=manager)
        content = ActionContent(kind=ActionKind.BOOK_CALL, title="Kick-off <b>call</b>")
        add_action(session, template, content, actor=manager)
    return template


def titles() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(OnboardingAction.title).order_by(OnboardingAction.id)))


def test_chosen_plans_are_brought_up_to_date_and_put_back(
    sign_in: SignIn, program: Program, template: OnboardingTemplate, manager: User
) -> None:
    browser = sign_in(manager)
    path = f"/p/{program.slug}/onboarding/templates/{template.id}/updates"
    assert path in browser.get(path.removesuffix("/updates")).text
    page = browser.get(path).text
    assert "2 of 2" in page
    assert "Kick-off &lt;b&gt;call&lt;/b&gt;" in page
    assert page.count("taken out") == 2
    fields = dict(re.findall(r'name="(seen-\d+)" value="(\w+)"', page))
    first = re.findall(r'name="plan" value="(\d+)"', page)[0]
    before = titles()
    answer = browser.post(path, data={**fields, "plan": first}, follow_redirects=True).text
    assert "1 plan brought up to date" in answer
    assert "1 of 2" in answer
    assert (titles().count("Kick-off <b>call</b>"), titles().count("Put our logo up")) == (1, 1)
    act = re.search(r'name="act" value="(\w+)"', answer)
    assert act is not None
    undone = browser.post(f"{path}/undo", data={"act": act[1]}, follow_redirects=True).text
    assert "1 plan put back as it was" in undone
    assert sorted(titles()) == sorted(before)
    with reading() as session:
        actions = select(AuditEvent.id).where(AuditEvent.action == "onboarding.updated")
        assert len(session.scalars(actions).all()) == 2


def test_stale_empty_and_senseless_choices_change_nothing(
    sign_in: SignIn, program: Program, template: OnboardingTemplate, manager: User
) -> None:
    browser = sign_in(manager)
    path = f"/p/{program.slug}/onboarding/templates/{template.id}/updates"
    before = titles()
    plan = re.findall(r'name="plan" value="(\d+)"', browser.get(path).text)[0]
    for data, words in (
        ({}, "Choose the partners"),
        ({"plan": ["x", "99999999999"]}, "Choose the partners"),
        ({"plan": plan, f"seen-{plan}": "0" * 32}, "Somebody worked on it meanwhile"),
        ({"plan": "77", "seen-77": "x"}, "Nothing was changed"),
    ):
        assert words in browser.post(path, data=data, follow_redirects=True).text
    assert "nothing of this left" in browser.post(f"{path}/undo", data={"act": "nothing"}).text
    assert titles() == before


def test_a_specialist_may_look_and_not_touch(
    sign_in: SignIn, program: Program, template: OnboardingTemplate, manager: User
) -> None:
    with transaction() as session:
        specialist = make_user(session, Role.RECRUITMENT_SPECIALIST)
        other = make_user(session, Role.ACCOUNT_MANAGER)
        session.add(Membership(user_id=specialist.id, program_id=program.id))
    path = f"/p/{program.slug}/onboarding/templates/{template.id}/updates"
    browser = sign_in(specialist)
    assert 'name="plan"' not in browser.get(path).text
    assert browser.post(path, data={"plan": "1"}).status_code == 403
    assert sign_in(other).get(path).status_code == 404
