"""Reminders of onboarding: to whose turn it is, once in three days, by the sweeper each hour."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import reading, transaction
from app.jobs.sweep import REMINDS_AT_MINUTE, sweep
from app.models import (
    ActionKind,
    Notice,
    OwnerSide,
    Program,
    Prospect,
    Provenance,
    Role,
    Stage,
    SuppressionReason,
    User,
)
from app.services import document_store
from app.services.onboarding.contents import ActionContent
from app.services.onboarding.doing import Sent, do_action
from app.services.onboarding.events import Doer
from app.services.onboarding.nudges import remind
from app.services.onboarding.people import NewPerson, add_person
from app.services.onboarding.progress import locked_action
from app.services.onboarding.templates import add_action
from app.services.suppressions import suppress
from tests.onboarding_world import action_in, make_partner, make_template
from tests.world import make_program, make_user


@pytest.fixture
def manager(session: Session, tmp_path: Path) -> User:
    document_store.configure(tmp_path)
    return make_user(session, Role.ACCOUNT_MANAGER)


@pytest.fixture
def program(session: Session, manager: User) -> Program:
    return make_program(session, manager)


def test_reminders_go_to_whose_turn_it_is_and_not_again_for_three_days(
    session: Session, program: Program, manager: User
) -> None:
    template = make_template(session, program, manager, ActionKind.TO_DO, ActionKind.UPLOAD, due_days=5)
    add_action(
        session,
        template,
        ActionContent(kind=ActionKind.TO_DO, title="Set tracking up", owner=OwnerSide.ACCOUNT_MANAGER, due_days=5),
        actor=manager,
    )
    partnership, person = make_partner(session, program, template, account_manager_id=manager.id)
    plan, action = locked_action(session, partnership, action_in(session, partnership, ActionKind.UPLOAD).id)
    do_action(session, plan, action, Sent(files=(("a.pdf", b"%PDF-1.4"),)), Doer())

    def mails(after_days: float) -> list[tuple[str, str, str]]:
        known = session.scalars(select(Notice.id).order_by(Notice.id.desc()).limit(1)).one()
        with time_machine.travel(now() + timedelta(days=after_days), tick=False):
            remind(session)
        found = session.scalars(select(Notice).where(Notice.id > known).order_by(Notice.id))
        return [(each.kind, each.to_address, each.text) for each in found]

    (first,) = mails(0)
    assert first[:2] == ("onboarding_digest", manager.email)
    assert "approve “Send the tax form”" in first[2]
    to_partner, to_manager = mails(4.5)
    assert to_partner[:2] == ("partner_reminder", person.email)
    assert "Put our logo up, due " in to_partner[2]
    assert "tax form" not in to_partner[2]
    assert "Set tracking up" in to_manager[2]
    assert mails(6) == []
    later = mails(9)
    assert [kind for kind, _, _ in later] == ["partner_reminder", "onboarding_digest"]
    assert "nothing has happened for 9 days" in later[1][2]
    suppress(session, person.email, reason=SuppressionReason.OPT_OUT)
    new = NewPerson(name="Bo Lind", email="bo@other.example")
    add_person(session, partnership, new, provenance=Provenance.HAND)
    assert [(kind, address) for kind, address, _ in mails(13)] == [
        ("partner_reminder", "bo@other.example"),
        ("onboarding_digest", manager.email),
    ]
    manager.language = "de"
    (german,) = (text for kind, _, text in mails(17) if kind == "onboarding_digest")
    assert german.startswith("Guten Tag")
    assert "seit 17 Tagen ist nichts geschehen" in german
    assert "war am " in german
    prospect = session.get_one(Prospect, partnership.prospect_id)
    prospect.stage = Stage.DORMANT
    assert mails(30) == []


def test_sweeper_reminds_once_an_hour(app: Flask) -> None:
    with transaction() as session:
        manager = make_user(session, Role.ACCOUNT_MANAGER)
        program = make_program(session, manager)
        make_partner(session, program, make_template(session, program, manager, ActionKind.TO_DO, due_days=0))

    def reminders_after(minute: int) -> int:
        with time_machine.travel(now().replace(minute=minute) + timedelta(hours=1), tick=False):
            sweep()
        with reading() as session:
            return len(session.scalars(select(Notice.id).where(Notice.kind == "partner_reminder")).all())

    assert reminders_after(REMINDS_AT_MINUTE + 1) == 0
    assert reminders_after(REMINDS_AT_MINUTE) == 1
    assert reminders_after(REMINDS_AT_MINUTE) == 1
