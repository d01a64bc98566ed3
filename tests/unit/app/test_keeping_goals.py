"""Goals: their state is honest, either side reports, changes are history, and nobody gets at another partner's."""

from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import AuditEvent, Goal, Partnership, Program, Role, User
from app.queries.keeping_goals import GoalLine, GoalState, goals_of, plain
from app.queries.keeping_home import keeping_home
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.keeping import goals as service
from app.services.keeping.goals import Agreement, Report
from app.services.keeping.typed import NotTyped, retyped, typed_number
from app.services.onboarding.events import Doer
from tests.keeping_world import make_goal
from tests.onboarding_world import make_partner
from tests.world import make_program, make_user

START, END = date(2026, 1, 1), date(2026, 4, 11)  # 100 days


@pytest.mark.parametrize(
    ("baseline", "target", "value", "on", "day", "state"),
    [
        (0, 100, None, None, date(2026, 3, 1), GoalState.NOTHING_REPORTED),
        (0, 100, None, None, date(2026, 5, 1), GoalState.NOTHING_REPORTED),
        (0, 100, 50, date(2026, 2, 20), date(2026, 2, 20), GoalState.ON_TRACK),
        (0, 100, 49, date(2026, 2, 20), date(2026, 2, 20), GoalState.BEHIND),
        # Nobody knows a newer value, so the line of the day it was reached counts.
        (0, 100, 50, date(2026, 2, 20), date(2026, 4, 11), GoalState.ON_TRACK),
        (0, 100, 99, END, END + timedelta(days=1), GoalState.MISSED),
        (0, 100, 100, date(2026, 2, 1), date(2026, 2, 1), GoalState.REACHED),
        (0, 100, 100, END, END + timedelta(days=400), GoalState.REACHED),
        # Downward: from 12 days to answer to 2.
        (12, 2, 7, date(2026, 2, 20), date(2026, 2, 20), GoalState.ON_TRACK),
        (12, 2, 8, date(2026, 2, 20), date(2026, 2, 20), GoalState.BEHIND),
        (12, 2, 1, date(2026, 2, 20), date(2026, 2, 20), GoalState.REACHED),
        (0.1, 0.7, 0.4, date(2026, 2, 20), date(2026, 2, 20), GoalState.ON_TRACK),
    ],
)
def test_state_is_held_against_the_straight_line(
    baseline: float, target: float, value: float | None, on: date | None, day: date, state: GoalState
) -> None:
    line = GoalLine(baseline=baseline, target=target, started_on=START, due_on=END, value=value, value_on=on)
    assert line.state_on(day) is state


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1200", 1200),
        ("1,200.50", 1200.5),
        ("1 200", 1200),
        ("0,5", 0.5),
        ("-3.25", -3.25),
        ("12 %", 12),
        (" 7. ", 7),
        ("2.400", 2400),
        ("1.200.000", 1.2e6),
        ("2.400,5", 2400.5),
        ("0.125", 0.125),
        ("2.5", 2.5),
    ],
)
def test_numbers_are_read_as_people_type_them(text: str, value: float) -> None:
    assert typed_number(text) == value


@pytest.mark.parametrize("value", [0.125, 1.125, -12.125, 1234.125, 1e-05, 1e12, 1200.0, 250.5, 0.1])
def test_a_stored_number_is_shown_so_that_it_is_read_back_exactly(value: float) -> None:
    assert typed_number(retyped(value)) == value
    assert retyped(1200.0) == "1200"


@pytest.mark.parametrize("text", ["", "many", "1.2.3", "1,2,3", "1e400", "nan", "inf", "9" * 400, "<b>1</b>"])
def test_what_is_no_number_is_refused_in_words(text: str) -> None:
    with pytest.raises(NotTyped, match=r"number"):
        typed_number(text)


@pytest.fixture
def manager(session: Session) -> User:
    return make_user(session, Role.ACCOUNT_MANAGER, name="Joanna Wilk")


@pytest.fixture
def program(session: Session, manager: User) -> Program:
    return make_program(session, manager)


@pytest.fixture
def partnership(session: Session, program: Program, manager: User) -> Partnership:
    return make_partner(session, program, None, account_manager_id=manager.id)[0]


def figures(session: Session, partnership: Partnership) -> tuple[float | None, date | None, GoalState]:
    (row,) = goals_of(session, partnership.id)
    return row.line.value, row.line.value_on, row.state


def test_newest_day_counts_and_a_value_taken_back_counts_no_more(
    session: Session, partnership: Partnership, manager: User
) -> None:
    goal = make_goal(session, partnership, manager)
    assert figures(session, partnership) == (None, None, GoalState.NOTHING_REPORTED)
    yesterday = today() - timedelta(days=1)
    newest = service.report_checkpoint(session, goal, Report(value="60"), Doer(manager.id))
    service.report_checkpoint(session, goal, Report(value="10", reached_on=yesterday.isoformat()), Doer(manager.id))
    assert figures(session, partnership) == (60, today(), GoalState.ON_TRACK)
    again = service.report_checkpoint(session, goal, Report(value="20"), Doer(manager.id))
    assert figures(session, partnership) == (20, today(), GoalState.BEHIND)
    service.remove_checkpoint(session, goal, again, actor=manager)
    service.remove_checkpoint(session, goal, newest, actor=manager)
    assert figures(session, partnership) == (10, yesterday, GoalState.BEHIND)
    service.restore_checkpoint(session, goal, newest, actor=manager)
    assert figures(session, partnership) == (60, today(), GoalState.ON_TRACK)
    (row,) = goals_of(session, partnership.id)
    assert [point.value for point in row.checkpoints] == [60, 10]
    assert len(row.chart.dots) == 2


def test_agreed_change_keeps_what_it_was_and_why(session: Session, partnership: Partnership, manager: User) -> None:
    goal = make_goal(session, partnership, manager)
    service.report_checkpoint(session, goal, Report(value="60"), Doer(manager.id))
    earlier = (today() - timedelta(days=1)).isoformat()
    agreed = Agreement(target="150", due_on=goal.due_on.isoformat(), why="A second market", version=goal.version)
    service.agree_change(session, goal, agreed, actor=manager)
    (row,) = goals_of(session, partnership.id)
    (change,) = row.changes
    assert (change.old_target, change.new_target, change.why, change.who) == (
        100,
        150,
        "A second market",
        "Joanna Wilk",
    )
    assert row.state is GoalState.BEHIND
    with pytest.raises(Conflict, match="changed while you looked"):
        service.agree_change(session, goal, agreed, actor=manager)
    # An earlier end: what was reported after it counts no more.
    again = Agreement(target="150", due_on=earlier, why="Cut short", version=goal.version)
    service.agree_change(session, goal, again, actor=manager)
    assert (goal.value, goal.due_on.isoformat()) == (None, earlier)
    actions = session.scalars(select(AuditEvent.action).where(AuditEvent.subject == f"goal:{goal.id}")).all()
    assert actions == ["goal.added", "goal.reported", "goal.changed", "goal.changed"]


def test_bad_input_names_every_field(session: Session, partnership: Partnership, manager: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        make_goal(session, partnership, manager, kpi=" ", unit="x" * 41, target="lots", due_on="soon")
    assert set(refused.value.fields) == {"kpi", "unit", "target", "due_on"}
    with pytest.raises(InvalidInput) as refused:
        make_goal(session, partnership, manager, target="0", due_on="2020-01-01")
    assert set(refused.value.fields) == {"target", "due_on"}
    goal = make_goal(session, partnership, manager, kpi="‮txt <b>\x00", baseline="1,000", target="2,000")
    assert (goal.kpi, goal.baseline) == ("txt <b>", 1000)
    tomorrow = (today() + timedelta(days=1)).isoformat()
    with pytest.raises(InvalidInput) as refused:
        service.report_checkpoint(session, goal, Report(value="", reached_on=tomorrow, note="x" * 2001), Doer())
    assert set(refused.value.fields) == {"value", "reached_on", "note"}
    service.close_goal(session, goal, actor=manager)
    with pytest.raises(Conflict, match="put away"):
        service.report_checkpoint(session, goal, Report(value="1"), Doer())


def test_database_finds_the_goals_in_trouble_that_the_line_says(
    session: Session, program: Program, partnership: Partnership, manager: User
) -> None:
    cases = [("0", "100", "49"), ("0", "100", "50"), ("0", "100", None), ("0", "100", "100"), ("12", "2", "8")]
    cases += [("12", "2", "7"), ("0.1", "0.7", "0.4"), ("0.1", "0.7", "0.39"), ("5", "10", "1")]
    for number, (baseline, target, value) in enumerate(cases):
        goal = make_goal(session, partnership, manager, kpi=f"Goal {number}", baseline=baseline, target=target)
        if value is not None:
            service.report_checkpoint(session, goal, Report(value=value), Doer(manager.id))
    for days in (0, 51):
        with time_machine.travel(now() + timedelta(days=days), tick=False):
            found = keeping_home(session, program.id, user_id=manager.id).goals
            said = {row.kpi: row.state for row in goals_of(session, partnership.id)}
        in_trouble = {kpi: state for kpi, state in said.items() if state in (GoalState.BEHIND, GoalState.MISSED)}
        assert {row.text: row.state for row in found.rows} == in_trouble
        assert found.total == len(in_trouble) == (4 if days == 0 else 7)


def test_goal_of_another_partner_is_not_there(
    session: Session, program: Program, partnership: Partnership, manager: User
) -> None:
    other, _ = make_partner(session, program, None)
    goal = make_goal(session, partnership, manager)
    with pytest.raises(NotFound):
        service.goal_in(session, other, goal.id)
    assert service.goal_in(session, partnership, goal.id) is session.get(Goal, goal.id)


def test_values_are_written_without_needless_zeros() -> None:
    assert [plain(value) for value in (1200.0, 3.5, 0.126, None, -2.0, 100.0)] == [
        "1,200", "3.5", "0.13", "–", "-2", "100",
    ]  # fmt: skip
