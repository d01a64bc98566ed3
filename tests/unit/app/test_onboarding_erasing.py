"""Erasing a person reaches the partner portal: access, words and files go, that steps were done stays."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    ActionKind,
    ActionState,
    Contact,
    OnboardingDocument,
    PartnerLink,
    PartnerPerson,
    Provenance,
    Role,
)
from app.services import document_store
from app.services.erasing import erase_person
from app.services.errors import InvalidInput, NotFound
from app.services.onboarding.doing import Sent, do_action
from app.services.onboarding.events import Doer
from app.services.onboarding.people import NewPerson, add_person, portal_behind
from app.services.onboarding.progress import locked_action
from app.services.retention import forget_old
from tests.onboarding_world import action_in, make_partner, make_template, portal_path
from tests.world import make_program, make_user


def test_erased_person_is_gone_from_the_portal(session: Session, tmp_path: Path) -> None:
    document_store.configure(tmp_path)
    manager = make_user(session, Role.ACCOUNT_MANAGER)
    program = make_program(session, manager)
    template = make_template(session, program, manager, ActionKind.UPLOAD, ActionKind.ANSWER_QUESTIONS)
    partnership, person = make_partner(session, program, template)
    address, token = person.email, portal_path(session, person).rpartition("/")[2]
    for kind, sent in (
        (ActionKind.UPLOAD, Sent(files=(("a.pdf", b"%PDF-1"),))),
        (ActionKind.ANSWER_QUESTIONS, Sent(answers=("Ada Byrne writes", "Weekly"))),
    ):
        plan, action = locked_action(session, partnership, action_in(session, partnership, kind).id)
        do_action(session, plan, action, sent, Doer(person_id=person.id))
    contact = session.scalars(select(Contact).where(Contact.key == address)).one()

    erase_person(session, contact, typed=address, program_id=program.id, actor=manager)

    assert session.scalars(select(OnboardingDocument)).all() == []
    answers = action_in(session, partnership, ActionKind.ANSWER_QUESTIONS)
    assert (answers.state, answers.answer) == (ActionState.DONE, {"answers": ["[erased] writes", "Weekly"]})
    gone = session.scalars(select(PartnerPerson)).one()
    assert address not in (gone.email, gone.name)
    with pytest.raises(NotFound):
        portal_behind(session, token)
    with pytest.raises(InvalidInput, match="was erased"):
        add_person(session, partnership, NewPerson(name="Ada", email=address), provenance=Provenance.HAND)
    assert len(list(tmp_path.rglob("*"))) > 1
    session.commit()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_links_that_opened_for_the_last_time_are_forgotten(session: Session) -> None:
    program = make_program(session, make_user(session))
    _, person = make_partner(session, program, None)
    portal_path(session, person)
    with time_machine.travel(now() + timedelta(days=179)):
        portal_path(session, person)
    with time_machine.travel(now() + timedelta(days=181)):
        assert forget_old(session) == 1
    assert len(session.scalars(select(PartnerLink)).all()) == 1
