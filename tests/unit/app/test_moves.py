"""Moves: who may win, what is recorded, what undo puts back, who wakes up."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.db import reading, transaction
from app.models import AuditEvent, Company, MoveEvent, Prospect, Stage, StageChange
from app.services.columns import spread_ranks
from app.services.errors import Conflict, InvalidInput
from app.services.moves import (
    move_prospect,
    reorder_prospect,
    undo_change,
    wake_due_prospects,
    wake_prospect,
)
from app.services.ranks import MAX_RANK_LENGTH
from tests.world import make_program, make_prospect, make_user


def column(session: Session, program_id: int, stage: Stage) -> list[int]:
    """Return the ids of a column as the board shows them."""
    query = select(Prospect.id).where(Prospect.program_id == program_id, Prospect.stage == stage)
    return list(session.scalars(query.order_by(Prospect.rank, Prospect.id)))


def by_hand(session: Session, prospect: Prospect, to_stage: Stage, **details: object) -> StageChange:
    """Move a prospect by hand, by nobody in particular."""
    return move_prospect(session, prospect, to_stage=to_stage, event=MoveEvent.HAND, by_user_id=None, **details)


def test_a_move_records_who_when_why_and_counts_the_version_up(session: Session) -> None:
    user = make_user(session)
    prospect = make_prospect(session, make_program(session, user), stage_since_at=now() - timedelta(days=9))
    change = move_prospect(
        session,
        prospect,
        to_stage=Stage.QUALIFIED,
        event=MoveEvent.HAND,
        by_user_id=user.id,
        version=1,
        reason=" good site ",
    )
    assert (prospect.stage, prospect.version) == (Stage.QUALIFIED, 2)
    assert now() - prospect.stage_since_at < timedelta(minutes=1)
    assert (change.from_stage, change.to_stage, change.by_user_id) == (Stage.SOURCED, Stage.QUALIFIED, user.id)
    assert change.reason == "good site"
    audit = session.scalars(select(AuditEvent).where(AuditEvent.action == "prospect.moved")).one()
    assert audit.subject == f"prospect:{prospect.id}"
    assert audit.details == {"from": "sourced", "to": "qualified", "event": "hand"}


def test_a_moved_card_lands_on_top_or_behind_the_card_it_was_dropped_under(session: Session) -> None:
    program = make_program(session)
    first, second = (make_prospect(session, program, stage=Stage.QUALIFIED) for _ in range(2))
    on_top, between, last = (make_prospect(session, program) for _ in range(3))
    by_hand(session, on_top, Stage.QUALIFIED)
    by_hand(session, between, Stage.QUALIFIED, after_id=first.id)
    by_hand(session, last, Stage.QUALIFIED, after_id=second.id)
    assert column(session, program.id, Stage.QUALIFIED) == [on_top.id, first.id, between.id, second.id, last.id]


def test_a_card_that_left_the_column_is_no_place_to_be_behind_of(session: Session) -> None:
    program = make_program(session)
    gone = make_prospect(session, program, stage=Stage.ENGAGED)
    there = make_prospect(session, program, stage=Stage.QUALIFIED)
    prospect = make_prospect(session, program)
    by_hand(session, prospect, Stage.QUALIFIED, after_id=gone.id)
    assert column(session, program.id, Stage.QUALIFIED) == [prospect.id, there.id]


def test_two_cards_with_one_rank_still_take_a_third_behind_them(session: Session) -> None:
    program = make_program(session)
    twin, other_twin = (make_prospect(session, program, stage=Stage.QUALIFIED, rank="V") for _ in range(2))
    prospect = make_prospect(session, program)
    by_hand(session, prospect, Stage.QUALIFIED, after_id=twin.id)
    assert column(session, program.id, Stage.QUALIFIED) == [twin.id, other_twin.id, prospect.id]


def test_ranks_that_grew_too_long_are_spread_and_the_order_stays(session: Session) -> None:
    program = make_program(session)
    low = "1" * (MAX_RANK_LENGTH - 2)
    before = make_prospect(session, program, stage=Stage.QUALIFIED, rank=low + "1")
    behind = make_prospect(session, program, stage=Stage.QUALIFIED, rank=low + "11")
    prospect = make_prospect(session, program)
    by_hand(session, prospect, Stage.QUALIFIED, after_id=before.id)
    assert column(session, program.id, Stage.QUALIFIED) == [before.id, prospect.id, behind.id]
    assert len(prospect.rank) < 12


def test_spreading_ranks_leaves_other_columns_alone(session: Session) -> None:
    program = make_program(session)
    other = make_prospect(session, program, stage=Stage.ENGAGED, rank="V")
    make_prospect(session, program, stage=Stage.QUALIFIED, rank="V")
    spread_ranks(session, program.id, Stage.QUALIFIED)
    session.refresh(other)
    assert other.rank == "V"


def test_a_stale_version_loses_and_hears_who_was_faster(session: Session) -> None:
    mia = make_user(session, name="Mia")
    prospect = make_prospect(session, make_program(session, mia), "nordlight.example")
    move_prospect(session, prospect, to_stage=Stage.ENGAGED, event=MoveEvent.HAND, by_user_id=mia.id, version=1)
    with pytest.raises(
        Conflict,
        match=r"Nordlight was changed while you looked at it; it is in Engaged now.* Mia moved it to Engaged just now",
    ):
        by_hand(session, prospect, Stage.QUALIFIED, version=1)
    assert prospect.stage is Stage.ENGAGED


def test_of_two_who_move_one_card_at_once_one_wins(database: Engine) -> None:
    with transaction() as session:
        prospect_id = make_prospect(session, make_program(session)).id
    start, outcomes = Barrier(2), []

    def mover(stage: Stage) -> None:
        with reading() as session:
            seen = session.get_one(Prospect, prospect_id).version
        start.wait()
        try:
            with transaction() as session:
                by_hand(session, session.get_one(Prospect, prospect_id), stage, version=seen)
            outcomes.append("moved")
        except Conflict:
            outcomes.append("refused")

    threads = [Thread(target=mover, args=(stage,)) for stage in (Stage.QUALIFIED, Stage.CONTACTED)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved", "refused"]
    with reading() as session:
        assert session.get_one(Prospect, prospect_id).version == 2
        assert len(session.scalars(select(StageChange)).all()) == 1


def test_a_row_changed_between_reading_and_writing_is_not_overwritten(database: Engine) -> None:
    with transaction() as session:
        prospect_id = make_prospect(session, make_program(session)).id
    with reading() as session:
        stale = session.get_one(Prospect, prospect_id)
    with transaction() as session:
        by_hand(session, session.get_one(Prospect, prospect_id), Stage.ENGAGED)
    with pytest.raises(Conflict), transaction() as session:
        by_hand(session, session.merge(stale, load=False), Stage.QUALIFIED)
    with reading() as session:
        assert session.get_one(Prospect, prospect_id).stage is Stage.ENGAGED


def test_approval_by_hand_is_refused_and_points_to_a_decision(session: Session) -> None:
    prospect = make_prospect(session, make_program(session))
    with pytest.raises(InvalidInput, match="Approved needs a decision with reasons"):
        by_hand(session, prospect, Stage.APPROVED)


def test_a_move_the_table_does_not_know_names_those_it_does(session: Session) -> None:
    prospect = make_prospect(session, make_program(session), stage=Stage.ACTIVE)
    with pytest.raises(InvalidInput, match=r"Active cannot move to Sourced. It can move to: Onboarding, Declined"):
        by_hand(session, prospect, Stage.SOURCED)


def test_events_move_forward_only(session: Session) -> None:
    prospect = make_prospect(session, make_program(session), stage=Stage.APPLIED)
    with pytest.raises(InvalidInput):
        move_prospect(session, prospect, to_stage=Stage.ENGAGED, event=MoveEvent.REPLY, by_user_id=None)


@pytest.mark.parametrize("days", [None, 0, -1])
def test_dormancy_needs_a_day_to_come(session: Session, days: int | None) -> None:
    prospect = make_prospect(session, make_program(session))
    wake_up_on = None if days is None else today() + timedelta(days=days)
    with pytest.raises(InvalidInput) as refusal:
        by_hand(session, prospect, Stage.DORMANT, wake_up_on=wake_up_on)
    assert set(refusal.value.fields) == {"wake_up_on"}


def test_waking_returns_to_the_stage_it_left(session: Session) -> None:
    prospect = make_prospect(session, make_program(session), stage=Stage.ENGAGED)
    by_hand(session, prospect, Stage.DORMANT, wake_up_on=today() + timedelta(days=5))
    assert prospect.wake_up_on == today() + timedelta(days=5)
    change = wake_prospect(session, prospect, by_user_id=None)
    assert (prospect.stage, prospect.wake_up_on) == (Stage.ENGAGED, None)
    assert change.event is MoveEvent.WAKE_UP


def test_the_day_wakes_who_is_due_and_nobody_else(session: Session) -> None:
    program = make_program(session)
    due, later = (make_prospect(session, program, stage=Stage.CONTACTED) for _ in range(2))
    for prospect in (due, later):
        by_hand(session, prospect, Stage.DORMANT, wake_up_on=today() + timedelta(days=5))
    due.wake_up_on = today()
    session.flush()
    assert wake_due_prospects(session) == 1
    assert (due.stage, later.stage) == (Stage.CONTACTED, Stage.DORMANT)


def test_undo_puts_stage_place_age_and_wake_up_day_back(session: Session) -> None:
    user = make_user(session)
    program = make_program(session, user)
    since = now() - timedelta(days=30)
    above = make_prospect(session, program, stage=Stage.ENGAGED)
    prospect = make_prospect(session, program, stage=Stage.ENGAGED, stage_since_at=since)
    asleep = by_hand(session, prospect, Stage.DORMANT, wake_up_on=today() + timedelta(days=5))
    inverse = undo_change(session, prospect, asleep.id, by_user_id=user.id)
    assert (prospect.stage, prospect.stage_since_at, prospect.wake_up_on) == (Stage.ENGAGED, since, None)
    assert column(session, program.id, Stage.ENGAGED) == [above.id, prospect.id]
    assert (inverse.event, inverse.undoes_id, inverse.by_user_id) == (MoveEvent.UNDO, asleep.id, user.id)
    by_hand(session, prospect, Stage.DORMANT, wake_up_on=today() + timedelta(days=7))
    awake = wake_prospect(session, prospect, by_user_id=None)
    undo_change(session, prospect, awake.id, by_user_id=None)
    assert prospect.wake_up_on == today() + timedelta(days=7)


def test_waking_after_an_undone_wake_still_finds_the_stage_left_first(session: Session) -> None:
    prospect = make_prospect(session, make_program(session), stage=Stage.CONTACTED)
    by_hand(session, prospect, Stage.DORMANT, wake_up_on=today() + timedelta(days=5))
    out = by_hand(session, prospect, Stage.QUALIFIED)
    undo_change(session, prospect, out.id, by_user_id=None)
    wake_prospect(session, prospect, by_user_id=None)
    assert prospect.stage is Stage.CONTACTED


def test_only_the_last_move_can_be_undone_and_only_once(session: Session) -> None:
    prospect = make_prospect(session, make_program(session))
    first = by_hand(session, prospect, Stage.QUALIFIED)
    second = by_hand(session, prospect, Stage.CONTACTED)
    with pytest.raises(Conflict):
        undo_change(session, prospect, first.id, by_user_id=None)
    inverse = undo_change(session, prospect, second.id, by_user_id=None)
    with pytest.raises(Conflict):
        undo_change(session, prospect, second.id, by_user_id=None)
    with pytest.raises(InvalidInput, match="no move of"):
        undo_change(session, prospect, inverse.id, by_user_id=None)
    assert prospect.stage is Stage.QUALIFIED


def test_the_arrival_in_a_program_cannot_be_undone(session: Session) -> None:
    prospect = make_prospect(session, make_program(session))
    arrival = StageChange(
        prospect_id=prospect.id, from_stage=None, to_stage=Stage.SOURCED, event=MoveEvent.IMPORTED, before={}
    )
    session.add(arrival)
    session.flush()
    with pytest.raises(InvalidInput):
        undo_change(session, prospect, arrival.id, by_user_id=None)


def test_a_new_order_is_no_move_but_is_audited_and_checked(session: Session) -> None:
    program = make_program(session)
    first, second = (make_prospect(session, program) for _ in range(2))
    reorder_prospect(session, first, after_id=second.id, by_user_id=None, version=1)
    assert column(session, program.id, Stage.SOURCED) == [second.id, first.id]
    assert not session.scalars(select(StageChange)).all()
    assert session.scalars(select(AuditEvent.action)).all() == ["prospect.reordered"]
    with pytest.raises(Conflict):
        reorder_prospect(session, first, after_id=None, by_user_id=None, version=1)


def test_messages_name_the_company(session: Session) -> None:
    prospect = make_prospect(session, make_program(session))
    session.get_one(Company, prospect.company_id).name = "Harborlight"
    with pytest.raises(Conflict, match=r"^Harborlight "):
        by_hand(session, prospect, Stage.QUALIFIED, version=99)
