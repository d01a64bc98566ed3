"""A program with ten thousand tags: each place that offers tags shows a few and finds the rest by what one types."""

import re
import time
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, insert, select
from werkzeug.test import TestResponse

from app import db
from app.db import reading, transaction
from app.models import Company, Program, Prospect, Role
from app.models.bulk import BulkAction, BulkState
from app.models.tag import ProspectTag, Tag
from app.services.bulk.running import run_bulk
from tests.web.conftest import SignIn
from tests.world import make_program, make_user

TAGS, PROSPECTS = 10_000, 1_000
# Far above what a page takes, far below what drawing or joining ten thousand of anything would.
MOST_MS, MOST_BYTES = 1_500, 150_000
pytestmark = pytest.mark.any_servers


class World:
    """Ten thousand tags, a thousand prospects that carry three each, and a director."""

    def __init__(self) -> None:
        with transaction() as session:
            user = make_user(session, Role.DIRECTOR)
            self.program: Program = make_program(session, user)
            run = session.connection().execute
            names = [f"Word {number:05} {'plus' if number % 100 == 7 else 'end'}" for number in range(TAGS)]
            run(insert(Tag), [{"program_id": self.program.id, "name": name, "key": name.lower()} for name in names])
            domains = [f"s{number:04}.example" for number in range(PROSPECTS)]
            run(insert(Company), [{"domain": each, "name": each, "website": f"https://{each}/"} for each in domains])
            companies = session.scalars(select(Company.id).order_by(Company.id)).all()
            rows = [{"program_id": self.program.id, "company_id": each, "rank": f"m{each:06}"} for each in companies]
            run(insert(Prospect), rows)
            self.tags = session.scalars(select(Tag.id).order_by(Tag.key)).all()
            self.ids = session.scalars(select(Prospect.id).order_by(Prospect.id)).all()
            links = [
                {"tag_id": self.tags[(place * 3 + turn) * 3], "prospect_id": prospect_id}
                for place, prospect_id in enumerate(self.ids)
                for turn in range(3)
            ]
            run(insert(ProspectTag), links)
        self.user = user
        self.root = f"/p/{self.program.slug}"


@pytest.fixture
def world(app: Flask) -> World:
    return World()


@pytest.fixture
def browser(world: World, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.user)


def quickly(ask: Callable[[], TestResponse]) -> str:
    """Ask twice, the second time with a clock and a count of queries."""
    ask()
    seen: list[str] = []
    event.listen(db.engine(), "before_cursor_execute", listener := lambda *args: seen.append(args[2]))
    start = time.perf_counter()
    answer = ask()
    took_ms = (time.perf_counter() - start) * 1000
    event.remove(db.engine(), "before_cursor_execute", listener)
    assert answer.status_code == 200
    assert took_ms < MOST_MS
    assert len(answer.data) < MOST_BYTES
    assert len(seen) < 40
    return answer.text


def test_the_filter_offers_a_few_tags_and_looks_for_the_others(world: World, browser: FlaskClient) -> None:
    form = quickly(lambda: browser.get(f"{world.root}/board/filter"))
    assert form.count('<option value="Word ') <= 200
    address = re.search(r'name="tag"[^>]* data-tags="([^"]+)"', form)
    assert address, "what is not in the list is looked for"
    assert browser.get(f"{address[1]}?q=07307 PL").json == ["Word 07307 plus"]
    assert len(browser.get(f"{address[1]}?q=plus").json) == 12
    assert "table-tags" in browser.get(f"{world.root}/board").text.split("data-controller")[1][:200]


def test_letters_inside_a_tag_find_it_behind_those_that_begin_so(world: World, browser: FlaskClient) -> None:
    with transaction() as session:
        session.add(Tag(program_id=world.program.id, name="Plus first", key="plus first"))
    found = browser.get(f"{world.root}/table/tags?q=plus").json
    assert found[:2] == ["Plus first", "Word 00007 plus"]


def test_one_tag_of_ten_thousand_filters_and_all_of_them_order_the_table(world: World, browser: FlaskClient) -> None:
    page = quickly(lambda: browser.get(f"{world.root}/table?tag=word+00009+end&col=tags"))
    assert "s0001.example" in page
    assert page.count("data-row=") == 1
    ordered = quickly(lambda: browser.get(f"{world.root}/table?by=-tags&col=tags"))
    assert re.findall(r">(s\d+\.example)</a>", ordered)[:2] == ["s0999.example", "s0998.example"]
    assert quickly(lambda: browser.get(f"{world.root}/board?tag=word+00009+end")).count('class="sb-card"') == 1


def test_settings_show_a_page_of_tags_and_find_the_others(world: World, browser: FlaskClient) -> None:
    page = quickly(lambda: browser.get(f"{world.root}/tags"))
    assert page.count('class="pr-row"') == 100
    assert "10,000" in page
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    assert "Word 00100 end" in browser.get(following[1].replace("&amp;", "&")).text
    assert quickly(lambda: browser.get(f"{world.root}/tags?q=09999")).count('class="pr-row"') == 1
    tag = quickly(lambda: browser.get(f"{world.root}/tags/{world.tags[0]}"))
    assert re.search(r'name="into"[^>]*|data-tags="[^"]+/table/tags"', tag)
    assert "data-tags=" in tag
    assert "Word 00001" not in tag


def test_many_are_tagged_with_one_of_ten_thousand(world: World, browser: FlaskClient) -> None:
    data = {"kind": "tag", "all": "1", "filter": "", "tag": "word 09001 END", "token": "t" * 20}
    seen = quickly(lambda: browser.post(f"{world.root}/bulk/preview", data=data, headers={"HX-Request": "true"}))
    assert "data-tags=" in seen
    assert "1,000" in seen
    browser.post(f"{world.root}/bulk", data=data)
    with reading() as session:
        action = session.scalars(select(BulkAction)).one()
    assert run_bulk(transaction, action.id, budget_s=600) is BulkState.DONE
    with reading() as session:
        carrying = session.scalars(select(ProspectTag.tag_id).where(ProspectTag.tag_id == world.tags[9001])).all()
        assert len(carrying) == PROSPECTS
        assert len(session.scalars(select(Tag.id)).all()) == TAGS, "no second tag of the same name was made"
