"""The prospect page: what it shows, what each role may do on it, and what happens with bad input."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import (
    Activity,
    Company,
    Contact,
    ContactValue,
    CrawlState,
    FitState,
    Prospect,
    Stage,
    User,
)
from tests.prospect_world import Worked, make_crawl, make_worked_prospect
from tests.world import make_program, make_prospect

SignIn = Callable[[User], FlaskClient]
URL = "/p/afterglow/prospects"


@pytest.fixture
def world(app: object) -> Worked:
    with transaction() as session:
        return make_worked_prospect(session)


@pytest.fixture
def browser(world: Worked, sign_in: SignIn) -> FlaskClient:
    return sign_in(world.user)


@pytest.fixture
def url(world: Worked) -> str:
    return f"{URL}/{world.prospect.id}"


def words_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_page_shows_the_score_as_a_sum_that_adds_up(browser: FlaskClient, url: str) -> None:
    html = browser.get(url).text
    points = re.findall(r'pr-part-points">\s*<span class="sb-num">([+−]?)([\d.]+)</span>', html)
    shown = sum(float(number) * (-1 if sign == "−" else 1) for sign, number in points)
    assert len(points) == 6
    assert round(shown, 1) == 69.6
    assert re.search(r'pr-total">\s*<strong class="sb-num">69\.6<', html)
    assert "Confidence medium, 72 %" in html
    assert "all-MiniLM-L6-v2/fit-1" in html
    assert "do not add up" not in html


def test_quotes_link_to_the_saved_passage_and_to_the_site(browser: FlaskClient, world: Worked, url: str) -> None:
    html = unescape(browser.get(url).text)
    words = world.home.text.split("\n")[3]
    start = world.home.text.index(words)
    assert words in html
    assert f"{url}/pages/{world.home.id}?passage={start}-{start + len(words)}#passage" in html
    outside = re.findall(r'<a [^>]*href="https?://[^>]*>', html)
    assert outside
    assert all('rel="noopener noreferrer"' in link for link in outside)


def test_saved_page_marks_the_passage(browser: FlaskClient, world: Worked, url: str) -> None:
    words = world.home.text.split("\n")[3]
    start = world.home.text.index(words)
    html = browser.get(f"{url}/pages/{world.home.id}?passage={start}-{start + len(words)}").text
    target = re.search(r'<mark id="passage"[^>]*class="pr-mark-target"[^>]*>([^<]*)</mark>', html)
    assert target is not None
    assert unescape(target[1]) == words
    assert browser.get(f"{url}/pages/{world.home.id}?passage=zz-9").status_code == 200
    assert browser.get(f"{url}/pages/99999").status_code == 404


def test_foreign_text_is_escaped_and_never_a_script_address(browser: FlaskClient, world: Worked, url: str) -> None:
    with transaction() as session:
        company = session.get_one(Company, world.company.id)
        company.name = "<script>alert(1)</script>"
        company.website = "javascript:alert(1)"
        session.get_one(Prospect, world.prospect.id).extra = {"<b>x</b>": "<img src=x>"}
        page = session.merge(world.home)
        page.title = "<i>title</i>"
    html = browser.get(url).text
    assert "<script>alert" not in html
    assert "<img src=x>" not in html
    assert "<b>x</b>" not in html
    assert "<i>title" not in html
    assert "javascript:" not in html


def test_signals_contacts_receipts_and_extra_columns_are_there(browser: FlaskClient, url: str) -> None:
    words = words_of(browser.get(url).text)
    assert "Services page yes" in words
    assert "Nora Keller" in words
    assert "from the import partners-2026.csv" in words
    assert "entered by Amara Diallo: Met at Shoptalk" in words
    assert "robots.txt forbids this address" in words
    assert "48.2 kB" not in words
    assert "47.1 kB" in words
    assert "412 ms" in words
    assert "Met at Shoptalk <Barcelona>" in words


def test_note_is_added_and_stands_on_the_timeline(browser: FlaskClient, world: Worked, url: str) -> None:
    answer = browser.post(f"{url}/notes", data={"kind": "call", "body": "They <b>agreed</b>"})
    assert (answer.status_code, answer.location) == (303, f"{url}#activity")
    html = browser.get(url).text
    assert "They &lt;b&gt;agreed&lt;/b&gt;" in html
    with reading() as session:
        note = session.scalars(select(Activity).order_by(Activity.id.desc())).first()
        assert note is not None
        assert (note.author_id, note.kind.value) == (world.user.id, "call")


def test_a_refused_note_keeps_what_was_typed(browser: FlaskClient, url: str) -> None:
    long = "x" * 20_001
    answer = browser.post(f"{url}/notes", data={"kind": "note", "body": long})
    assert answer.status_code == 422
    assert long in answer.text
    assert "Split it in two" in answer.text
    assert browser.post(f"{url}/notes", data={"kind": "song", "body": "la"}).status_code == 422
    assert browser.post(f"{url}/notes", data={"kind": "note", "body": ""}).status_code == 422


def test_only_own_notes_can_be_removed(browser: FlaskClient, world: Worked, url: str) -> None:
    with reading() as session:
        own, foreign = (
            session.scalar(select(Activity.id).where(Activity.author_id == author))
            for author in (world.user.id, world.user.id + 1)
        )
    html = browser.get(url).text
    assert f"/notes/{own}/remove" in html
    assert f"/notes/{foreign}/remove" not in html
    assert browser.post(f"{url}/notes/{foreign}/remove").status_code == 403
    assert browser.post(f"{url}/notes/{own}/remove").status_code == 303


def test_owner_is_changed_once_and_a_stale_form_is_told(browser: FlaskClient, world: Worked, url: str) -> None:
    colleague = str(world.user.id + 1)
    assert browser.post(f"{url}/owner", data={"owner_id": colleague, "version": "1"}).status_code == 303
    stale = browser.post(f"{url}/owner", data={"owner_id": "", "version": "1"})
    assert stale.status_code == 409
    assert "Somebody changed this prospect" in stale.text
    assert browser.post(f"{url}/owner", data={"owner_id": "99999", "version": "2"}).status_code == 422
    assert browser.post(f"{url}/owner", data={"owner_id": "", "version": "2"}).status_code == 303
    with reading() as session:
        assert session.get_one(Prospect, world.prospect.id).owner_id is None


def test_contact_by_hand(browser: FlaskClient, world: Worked, url: str) -> None:
    bad = browser.post(f"{url}/contacts", data={"name": "Ida", "email": "ida@"})
    assert bad.status_code == 422
    assert "is not an e-mail address" in unescape(bad.text)
    assert re.search(r'<details class="pr-add" open', bad.text)
    assert 'value="Ida"' in bad.text
    assert browser.post(f"{url}/contacts", data={"name": "Ida", "email": "IDA@a.example"}).status_code == 303
    with reading() as session:
        assert session.scalar(select(ContactValue.value).where(ContactValue.value == "ida@a.example"))
        assert len(session.scalars(select(Contact)).all()) == 5


def test_reading_again_cancel_and_live_chips(browser: FlaskClient, world: Worked, url: str) -> None:
    assert 'hx-trigger="every 2s"' not in browser.get(url).text
    assert browser.post(f"{url}/crawl").status_code == 303
    page = browser.get(url).text
    assert 'hx-trigger="every 2s"' in page
    assert "A new score is on its way" in page
    live = browser.get(f"{url}/reading")
    assert "HX-Trigger" not in live.headers
    assert "Waiting for its turn" in live.text
    assert live.text.lstrip().startswith("<section")
    assert browser.post(f"{url}/crawl/cancel").status_code == 303
    done = browser.get(f"{url}/reading")
    assert done.headers["HX-Trigger"] == "site-read"
    assert "every 2s" not in done.text
    assert browser.post(f"{url}/crawl/cancel").status_code == 409


def test_fragment_is_part_of_the_page(browser: FlaskClient, url: str) -> None:
    fragment = browser.get(f"{url}/reading").text

    def plain(html: str) -> str:
        return re.sub(r'value="[^"]*"|\s+', "", html)

    assert plain(fragment) in plain(browser.get(url).text)


def unread_prospect(world: Worked, **values: object) -> str:
    with transaction() as session:
        prospect = make_prospect(session, world.program, **values)  # type: ignore[arg-type]
    return f"{URL}/{prospect.id}"


def test_no_number_says_why_and_what_would_help(browser: FlaskClient, world: Worked) -> None:
    url = unread_prospect(world, fit_state=FitState.NO_EVIDENCE)
    with transaction() as session:
        prospect = session.get_one(Prospect, int(url.rpartition("/")[2]))
        make_crawl(session, prospect.company_id, CrawlState.FAILED, outcome="too_slow", detail="no answer in 30 s")
    words = words_of(browser.get(url).text)
    assert "Not enough evidence for a score No answer in 30 s." in words
    assert "What would help: Try again later." in words
    assert "Retry" in words


def test_a_failed_score_can_be_computed_again(browser: FlaskClient, world: Worked) -> None:
    url = unread_prospect(world, fit_state=FitState.FAILED, fit_error="the worker ended 3 times")
    words = words_of(browser.get(url).text)
    assert "The worker ended 3 times." in words
    assert browser.post(f"{url}/score").status_code == 303
    assert "The score is being computed" in words_of(browser.get(url).text)


def test_an_unread_prospect_and_a_program_without_profile_say_what_to_do(
    browser: FlaskClient, world: Worked, sign_in: SignIn
) -> None:
    assert "The site has not been read yet" in words_of(browser.get(unread_prospect(world)).text)
    with transaction() as session:
        program = make_program(session, world.user, slug="bare")
        prospect = make_prospect(session, program)
    assert "This program has no fit profile yet" in words_of(browser.get(f"/p/bare/prospects/{prospect.id}").text)


def test_move_menu_offers_what_the_stage_allows_and_undo_the_last_move(browser: FlaskClient, url: str) -> None:
    html = browser.get(url).text
    assert f'action="{url}/move"' in html
    assert re.search(rf'href="{url}/move\?to=declined', html)
    assert len(re.findall(r"/moves/\d+/undo", html)) == 1
    moved = browser.post(f"{url}/move", data={"stage": "engaged", "version": "1", "next": url})
    assert (moved.status_code, moved.location) == (303, url)
    assert "Moved from Qualified to Engaged" in words_of(browser.get(url).text)


def test_older_part_of_the_timeline_and_a_broken_address(browser: FlaskClient, url: str) -> None:
    assert "Nothing has happened yet" in browser.get(f"{url}?before=2001-01-01T00:00:00").text
    for moment in ("yesterday", "0001-01-01T00:00:00%2B23:00", "9999-12-31T23:59:59-23:00"):
        assert "Fit score 69.6" in words_of(browser.get(f"{url}?before={moment}").text)


def test_next_and_previous_lead_along_the_column(browser: FlaskClient, world: Worked, url: str) -> None:
    html = browser.get(url).text
    with reading() as session:
        rows = session.execute(select(Prospect.id).where(Prospect.stage == Stage.QUALIFIED).order_by(Prospect.rank))
        before, _, after = [row.id for row in rows]
    assert re.search(rf'data-key="k" href="{URL}/{before}"', html)
    assert re.search(rf'data-key="j" href="{URL}/{after}"', html)
