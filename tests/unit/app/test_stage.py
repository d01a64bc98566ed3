"""The one table of allowed moves: what DESIGN section 5 promises of it."""

import pytest

from app.models import (
    ALLOWED_MOVES,
    BOARD_STAGES,
    OFF_BOARD_STAGES,
    MoveEvent,
    Stage,
    is_allowed,
    moves_by_person,
    needs_decision,
)

PLACE = {stage: number for number, stage in enumerate(BOARD_STAGES)}


def test_every_stage_is_on_the_board_or_off_it() -> None:
    assert {*BOARD_STAGES, *OFF_BOARD_STAGES} == set(Stage)
    assert not set(BOARD_STAGES) & set(OFF_BOARD_STAGES)


@pytest.mark.parametrize("event", [MoveEvent.MAIL_SENT, MoveEvent.REPLY, MoveEvent.APPLICATION])
def test_events_never_move_a_card_back(event: MoveEvent) -> None:
    for from_stage, to_stage in ALLOWED_MOVES[event]:
        assert from_stage in OFF_BOARD_STAGES or PLACE[from_stage] < PLACE[to_stage]


def test_approved_and_declined_are_entered_by_a_decision_alone() -> None:
    for event, moves in ALLOWED_MOVES.items():
        for _, to_stage in moves:
            assert not needs_decision(to_stage) or event is MoveEvent.DECISION or to_stage is Stage.APPROVED
    entered = {from_stage for from_stage, to_stage in ALLOWED_MOVES[MoveEvent.HAND] if to_stage is Stage.APPROVED}
    assert entered == {Stage.ONBOARDING}


def test_nobody_moves_to_where_they_stand() -> None:
    assert all(from_stage is not to_stage for moves in ALLOWED_MOVES.values() for from_stage, to_stage in moves)


def test_every_card_off_the_board_has_a_way_back() -> None:
    for stage in OFF_BOARD_STAGES:
        assert any(target in BOARD_STAGES for target in moves_by_person(stage))


def test_a_dormant_card_wakes_to_any_board_stage() -> None:
    assert all(is_allowed(MoveEvent.WAKE_UP, Stage.DORMANT, stage) for stage in BOARD_STAGES)


def test_a_menu_lists_stages_in_board_order() -> None:
    order = [*BOARD_STAGES, *OFF_BOARD_STAGES]
    for stage in Stage:
        targets = moves_by_person(stage)
        assert targets == sorted(targets, key=order.index)
