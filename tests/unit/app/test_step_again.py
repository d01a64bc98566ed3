"""The task of a sequence's step opens again: the sequence waits for it as before, unless it has ended or gone on."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.db import reading, transaction
from app.models import (
    AuditEvent,
    Contact,
    ContactValue,
    Enrollment,
    EnrollmentState,
    Prospect,
    Role,
    SequenceVersion,
    StepDone,
    StopKind,
    Task,
    TaskState,
    User,
)
from app.services.contact_edits import remove_contact
from app.services.contact_values import hash_of_values, values_of
from app.services.erasing import erase_person
from app.services.errors import Conflict
from app.services.steps import move_to_version
from app.services.stops import record_stop
from app.services.task_changes import drop_task
from app.services.tasks import complete_task, reopen_task
from tests.ledger_world import Ledger, content, enrollments, make_ledger, messages
from tests.world import make_user

CALL = {"id": "call", "kind": "task"}
MAIL = {"id": "first", "kind": "email"}


def begun(*steps: dict[str, object]) -> Ledger:
    """Return a ledger whose one enrollment waits for the task of its first step."""
    with transaction() as session:
        ledger = make_ledger(session, content(*steps))
        ledger.enroll(session)
        make_user(session, email="theo@example.com")
    ledger.plan()
    with transaction() as session:
        session.execute(update(Enrollment).values(next_at=now()))
    ledger.plan()
    return ledger


def act(deed: Callable[..., None]) -> None:
    """Do something with the first task, as a person."""
    with transaction() as session:
        actor = session.scalars(select(User).where(User.email == "theo@example.com")).one()
        deed(session, session.scalars(select(Task).order_by(Task.id)).first(), actor=actor)


def task_states() -> list[TaskState]:
    with reading() as session:
        return list(session.scalars(select(Task.state).order_by(Task.id)))


@pytest.mark.parametrize("close", [complete_task, drop_task])
def test_the_step_waits_for_its_task_again(database: Engine, close: Callable[..., None]) -> None:
    ledger = begun(CALL, MAIL)
    act(close)
    act(reopen_task)
    [enrollment] = enrollments()
    assert (enrollment.state, enrollment.next_step, enrollment.next_at) == (EnrollmentState.ACTIVE, "call", None)
    assert task_states() == [TaskState.OPEN]
    with transaction() as session:
        assert session.scalars(select(StepDone)).all() == []
        assert "enrollment.step_reopened" in session.scalars(select(AuditEvent.action)).all()
        session.execute(update(Enrollment).values(next_at=now()))
    assert ledger.send() == 0
    act(complete_task)
    assert ledger.send() == 1


def test_a_sequence_that_was_through_with_it_goes_on(database: Engine) -> None:
    ledger = begun(CALL)
    act(complete_task)
    ledger.plan()
    assert enrollments()[0].state is EnrollmentState.FINISHED
    act(reopen_task)
    [enrollment] = enrollments()
    assert (enrollment.state, enrollment.ended_at) == (EnrollmentState.ACTIVE, None)
    act(complete_task)
    ledger.plan()
    assert enrollments()[0].state is EnrollmentState.FINISHED


@pytest.mark.parametrize("follows", [MAIL, {"id": "again", "kind": "task"}])
def test_where_it_went_on_the_task_stays_closed(database: Engine, follows: dict[str, object]) -> None:
    ledger = begun(CALL, follows)
    act(complete_task)
    ledger.plan()
    before = [(each.id, each.state) for each in messages()], task_states()
    with pytest.raises(Conflict, match="has gone on after this step"):
        act(reopen_task)
    assert ([(each.id, each.state) for each in messages()], task_states()) == before
    with reading() as session:
        assert session.scalars(select(StepDone.step)).all() == ["call"]


def test_whoever_was_moved_to_another_version_does_not_go_back(database: Engine) -> None:
    begun(CALL, MAIL)
    act(complete_task)
    with transaction() as session:
        session.execute(update(StepDone).values(step="ring"))
    with pytest.raises(Conflict, match="has gone on after this step"):
        act(reopen_task)


@pytest.mark.parametrize("steps", [(CALL, MAIL), (CALL,)])
def test_where_it_ended_the_task_stays_closed(database: Engine, steps: tuple[dict[str, object], ...]) -> None:
    ledger = begun(*steps)
    act(complete_task)
    if len(steps) == 1:
        ledger.plan()  # through before the person asked to hear no more
    with transaction() as session:
        contact_id = session.scalars(select(Enrollment.contact_id)).one()
        record_stop(session, contact_id=contact_id, kind=StopKind.OPT_OUT, source="test")
    with pytest.raises(Conflict, match="The sequence has ended for this contact"):
        act(reopen_task)
    assert task_states() == [TaskState.DONE]


def test_whoever_is_in_another_sequence_by_now_stays_there(database: Engine) -> None:
    ledger = begun(CALL)
    act(complete_task)
    ledger.plan()
    with transaction() as session:
        first = session.scalars(select(Enrollment)).one()
        values = {name: getattr(first, name) for name in ("program_id", "prospect_id", "contact_id", "sequence_id",
                                                          "version_id", "sender_id")}  # fmt: skip
        session.add(Enrollment(**values, token="another"))
    with pytest.raises(Conflict, match="in another sequence by now"):
        act(reopen_task)
    assert enrollments()[0].state is EnrollmentState.FINISHED


def erased(session: Session, contact: Contact, program_id: int, actor: User) -> None:
    address = session.scalars(select(ContactValue.value).where(ContactValue.contact_id == contact.id).limit(1)).one()
    erase_person(session, contact, typed=address, program_id=program_id, actor=actor)


def removed(session: Session, contact: Contact, _program_id: int, actor: User) -> None:
    prospect = session.scalars(select(Prospect)).one()
    version = hash_of_values(values_of(session, contact.id))
    remove_contact(session, prospect, contact.id, version=version, is_confirmed=True, actor=actor)


@pytest.mark.parametrize("leave", [erased, removed])
@pytest.mark.parametrize("is_through", [False, True])
def test_of_somebody_who_is_erased_or_removed_no_step_comes_back(
    database: Engine, leave: Callable[..., None], is_through: bool
) -> None:
    ledger = begun(CALL) if is_through else begun(CALL, MAIL)
    act(complete_task)
    if is_through:
        ledger.plan()  # so that leaving finds nothing to end
    with transaction() as session:
        enrollment = session.scalars(select(Enrollment)).one()
        actor = make_user(session, role=Role.ADMIN)
        leave(session, session.get_one(Contact, enrollment.contact_id), enrollment.program_id, actor)
    with pytest.raises(Conflict, match="has ended"):
        act(reopen_task)
    assert task_states() == [TaskState.DONE]


def test_a_task_goes_along_to_another_version_and_leaves_its_old_name_to_the_next(database: Engine) -> None:
    ledger = begun(CALL, MAIL)
    act(complete_task)
    with transaction() as session:
        steps = content({"id": "ring", "kind": "task"}, CALL, MAIL)
        version = SequenceVersion(sequence_id=ledger.sequence.id, number=2, content=steps)
        session.add(version)
        session.flush()
        found = session.scalars(select(Enrollment)).one()
        user = make_user(session)
        move_to_version(session, found.id, version_id=version.id, steps={"call": "ring"}, by_user_id=user.id)
    ledger.plan()
    assert task_states() == [TaskState.DONE, TaskState.OPEN]
    with reading() as session:
        origins = session.scalars(select(Task.origin).order_by(Task.id)).all()
        assert [(origin or "").rpartition(":")[2] for origin in origins] == ["ring", "call"]
