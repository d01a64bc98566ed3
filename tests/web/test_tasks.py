"""The tasks area: the list, writing a task down, ticking it off and back; the watch's amount."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.clock import now
from app.db import reading, transaction
from app.models import (
    AuditEvent,
    ChangeKind,
    Crawl,
    CrawlState,
    Membership,
    Role,
    SiteChange,
    Task,
    TaskKind,
    TaskState,
)
from app.services.tasks import NewTask, open_task
from app.services.watch import watch_points
from tests.web.conftest import SignIn
from tests.web.task_pages import TaskWorld, make_task_world, state_of
from tests.world import make_program, make_prospect, make_user


@pytest.fixture
def world(sign_in: SignIn) -> TaskWorld:
    return make_task_world(sign_in)


def test_each_view_shows_its_tasks_and_the_navigation_counts_mine(world: TaskWorld) -> None:
    world.task(title="Mine and late", due_at=now() - timedelta(days=1))
    world.task(title="For Theo", assignee_id=world.colleague.id, prospect_id=world.prospect.id)
    mine, everyone = world.page(), world.page("everyone")
    assert "Mine and late" in mine
    assert "Overdue" in mine
    assert "For Theo" not in mine
    assert "For Theo" in everyone
    assert f"/p/{world.program.slug}/prospects/{world.prospect.id}" in everyone
    assert "1 open for you" in mine
    assert "Nothing is done yet" in world.page("done")
    assert "No open tasks" not in mine


def test_done_can_be_taken_back_and_both_are_audited(world: TaskWorld) -> None:
    task_id = world.task()
    answer = world.client.post(f"{world.path}/{task_id}/done", data={"next": f"{world.path}?view=everyone"})
    assert (answer.status_code, answer.location) == (303, f"{world.path}?view=everyone")
    assert state_of(task_id) is TaskState.DONE
    page = world.page("done")
    assert f"by {world.user.name}" in page
    assert f"{task_id}/reopen" in page
    assert world.client.post(f"{world.path}/{task_id}/done").status_code == 409
    assert world.client.post(f"{world.path}/{task_id}/reopen").status_code == 303
    assert state_of(task_id) is TaskState.OPEN
    with reading() as session:
        is_task = AuditEvent.action.startswith("task.")
        actions = session.scalars(select(AuditEvent.action).where(is_task).order_by(AuditEvent.id)).all()
    assert actions == ["task.opened", "task.completed", "task.reopened"]


def test_a_task_written_by_hand_stands_on_its_prospect(world: TaskWorld) -> None:
    data = {"title": "  Ask for   references ", "assignee_id": str(world.colleague.id), "due_on": "2031-02-03",
            "prospect_id": str(world.prospect.id)}  # fmt: skip
    assert world.client.post(world.path, data=data).status_code == 303
    with reading() as session:
        task = session.scalars(select(Task)).one()
    assert (task.title, task.assignee_id, task.created_by_id) == (
        "Ask for references", world.colleague.id, world.user.id,
    )  # fmt: skip
    assert task.due_at is not None
    assert task.due_at.date().isoformat() == "2031-02-03"
    page = world.client.get(f"/p/{world.program.slug}/prospects/{world.prospect.id}").text
    assert "Ask for references" in page
    assert "3 Feb 2031" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"title": " ", "assignee_id": "0"}, "Say what is to be done"),
        ({"title": "x" * 301, "assignee_id": "0"}, "At most 300 characters"),
        ({"title": "x", "assignee_id": "999"}, "Not a valid choice"),
        ({"title": "x", "assignee_id": "0", "due_on": "soon"}, "Not a valid date"),
    ],
)
def test_a_refused_task_keeps_its_words(world: TaskWorld, data: dict[str, str], words: str) -> None:
    answer = world.client.post(world.path, data=data)
    assert answer.status_code == 422
    assert words in answer.text
    with reading() as session:
        assert session.scalars(select(Task)).all() == []


def test_the_prospect_of_another_program_is_not_found(world: TaskWorld) -> None:
    with transaction() as session:
        other = make_prospect(session, make_program(session)).id
    data = {"title": "x", "assignee_id": "0", "prospect_id": str(other)}
    assert world.client.post(world.path, data=data).status_code == 404


def test_the_amount_of_the_watch_is_the_programs(world: TaskWorld) -> None:
    assert world.client.post(f"{world.path}/watch", data={"points": "7.5"}).status_code == 303
    with reading() as session:
        assert watch_points(session, world.program.id) == 7.5
    for wrong in ("0", "101", "nan", "many"):
        assert world.client.post(f"{world.path}/watch", data={"points": wrong}).status_code == 422, wrong


def test_who_only_reads_sees_tasks_without_buttons(world: TaskWorld, sign_in: SignIn) -> None:
    with transaction() as session:
        reader = make_user(session, Role.DATA_ANALYST)
        session.add(Membership(user_id=reader.id, program_id=world.program.id))
    task_id = world.task()
    client = sign_in(reader)
    page = client.get(f"{world.path}?view=everyone").text
    assert "Call Nora back" in page
    assert "Mark as done" not in page
    assert client.post(f"{world.path}/{task_id}/done").status_code == 403


def test_the_prospect_page_shows_what_changed_word_for_word(world: TaskWorld) -> None:
    with transaction() as session:
        crawl = Crawl(company_id=world.prospect.company_id, state=CrawlState.DONE)
        session.add(crawl)
        session.flush()
        url = "https://kiln.example/services"
        session.add_all(
            [
                SiteChange(company_id=world.prospect.company_id, crawl_id=crawl.id, kind=ChangeKind.PAGE_CHANGED,
                           url=url, title="Services", removed=["We build shops <b>", "Call us"],
                           added=["We build slow shops <b>"], removed_count=3, added_count=1),
                SiteChange(company_id=world.prospect.company_id, crawl_id=crawl.id, kind=ChangeKind.PAGE_GONE,
                           url="https://kiln.example/team", reason="the site answers with status 404",
                           removed=["Nine people"], removed_count=1),
            ]
        )  # fmt: skip
    world.task(title="Kiln: score fell", prospect_id=world.prospect.id, kind=TaskKind.SITE_CHANGE, origin="watch:1:1")
    page = world.client.get(f"/p/{world.program.slug}/prospects/{world.prospect.id}").text
    assert "1 page changed, 1 gone" in page
    assert "<ins>slow</ins>" in page
    assert "Call us" in page
    assert "1 more passage taken away" in page
    assert "The site answers with status 404." in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "Site changed: 2 pages" in page
    assert f"prospects/{world.prospect.id}#changes" in page


def test_more_than_a_hundred_tasks_go_on_behind_a_link(world: TaskWorld) -> None:
    with transaction() as session:
        for number in range(102):
            values = {"program_id": world.program.id, "title": f"Call number {number:03}."}
            open_task(session, NewTask(**values, assignee_id=world.user.id))  # type: ignore[arg-type]
    first = world.page()
    assert "Call number 099." in first
    assert "Call number 100." not in first
    assert f'href="{world.path}?view=mine&amp;page=2" rel="next"' in first
    second = world.client.get(f"{world.path}?view=mine&page=2").text
    assert "Call number 099." not in second
    assert "Call number 101." in second
    assert f'href="{world.path}?view=mine" rel="prev"' in second
    assert 'rel="next"' not in second
    for wrong in ("0", "-3", "x", "9" * 30):
        assert "Call number 000." in world.client.get(f"{world.path}?view=mine&page={wrong}").text


def test_where_a_task_is_done_is_a_link_and_no_words(world: TaskWorld) -> None:
    world.task(detail="What do you think?\n/p/agencies/applications/7#opinions")
    page = world.page()
    assert 'href="/p/agencies/applications/7#opinions"' in page
    assert ">What do you think?</p>" in page


def test_words_that_only_begin_like_an_address_stay_words(world: TaskWorld) -> None:
    world.task(detail="/p/ is where\n/p/agencies is the address")
    page = world.page()
    assert "/p/agencies is the address</p>" in page
    assert 'href="/p/agencies is' not in page
