"""Templates with every kind of action, and partners who are in their onboarding, for tests."""

import atexit
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    ActionKind,
    OnboardingAction,
    OnboardingDocument,
    OnboardingPlan,
    OnboardingTemplate,
    PartnerPerson,
    Partnership,
    Program,
    Prospect,
    Provenance,
    Stage,
    User,
)
from app.services import document_store
from app.services.onboarding.contents import ActionContent
from app.services.onboarding.people import NewPerson, add_person, new_portal_link
from app.services.onboarding.starting import plan_of, start_plan
from app.services.onboarding.templates import TemplateContent, actions_of, add_action, add_template
from tests.care_world import care_values
from tests.keeping_world import keeping_values
from tests.world import make_prospect

_FOLDER = Path(tempfile.mkdtemp())
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
QUIZ = "What do readers see?\n* The disclosure\n- Nothing\n\nWho pays?\n- You\n* We"
CONTENTS = {
    ActionKind.VIEW_RESOURCE: ActionContent(
        kind=ActionKind.VIEW_RESOURCE, title="Look at the kit", url="https://kit.example/"
    ),
    ActionKind.READ_CONFIRM: ActionContent(kind=ActionKind.READ_CONFIRM, title="Read the rules", text="Be honest."),
    ActionKind.ANSWER_QUESTIONS: ActionContent(
        kind=ActionKind.ANSWER_QUESTIONS, title="Tell us about you", questions="Who writes?\nHow often?"
    ),
    ActionKind.UPLOAD: ActionContent(kind=ActionKind.UPLOAD, title="Send the tax form", needs_approval=True),
    ActionKind.ACCEPT_TERMS: ActionContent(kind=ActionKind.ACCEPT_TERMS, title="Accept the terms"),
    ActionKind.BOOK_CALL: ActionContent(
        kind=ActionKind.BOOK_CALL, title="Book a call", minutes=30, place="https://meet.example/a,b"
    ),
    ActionKind.RECEIVE_CODE: ActionContent(kind=ActionKind.RECEIVE_CODE, title="Get your link"),
    ActionKind.FIRST_PILOT: ActionContent(kind=ActionKind.FIRST_PILOT, title="A first guest post", needs_approval=True),
    ActionKind.TRAINING: ActionContent(kind=ActionKind.TRAINING, title="Learn", quiz=QUIZ, badge="Certified"),
    ActionKind.TO_DO: ActionContent(kind=ActionKind.TO_DO, title="Put our logo up"),
}


def make_template(
    session: Session, program: Program, actor: User, *kinds: ActionKind, **values: Any
) -> OnboardingTemplate:
    """Add a template with one action of each kind given; `values` change all of them."""
    template = add_template(session, program, TemplateContent(name="First steps"), actor=actor)
    for kind in kinds:
        add_action(session, template, replace(CONTENTS[kind], **values), actor=actor)
    return template


def make_partner(
    session: Session, program: Program, template: OnboardingTemplate | None, **values: Any
) -> tuple[Partnership, PartnerPerson]:
    """Add an approved prospect with its partnership, a main contact and, with a template, a plan."""
    prospect: Prospect = make_prospect(session, program, stage=Stage.APPROVED)
    partnership = Partnership(**{"program_id": program.id, "prospect_id": prospect.id} | values)
    session.add(partnership)
    session.flush()
    new = NewPerson(name="Ada Byrne", email=f"ada{partnership.id}@partner.example")
    person = add_person(session, partnership, new, provenance=Provenance.HAND)
    if template is not None:
        start_plan(session, partnership, template, by_user_id=None)
    return partnership, person


def plan_in(session: Session, partnership: Partnership) -> OnboardingPlan:
    """Return a partner's plan."""
    found = plan_of(session, partnership.id)
    assert found is not None
    return found


def action_in(session: Session, partnership: Partnership, kind: ActionKind) -> OnboardingAction:
    """Return the action of a kind in a partner's plan."""
    return session.scalars(
        select(OnboardingAction).where(
            OnboardingAction.plan_id == plan_in(session, partnership).id, OnboardingAction.kind == kind
        )
    ).one()


def portal_path(session: Session, person: PartnerPerson) -> str:
    """Return the path of a fresh portal link of a person."""
    return new_portal_link(session, person).removeprefix("http://127.0.0.1:8000")


def onboarding_values(session: Session, program: Program, actor: User) -> dict[str, Any]:
    """Return what stands for the parts of these pages' addresses in the access matrix."""
    template = make_template(session, program, actor, ActionKind.UPLOAD, ActionKind.BOOK_CALL)
    partnership, person = make_partner(session, program, template)
    action = action_in(session, partnership, ActionKind.BOOK_CALL)
    action.answer = {"starts_at": "2030-01-01T10:00:00+00:00", "zone": "UTC", "minutes": 30, "place": ""}
    document_store.configure(_FOLDER)
    file = document_store.judge(b"%PDF-1.7", filename="a.pdf")
    document = OnboardingDocument(
        action_id=action_in(session, partnership, ActionKind.UPLOAD).id,
        key=document_store.keep(session, file),
        filename=file.filename,
        media_type=file.media_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
    )
    session.add(document)
    session.flush()
    return {
        "partnership_id": partnership.id,
        "template_id": template.id,
        "template_action_id": actions_of(session, template.id)[0].id,
        "action_id": action.id,
        "document_id": document.id,
        "person_id": person.id,
        **keeping_values(session, program, partnership, actor),
        **care_values(session, program, partnership.id),
    }
