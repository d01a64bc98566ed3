"""The report of a migration: waves as of today, what happened when, and results before and after the move."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import PartnerResult, Partnership, Program, ResultSource, RevenueBand
from app.models.wave import ValueBasis, WaveEvent, WavePartner, WaveSource, WaveStatus
from app.queries.prospect_filter import ProspectFilter
from app.queries.reports.migration import migration
from app.queries.reports.scope import Period, Scope
from app.queries.reports.table import Cell, Table
from app.services.waves.changes import By, record_status
from tests.wave_world import make_plan, make_wave, make_wave_partner
from tests.world import make_program


@pytest.fixture
def program(session: Session) -> Program:
    program = make_program(session)
    make_plan(session, program, thresholds=[10_000, 1_000], currency="EUR")
    return program


def about(*programs: Program, **values: Any) -> Scope:
    return Scope(programs={program.id: program.name for program in programs}, **values)


def by_name(table: Table) -> dict[Cell, tuple[Cell, ...]]:
    return {row[0]: row[1:] for row in table.rows}


def moved(session: Session, program: Program, *, tier: str = "", **values: Any) -> tuple[WavePartner, Partnership]:
    partner = make_wave_partner(session, program, status=WaveStatus.MOVED, **values)
    partnership = Partnership(program_id=program.id, prospect_id=partner.prospect_id, tier=tier)
    session.add(partnership)
    session.flush()
    return partner, partnership


def report_month(session: Session, partnership: Partnership, month: date, **values: Any) -> None:
    row = {"program_id": partnership.program_id, "partnership_id": partnership.id, "month": month}
    session.add(PartnerResult(**row | {"source": ResultSource.CSV} | values))
    session.flush()


def test_waves_stand_as_they_are_today_and_the_picture_says_who_came_along(session: Session, program: Program) -> None:
    first, second = (make_wave(session, program, starts_on=today() + timedelta(days=days)) for days in (-7, 7))
    for status in (WaveStatus.MOVED, WaveStatus.ACCEPTED, WaveStatus.REFUSED, WaveStatus.INVITED):
        make_wave_partner(session, program, wave_id=first.id, status=status)
    make_wave_partner(session, program, wave_id=second.id)
    make_wave_partner(session, program)
    report = migration(session, about(program))
    rows = by_name(report.tables[0])
    #                                    planned, invited, opened, accepted, moved, refused, lost
    assert rows[f"Wave {first.number}, {first.starts_on}"] == (4, 0, 1, 0, 1, 1, 1, 0, pytest.approx(0.5))
    assert rows["No wave"][:2] == (1, 1)
    assert rows["All"][:2] == (6, 2)
    bars = {bar.label: (bar.value, bar.note) for bar in report.picture.bars}
    assert bars[f"Wave {first.number}, {first.starts_on}"] == (pytest.approx(0.5), "2 of 4")
    assert bars[f"Wave {second.number}, {second.starts_on}"] == (0.0, "0 of 1")


def test_what_happened_stands_in_its_week_and_what_was_taken_back_does_not(session: Session, program: Program) -> None:
    wave = make_wave(session, program)
    came, undone = (make_wave_partner(session, program, wave_id=wave.id) for _ in range(2))
    by = By(source=WaveSource.HAND)
    for status in (WaveStatus.INVITED, WaveStatus.ACCEPTED):
        record_status(session, came, status, by)
    record_status(session, undone, WaveStatus.LOST, by).undone_at = now()
    old = WaveEvent(
        partner_id=undone.id, source=WaveSource.HAND, from_status=WaveStatus.PLANNED, to_status=WaveStatus.REFUSED,
        at=now() - timedelta(days=60),
    )  # fmt: skip
    session.add(old)
    session.flush()
    monday = today() - timedelta(days=today().weekday())
    (row,) = migration(session, about(program, period=Period.MONTH)).tables[1].rows
    assert row[0] == f"week of {monday}"
    assert row[2:] == (1, 0, 1, 0, 0, 0)
    assert len(migration(session, about(program)).tables[1].rows) == 2
    own = about(program, period=Period.OWN, last_on=today() - timedelta(days=30))
    ((month, _wave, *states),) = migration(session, own).tables[1].rows
    assert (month, states) == (f"{today() - timedelta(days=60):%Y-%m}", [0, 0, 0, 0, 1, 0])


def test_results_since_the_move_stand_beside_those_of_the_import(session: Session, program: Program) -> None:
    came = datetime(2026, 3, 20, 12, tzinfo=now().tzinfo)
    big, reporting = moved(session, program, revenue=20_000, leads=40, status_at=came)
    small, banded = moved(session, program, revenue=1_500, status_at=came)
    moved(session, program, revenue=1_200, status_at=came)
    make_wave_partner(session, program, revenue=9_000, status=WaveStatus.ACCEPTED)
    report_month(session, reporting, date(2026, 2, 1), amount_cents=999_00, currency="EUR")
    report_month(session, reporting, date(2026, 3, 1), amount_cents=700_00, currency="EUR", leads=2)
    report_month(session, reporting, date(2026, 4, 1), amount_cents=300_00, currency="EUR", leads=3)
    report_month(session, reporting, date(2026, 5, 1), amount_cents=5_000_00, currency="USD")
    report_month(session, banded, date(2026, 4, 1), band=RevenueBand.FROM_1K, currency="EUR")
    report = migration(session, about(program))
    bands, partners = (by_name(table) for table in report.tables[2:])
    # moved, with results, none yet, revenue before and since, leads before and since, months
    assert bands["Band A"] == (1, 1, 0, 20_000.0, 1_000.0, 40, 5, 3)
    assert bands["Band B"] == (2, 1, 1, 2_700.0, 1_000.0, None, None, 1)
    assert bands["All"] == (3, 2, 1, 22_700.0, 2_000.0, 40, 5, 4)
    assert report.tables[2].columns[4].label == "Revenue before (EUR)"
    assert "No results yet: 1 of the 3 partners who moved." in report.notes
    assert "1 months in another currency are left out of the revenue." in report.notes
    assert sorted(row[2:] for row in partners.values() if row[6] == 0) == [(1_200.0, None, None, None, 0)]
    assert big.id
    assert small.id


def test_a_filter_a_tier_and_the_programs_limit_it(session: Session, program: Program) -> None:
    other = make_program(session, name="Second")
    make_plan(session, other, currency="USD", basis=ValueBasis.LEADS, thresholds=[10, 1])
    moved(session, program, tier="gold")
    moved(session, program)
    moved(session, other, leads=12)
    assert len(migration(session, about(program)).tables[3].rows) == 2
    gold = ProspectFilter(tiers=("gold",))
    assert len(migration(session, about(program, chosen=gold)).tables[3].rows) == 1
    both = migration(session, about(program, other))
    bands = by_name(both.tables[2])
    assert bands["Second: Band A"][0] == 1
    assert bands["All"][:5] == (3, 0, 3, None, None), "sums of two currencies say nothing"
    assert both.tables[2].columns[4].label == "Revenue before"


def test_nobody_has_moved_yet(session: Session, program: Program) -> None:
    make_wave_partner(session, program)
    report = migration(session, about(program))
    assert report.notes == ("Nobody has moved yet, so there are no results after the move.",)
    assert report.tables[2].rows == ()
