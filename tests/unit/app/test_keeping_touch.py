"""Staying in touch: one task for each gap that grew too long, closed by the next touch."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import reading, transaction
from app.jobs.sweep import TOUCHES_AT_MINUTE, sweep
from app.models import (
    Activity,
    ActivityKind,
    MailState,
    MatchedBy,
    Partnership,
    Program,
    Prospect,
    ReceivedMail,
    Role,
    Stage,
    Task,
    TaskState,
    User,
)
from app.queries.keeping_home import care_panels
from app.services import document_store
from app.services.errors import Conflict, InvalidInput
from app.services.keeping.cadence import add_rule, end_rule, keep_in_touch, restore_rule
from app.services.tasks import complete_task
from tests.onboarding_world import make_partner
from tests.tier_world import make_tiers
from tests.world import make_program, make_user

DAYS = timedelta(days=1)


@pytest.fixture
def manager(session: Session, tmp_path: Path) -> User:
    document_store.configure(tmp_path)
    return make_user(session, Role.ACCOUNT_MANAGER)


@pytest.fixture
def program(session: Session, manager: User) -> Program:
    made = make_program(session, manager)
    make_tiers(session, made, "Gold", "Silver")
    return made


def partner(session: Session, program: Program, manager: User, **values: object) -> Partnership:
    return make_partner(session, program, None, account_manager_id=manager.id, **values)[0]


def tasks(session: Session, partnership: Partnership) -> list[tuple[TaskState, int | None]]:
    rows = session.scalars(select(Task).where(Task.prospect_id == partnership.prospect_id).order_by(Task.id))
    return [(task.state, task.assignee_id) for task in rows]


def run_at(session: Session, moment: datetime) -> int:
    with time_machine.travel(moment, tick=False):
        return keep_in_touch(session)


def test_gap_makes_one_task_and_the_next_touch_closes_it(session: Session, program: Program, manager: User) -> None:
    add_rule(session, program, tier="", days="30", actor=manager)
    add_rule(session, program, tier="Gold ", days="7", actor=manager)
    begin = now()
    gold = partner(session, program, manager, tier="GOLD")
    other = partner(session, program, manager, tier="Silver")
    assert run_at(session, begin + 7 * DAYS) == 0
    assert run_at(session, begin + 8 * DAYS) == 1
    assert tasks(session, gold) == [(TaskState.OPEN, manager.id)]
    assert tasks(session, other) == []
    assert [run_at(session, begin + days * DAYS) for days in (8, 9, 29)] == [0, 0, 0]
    (row,) = care_panels(session, program.id, user_id=manager.id).touch.rows
    assert row.partnership_id == gold.id

    call = Activity(prospect_id=gold.prospect_id, kind=ActivityKind.CALL, body="Hello", author_id=manager.id)
    call.at = begin + 29 * DAYS
    session.add(call)
    session.flush()
    assert run_at(session, begin + 30.5 * DAYS) == 1  # the one of the other tier
    assert tasks(session, gold) == [(TaskState.DONE, manager.id)]
    assert tasks(session, other) == [(TaskState.OPEN, manager.id)]
    assert run_at(session, begin + 37 * DAYS) == 1
    assert tasks(session, gold) == [(TaskState.DONE, manager.id), (TaskState.OPEN, manager.id)]


def test_task_done_without_a_touch_is_not_asked_for_again_in_the_same_gap(
    session: Session, program: Program, manager: User
) -> None:
    add_rule(session, program, tier="", days="10", actor=manager)
    found = partner(session, program, manager)
    begin = now()
    assert run_at(session, begin + 11 * DAYS) == 1
    complete_task(session, session.scalars(select(Task)).one(), actor=manager)
    assert run_at(session, begin + 40 * DAYS) == 0
    assert tasks(session, found) == [(TaskState.DONE, manager.id)]


def test_reply_is_a_touch_and_an_absence_note_is_none(session: Session, program: Program, manager: User) -> None:
    add_rule(session, program, tier="", days="10", actor=manager)
    begin = now()
    answered, away = partner(session, program, manager), partner(session, program, manager)
    for number, (partnership, kind) in enumerate(((answered, "reply"), (away, "auto_reply"))):
        session.add(
            ReceivedMail(
                source="sendgrid",
                content_key=f"{number:064d}",
                raw=b"",
                state=MailState.READ,
                kind=kind,
                matched_by=MatchedBy.HAND,
                program_id=program.id,
                prospect_id=partnership.prospect_id,
                received_at=begin + 5 * DAYS,
            )
        )
    session.flush()
    assert run_at(session, begin + 11 * DAYS) == 1
    assert (tasks(session, answered), len(tasks(session, away))) == ([], 1)


def test_nobody_to_do_it_leaves_the_task_to_everybody_and_who_left_is_dropped(
    session: Session, program: Program, manager: User
) -> None:
    add_rule(session, program, tier="", days="10", actor=manager)
    begin = now()
    found = partner(session, program, manager)
    manager.is_active = False
    session.flush()
    assert run_at(session, begin + 11 * DAYS) == 1
    assert tasks(session, found) == [(TaskState.OPEN, None)]
    session.get_one(Prospect, found.prospect_id).stage = Stage.DORMANT
    session.flush()
    assert run_at(session, begin + 12 * DAYS) == 0
    assert tasks(session, found) == [(TaskState.DROPPED, None)]


def test_a_tier_has_one_rule_in_force(session: Session, program: Program, manager: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_rule(session, program, tier="x" * 61, days="0", actor=manager)
    assert set(refused.value.fields) == {"tier", "days"}
    rule = add_rule(session, program, tier="Gold", days="7", actor=manager)
    end_rule(session, rule, actor=manager)
    partner(session, program, manager, tier="Gold")
    assert run_at(session, now() + 99 * DAYS) == 0
    add_rule(session, program, tier=" gold", days="14", actor=manager)
    with pytest.raises(InvalidInput, match="has a rule already"):
        add_rule(session, program, tier="GOLD", days="21", actor=manager)


def test_ended_rule_does_not_come_back_beside_another(session: Session, program: Program, manager: User) -> None:
    rule = add_rule(session, program, tier="Gold", days="7", actor=manager)
    end_rule(session, rule, actor=manager)
    add_rule(session, program, tier="gold", days="14", actor=manager)
    with pytest.raises(Conflict, match="another rule"):
        restore_rule(session, rule, actor=manager)
    session.rollback()


def test_sweeper_asks_each_hour(app: Flask) -> None:
    with transaction() as session:
        manager = make_user(session, Role.ACCOUNT_MANAGER)
        program = make_program(session, manager)
        add_rule(session, program, tier="", days="10", actor=manager)
        partner(session, program, manager)
    later = (now() + 20 * DAYS).replace(second=0)

    def count() -> int:
        with reading() as session:
            return len(session.scalars(select(Task)).all())

    with time_machine.travel(later.replace(minute=TOUCHES_AT_MINUTE - 1), tick=False):
        sweep()
        assert count() == 0
    with time_machine.travel(later.replace(minute=TOUCHES_AT_MINUTE), tick=False):
        sweep()
    assert count() == 1
