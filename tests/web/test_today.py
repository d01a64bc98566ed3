"""The page of one's day: it leads to the work, and hands out a calendar address once."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.clock import now
from app.db import transaction
from app.extensions import limiter
from app.models import Task
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers


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
