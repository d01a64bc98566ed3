"""What colleagues change while a table is on screen; stage and country changed in their place."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import AuditEvent, Company, MoveEvent, Program, Prospect, Role, Stage, Task, User
from app.services.audit import record_audit
from app.services.moves import move_prospect
from app.services.next_steps import TypedStep, set_next_step
from app.services.tags import tag_prospect
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

HTMX = {"HX-Request": "true"}


class World:
    """A program with three prospects, somebody who looks at its table, and a colleague."""

    def __init__(self) -> None:
        with transaction() as session:
            self.user = make_user(session, Role.RECRUITMENT_SPECIALIST, name="Ann")
            self.director = make_user(session, Role.DIRECTOR, name="Dora")
            self.analyst = make_user(session, Role.DATA_ANALYST)
            self.program: Program = make_program(session, self.user, self.director, self.analyst)
            names = ("alpha", "bravo", "charlie")
            self.ids = {name: make_prospect(session, self.program, f"{name}.example").id for name in names}
        self.root = f"/p/{self.program.slug}/table"

    def tag(self, name: str, tag: str) -> None:
        with transaction() as session:
            tag_prospect(session, session.get_one(Prospect, self.ids[name]), [tag], actor=self.director)

    def move(self, name: str, stage: Stage) -> None:
        with transaction() as session:
            prospect = session.get_one(Prospect, self.ids[name])
            move_prospect(session, prospect, to_stage=stage, event=MoveEvent.HAND, by_user_id=self.director.id)


@pytest.fixture
def world(app: Flask) -> World:
    return World()


@pytest.fixture
def client(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.user)


def live_url(page: str) -> str:
    found = re.search(r'id="table-live"[^>]* hx-get="([^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


def tag_of(page: str) -> str:
    found = re.search(r"id=\"table-live\"[^>]* data-tag='([^']+)'", page)
    assert found
    return found[1]


@pytest.mark.any_servers
def test_rows_that_colleagues_changed_come_and_those_that_left_the_filter_are_named(
    world: World, client: FlaskClient
) -> None:
    world.tag("alpha", "first")
    page = client.get(f"{world.root}?stage=sourced&col=tags&col=step&by=name").text
    nothing = client.get(live_url(page), headers=HTMX | {"If-None-Match": tag_of(page)})
    assert nothing.status_code == 304
    world.tag("alpha", "later")
    world.move("bravo", Stage.QUALIFIED)
    with transaction() as session:
        charlie = session.get_one(Prospect, world.ids["charlie"])
        set_next_step(session, charlie, TypedStep(title="Call", due_on=None, seen_task_id=0), actor=world.director)
        task = session.scalars(select(Task)).one()
        set_next_step(session, charlie, TypedStep(title="Write", due_on=None, seen_task_id=task.id), actor=world.user)
    answer = client.get(live_url(page), headers=HTMX | {"If-None-Match": tag_of(page)})
    assert answer.status_code == 200
    assert set(re.findall(r'id="row-(\d+)"', answer.text)) == {str(world.ids["alpha"]), str(world.ids["charlie"])}
    assert "later" in answer.text
    assert ">Write<" in answer.text
    assert f'data-gone="{world.ids["bravo"]}"' in answer.text
    assert "Dora moved Bravo to Qualified." in answer.text
    assert 'data-total="2"' in answer.text
    assert "tb-stage" not in answer.text, "the columns are those of the page that asks"
    again = client.get(live_url(answer.text), headers=HTMX)
    assert "data-row" not in again.text


@pytest.mark.any_servers
def test_asking_what_changed_leaves_the_browsers_columns_as_they_are(world: World, client: FlaskClient) -> None:
    first = client.get(f"{world.root}?col=tags").text
    client.get(f"{world.root}?col=owner")
    world.tag("alpha", "x")
    assert client.get(live_url(first), headers=HTMX).status_code == 200
    head = client.get(world.root).text.split("<thead>")[1].split("</thead>")[0]
    assert ">Owner" in head
    assert ">Tags" not in head


@pytest.mark.any_servers
def test_after_very_many_changes_the_table_is_drawn_anew(world: World, client: FlaskClient) -> None:
    page = client.get(world.root).text
    with transaction() as session:
        for _ in range(201):
            record_audit(session, "prospect.tagged", subject="prospect:1", actor_id=None, program_id=world.program.id)
    assert "data-many" in client.get(live_url(page), headers=HTMX).text


@pytest.mark.any_servers
def test_what_changed_is_told_to_members_alone(world: World, sign_in: SignIn) -> None:
    with transaction() as session:
        stranger = make_user(session)
    assert sign_in(stranger).get(f"{world.root}/live").status_code == 404
    reader = sign_in(world.analyst)
    world.tag("alpha", "x")
    text = reader.get(f"{world.root}/live?since=0").text
    assert 'id="row-' in text
    assert "data-cell" not in text


@pytest.mark.any_servers
def test_a_stage_is_changed_where_it_stands_by_the_rules_of_the_board(world: World, client: FlaskClient) -> None:
    page = client.get(world.root).text
    cell = re.search(r'<a class="tb-value" href="([^"]+)" data-move-menu="sourced"', page)
    assert cell, "without a script the cell leads to the page of moves"
    plain = client.get(cell[1].replace("&amp;", "&")).text
    assert f'name="next" value="{world.root}"' in plain
    assert 'value="qualified"' in plain
    assert f'data-row="{world.ids["alpha"]}" data-version="1" data-stage="sourced"' in page
    assert 'id="moves-sourced"' in page
    assert 'data-to="qualified"' in page


@pytest.mark.any_servers
def test_a_reader_gets_no_cell_to_move_from(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.analyst).get(world.root).text
    assert "data-move-menu" not in page
    assert "moves-sourced" not in page


@pytest.mark.any_servers
def test_a_country_is_set_for_the_company_unless_somebody_was_faster(world: World, client: FlaskClient) -> None:
    address = f"{world.root}/{world.ids['alpha']}/cell"
    form = client.get(f"{address}?column=country", headers=HTMX).text
    assert '<option value="DE">Germany</option>' in form

    def write(code: str, version: int, seen: str = "") -> int:
        data = {"column": "country", "value": code, "version": str(version), "seen": seen}
        return client.post(address, data=data, headers=HTMX).status_code

    assert write("DE", 1) == 200
    assert write("PL", 1, "DE") == 409, "the prospect was changed since"
    with transaction() as session:
        company_id = session.get_one(Prospect, world.ids["alpha"]).company_id
        session.get_one(Company, company_id).country = "FR"  # by way of another program
    assert write("PL", 2, "DE") == 409
    assert write("XX", 2, "FR") == 422
    assert write("", 2, "FR") == 200
    with reading() as session:
        assert session.get_one(Company, company_id).country is None
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "prospect.country_set")).all()
        assert [event.details for event in events] == [{"from": "", "to": "DE"}, {"from": "FR", "to": ""}]
        assert {event.subject for event in events} == {f"prospect:{world.ids['alpha']}"}


def undo_of(page: str) -> tuple[str, dict[str, str]]:
    """Return where the Undo of a message posts, and its fields."""
    form = re.search(r'<form method="post" action="([^"]+)"[^>]*data-undo>.*?</form>', page, re.DOTALL)
    assert form is not None
    return form[1], dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))


@pytest.mark.any_servers
@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_country_goes_back_by_undo_unless_somebody_was_faster(
    world: World, client: FlaskClient, headers: dict[str, str]
) -> None:
    cell = f"{world.root}/{world.ids['alpha']}/cell"

    def country() -> str | None:
        with reading() as session:
            return session.get_one(Company, session.get_one(Prospect, world.ids["alpha"]).company_id).country

    data = {"column": "country", "value": "DE", "version": "1", "seen": ""}
    answer = client.post(cell, data=data, headers=headers, follow_redirects=True)
    assert "Country of" in answer.text
    assert "Germany." in answer.text
    url, fields = undo_of(answer.text)
    undone = client.post(url, data=fields, headers=headers, follow_redirects=True)
    assert "Undone. Country of" in undone.text
    assert country() is None
    assert f'data-row-changed="{world.ids["alpha"]}"' in undone.text or not headers
    again = client.post(url, data=fields, headers=headers, follow_redirects=True)
    assert "Somebody changed this prospect" in again.text
    assert again.status_code == (409 if headers else 200)
    same = {"column": "country", "value": "", "version": "3", "seen": ""}
    assert "data-undo" not in client.post(cell, data=same, headers=headers, follow_redirects=True).text


def test_a_timed_step_keeps_its_time_and_stands_on_the_readers_day(world: World, client: FlaskClient) -> None:
    with transaction() as session:
        session.get_one(User, world.user.id).time_zone = "Pacific/Auckland"
        task = Task(program_id=world.program.id, prospect_id=world.ids["alpha"], title="Call", is_timed=True,
                    due_at=datetime(2030, 1, 1, 14, 30, tzinfo=UTC))  # fmt: skip
        session.add(task)
    cell = f"{world.root}/{world.ids['alpha']}/cell"
    assert 'value="2030-01-02"' in client.get(f"{cell}?column=step", headers=HTMX).text
    typed = {"column": "step", "value": "Call", "seen": str(task.id)}
    row = client.post(f"{cell}?col=step", data=typed | {"due_on": "2030-01-02"}, headers=HTMX).text
    assert "2 Jan 2030" in row
    with reading() as session:
        assert session.get_one(Task, task.id).version == task.version, "the day that was shown is no change"
    row = client.post(f"{cell}?col=step", data=typed | {"due_on": "2030-01-05"}, headers=HTMX).text
    assert "5 Jan 2030" in row
    with reading() as session:
        moved = session.get_one(Task, task.id)
        assert (moved.due_at, moved.is_timed) == (datetime(2030, 1, 4, 14, 30, tzinfo=UTC), True)
    client.post(cell, data=typed | {"due_on": ""}, headers=HTMX)
    with reading() as session:
        assert (session.get_one(Task, task.id).due_at, session.get_one(Task, task.id).is_timed) == (None, False)
