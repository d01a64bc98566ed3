"""Who changed what of a prospect, from what to what; each kind by itself; and what erasure leaves of it."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Contact, Program, Prospect, Role, User
from app.models.custom_field import FieldKind
from app.queries.timeline import SCREEN, timeline
from app.queries.timeline_entry import TimelineEntry, TimelineGroup, TimelineKind
from app.services.activities import assign_owner
from app.services.custom_field_values import set_value
from app.services.tags import tag_prospect, untag_prospect
from app.services.tasks import NewTask, add_task_by_hand, change_task, complete_task
from tests.bulk_world import make_field
from tests.prospect_world import make_worked_prospect
from tests.world import make_program, make_prospect, make_user


@pytest.fixture
def mia(session: Session) -> User:
    return make_user(session, Role.RECRUITMENT_SPECIALIST, name="Mia Okafor")


@pytest.fixture
def prospect(session: Session, mia: User) -> Prospect:
    return make_prospect(session, make_program(session, mia))


def changes(session: Session, prospect: Prospect) -> list[TimelineEntry]:
    session.flush()
    asked = TimelineGroup.CHANGES
    found = timeline(session, prospect_id=prospect.id, company_id=prospect.company_id, group=asked)
    return list(found.entries)


def test_an_owner_is_told_from_whom_to_whom(session: Session, prospect: Prospect, mia: User) -> None:
    assign_owner(session, prospect, owner_id=mia.id, version=prospect.version, actor=mia)
    assign_owner(session, prospect, owner_id=None, version=prospect.version, actor=mia)
    told = [(entry.kind, entry.title, entry.who) for entry in changes(session, prospect)]
    assert told == [
        (TimelineKind.OWNER, "Owner: Mia Okafor → nobody", "Mia Okafor"),
        (TimelineKind.OWNER, "Owner: nobody → Mia Okafor", "Mia Okafor"),
    ]


def test_a_field_is_told_until_somebody_there_is_erased(session: Session, prospect: Prospect, mia: User) -> None:
    field = make_field(session, session.get_one(Program, prospect.program_id), kind=FieldKind.TEXT)
    set_value(session, prospect, field, "Ask for Ada", actor=mia, version=None)
    set_value(session, prospect, field, "Ask for Bo", actor=mia, version=None)
    told = changes(session, prospect)
    assert [entry.body for entry in told] == ["Ask for Ada → Ask for Bo", "– → Ask for Ada"]
    assert told[0].title == f"{field.label} changed"
    session.add(Contact(company_id=prospect.company_id, key="erased:1"))
    assert [entry.body for entry in changes(session, prospect)] == ["", ""]


def test_a_task_is_told_by_its_own_words_and_what_changed(session: Session, prospect: Prospect, mia: User) -> None:
    new = NewTask(program_id=prospect.program_id, title="Call Ada", prospect_id=prospect.id)
    task = add_task_by_hand(session, new, actor=mia)
    due = now() + timedelta(days=3)
    change_task(session, task, assignee_id=mia.id, due_at=due, actor=mia)
    complete_task(session, task, actor=mia)
    task.title = "Call [erased]"
    done, changed, opened = changes(session, prospect)
    assert (done.title, done.who, done.body) == ("Task done: Call [erased]", "Mia Okafor", "")
    first, second = changed.body.splitlines()
    assert first == "For: nobody → Mia Okafor"
    assert second.startswith("Due: – → ")
    assert str(due.day) in second
    assert (opened.title, opened.body) == ("Task: Call [erased]", "For nobody")


def test_tags_are_told(session: Session, prospect: Prospect, mia: User) -> None:
    tag_prospect(session, prospect, ["Gold", "DACH"], actor=mia)
    untag_prospect(session, prospect, ["Gold"], actor=mia)
    assert [entry.title for entry in changes(session, prospect)] == ["Tag taken off: Gold", "Tagged: Gold, DACH"]


def test_what_was_done_to_others_is_not_told(session: Session, prospect: Prospect, mia: User) -> None:
    other = make_prospect(session, make_program(session, mia))
    tag_prospect(session, other, ["Gold"], actor=mia)
    add_task_by_hand(session, NewTask(program_id=other.program_id, title="Call", prospect_id=other.id), actor=mia)
    assert changes(session, prospect) == []


def test_each_group_reads_its_kinds_alone_and_together_they_are_everything(session: Session, mia: User) -> None:
    world = make_worked_prospect(session)
    tag_prospect(session, world.prospect, ["Gold"], actor=mia)
    session.flush()
    ids = {"prospect_id": world.prospect.id, "company_id": world.company.id}
    parts = [timeline(session, **ids, group=group).entries for group in TimelineGroup]
    whole = timeline(session, **ids).entries
    assert len(whole) < SCREEN
    assert sorted((entry.kind, entry.id) for part in parts for entry in part) == sorted(
        (entry.kind, entry.id) for entry in whole
    )
    assert {entry.kind for entry in parts[0]} == {TimelineKind.NOTE, TimelineKind.CALL}
