"""The table: columns, orders and pages, cells changed in their place with and without a script, bulk work, CSV."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Company, Program, Prospect, Role, Stage, Task, TaskState
from app.models.bulk import BulkAction, BulkState
from app.models.custom_field import FieldKind
from app.queries.prospect_filter import ProspectFilter
from app.queries.table import Window, table_page
from app.queries.table_columns import columns_of
from app.queries.table_order import read_order, read_place
from app.services.bulk.running import run_bulk
from app.services.custom_field_values import set_value, value_of
from app.services.custom_fields import archive_field, fields_of
from app.services.tags import tag_prospect, tags_of
from tests.bulk_world import make_field
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

HTMX = {"HX-Request": "true"}


class World:
    """A program with five prospects and a number field that three of them have."""

    def __init__(self) -> None:
        with transaction() as session:
            self.user = make_user(session, Role.RECRUITMENT_SPECIALIST, name="Ann")
            self.analyst = make_user(session, Role.DATA_ANALYST)
            self.program: Program = make_program(session, self.user, self.analyst)
            self.size = make_field(session, self.program, label="Size", kind=FieldKind.NUMBER)
            made = [
                make_prospect(session, self.program, f"{name}.example", fit_sort=score, fit_score=score)
                for name, score in (
                    ("delta", 10.0),
                    ("alpha", 90.0),
                    ("echo", 50.0),
                    ("bravo", 50.0),
                    ("charlie", 70.0),
                )
            ]
            for prospect, size in zip(made, ("9", "10", "-2"), strict=False):
                set_value(session, prospect, self.size, size, actor=None, version=None)
            self.ids = {session.get_one(Company, each.company_id).name: each.id for each in made}
        self.root = f"/p/{self.program.slug}/table"

    def version(self, name: str) -> str:
        with reading() as session:
            return str(session.get_one(Prospect, self.ids[name]).version)

    def cell(self, client: FlaskClient, name: str, column: str, value: str, **more: str):  # type: ignore[no-untyped-def]
        data = {"column": column, "value": value, "version": self.version(name)} | more
        return client.post(f"{self.root}/{self.ids[name]}/cell", data=data, headers=HTMX)


@pytest.fixture
def world(app: Flask) -> World:
    return World()


@pytest.fixture
def client(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.user)


def names_in_order(world: World, word: str, *, size: int = 2) -> list[str]:
    """Walk through all pages of an order, two rows each."""
    known: dict[int, str] = {number: name for name, number in world.ids.items()}
    found: list[str] = []
    with reading() as session:
        columns = columns_of(fields_of(session, world.program.id))
        order = read_order(word, columns)
        assert order is not None
        after = None
        while True:
            window = Window(order, after and read_place(str(after)), size)
            page = table_page(session, world.program.id, ProspectFilter(), columns=columns, window=window)
            found += [known[row.id] for row in page.rows]
            after = page.next
            if after is None:
                return found


def test_orders_by_stage_owner_step_and_tags_walk_through_all_rows_once(world: World) -> None:
    with transaction() as session:
        rows = {name: session.get_one(Prospect, each) for name, each in world.ids.items()}
        rows["Echo"].stage, rows["Delta"].stage = Stage.ACTIVE, Stage.CONTACTED
        zoe = make_user(session, name="Zoe")
        rows["Alpha"].owner_id, rows["Bravo"].owner_id, rows["Echo"].owner_id = zoe.id, world.user.id, zoe.id
        start = datetime(2026, 12, 1, tzinfo=UTC)
        for name, days in (("Bravo", 9), ("Charlie", 2), ("Bravo", 1), ("Delta", None), ("Echo", 2)):
            due = None if days is None else start + timedelta(days=days)
            session.add(Task(program_id=world.program.id, prospect_id=rows[name].id, title="Call", due_at=due))
        for name, tag in (("Alpha", "warm"), ("Alpha", "Cold"), ("Delta", "Fair"), ("Charlie", "warm")):
            tag_prospect(session, rows[name], [tag], actor=world.user)
    assert names_in_order(world, "stage") == ["Alpha", "Bravo", "Charlie", "Delta", "Echo"]
    assert names_in_order(world, "-stage") == ["Echo", "Delta", "Alpha", "Bravo", "Charlie"]
    assert names_in_order(world, "owner", size=1) == ["Bravo", "Alpha", "Echo", "Delta", "Charlie"]
    assert names_in_order(world, "-owner") == ["Alpha", "Echo", "Bravo", "Delta", "Charlie"]
    assert names_in_order(world, "step") == ["Bravo", "Echo", "Charlie", "Delta", "Alpha"]
    assert names_in_order(world, "-step") == ["Charlie", "Echo", "Bravo", "Delta", "Alpha"]
    assert names_in_order(world, "tags") == ["Alpha", "Delta", "Charlie", "Echo", "Bravo"]
    assert names_in_order(world, "-tags") == ["Charlie", "Delta", "Alpha", "Echo", "Bravo"]


def test_every_order_walks_through_all_rows_once(world: World) -> None:
    by_name = ["Alpha", "Bravo", "Charlie", "Delta", "Echo"]
    assert names_in_order(world, "name") == by_name
    assert names_in_order(world, "-domain") == by_name[::-1]
    assert names_in_order(world, "fit") == ["Alpha", "Charlie", "Bravo", "Echo", "Delta"]
    assert names_in_order(world, "-fit") == ["Delta", "Echo", "Bravo", "Charlie", "Alpha"]
    assert names_in_order(world, "-added") == ["Delta", "Alpha", "Echo", "Bravo", "Charlie"]
    assert sorted(names_in_order(world, "age")) == by_name
    assert names_in_order(world, f"f{world.size.id}") == ["Echo", "Delta", "Alpha", "Bravo", "Charlie"]
    assert names_in_order(world, f"-f{world.size.id}") == ["Alpha", "Delta", "Echo", "Bravo", "Charlie"]


@pytest.mark.any_servers
def test_columns_are_kept_and_those_that_are_gone_are_told(world: World, client: FlaskClient) -> None:
    key = f"f{world.size.id}"
    page = client.get(f"{world.root}?col={key}&col=owner&by={key}").text
    assert page.index(">Size<svg") < page.index(">Owner</a></th>")
    assert ">Stage<" not in page.split("<thead>")[1].split("</thead>")[0]
    assert 'data-cell="owner"' in client.get(world.root).text.split("<tbody")[1]
    assert "Stage of" not in client.get(world.root).text, "this browser keeps its columns"
    with transaction() as session:
        archive_field(session, fields_of(session, world.program.id)[0], actor=world.user)
    gone = client.get(f"{world.root}?col={key}&col=owner&by={key}")
    assert gone.status_code == 200
    assert "1 of the columns asked for is gone" in gone.text
    assert "there is no such column to order by" in gone.text


@pytest.mark.any_servers
@pytest.mark.parametrize("mark", ["x", "1", "1.=", "99999999999.=1", "1.=nan%00", "1.=2026-01-01T00:00:00"])
def test_a_page_mark_made_by_hand_is_refused_in_words(world: World, client: FlaskClient, mark: str) -> None:
    answer = client.get(f"{world.root}?by=age&after={mark}")
    assert answer.status_code == 422
    assert "not readable" in answer.text


@pytest.mark.any_servers
def test_cells_are_written_in_their_place(world: World, client: FlaskClient) -> None:
    form = client.get(f"{world.root}/{world.ids['Alpha']}/cell?column=owner", headers=HTMX).text
    assert form.startswith("<td") or form.strip().startswith("<td")
    assert "Ann" in form
    row = world.cell(client, "Alpha", "owner", str(world.user.id))
    assert row.status_code == 200
    assert row.text.strip().startswith(f'<tr id="row-{world.ids["Alpha"]}"')
    world.cell(client, "Alpha", "tags", "Hot, fashion , hot")
    world.cell(client, "Alpha", f"f{world.size.id}", "1,500")
    world.cell(client, "Alpha", "step", "Call back", due_on="2030-01-02")
    with reading() as session:
        assert session.get_one(Prospect, world.ids["Alpha"]).owner_id == world.user.id
        assert tags_of(session, world.ids["Alpha"]) == ["fashion", "Hot"]
        assert value_of(session, world.ids["Alpha"], world.size.id) == "1500"
        task = session.scalars(select(Task)).one()
        assert (task.title, task.assignee_id, str(task.due_at)[:10]) == ("Call back", world.user.id, "2030-01-02")
    assert world.cell(client, "Alpha", "step", "Write", seen=str(task.id), due_on="2030-01-02").status_code == 200
    assert world.cell(client, "Alpha", "step", "Mine", seen="").status_code == 409
    world.cell(client, "Alpha", "step", "", seen=str(task.id))
    with reading() as session:
        done = session.scalars(select(Task)).one()
        assert (done.title, done.state) == ("Write", TaskState.DONE)


@pytest.mark.any_servers
def test_a_faster_colleague_is_told_and_what_was_typed_stays(world: World, client: FlaskClient) -> None:
    key = f"f{world.size.id}"
    stale = world.cell(client, "Alpha", key, "77", version="1")
    assert stale.status_code == 409
    assert "changed this prospect" in stale.text
    assert 'value="77"' in stale.text
    assert f'name="version" value="{world.version("Alpha")}"' in stale.text, "a second try passes"
    with transaction() as session:
        tag_prospect(session, session.get_one(Prospect, world.ids["Alpha"]), ["Theirs"], actor=None)
    tags = world.cell(client, "Alpha", "tags", "Mine", seen="")
    assert tags.status_code == 409
    assert "Theirs now" in tags.text
    assert world.cell(client, "Alpha", "tags", "Theirs, Mine", seen="Theirs").status_code == 200
    wrong = world.cell(client, "Alpha", key, "seventy")
    assert wrong.status_code == 422
    assert "no number" in wrong.text


@pytest.mark.any_servers
def test_without_a_script_a_cell_is_a_page_that_leads_back(world: World, client: FlaskClient) -> None:
    back = f"{world.root}?q=alpha"
    address = f"{world.root}/{world.ids['Alpha']}/cell"
    page = client.get(address, query_string={"column": "tags", "next": back}).text
    assert f'name="next" value="{back}"' in page
    done = client.post(address, data={"column": "tags", "value": "x", "version": "1", "next": back})
    assert (done.status_code, done.location) == (303, back)
    assert client.post(address, data={"column": "stage", "value": "x"}).status_code == 404


@pytest.mark.any_servers
def test_ticked_prospects_are_previewed_moved_and_taken_back(world: World, client: FlaskClient) -> None:
    with transaction() as session:
        session.get_one(Prospect, world.ids["Echo"]).stage = Stage.QUALIFIED
    root = f"/p/{world.program.slug}/bulk"
    ids = [world.ids["Alpha"], world.ids["Echo"]]
    asked = client.post(f"{root}/preview", data={"kind": "move", "ids": ids})
    assert "Choose a stage" in asked.text
    data = {"kind": "move", "ids": f"{ids[0]},{ids[1]}", "stage": "qualified", "token": "t" * 20}
    seen = client.post(f"{root}/preview", data=data, headers=HTMX).text
    assert "Stands in Qualified already." in seen
    assert "Move 1</button>" in seen
    started = client.post(root, data=data)
    assert started.status_code == 303
    assert client.post(root, data=data).location == started.location
    with reading() as session:
        action = session.scalars(select(BulkAction)).one()
    assert 'hx-trigger="every 1s"' in client.get(started.location).text
    run_bulk(transaction, action.id)
    shown = client.get(started.location, headers=HTMX).text
    assert "Stands in Qualified already." in shown
    assert "every 1s" not in shown
    assert client.post(f"{started.location}/undo").status_code == 303
    run_bulk(transaction, action.id)
    assert "Taken back" in client.get(started.location).text
    with reading() as session:
        assert session.get_one(Prospect, ids[0]).stage is Stage.SOURCED
    assert client.post(f"{root}/preview", data={"kind": "move"}).status_code == 422
    assert client.post(f"{root}/preview", data={"kind": "nonsense", "ids": ids}).status_code == 422


@pytest.mark.any_servers
def test_files_hold_no_formulas_and_follow_columns_and_filter(
    world: World, client: FlaskClient, sign_in: SignIn
) -> None:
    with transaction() as session:
        tag_prospect(session, session.get_one(Prospect, world.ids["Alpha"]), ["=1+1"], actor=None)
    query = f"?col=tags&col=f{world.size.id}&by=name&tag=%3D1%2B1"
    answer = sign_in(world.analyst).get(f"{world.root}/export.csv{query}")
    assert answer.text.removeprefix("\ufeff").splitlines() == [
        "Domain,Name,Tags,Size",
        "alpha.example,Alpha,'=1+1,10",
    ]
    data = {"kind": "export", "all": "1", "filter": "stage=sourced", "columns": "name,stage", "token": "e" * 20}
    started = client.post(f"/p/{world.program.slug}/bulk", data=data)
    with reading() as session:
        action = session.scalars(select(BulkAction)).one()
    early = client.get(f"{world.root}/exports/{action.id}.csv")
    assert early.status_code == 409
    assert run_bulk(transaction, action.id) is BulkState.DONE
    assert f"/table/exports/{action.id}.csv" in client.get(started.location).text
    lines = client.get(f"{world.root}/exports/{action.id}.csv").text.splitlines()
    assert len(lines) == 6
    assert lines[1] == "delta.example,Delta,Sourced"


@pytest.mark.any_servers
def test_tags_are_offered_by_their_beginning(world: World, client: FlaskClient) -> None:
    with transaction() as session:
        for number in range(15):
            tag_prospect(session, session.get_one(Prospect, world.ids["Bravo"]), [f"Fash{number:02}"], actor=None)
    assert len(client.get(f"{world.root}/tags?q=fash").json) == 12
    assert client.get(f"{world.root}/tags?q=fash14").json == ["Fash14"]
    assert client.get(f"{world.root}/tags?q=%25").json == []


@pytest.mark.any_servers
def test_a_view_keeps_columns_and_order_and_outlives_their_fields(world: World, client: FlaskClient) -> None:
    key, root = f"f{world.size.id}", f"/p/{world.program.slug}"
    data = {"name": "By size", "layout": "table", "by": key, "col": ["name", key, "owner"], "stage": "sourced"}
    opened = client.post(f"{root}/views", data=data)
    assert opened.location.startswith(f"{root}/table?")
    page = client.get(opened.location).text
    assert "By size</span>" in page
    assert "changed</span>" not in page.split("views-menu")[1].split("</summary>")[0]
    assert "changed</span>" in client.get(f"{opened.location}&q=alpha").text
    assert 'action="' + f"{root}/table" in client.get(f"{root}/table/filter?by={key}").text
    with transaction() as session:
        archive_field(session, fields_of(session, world.program.id)[0], actor=world.user)
    still = client.get(opened.location)
    assert still.status_code == 200
    assert "1 of the columns asked for is gone" in still.text
    assert "a view that was deleted" in client.get(f"{root}/table?view=999999").text
