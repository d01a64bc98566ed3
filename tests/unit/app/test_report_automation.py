"""The automation ledger tells the product's work from people's, of every kind, and what has waited longest."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    AuditEvent,
    Crawl,
    CrawlState,
    MoveEvent,
    OnboardingPlan,
    Partnership,
    PlanEvent,
    PlanEventKind,
    Program,
    Prospect,
    Stage,
    StageChange,
    Task,
    TaskKind,
    User,
)
from app.models.assignment import RuleAssignment
from app.models.discovery import Discovery, DiscoveryCandidate
from app.models.merge import DuplicatePair, Merge
from app.models.watch import ChangeKind, SiteChange
from app.models.wave import WaveEvent, WaveSource, WaveStatus
from app.queries.prospect_filter import ProspectFilter
from app.queries.reports.automation import automation
from app.queries.reports.scope import Period, Scope
from app.queries.reports.table import Cell, Table
from app.queries.reports.work import WORK
from app.services.errors import InvalidInput
from app.services.work_minutes import set_minutes
from tests.wave_world import make_wave_partner
from tests.world import make_program, make_prospect, make_user

OLD = timedelta(days=40)


@pytest.fixture
def person(session: Session) -> User:
    return make_user(session, name="Nora Lind")


@pytest.fixture
def program(session: Session, person: User) -> Program:
    return make_program(session, person)


def about(program: Program, **values: Any) -> Scope:
    return Scope(programs={program.id: program.name}, **values)


def by_name(table: Table) -> dict[Cell, tuple[Cell, ...]]:
    return {row[0]: row[1:] for row in table.rows}


def work(session: Session, program: Program, **values: Any) -> dict[Cell, tuple[Cell, ...]]:
    """Return by kind of work how often the product did it and how often people did, where either did."""
    rows = by_name(automation(session, about(program, **values)).tables[0])
    return {name: row[:2] for name, row in rows.items() if any(row[:2]) and name != "All"}


def add(session: Session, *rows: Any) -> None:
    session.add_all(rows)
    session.flush()


def move(prospect: Prospect, to: Stage, **values: Any) -> StageChange:
    row = {"prospect_id": prospect.id, "from_stage": prospect.stage, "to_stage": to, "event": MoveEvent.HAND}
    return StageChange(**row | {"before": {}} | values)


def test_moves_and_tasks_are_the_products_where_nobody_is_named(
    session: Session, program: Program, person: User
) -> None:
    prospect = make_prospect(session, program)
    asked = now() - timedelta(days=3)
    add(
        session,
        move(prospect, Stage.QUALIFIED, by_user_id=person.id),
        move(prospect, Stage.CONTACTED, event=MoveEvent.MAIL_SENT),
        move(prospect, Stage.ENGAGED, event=MoveEvent.REPLY),
        Task(program_id=program.id, title="Answer", origin="reply:1", created_at=asked),
    )
    table, queues = automation(session, about(program)).tables
    rows = by_name(table)
    assert rows["Moving a card"] == (2, 1, 0.5, pytest.approx(1 / 60))
    assert rows["Noticing that something has to be done"][:2] == (1, 0)
    assert rows["All"][3] == pytest.approx(3 / 60)
    assert by_name(queues)["Open tasks"] == (1, pytest.approx(3.0, abs=0.01))
    assert by_name(queues)["Applications to review"] == (0, None)


def test_what_discover_found_is_the_products_and_a_pasted_list_is_peoples(session: Session, program: Program) -> None:
    found = make_prospect(session, program, source="fair")
    page, pasted, old = (
        Discovery(program_id=program.id, address=address, created_at=now() - age)
        for address, age in (("https://list.example", timedelta()), ("", timedelta()), ("https://old.example", OLD))
    )
    add(session, page, pasted, old)
    places = ((page, "a", ""), (page, "b", ""), (page, "c", "A social network"), (pasted, "d", ""), (old, "e", ""))
    for discovery, name, skipped in places:
        prospect_id = found.id if name == "a" else None
        row = {"position": 1, "domain": f"{name}.example", "name": name, "url": "", "prospect_id": prospect_id}
        add(session, DiscoveryCandidate(discovery_id=discovery.id, skipped=skipped, **row))
    name = "Finding a company on a page of others"
    assert work(session, program, period=Period.MONTH)[name] == (2, 1)
    assert work(session, program, period=Period.ALL)[name] == (3, 1)
    assert work(session, program, chosen=ProspectFilter(sources=("fair",)))[name] == (1, 0)


def test_owners_changes_of_sites_and_duplicates(session: Session, program: Program, person: User) -> None:
    by_rule, by_hand, _nobody = (
        make_prospect(session, program, owner_id=owner) for owner in (person.id, person.id, None)
    )
    elsewhere = make_prospect(session, make_program(session))
    crawl = Crawl(company_id=by_hand.company_id, state=CrawlState.WAITING)
    add(session, crawl, RuleAssignment(prospect_id=by_rule.id, rule_name="Poland", owner_id=person.id))
    for prospect in (by_hand, elsewhere):
        change = {"crawl_id": crawl.id, "kind": ChangeKind.PAGE_CHANGED, "url": "https://x.example"}
        add(session, SiteChange(company_id=prospect.company_id, **change))
    first, second = sorted((by_rule.company_id, by_hand.company_id))
    merge = {"program_id": program.id, "kept_id": first, "gone_id": second, "gone_name": "x", "by_user_id": person.id}
    add(
        session,
        DuplicatePair(first_id=first, second_id=second, confidence=0.9),
        DuplicatePair(first_id=first, second_id=elsewhere.company_id, confidence=0.9),
        *(Merge(**merge, undone_at=at) for at in (None, now())),
    )
    assert work(session, program) == {
        "Noticing that a site has changed": (1, 0),
        "Giving a new prospect an owner": (1, 1),
        "Finding a company that is there twice": (1, 0),
        "Making two companies one": (0, 1),
    }


def test_reminders_and_invitations_of_partners(session: Session, program: Program) -> None:
    partner, by_hand, undone = (make_wave_partner(session, program) for _ in range(3))
    partner.reminded_at = now()
    partnership = Partnership(program_id=program.id, prospect_id=partner.prospect_id)
    add(session, partnership)
    plan = begin_plan(session, partnership)
    add(session, PlanEvent(plan_id=plan.id, kind=PlanEventKind.NUDGED), PlanEvent(plan_id=plan.id, kind="done"))
    for each, source, undone_at in (
        (partner, WaveSource.MAIL, None),
        (by_hand, WaveSource.HAND, None),
        (undone, WaveSource.HAND, now()),
    ):
        statuses = {"from_status": WaveStatus.PLANNED, "to_status": WaveStatus.INVITED}
        add(session, WaveEvent(partner_id=each.id, source=source, undone_at=undone_at, **statuses))
    assert work(session, program) == {
        "Reminding a partner of what is open": (2, 0),
        "Inviting a partner of another platform": (1, 1),
    }
    prospect = session.get_one(Prospect, by_hand.prospect_id)
    prospect.source = "by hand"
    narrowed = work(session, program, chosen=ProspectFilter(sources=("by hand",)))
    assert narrowed == {"Inviting a partner of another platform": (0, 1)}


def begin_plan(session: Session, partnership: Partnership, **values: Any) -> OnboardingPlan:
    plan = OnboardingPlan(
        **{"program_id": partnership.program_id, "partnership_id": partnership.id, "template_name": "Agencies",
           "started_at": now(), "stuck_days": 7, "stuck_at": now() + timedelta(days=7)} | values
    )  # fmt: skip
    add(session, plan)
    return plan


def test_each_queue_says_how_long_its_oldest_waits(session: Session, program: Program) -> None:
    prospect, twin = (make_prospect(session, program, stage=Stage.ONBOARDING) for _ in range(2))
    partnership = Partnership(program_id=program.id, prospect_id=prospect.id)
    late, days = now() - timedelta(days=2), timedelta(days=1)
    change = {"program_id": program.id, "title": "Look", "kind": TaskKind.SITE_CHANGE}
    add(
        session,
        partnership,
        Task(**change, created_at=late - 3 * days, due_at=late),
        Task(**change, created_at=late - 4 * days, due_at=now() + days),
        DuplicatePair(
            first_id=min(prospect.company_id, twin.company_id),
            second_id=max(prospect.company_id, twin.company_id),
            confidence=0.9,
            found_at=late,
        ),
    )
    begin_plan(session, partnership, stuck_at=late - days)
    queues = by_name(automation(session, about(program)).tables[1])
    assert {name: row for name, row in queues.items() if row[0]} == {
        "Companies that may be there twice": (1, pytest.approx(2.0, abs=0.01)),
        "Open tasks": (2, pytest.approx(6.0, abs=0.01)),
        "Tasks overdue": (1, pytest.approx(2.0, abs=0.01)),
        "Site changes to look at": (2, pytest.approx(6.0, abs=0.01)),
        "Partners stuck in onboarding": (1, pytest.approx(3.0, abs=0.01)),
    }
    none = automation(session, about(program, chosen=ProspectFilter(sources=("gone",)))).tables[1]
    assert [row[1:] for row in none.rows] == [(0, None)] * len(none.rows)


def test_a_program_says_itself_how_long_work_takes(session: Session, program: Program, person: User) -> None:
    prospect = make_prospect(session, program)
    add(session, *(move(prospect, Stage.CONTACTED, event=MoveEvent.MAIL_SENT) for _ in range(6)))
    usual = {kind.code: str(kind.minutes) for kind in WORK}
    assert not set_minutes(session, program, usual, actor=person), "the product's own numbers are no change"
    assert set_minutes(session, program, usual | {"moving": " 2,5 ", "judging": "0"}, actor=person)
    rows = by_name(automation(session, about(program)).tables[0])
    assert rows["Moving a card"] == (6, 0, 2.5, pytest.approx(0.25))
    assert rows["Judging how well it fits"][2] == 0.0
    (event,) = session.query(AuditEvent).filter_by(action="program.work_minutes")
    assert event.details == {"before": {}, "after": {"moving": 2.5, "judging": 0.0}}
    for wrong in ("-1", "481", "soon", "1e9", "1.2.3", "٣", "99999999999"):
        with pytest.raises(InvalidInput) as caught:
            set_minutes(session, program, {"moving": wrong, "judging": "4"}, actor=person)
        assert list(caught.value.fields) == ["moving"], wrong
    assert program.work_minutes == {"moving": 2.5, "judging": 0.0}
    assert set_minutes(session, program, {}, actor=person)
    assert program.work_minutes == {}


def test_of_several_programs_the_pages_own_minutes_count(session: Session, program: Program, person: User) -> None:
    other = make_program(session, person)
    set_minutes(session, other, {"moving": "9"}, actor=person)
    both = {program.id: "", other.id: ""}
    for home, minutes in ((program, 0.5), (other, 9.0)):
        table = automation(session, Scope(programs=both, home_id=home.id)).tables[0]
        assert by_name(table)["Moving a card"][2] == minutes
