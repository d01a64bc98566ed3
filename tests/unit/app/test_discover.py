"""Discover as use-cases: a source is looked through, candidates come in with where they were found, and go again."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.dispatch import Job
from app.models import (
    Activity,
    ActivityKind,
    AuditEvent,
    Company,
    Crawl,
    Discovery,
    DiscoveryCandidate,
    DiscoveryState,
    FitState,
    Program,
    Prospect,
    Stage,
    StageChange,
    User,
)
from app.queries.work import doorbells_to_ring
from app.services.discover.choosing import Imported, import_candidates
from app.services.discover.readings import (
    ClaimedDiscovery,
    claim_discovery,
    record_discovery,
    record_discovery_progress,
    record_discovery_receipt,
)
from app.services.discover.requests import (
    Source,
    cancel_discovery,
    discovery_for,
    retry_discovery,
    start_discovery,
)
from app.services.discover.undo import undo_import
from app.services.errors import Conflict, InvalidInput, NotFound
from scrapers.report import Receipt
from scrapers.sources import Candidate, DiscoveryProgress
from scrapers.sources import Discovery as FoundSource
from tests.world import make_program, make_prospect, make_user

LIST = "https://list.example/best"


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def program(session: Session, user: User) -> Program:
    return make_program(session, user)


def paste(session: Session, program: Program, text: str, **values: str) -> Discovery:
    return start_discovery(session, program, Source(text=text, **values), by_user_id=None)


def ask(session: Session, program: Program, address: str = LIST) -> Discovery:
    return start_discovery(session, program, Source(address=address), by_user_id=None)


def claim(session: Session) -> ClaimedDiscovery:
    claimed = claim_discovery(session)
    assert claimed is not None
    return claimed


def candidates(session: Session, discovery: Discovery) -> list[DiscoveryCandidate]:
    return list(
        session.scalars(
            select(DiscoveryCandidate)
            .where(DiscoveryCandidate.discovery_id == discovery.id)
            .order_by(DiscoveryCandidate.position)
        )
    )


def bring_in(session: Session, discovery: Discovery, **values: int) -> Imported:
    chosen = [each.id for each in candidates(session, discovery)]
    return import_candidates(session, discovery, chosen, owner_id=values.get("owner_id"), by_user_id=None)


def count(session: Session, model: type) -> int:
    return session.scalars(select(func.count()).select_from(model)).one()


def test_a_pasted_list_gives_its_candidates_at_once(session: Session, program: Program) -> None:
    text = (
        "Acme - https://acme.example/x\nhttps://www.acme.example/y\nhttps://facebook.com/acme\n"
        "\x00<b>Bolt</b> bolt.example"
    )
    discovery = paste(session, program, text, title="Fair\n2026")
    assert (discovery.state, discovery.title, discovery.found_count) == (DiscoveryState.FOUND, "Fair 2026", 2)
    rows = candidates(session, discovery)
    assert [(each.domain, each.skipped) for each in rows] == [
        ("acme.example", ""),
        ("bolt.example", ""),
        ("facebook.com", "a social network"),
    ]
    assert "\x00" not in rows[1].context


@pytest.mark.parametrize(
    ("source", "field", "words"),
    [
        (Source(), "address", "Give the address"),
        (Source(text="nothing here"), "pasted", "no web address"),
        (Source(text="x.example", address="y.example"), "pasted", "either"),
        (Source(text="x" * 2_000_001), "pasted", "2,000,000 characters"),
        (Source(address="http://127.0.0.1/x"), "address", "IP address"),
        (Source(address="localhost:80/x"), "address", "localhost"),
        (Source(address="http://2130706433/"), "address", "IP address"),
        (Source(address="ftp://list.example/"), "address", "only http"),
        (Source(address="https://u:p@list.example/"), "address", "user name"),
        (Source(address="not an address"), "address", "not a web address"),
    ],
)
def test_a_source_that_cannot_be_used_is_refused_in_words(
    session: Session, program: Program, source: Source, field: str, words: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        start_discovery(session, program, source, by_user_id=None)
    assert words in caught.value.fields[field]


def test_a_list_beyond_the_limit_says_what_was_left_out(session: Session, program: Program) -> None:
    discovery = paste(session, program, "\n".join(f"c{number}.example" for number in range(2_100)))
    assert discovery.found_count == 2_000
    assert "100 more were left out" in discovery.detail


def test_an_address_waits_for_the_crawler_and_is_asked_for_once(session: Session, program: Program) -> None:
    discovery = ask(session, program, "list.example/best")
    assert (discovery.address, discovery.state) == (LIST, DiscoveryState.WAITING)
    assert ask(session, program, LIST) is discovery
    discovery.requested_at = now() - timedelta(minutes=1)
    session.flush()
    assert Job.DRAIN_CRAWLS in doorbells_to_ring(session)


def test_a_source_whose_owner_opted_out_is_never_read(session: Session, program: Program) -> None:
    discovery = ask(session, program)
    session.add(Company(domain="list.example", name="List", website=LIST, opted_out_at=now()))
    session.flush()
    assert claim_discovery(session) is None
    assert discovery.state is DiscoveryState.FAILED
    assert "asked us not to read it" in discovery.detail
    with pytest.raises(InvalidInput, match="asked us not to read it"):
        ask(session, program)


def test_a_reading_is_recorded_step_by_step(session: Session, program: Program) -> None:
    discovery = ask(session, program)
    claimed = claim(session)
    assert claim_discovery(session) is None
    receipt = Receipt(LIST, datetime.now(UTC), "fetched", 200, None, "", 100, 5)
    assert record_discovery_receipt(session, claimed, receipt)
    assert record_discovery_progress(session, claimed, DiscoveryProgress(1, 4, 7))
    assert (discovery.pages_read, discovery.pages_planned, discovery.found_count) == (1, 4, 7)
    assert [each["url"] for each in discovery.receipts] == [LIST]
    entry = Candidate("acme.example", "Acme", "https://acme.example/", LIST, "Acme: a studio")
    assert record_discovery(session, claimed, FoundSource((entry,), (), title="Best agencies", remark="It goes on."))
    assert (discovery.state, discovery.title, discovery.detail) == (
        DiscoveryState.FOUND,
        "Best agencies",
        "It goes on.",
    )
    assert [each.domain for each in candidates(session, discovery)] == ["acme.example"]


def test_a_worker_that_lost_its_lease_changes_nothing(session: Session, program: Program) -> None:
    discovery = ask(session, program)
    slow = claim(session)
    discovery.lease_until = now() - timedelta(seconds=1)
    session.flush()
    again = claim(session)
    assert again.attempt == slow.attempt + 1
    assert not record_discovery_progress(session, slow, DiscoveryProgress(1, 1, 1))
    assert not record_discovery(session, slow, FoundSource((), ()))
    assert record_discovery(session, again, FoundSource((), (), problem="the page is empty", next_step="Paste it."))
    assert (discovery.state, discovery.detail) == (DiscoveryState.FAILED, "The page is empty. Paste it.")


def test_a_source_that_ends_its_worker_again_and_again_is_set_aside(session: Session, program: Program) -> None:
    discovery = ask(session, program)
    for _ in range(3):
        claim(session)
        discovery.lease_until = now() - timedelta(seconds=1)
        session.flush()
    assert claim_discovery(session) is None
    assert "ended the worker 3 times" in discovery.detail


def test_cancel_and_retry(session: Session, program: Program) -> None:
    discovery = ask(session, program)
    claimed = claim(session)
    cancel_discovery(session, discovery, by_user_id=None)
    assert not record_discovery_progress(session, claimed, DiscoveryProgress(1, 1, 1))
    with pytest.raises(Conflict):
        cancel_discovery(session, discovery, by_user_id=None)
    retry_discovery(session, discovery, by_user_id=None)
    assert discovery.state is DiscoveryState.WAITING
    with pytest.raises(Conflict):
        retry_discovery(session, discovery, by_user_id=None)
    assert claim(session).id == discovery.id


def test_another_programs_discovery_is_not_there(session: Session, program: Program) -> None:
    discovery = paste(session, make_program(session), "acme.example")
    with pytest.raises(NotFound):
        discovery_for(session, program.id, discovery.id)


def test_chosen_candidates_become_prospects_with_where_they_were_found(
    session: Session, program: Program, user: User
) -> None:
    discovery = ask(session, program)
    entry = Candidate("acme.example", "Acme", "https://www.acme.example/case?ref=1", LIST, "Acme: a studio")
    record_discovery(session, claim(session), FoundSource((entry,), ()))
    assert bring_in(session, discovery, owner_id=user.id) == Imported(added=1, known=0, refused=0)
    prospect = session.scalars(select(Prospect)).one()
    company = session.get_one(Company, prospect.company_id)
    assert (company.name, company.website) == ("Acme", "https://www.acme.example/")
    assert (prospect.source, prospect.owner_id) == ("Discover: list.example/best", user.id)
    assert prospect.extra == {"Found on": LIST, "In the words": "Acme: a studio"}
    assert session.scalars(select(StageChange.reason)).one() == prospect.source
    assert session.scalars(select(Crawl.company_id)).one() == company.id
    assert session.scalar(select(AuditEvent.id).where(AuditEvent.action == "discovery.imported"))


def test_the_known_stay_and_the_opted_out_stay_out(session: Session, program: Program) -> None:
    there = make_prospect(session, program, "there.example", stage=Stage.ENGAGED, source="Import: a.csv")
    read = Company(domain="read.example", name="Read", website="https://read.example/", read_at=now())
    gone = Company(domain="gone.example", name="Gone", website="https://gone.example/", opted_out_at=now())
    session.add_all([read, gone])
    session.flush()
    discovery = paste(session, program, "there.example read.example gone.example x.com new.example")
    assert bring_in(session, discovery) == Imported(added=2, known=1, refused=2)
    session.refresh(there)
    assert (there.stage, there.source) == (Stage.ENGAGED, "Import: a.csv")
    state = session.scalar(select(Prospect.fit_state).where(Prospect.company_id == read.id))
    assert state is FitState.WAITING
    assert session.scalar(select(Prospect.id).where(Prospect.company_id == gone.id)) is None
    ranks = list(session.scalars(select(Prospect.rank).where(Prospect.id != there.id).order_by(Prospect.id)))
    assert ranks == sorted(ranks)
    assert bring_in(session, discovery) == Imported(added=0, known=3, refused=2)


def test_an_import_needs_somebody_chosen_and_an_owner_of_the_program(session: Session, program: Program) -> None:
    discovery = paste(session, program, "acme.example")
    other = paste(session, make_program(session), "bolt.example")
    foreign = [each.id for each in candidates(session, other)]
    with pytest.raises(InvalidInput, match="at least one"):
        import_candidates(session, discovery, foreign, owner_id=None, by_user_id=None)
    with pytest.raises(InvalidInput, match="does not work in the program"):
        bring_in(session, discovery, owner_id=make_user(session).id)


def test_undo_takes_back_what_nobody_touched(session: Session, program: Program, user: User) -> None:
    discovery = paste(session, program, "a.example b.example c.example d.example")
    bring_in(session, discovery)
    rows = {each.domain: each for each in candidates(session, discovery)}
    noted = session.get_one(Prospect, rows["a.example"].prospect_id)
    session.add(Activity(prospect_id=noted.id, kind=ActivityKind.NOTE, body="Spoke to them", author_id=user.id))
    moved = session.get_one(Prospect, rows["b.example"].prospect_id)
    moved.version = 2
    read = session.get_one(Prospect, rows["c.example"].prospect_id)
    session.get_one(Company, read.company_id).read_at = now()
    session.flush()
    undone = undo_import(session, discovery, by_user_id=user.id)
    assert (undone.removed, undone.kept) == (2, 2)
    assert {each.id for each in session.scalars(select(Prospect))} == {noted.id, moved.id}
    # Whose site was read stays known; the one that nobody has seen is gone with its crawl.
    assert set(session.scalars(select(Company.domain))) == {"a.example", "b.example", "c.example"}
    assert count(session, Crawl) == 3
    with pytest.raises(Conflict, match="worked on every one"):
        undo_import(session, discovery, by_user_id=user.id)
    assert bring_in(session, discovery).added == 2
