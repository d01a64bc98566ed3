"""A resource of the library as a step: chosen in the template, opened in the portal, which does the step and counts."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import (
    ActionKind,
    ActionState,
    OnboardingAction,
    OnboardingTemplate,
    Partnership,
    Program,
    Resource,
    ResourceUse,
    Role,
    TemplateAction,
    User,
)
from app.services import document_store
from app.services.keeping.resources import Content, archive_resource, replace_version
from app.services.onboarding.templates import TemplateContent, add_action, add_template
from tests.keeping_world import make_resource
from tests.onboarding_world import CONTENTS, action_in, make_partner, portal_path
from tests.tier_world import make_tiers
from tests.web.conftest import SignIn
from tests.world import make_program, make_user

STEP = {"title": "Read the kit", "due_days": "5", "is_required": "y", "owner": "partner"}


@pytest.fixture
def manager(app: Flask, tmp_path: Path) -> User:
    document_store.configure(tmp_path)
    with transaction() as session:
        return make_user(session, Role.ACCOUNT_MANAGER)


@pytest.fixture
def program(manager: User) -> Program:
    with transaction() as session:
        return make_program(session, manager)


@pytest.fixture
def browser(manager: User, sign_in: SignIn) -> FlaskClient:
    return sign_in(manager)


@pytest.fixture
def resource(program: Program, manager: User) -> Resource:
    with transaction() as session:
        return make_resource(session, program, manager)


@pytest.fixture
def template(program: Program, manager: User, resource: Resource) -> OnboardingTemplate:
    with transaction() as session:
        template = add_template(session, program, TemplateContent(name="First steps"), actor=manager)
        content = replace(CONTENTS[ActionKind.VIEW_RESOURCE], url="", resource_id=resource.id)
        add_action(session, template, content, actor=manager)
    return template


@pytest.fixture
def partner(program: Program, template: OnboardingTemplate) -> tuple[Partnership, str]:
    with transaction() as session:
        partnership, person = make_partner(session, program, template)
        return partnership, portal_path(session, person)


def step_of(partnership: Partnership) -> OnboardingAction:
    with reading() as session:
        return action_in(session, partnership, ActionKind.VIEW_RESOURCE)


def downloads() -> list[int]:
    with reading() as session:
        return list(session.scalars(select(ResourceUse.downloads).order_by(ResourceUse.id)))


def put_away(resource: Resource, manager: User) -> None:
    with transaction() as session:
        archive_resource(session, session.get_one(Resource, resource.id), actor=manager)


def test_opening_the_newest_version_counts_and_does_the_step(
    client: FlaskClient, partner: tuple[Partnership, str], resource: Resource, manager: User
) -> None:
    partnership, path = partner
    step = step_of(partnership)
    with transaction() as session:
        newer = Content(file=("kit.txt", b"Newer"))
        replace_version(session, session.get_one(Resource, resource.id), newer, actor=manager)
    page = client.get(f"{path}/steps/{step.id}").text
    assert "The kit · version 2" in page
    assert "Opening it does this step." in page
    assert 'name="done"' not in page
    opening = f"{path}/steps/{step.id}/resource"
    assert opening in page
    assert client.head(opening).status_code == 200
    assert downloads() == []
    answer = client.get(opening)
    assert answer.data == b"Newer"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    done = step_of(partnership)
    assert (done.state, done.answer) == (ActionState.DONE, {"resource_version": 2})
    assert client.get(opening).data == b"Newer"  # again is no mistake: it is fetched, and the step stays done
    assert step_of(partnership).version == done.version
    assert downloads() == [2]


def test_a_link_is_led_to_and_a_step_that_we_check_waits(
    client: FlaskClient, browser: FlaskClient, program: Program, manager: User
) -> None:
    with transaction() as session:
        link = make_resource(session, program, manager, url="https://kit.example/2026")
        template = add_template(session, program, TemplateContent(name="Checked"), actor=manager)
        content = replace(CONTENTS[ActionKind.VIEW_RESOURCE], url="", resource_id=link.id, needs_approval=True)
        add_action(session, template, content, actor=manager)
        partnership, person = make_partner(session, program, template)
        path = portal_path(session, person)
    step = step_of(partnership)
    assert 'target="_blank"' in client.get(f"{path}/steps/{step.id}").text
    answer = client.get(f"{path}/steps/{step.id}/resource")
    assert (answer.status_code, answer.location) == (303, "https://kit.example/2026")
    assert step_of(partnership).state is ActionState.WAITING_FOR_APPROVAL
    ours = browser.get(f"/p/{program.slug}/onboarding/partners/{partnership.id}").text
    assert "opened version 1" in re.sub(r"\s+", " ", ours)


def test_what_was_put_away_is_told_to_the_partner_and_to_who_edits_the_template(
    client: FlaskClient,
    browser: FlaskClient,
    partner: tuple[Partnership, str],
    program: Program,
    template: OnboardingTemplate,
    resource: Resource,
) -> None:
    partnership, path = partner
    ours, editor = f"/p/{program.slug}/partners/resources/{resource.id}", f"/p/{program.slug}/onboarding/templates"
    assert "First steps" in browser.get(ours).text
    assert "what partners do not see" not in browser.get(f"{editor}/{template.id}").text
    told = browser.post(f"{ours}/archive", follow_redirects=True).text
    assert "It is still a step of: First steps." in told
    page = browser.get(f"{editor}/{template.id}").text
    assert "A step points at what partners do not see." in page
    assert "Partners cannot open: The kit." in page
    step = step_of(partnership)
    theirs = client.get(f"{path}/steps/{step.id}").text
    assert "not in the library any more" in theirs
    assert client.get(f"{path}/steps/{step.id}/resource").status_code == 404
    assert step_of(partnership).state is ActionState.PENDING
    assert "put away" in browser.get(f"/p/{program.slug}/onboarding/partners/{partnership.id}").text
    # Nobody is stuck: the step can still be ticked.
    done = client.post(f"{path}/steps/{step.id}", data={"version": step.version, "done": "y"})
    assert done.status_code == 303
    with reading() as session:
        action = session.scalars(select(TemplateAction)).one()
    saved = browser.post(f"{editor}/steps/{action.id}", data=STEP | {"resource_id": str(resource.id)})
    assert saved.status_code == 422
    assert "is put away. Choose another one" in saved.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"resource_id": "0"}, "Choose a resource, or give the address"),
        ({"resource_id": "mine", "url": "https://kit.example/"}, "not both"),
        ({"resource_id": "theirs"}, "Not a valid choice"),
    ],
)
def test_the_editor_takes_a_resource_of_this_program_or_an_address(
    browser: FlaskClient,
    manager: User,
    template: OnboardingTemplate,
    program: Program,
    resource: Resource,
    fields: dict[str, str],
    words: str,
) -> None:
    with transaction() as session:
        theirs = make_resource(session, make_program(session, manager), manager)
    ids = {"mine": str(resource.id), "theirs": str(theirs.id)}
    data = STEP | fields | {"resource_id": ids.get(fields["resource_id"], "0")}
    path = f"/p/{program.slug}/onboarding/templates/{template.id}/steps?kind=view_resource"
    refused = browser.post(path, data=data)
    assert refused.status_code == 422
    assert words in refused.text
    assert browser.post(path, data=STEP | {"resource_id": ids["mine"]}).status_code == 303
    with reading() as session:
        stored = session.scalars(select(TemplateAction).order_by(TemplateAction.id.desc()).limit(1)).one()
    assert stored.settings == {"resource_id": resource.id}


def test_a_resource_for_other_tiers_stands_out_in_the_template(
    browser: FlaskClient, program: Program, manager: User
) -> None:
    with transaction() as session:
        make_tiers(session, program, "Gold")
        gold = make_resource(session, program, manager, tiers=("Gold",))
        for name, tier in (("For gold", "gold"), ("For all", "")):
            template = add_template(session, program, TemplateContent(name=name, tier=tier), actor=manager)
            content = replace(CONTENTS[ActionKind.VIEW_RESOURCE], url="", resource_id=gold.id)
            add_action(session, template, content, actor=manager)
    with reading() as session:
        ids = dict(session.execute(select(OnboardingTemplate.name, OnboardingTemplate.id)).all())
    pages = {name: browser.get(f"/p/{program.slug}/onboarding/templates/{each}").text for name, each in ids.items()}
    assert "not for every partner of this template" in pages["For all"]
    assert "not for every partner of this template" not in pages["For gold"]


def test_a_step_of_somebody_else_opens_nothing(
    client: FlaskClient, partner: tuple[Partnership, str], program: Program
) -> None:
    with transaction() as session:
        _partnership, person = make_partner(session, program, None)
        stranger = portal_path(session, person)
    step = step_of(partner[0])
    assert client.get(f"{stranger}/steps/{step.id}/resource").status_code == 404
    assert downloads() == []
