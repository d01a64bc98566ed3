"""What changed on a site, tasks and discoveries in a real browser: both themes, both widths, for axe."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app.clock import now
from app.db import transaction
from app.models import ChangeKind, Crawl, CrawlState, Discovery, DiscoveryState, SiteChange, TaskKind, User
from app.services.discover.rows import add_candidates
from app.services.tasks import NewTask, complete_task, open_task
from scrapers.sources import Candidate
from tests.world import make_program, make_prospect, make_user

ROOT = "/p/afterglow"


@dataclass(frozen=True)
class World:
    user: User
    prospect_id: int
    discovery_ids: tuple[int, ...]


@pytest.fixture
def world(live_server: str) -> World:
    with transaction() as session:
        user = make_user(session)
        program = make_program(session, user, slug="afterglow")
        prospect = make_prospect(session, program, "kiln.example")
        crawl = Crawl(company_id=prospect.company_id, state=CrawlState.DONE)
        session.add(crawl)
        session.flush()
        long = "https://kiln.example/" + "a-very-long-name-of-a-page-" * 6
        session.add_all(
            [
                SiteChange(company_id=prospect.company_id, crawl_id=crawl.id, kind=ChangeKind.PAGE_CHANGED, url=long,
                           title="Services", removed=["We build shops"], added=["We build slow shops"],
                           removed_count=3, added_count=1),
                SiteChange(company_id=prospect.company_id, crawl_id=crawl.id, kind=ChangeKind.PAGE_GONE,
                           url="https://kiln.example/team", reason="the site answers with status 404",
                           removed=["Nine people"], removed_count=1),
            ]
        )  # fmt: skip
        late = NewTask(program_id=program.id, title="Kiln: a cited page is gone", prospect_id=prospect.id,
                       kind=TaskKind.SITE_CHANGE, assignee_id=user.id, due_at=now() - timedelta(days=2))  # fmt: skip
        open_task(session, late)
        done = open_task(session, NewTask(program_id=program.id, title="Call " + "Nora" * 40, assignee_id=user.id))
        complete_task(session, done, actor=user)
        found = [
            _discovery(program.id, state, user) for state in (DiscoveryState.READING, DiscoveryState.CANCELED)
        ]  # fmt: skip
        session.add_all(found)
        session.flush()
        for each in found:
            add_candidates(session, each.id, [Candidate("bolt.example", "Bolt", "https://bolt.example/", long, "Bolt")])
        return World(user, prospect.id, tuple(each.id for each in found))


def _discovery(program_id: int, state: DiscoveryState, user: User) -> Discovery:
    return Discovery(program_id=program_id, created_by_id=user.id, address="https://list.example/best", state=state,
                     detail="Canceled after 2 pages.", found_count=1, pages_read=2, pages_planned=5,
                     finished_at=now())  # fmt: skip


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    world: World,
    sign_in_browser: Callable[[User], Page],
    axe_violations: Callable[[], list[str]],
    theme: str,
    width: int,
) -> None:
    with transaction() as session:
        session.get_one(User, world.user.id).theme = theme
    page = sign_in_browser(world.user)
    page.set_viewport_size({"width": width, "height": 844})
    reading, canceled = world.discovery_ids
    for path in (
        f"{ROOT}/prospects/{world.prospect_id}", f"{ROOT}/tasks", f"{ROOT}/tasks?view=done", f"{ROOT}/discover",
        f"{ROOT}/discover/{reading}", f"{ROOT}/discover/{canceled}",
    ):  # fmt: skip
        page.goto(path)
        page.evaluate("document.querySelectorAll('main details:not(.sb-menu)').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
        assert axe_violations() == [], path
        if "/prospects/" in path:
            expect(page.locator("#changes-title")).to_be_visible()
    expect(page.get_by_role("row", name="Bolt")).to_be_visible()
