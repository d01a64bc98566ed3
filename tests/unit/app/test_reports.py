"""Reports say what happened: how far prospects came, who is approved at which score, who did the work."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.clock import now
from app.models import (
    Decision,
    DecisionOutcome,
    MoveEvent,
    OnboardingAction,
    OnboardingPlan,
    Partnership,
    Program,
    Prospect,
    Stage,
    StageChange,
    Task,
    User,
)
from app.models.onboarding import ActionKind, ActionState, OwnerSide
from app.models.program_settings import OwnReason, ReasonKind
from app.queries.prospect_conditions import OwnedBy
from app.queries.prospect_filter import ProspectFilter
from app.queries.reports.fit import fit_calibration
from app.queries.reports.funnel import funnel
from app.queries.reports.losses import losses
from app.queries.reports.onboarding import onboarding_times
from app.queries.reports.scope import Group, Period, Scope
from app.queries.reports.table import Cell, Table
from app.queries.reports.workload import workload
from app.services.moves import move_prospect, undo_change
from tests.world import make_program, make_prospect, make_user


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


def move(session: Session, prospect: Prospect, to: Stage, **values: Any) -> StageChange:
    """Write a move that ended two days in the stage before."""
    before = {"stage_since_at": (now() - timedelta(days=2)).isoformat()}
    row = {"prospect_id": prospect.id, "from_stage": prospect.stage, "to_stage": to, "event": MoveEvent.HAND}
    change = StageChange(**row | {"before": before} | values)
    session.add(change)
    prospect.stage = to
    session.flush()
    return change


def test_who_fell_back_counts_for_the_furthest_stage_and_undone_moves_do_not(
    session: Session, program: Program
) -> None:
    two_days_ago = now() - timedelta(days=2)
    came_far, slipped, stayed = (
        make_prospect(session, program, source=name, stage_since_at=two_days_ago) for name in ("fair", "list", "list")
    )
    for stage in (Stage.CONTACTED, Stage.QUALIFIED):
        move_prospect(session, came_far, to_stage=stage, event=MoveEvent.HAND, by_user_id=None)
        session.refresh(came_far)
    wrong = move_prospect(session, slipped, to_stage=Stage.ENGAGED, event=MoveEvent.HAND, by_user_id=None)
    session.refresh(slipped)
    undo_change(session, slipped, wrong.id, by_user_id=None)
    report = funnel(session, about(program))
    stages = by_name(report.tables[0])
    assert [bar.value for bar in report.picture.bars[:4]] == [3, 1, 1, 0]
    assert stages["Engaged"][0] == 0
    assert stages["Sourced"][3] == pytest.approx(2.0, abs=0.01)
    assert by_name(report.tables[1])["fair"][:3] == (1, 1, 1)
    assert by_name(report.tables[1])["list"][:3] == (2, 0, 0)
    assert stayed.stage is Stage.SOURCED


@pytest.mark.parametrize("group", Group)
def test_the_funnel_is_told_apart_by_each_group(session: Session, program: Program, person: User, group: Group) -> None:
    make_prospect(session, program, source="fair", owner_id=person.id)
    report = funnel(session, about(program, group=group))
    (name,) = by_name(report.tables[1])
    monday = now().date() - timedelta(days=now().date().weekday())
    expected = {
        Group.SOURCE: "fair",
        Group.OWNER: "Nora Lind",
        Group.KIND: "not known yet",
        Group.WEEK: f"week of {monday.isoformat()}",
        Group.PROGRAM: program.name,
    }
    assert name == expected[group]


def test_period_and_filter_limit_a_report(session: Session, program: Program, person: User) -> None:
    make_prospect(session, program, owner_id=person.id)
    make_prospect(session, program, created_at=now() - timedelta(days=40))
    assert funnel(session, about(program, period=Period.MONTH)).picture.bars[0].value == 1
    assert funnel(session, about(program, period=Period.ALL)).picture.bars[0].value == 2
    mine = ProspectFilter(owner=OwnedBy(person.id))
    assert funnel(session, about(program, period=Period.ALL, chosen=mine)).picture.bars[0].value == 1
    assert funnel(session, about(make_program(session))).picture.bars == ()


def test_approvals_stand_in_the_band_of_the_score_that_was_seen(session: Session, program: Program) -> None:
    for score, outcome in (
        (85.0, "approve"),
        (95.0, "approve"),
        (99.0, "decline"),
        (12.0, "decline"),
        (None, "decline"),
    ):
        prospect = make_prospect(session, program)
        change = move(session, prospect, Stage.DECLINED)
        session.add(
            Decision(
                prospect_id=prospect.id,
                stage_change_id=change.id,
                outcome=DecisionOutcome(outcome),
                reason_codes=[],
                score=score,
            )
        )
    session.flush()
    report = fit_calibration(session, about(program))
    bands = by_name(report.tables[0])
    assert bands["80 to 100"][:3] == (3, 2, 1)
    assert bands["0 to 19"][:3] == (1, 0, 1)
    assert list(bands) == ["0 to 19", "80 to 100"]
    top = report.picture.bars[-1]
    assert top.low is not None
    assert top.high is not None
    assert top.low < 2 / 3 < top.high
    assert any("1 decisions were made without a score" in note for note in report.notes)


def test_the_workload_counts_what_is_owned_today_and_done_in_the_period(
    session: Session, program: Program, person: User
) -> None:
    prospect = make_prospect(session, program, owner_id=person.id)
    make_prospect(session, program)
    move(session, prospect, Stage.QUALIFIED, by_user_id=person.id)
    late = now() - timedelta(days=1)
    session.add(Task(program_id=program.id, title="Call", assignee_id=person.id, due_at=late))
    session.flush()
    rows = by_name(workload(session, about(program)).tables[0])
    assert rows["Nora Lind"] == (1, 0, 1, 1, 1, 0, 0, 0, 0)
    assert rows["Nobody"][0] == 1


def test_onboarding_says_how_long_it_took_and_where_partners_stand(session: Session, program: Program) -> None:
    begun = now() - timedelta(days=10)
    for done in (begun + timedelta(days=4), None):
        prospect = make_prospect(session, program, stage=Stage.ONBOARDING)
        partnership = Partnership(program_id=program.id, prospect_id=prospect.id)
        session.add(partnership)
        session.flush()
        plan = OnboardingPlan(
            program_id=program.id, partnership_id=partnership.id, template_name="Agencies", started_at=begun,
            stuck_days=7, stuck_at=begun + timedelta(days=7), done_at=done,
        )  # fmt: skip
        session.add(plan)
        session.flush()
        state = ActionState.DONE if done else ActionState.PENDING
        session.add(
            OnboardingAction(
                program_id=program.id, plan_id=plan.id, position=1, kind=ActionKind.UPLOAD, title="Send the form",
                owner=OwnerSide.PARTNER, due_days=3, needs_approval=False, is_required=True, state=state,
                opened_at=begun, due_at=begun + timedelta(days=3),
            )
        )  # fmt: skip
    session.flush()
    plans, standing = onboarding_times(session, about(program)).tables
    assert by_name(plans)["Agencies"] == (2, 1, 1, 1, pytest.approx(4.0))
    assert by_name(standing)["Send the form"] == ("Partner", 1, 1, pytest.approx(10.0, abs=0.01))


def lose(session: Session, prospect: Prospect, to: Stage, reason: str, *codes: str, **values: Any) -> StageChange:
    """Take a prospect off the board, with a decision where it is declined."""
    change = move(session, prospect, to, reason=reason, **values)
    if codes:
        session.add(
            Decision(
                prospect_id=prospect.id,
                stage_change_id=change.id,
                outcome=DecisionOutcome.DECLINE,
                reason_codes=list(codes),
            )
        )
    session.flush()
    return change


def test_losses_are_told_by_reason_stage_source_and_week(session: Session, program: Program) -> None:
    session.add_all(
        OwnReason(program_id=program.id, kind=kind, code=code, label=label, position=1)
        for kind, code, label in (
            (ReasonKind.DECLINE, "own_7", "Too early for us"),
            (ReasonKind.DORMANCY, "own_8", "No budget"),
        )
    )
    early, both, asleep, silent, left, back, undone = (
        make_prospect(session, program, source="fair" if number < 2 else "list") for number in range(7)
    )
    for prospect in (early, asleep):
        move(session, prospect, Stage.ENGAGED)
    # Called otherwise when it was given: a reason goes by its name of today.
    lose(session, early, Stage.DECLINED, "Too early", "own_7")
    lose(session, both, Stage.DECLINED, "Does not match the profile; Risk for the brand", "not_a_fit", "brand_risk")
    lose(session, asleep, Stage.DORMANT, "No budget: until May")
    lose(session, silent, Stage.DORMANT, "They ski")
    lose(session, left, Stage.WITHDRAWN, "")
    lose(session, back, Stage.DECLINED, "Risk for the brand", "brand_risk")
    move(session, back, Stage.QUALIFIED)
    wrong = lose(session, undone, Stage.WITHDRAWN, "")
    move(session, undone, Stage.SOURCED, event=MoveEvent.UNDO, undoes_id=wrong.id)
    report = losses(session, about(program))
    reasons, stages, sources, weeks = (by_name(table) for table in report.tables)
    assert {reason: row[0] for reason, row in reasons.items()} == {
        "Risk for the brand": 2,
        "Does not match the profile": 1,
        "No budget": 1,
        "Put to sleep": 1,
        "Too early for us": 1,
        "Withdrawn": 1,
    }
    assert reasons["Risk for the brand"][1:] == (pytest.approx(2 / 6), 2, 0, 0, "Sourced")
    assert report.picture.bars[0].label == "Risk for the brand"
    assert [(stage, row[0]) for stage, row in stages.items()] == [("Sourced", 4), ("Engaged", 2)]
    assert stages["Engaged"][2] == pytest.approx(2.0, abs=0.01)
    assert (sources["fair"][0], sources["list"][0]) == (2, 4)
    assert [row[0] for row in weeks.values()] == [6]
    assert "Back on the board since: 1 of the 6." in report.notes
    old = lose(session, make_prospect(session, program), Stage.WITHDRAWN, "", at=now() - timedelta(days=100))
    assert old.id
    assert losses(session, about(program)).tables[1].rows == report.tables[1].rows
    assert losses(session, about(program, period=Period.ALL)).tables[3].columns[0].label == "Month"
