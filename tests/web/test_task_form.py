"""Changing a task: its form, what it refuses, two tabs, removing it, and the way back from each."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from app.clock import now
from app.db import reading, transaction
from app.models import Task, TaskKind, TaskState, User
from tests.web.conftest import SignIn
from tests.web.task_pages import TaskWorld, make_task_world, state_of
from tests.world import make_user


@pytest.fixture
def world(sign_in: SignIn) -> TaskWorld:
    return make_task_world(sign_in)


def change(world: TaskWorld, task_id: int, **values: str) -> TestResponse:
    with reading() as session:
        task = session.get_one(Task, task_id)
        data = {"title": task.title, "assignee_id": str(task.assignee_id or 0), "version": str(task.version)}
    return world.client.post(f"{world.path}/{task_id}/change", data=data | values)


def test_a_task_goes_to_a_member_only(world: TaskWorld) -> None:
    task_id = world.task()
    assert change(world, task_id, assignee_id=str(world.colleague.id), due_on="2031-02-03").status_code == 303
    with transaction() as session:
        assert session.get_one(Task, task_id).assignee_id == world.colleague.id
        stranger = make_user(session).id
    refused = change(world, task_id, assignee_id=str(stranger), title="What was typed")
    assert refused.status_code == 422
    assert 'value="What was typed"' in refused.text


def test_words_time_and_prospect_change_and_undo_puts_them_back(world: TaskWorld) -> None:
    with transaction() as session:
        session.get_one(User, world.user.id).time_zone = "Europe/Warsaw"
    task_id = world.task(due_at=now() - timedelta(days=3))
    typed = {"title": "Write to Nora", "due_on": "2031-02-03", "due_time": "15:00", "domain": "kiln.example"}
    assert change(world, task_id, **typed).status_code == 303
    with reading() as session:
        task = session.get_one(Task, task_id)
    assert (task.title, task.prospect_id, task.is_timed) == ("Write to Nora", world.prospect.id, True)
    assert task.due_at == datetime(2031, 2, 3, 14, tzinfo=UTC)
    page = world.page()
    assert "Due 3 Feb 2031, 15:00" in page
    form = world.client.get(f"{world.path}/{task_id}/change").text
    assert all(f'value="{each}"' in form for each in typed.values())
    undo = re.search(rf'action="{world.path}/{task_id}/restore".*?</form>', page, re.DOTALL)
    assert undo is not None
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo[0]))
    assert world.client.post(f"{world.path}/{task_id}/restore", data=fields).status_code == 303
    with reading() as session:
        task = session.get_one(Task, task_id)
    assert (task.title, task.prospect_id, task.is_timed) == ("Call Nora back", None, False)
    assert world.client.post(f"{world.path}/{task_id}/restore", data=fields).status_code == 409
    assert world.client.post(f"{world.path}/{task_id}/restore", data={"due_at": "soon"}).status_code == 422


def test_of_two_tabs_the_second_is_told_and_keeps_its_words(world: TaskWorld) -> None:
    task_id = world.task()
    first = change(world, task_id, title="From the first tab")
    assert first.status_code == 303
    second = change(world, task_id, title="From the second tab", version="1")
    assert second.status_code == 409
    assert "Somebody changed this task meanwhile" in second.text
    assert "It is now: From the first tab" in second.text
    assert 'value="From the second tab"' in second.text
    version = re.search(r'name="version" value="(\d+)"', second.text)
    assert version is not None
    assert change(world, task_id, title="From the second tab", version=version[1]).status_code == 303
    with reading() as session:
        assert session.get_one(Task, task_id).title == "From the second tab"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"title": " "}, "Say what is to be done."),
        ({"due_time": "15:00"}, "Choose the day as well."),
        ({"due_on": "soon"}, "Not a valid date"),
        ({"domain": "elsewhere.example"}, "elsewhere.example is no prospect of this program"),
    ],
)
def test_a_refused_change_keeps_what_was_typed(world: TaskWorld, typed: dict[str, str], words: str) -> None:
    task_id = world.task(prospect_id=world.prospect.id)
    answer = change(world, task_id, **({"title": "What was typed"} | typed))
    assert answer.status_code == 422
    assert words in answer.text
    with reading() as session:
        assert session.get_one(Task, task_id).version == 1


def test_a_script_gets_the_form_alone_and_is_told_to_load_the_page_anew(world: TaskWorld) -> None:
    task_id = world.task()
    htmx = {"HX-Request": "true"}
    assert "<html" not in world.client.get(f"{world.path}/{task_id}/change", headers=htmx).text
    removed = world.client.post(f"{world.path}/{task_id}/remove", headers=htmx)
    assert (removed.status_code, removed.headers["HX-Refresh"]) == (200, "true")
    assert state_of(task_id) is TaskState.DROPPED
    assert "Removed: Call Nora back" in world.page()
    assert "Removed just now" in world.page("done")
    assert world.client.post(f"{world.path}/{task_id}/reopen").status_code == 303
    assert state_of(task_id) is TaskState.OPEN


def test_removing_a_sequences_step_says_what_follows_and_offers_an_undo(world: TaskWorld) -> None:
    task_id, step_id = world.task(), world.task(kind=TaskKind.MANUAL_STEP, title="Call them")
    assert "Removing it skips the step" not in world.client.get(f"{world.path}/{task_id}/change").text
    assert "Removing it skips the step" in world.client.get(f"{world.path}/{step_id}/change").text
    world.client.post(f"{world.path}/{step_id}/remove")
    page = world.page()
    assert "Removed: Call them. The sequence goes on without this step." in page
    assert f"{world.path}/{step_id}/reopen" in page
    world.client.post(f"{world.path}/{task_id}/remove")
    assert f"{world.path}/{task_id}/reopen" in world.page()


def test_a_day_that_stays_keeps_its_moment(world: TaskWorld) -> None:
    due_at = now().replace(hour=17, microsecond=0) + timedelta(days=1)
    task_id = world.task(due_at=due_at)
    assert change(world, task_id, title="Other words", due_on=due_at.date().isoformat()).status_code == 303
    with reading() as session:
        assert session.get_one(Task, task_id).due_at == due_at
