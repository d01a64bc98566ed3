"""The page of one's day: it leads to the work, and hands out a calendar address once."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from app.clock import now
from app.db import reading, transaction
from app.extensions import limiter
from app.models import Task, TaskState, User
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers


HTMX = {"HX-Request": "true"}


@dataclass(frozen=True)
class Day:
    client: FlaskClient
    task_ids: tuple[int, int]
    colleague_id: int

    def address(self, deed: str, which: int = 0) -> str:
        return f"/p/north/day/overdue/{self.task_ids[which]}/{deed}"

    def task(self, which: int = 0) -> Task:
        with reading() as session:
            return session.get_one(Task, self.task_ids[which])


@pytest.fixture
def day(sign_in: SignIn) -> Day:
    with transaction() as session:
        user, colleague = make_user(session), make_user(session, name="Theo Brandt")
        program = make_program(session, user, colleague, slug="north")
        values = {"program_id": program.id, "assignee_id": user.id, "due_at": now() - timedelta(days=1)}
        tasks = [Task(title=title, **values) for title in ("Call <b>", "Tidy")]
        session.add_all(tasks)
    return Day(sign_in(user), (tasks[0].id, tasks[1].id), colleague.id)


def undo_of(page: str) -> tuple[str, dict[str, str]]:
    """Return where the Undo of a page posts, and what."""
    form = re.search(r'<form method="post" action="([^"]+)"[^>]* data-undo>(.*?)</form>', page, re.DOTALL)
    assert form is not None
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    return form[1], fields


def test_a_row_done_answers_with_the_rest_of_the_day_and_an_undo(day: Day) -> None:
    answer = day.client.post(day.address("done"), headers=HTMX)
    assert answer.status_code == 200
    assert '<div id="day" hx-swap-oob="innerHTML">' in answer.text
    assert "Done: Call &lt;b&gt;" in answer.text
    assert f'id="overdue-{day.task_ids[1]}"' in answer.text
    assert f'id="overdue-{day.task_ids[0]}"' not in answer.text
    assert "<html" not in answer.text
    url, fields = undo_of(answer.text)
    back = day.client.post(url, data=fields, headers=HTMX)
    assert f'id="overdue-{day.task_ids[0]}"' in back.text
    assert day.task().state is TaskState.OPEN


def test_the_count_in_the_navigation_follows_what_is_done_and_taken_back(day: Day) -> None:
    def count(page: str) -> tuple[str, bool]:
        found = re.search(r'<span class="sb-nav-count sb-num" id="nav-tasks"([^>]*)>(\d+)</span>', page)
        assert found is not None
        return found[2], " hidden" in found[1]

    with transaction() as session:
        # The row's own program is not the first one, which the page's navigation is of.
        user = session.get_one(User, day.task().assignee_id)
        first = make_program(session, user, name="A first one", slug="first")
        mine = Task(title="There", program_id=first.id, assignee_id=user.id, due_at=now() - timedelta(days=1))
        session.add(mine)
        session.flush()
        there = f"/p/first/day/overdue/{mine.id}/done"
    assert count(day.client.get("/today").text) == ("1", False)
    answer = day.client.post(day.address("done"), headers=HTMX).text
    assert 'id="nav-tasks" hx-swap-oob="true"' in answer
    assert count(answer) == ("1", False)
    answer = day.client.post(there, headers=HTMX).text
    assert count(answer) == ("0", True)
    url, fields = undo_of(answer)
    assert count(day.client.post(url, data=fields, headers=HTMX).text) == ("1", False)


def test_a_refusal_says_why_and_changes_nothing(day: Day) -> None:
    day.client.post(day.address("done"))
    again = day.client.post(day.address("done"), headers=HTMX)
    assert again.status_code == 409
    assert 'data-error-message="That cannot be done now. This task is closed already.' in again.text
    for data in ({"until": "day", "on": "soon"}, {"until": "day", "on": "2020-01-01"}, {}):
        assert day.client.post(day.address("later", 1), data=data, headers=HTMX).status_code == 422, data
    assert day.client.post(day.address("give", 1), data={"person_id": "x"}, headers=HTMX).status_code == 422
    assert day.client.post(day.address("back", 1), data={"what": "x"}, headers=HTMX).status_code == 422
    assert day.task(1).version == 1


def test_without_scripts_each_deed_leads_back_with_an_undo(day: Day) -> None:
    answer = day.client.post(day.address("later"), data={"until": "week"})
    assert (answer.status_code, answer.location) == (303, "/today")
    monday = day.task().due_at
    assert monday is not None
    assert monday.weekday() == 0
    assert monday > now()
    page = day.client.get("/today").text
    assert "It comes back on" in page
    url, fields = undo_of(page)
    assert day.client.post(url, data=fields).location == "/today"
    assert "It is back in your day." in day.client.get("/today").text


@pytest.mark.parametrize(("zone", "days"), [("Etc/GMT-14", 2), ("Etc/GMT+12", 0)])
def test_tomorrow_and_the_earliest_day_are_those_of_whoever_looks(
    day: Day, sign_in: SignIn, zone: str, days: int
) -> None:
    noon = (now() + timedelta(days=1)).replace(hour=11, minute=0)
    with transaction() as session:
        user = session.get_one(User, day.task().assignee_id)
        user.time_zone = zone
    with time_machine.travel(noon, tick=False):
        client = sign_in(user)
        client.post(day.address("later"), data={"until": "tomorrow"})
        due = day.task().due_at
        assert due is not None
        assert due.date() == noon.date() + timedelta(days=days)
        before = {"until": "day", "on": (due.date() - timedelta(days=1)).isoformat()}
        assert client.post(day.address("later", 1), data=before, headers=HTMX).status_code == 422


def test_giving_asks_whom_in_a_dialog_or_on_a_page(day: Day) -> None:
    part = day.client.get(day.address("give"), headers=HTMX).text
    assert "<html" not in part
    assert f'<option value="{day.colleague_id}">Theo Brandt</option>' in part
    assert "<html" in day.client.get(day.address("give")).text
    chosen = {"person_id": str(day.colleague_id)}
    assert day.client.post(day.address("give"), data=chosen | {"version": "0"}, headers=HTMX).status_code == 409
    seen = part.split('name="version" value="')[1].split('"')[0]
    answer = day.client.post(day.address("give"), data=chosen | {"version": seen}, headers=HTMX)
    assert "Theo Brandt has it now: Call" in answer.text
    assert day.task().assignee_id == day.colleague_id


def test_the_page_leads_to_the_work_and_to_a_calendar(sign_in: SignIn) -> None:
    with transaction() as session:
        user = make_user(session)
        program = make_program(session, user, slug="north")
        prospect = make_prospect(session, program)
        late = now() - timedelta(days=1)
        values = {"program_id": program.id, "assignee_id": user.id, "due_at": late}
        session.add_all([Task(title="<b>Call</b>", prospect_id=prospect.id, **values), Task(title="Tidy", **values)])
    client = sign_in(user)
    page = client.get("/today").text
    assert "&lt;b&gt;Call" in page
    assert f'href="/p/north/prospects/{prospect.id}"' in page
    assert 'href="/p/north/tasks"' in page
    made = client.post("/today/calendar").text
    address = re.search(r'value="http://[^/]+(/calendar/[\w-]{43}\.ics)"', made)
    assert address is not None
    answer = client.application.test_client().get(address[1])  # type: ignore[attr-defined]
    assert answer.mimetype == "text/calendar"
    assert b"SUMMARY:Tidy" in answer.data
    client.post("/today/calendar/end")
    assert client.get(address[1]).status_code == 404
    assert client.post("/today/mail", data={"mail": "workdays"}).status_code == 303
    assert re.search(r'value="workdays" checked', client.get("/today").text)


def test_a_calendar_asked_for_too_often_stops_nobody_elses(client: FlaskClient) -> None:
    limiter.enabled = True
    client.environ_base["REMOTE_ADDR"] = "198.51.100.71"
    often = [client.get("/calendar/first-calendar.ics").status_code for _ in range(61)]
    assert often == [404] * 60 + [429]
    assert client.get("/calendar/second-calendar.ics").status_code == 404
