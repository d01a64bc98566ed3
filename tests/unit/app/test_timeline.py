"""The timeline merges all that happened, newest first, page by page, and loses nothing between pages."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    Activity,
    ActivityKind,
    Crawl,
    CrawlState,
    Decision,
    DecisionOutcome,
    MoveEvent,
    Stage,
    StageChange,
)
from app.queries.timeline import SCREEN, timeline
from app.queries.timeline_entry import Timeline, TimelineKind
from app.queries.timeline_words import move_in_words
from tests.prospect_world import Worked, make_crawl, make_score, make_worked_prospect


def read(session: Session, world: Worked, before: datetime | None = None) -> Timeline:
    session.flush()
    return timeline(session, prospect_id=world.prospect.id, company_id=world.company.id, before=before)


def test_everything_is_merged_newest_first(session: Session) -> None:
    world = make_worked_prospect(session)
    entries = read(session, world).entries
    assert [entry.title for entry in entries] == [
        "Fit score 69.6",
        "Note",
        "Call",
        "Moved from Sourced to Qualified",
        "Site read: 2 pages",
        "Added to Sourced",
    ]
    assert [entry.who for entry in entries[1:3]] == ["Amara Diallo", "Theo Brandvold"]
    assert entries[3].body == "Fits the profile, good references"
    assert entries == tuple(sorted(entries, key=lambda entry: entry.at, reverse=True))


def test_a_score_is_told_when_it_says_something_new(session: Session) -> None:
    world = make_worked_prospect(session)
    for points in (50.0, 50.0, 42.5):
        make_score(session, world.prospect, world.profile, [{"id": "a", "label": "A", "points": points, "of": 60.0}])
    make_score(session, world.prospect, world.profile, [], score=None, why_null="parked")
    scores = [entry for entry in read(session, world).entries if entry.kind is TimelineKind.SCORE]
    assert [entry.title for entry in scores] == [
        "Not enough evidence for a score",
        "Fit score 50.0 → 42.5",
        "Fit score 69.6 → 50.0",
        "Fit score 69.6",
    ]
    assert scores[0].body == "parked"


def test_a_decision_is_told_once_with_its_reasons_and_the_score_seen(session: Session) -> None:
    world = make_worked_prospect(session)
    change = StageChange(prospect_id=world.prospect.id, from_stage=Stage.QUALIFIED, to_stage=Stage.DECLINED,
                         event=MoveEvent.DECISION, reason="Risk for the brand", by_user_id=world.user.id)  # fmt: skip
    session.add(change)
    session.flush()
    session.add(
        Decision(prospect_id=world.prospect.id, stage_change_id=change.id, outcome=DecisionOutcome.DECLINE,
                 reason_codes=["brand_risk"], note="Too many pop-ups", reviewer_id=world.user.id, score=69.6)
    )  # fmt: skip
    newest = [entry for entry in read(session, world).entries if entry.at >= change.at]
    assert [(entry.kind, entry.title, entry.tone) for entry in newest] == [
        (TimelineKind.DECISION, "Declined", "danger")
    ]
    assert newest[0].body == "Risk for the brand\nToo many pop-ups\nWas in Qualified, with fit score 69.6"


def test_a_crawl_under_way_is_no_event_and_a_failed_one_says_why(session: Session) -> None:
    world = make_worked_prospect(session)
    make_crawl(session, world.company.id, CrawlState.FAILED, detail="The server never answered.", page_count=0)
    make_crawl(session, world.company.id, CrawlState.CANCELED, page_count=0)
    session.add(Crawl(company_id=world.company.id, state=CrawlState.READING))
    crawls = [entry for entry in read(session, world).entries if entry.kind is TimelineKind.CRAWL]
    assert [(entry.title, entry.body) for entry in crawls] == [
        ("Reading the site was canceled", ""),
        ("Site could not be read", "The server never answered."),
        ("Site read: 2 pages", ""),
    ]


def add_notes(session: Session, world: Worked, moments: list[datetime]) -> None:
    session.add_all(
        Activity(prospect_id=world.prospect.id, kind=ActivityKind.NOTE, body=str(number), author_id=None, at=at)
        for number, at in enumerate(moments)
    )


def test_older_pages_hold_the_rest_exactly_once(session: Session) -> None:
    world = make_worked_prospect(session)
    add_notes(session, world, [now() - timedelta(minutes=number) for number in range(2 * SCREEN)])
    seen, before = [], None
    for _ in range(10):
        page = read(session, world, before)
        assert len(page.entries) >= (SCREEN if page.older_than else 1)
        seen += [(entry.kind, entry.id) for entry in page.entries]
        before = page.older_than
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 2 * SCREEN + 6


def test_entries_of_one_moment_are_never_torn_apart(session: Session) -> None:
    world = make_worked_prospect(session)
    tie = now() - timedelta(minutes=40)
    add_notes(session, world, [now() - timedelta(minutes=number) for number in range(SCREEN - 2)] + [tie] * 2)
    first = read(session, world)
    assert [entry.at for entry in first.entries].count(tie) == 2
    assert first.older_than == tie
    assert all(entry.at < tie for entry in read(session, world, tie).entries)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (MoveEvent.HAND, "Moved from Sourced to Engaged"),
        (MoveEvent.REPLY, "Moved from Sourced to Engaged (reply)"),
        (MoveEvent.UNDO, "Undid the move: back from Sourced to Engaged"),
    ],
)
def test_moves_are_told_in_words(event: MoveEvent, words: str) -> None:
    assert move_in_words(event, Stage.SOURCED, Stage.ENGAGED) == words
