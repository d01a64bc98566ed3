"""The prospect page's queries: the row, its neighbors, its facts with sources, in a fixed number of queries."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app import db
from app.clock import now
from app.models import (
    Activity,
    ActivityKind,
    Contact,
    ContactField,
    ContactValue,
    CrawlState,
    FitState,
    MoveEvent,
    Provenance,
    Signal,
    Stage,
    StageChange,
)
from app.queries import company_facts as facts
from app.queries import prospect as prospects
from app.queries.links import outside_link, shown_address
from app.queries.neighbors import in_column
from app.queries.reading import StepState, reading_progress
from app.queries.timeline import timeline
from tests.prospect_world import cite, make_crawl, make_score, make_worked_prospect
from tests.world import make_profile, make_program, make_prospect, make_user


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    yield seen
    event.remove(db.engine(), "before_cursor_execute", note)


def test_header_says_who_where_and_how_long(session: Session) -> None:
    world = make_worked_prospect(session)
    header = prospects.prospect_header(session, world.prospect.id)
    assert (header.name, header.domain, header.owner_name) == ("Liftwell", "liftwell.example", "Amara Diallo")
    assert (header.stage, header.days_in_stage, header.country) == (Stage.QUALIFIED, 3, "DE")
    assert header.extra["Met at"] == "Shoptalk <Barcelona>"


def test_neighbors_follow_the_board_within_the_stage_and_program(session: Session) -> None:
    program, other = make_program(session), make_program(session)
    first = make_prospect(session, program, rank="a")
    tie = make_prospect(session, program, rank="b")
    same_rank = make_prospect(session, program, rank="b")
    make_prospect(session, program, rank="aa", stage=Stage.ENGAGED)
    make_prospect(session, other, rank="aa")

    def around(prospect_id: int) -> tuple[int | None, int | None]:
        pair = in_column(session, prospects.prospect_header(session, prospect_id))
        return (pair[0].id if pair[0] else None, pair[1].id if pair[1] else None)

    assert around(first.id) == (None, tie.id)
    assert around(tie.id) == (first.id, same_rank.id)
    assert around(same_rank.id) == (tie.id, None)


def test_newest_score_wins_and_links_its_pages(session: Session) -> None:
    world = make_worked_prospect(session)
    second = make_profile(session, world.program, version=2, is_current=False)
    make_score(session, world.prospect, second, [{"id": "x", "label": "X", "points": 9.0, "of": 10.0,
                                                  "citations": [cite(world.home, "Deals", 9.0)]}])  # fmt: skip
    shown = prospects.newest_score(session, world.prospect.id, page_ids={world.home.url: world.home.id})
    assert shown is not None
    assert (shown.total, shown.profile_version, shown.parts[0].citations[0].page_id) == (9.0, 2, world.home.id)
    assert prospects.newest_score(session, world.prospect.id + 100, page_ids={}) is None


def test_only_active_members_can_own(session: Session) -> None:
    member, gone, stranger = make_user(session), make_user(session, is_active=False), make_user(session)
    program = make_program(session, member, gone)
    assert [person.id for person in prospects.possible_owners(session, program.id)] == [member.id]
    assert stranger.id != member.id


def test_only_the_last_move_can_be_undone_and_an_undo_cannot(session: Session) -> None:
    world = make_worked_prospect(session)
    history = prospects.stage_history(session, world.prospect.id)
    assert [(step.to_stage, step.can_undo) for step in history] == [(Stage.QUALIFIED, True), (Stage.SOURCED, False)]
    session.add(
        StageChange(prospect_id=world.prospect.id, from_stage=Stage.QUALIFIED, to_stage=Stage.SOURCED,
                    event=MoveEvent.UNDO, undoes_id=history[0].id)
    )  # fmt: skip
    session.flush()
    after = prospects.stage_history(session, world.prospect.id)
    assert [(step.is_undone, step.can_undo) for step in after] == [(False, False), (True, False), (False, False)]


def test_an_imported_prospect_has_no_move_to_undo(session: Session) -> None:
    prospect = make_prospect(session, make_program(session))
    session.add(StageChange(prospect_id=prospect.id, to_stage=Stage.SOURCED, event=MoveEvent.IMPORTED))
    session.flush()
    assert [step.can_undo for step in prospects.stage_history(session, prospect.id)] == [False]


def test_contacts_come_people_first_each_value_with_its_source(session: Session) -> None:
    world = make_worked_prospect(session)
    found = facts.contacts(session, world.company.id)
    assert [contact.title.value for contact in found] == [
        "Nora Keller", "Jonas Weber", "hello@liftwell.example", "https://www.linkedin.com/company/liftwell",
    ]  # fmt: skip
    nora, jonas, mailbox, _ = found
    assert [(v.field, v.provenance) for v in nora.details] == [
        (ContactField.EMAIL, Provenance.IMPORT), (ContactField.ROLE, Provenance.IMPORT),
    ]  # fmt: skip
    assert (jonas.details[0].entered_by, jonas.details[0].source_href) == ("Amara Diallo", None)
    assert mailbox.details[0].source_href == world.home.url


def test_a_role_alone_is_never_the_title(session: Session) -> None:
    world = make_worked_prospect(session)
    contact = Contact(company_id=world.company.id, key="r")
    session.add(contact)
    session.flush()
    for field, value in ((ContactField.ROLE, "Buyer"), (ContactField.PHONE, "+48 1")):
        session.add(ContactValue(contact_id=contact.id, field=field, value=value, provenance=Provenance.PAGE))
    session.flush()
    assert facts.contacts(session, world.company.id)[-1].title.value == "+48 1"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "http:///x", "", "http://["]
)
def test_only_web_addresses_become_links(address: str) -> None:
    assert outside_link(address) is None


def test_long_addresses_are_shortened_in_the_middle() -> None:
    assert shown_address("https://www.a.example/") == "a.example"
    shown = shown_address("https://a.example/" + "x" * 200, most=41)
    assert (len(shown), "…" in shown) == (41, True)


def test_signals_link_to_the_saved_page(session: Session) -> None:
    world = make_worked_prospect(session)
    found = facts.signals(session, world.company.id, pages={world.services.url: world.services.id})
    assert [(signal.label, signal.page_id) for signal in found] == [
        ("Last post", world.services.id), ("Services page", world.services.id),
    ]  # fmt: skip


def test_page_needs_as_many_queries_with_many_rows_as_with_few(session: Session) -> None:
    world = make_worked_prospect(session)

    def read_everything() -> int:
        session.flush()
        session.expire_all()
        with counted_queries() as seen:
            header = prospects.prospect_header(session, world.prospect.id)
            pages = facts.page_ids(facts.saved_pages(session, header.company_id))
            in_column(session, header)
            prospects.newest_score(session, header.id, page_ids=pages)
            facts.signals(session, header.company_id, pages=pages)
            facts.contacts(session, header.company_id)
            prospects.stage_history(session, header.id)
            crawl = facts.newest_crawl(session, header.company_id)
            assert crawl is not None
            facts.receipts(session, crawl.id)
            timeline(session, prospect_id=header.id, company_id=header.company_id)
        return len(seen)

    few = read_everything()
    author = make_user(session)
    for number in range(60):
        session.add(
            Activity(prospect_id=world.prospect.id, kind=ActivityKind.NOTE, body=str(number), author_id=author.id)
        )
        session.add(Signal(company_id=world.company.id, crawl_id=world.home.crawl_id, name=f"s{number}", value="1"))
        contact = Contact(company_id=world.company.id, key=f"many-{number}")
        session.add(contact)
        session.flush()
        session.add(ContactValue(contact_id=contact.id, field=ContactField.NAME, value="N", provenance=Provenance.HAND))
    assert read_everything() == few


def states(state: CrawlState | None, fit: FitState, **values: object) -> tuple[list[str], bool]:
    crawl = None
    if state is not None:
        defaults = {"outcome": "", "detail": "", "finished_at": None, "page_count": 0, "passage_count": 0}
        crawl = facts.CrawlSummary(id=1, state=state, requested_at=now(), **(defaults | values))  # type: ignore[arg-type]
    progress = reading_progress(crawl, fit)
    return [step.state.value for step in progress.steps], progress.is_live


@pytest.mark.parametrize(
    ("state", "fit", "steps", "is_live"),
    [
        (None, FitState.UNREAD, "waiting waiting waiting waiting", False),
        (CrawlState.WAITING, FitState.UNREAD, "waiting waiting waiting waiting", True),
        (CrawlState.READING, FitState.UNREAD, "active waiting waiting waiting", True),
        (CrawlState.READ, FitState.SCORED, "done done waiting waiting", True),
        (CrawlState.EMBEDDING, FitState.UNREAD, "done done active waiting", True),
        (CrawlState.DONE, FitState.SCORING, "done done done active", True),
        (CrawlState.DONE, FitState.SCORED, "done done done done", False),
        (CrawlState.DONE, FitState.FAILED, "done done done failed", False),
        (CrawlState.FAILED, FitState.NO_EVIDENCE, "failed skipped skipped skipped", False),
        (CrawlState.CANCELED, FitState.UNREAD, "skipped skipped skipped skipped", False),
    ],
)
def test_step_chips_tell_where_the_reading_is(
    state: CrawlState | None, fit: FitState, steps: str, is_live: bool
) -> None:
    assert states(state, fit) == (steps.split(), is_live)


def test_a_failure_after_the_pages_were_read_is_shown_at_embedding() -> None:
    assert states(CrawlState.FAILED, FitState.UNREAD, outcome="readable")[0][:3] == ["done", "done", "failed"]
    assert StepState.SKIPPED.label == "not done"


def test_trouble_says_cause_and_next_step_once(session: Session) -> None:
    company_id = make_prospect(session, make_program(session)).company_id
    make_crawl(session, company_id, CrawlState.FAILED, outcome="too_slow", detail="no answer in 30 s.")
    crawl = facts.newest_crawl(session, company_id)
    assert crawl is not None
    assert crawl.trouble == f"no answer in 30 s. {crawl.next_step}"
    repeated = facts.CrawlSummary(
        id=1, state=CrawlState.FAILED, outcome="too_slow", detail=crawl.trouble, requested_at=now(),
        finished_at=None, page_count=0, passage_count=0,
    )  # fmt: skip
    assert repeated.trouble == crawl.trouble
