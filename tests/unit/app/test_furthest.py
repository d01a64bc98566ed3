"""How far a prospect ever came is kept with it: by moves, their undoing, first mails and merges."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.clock import today
from app.models import MoveEvent, Program, Prospect, Stage
from app.services.ledger.contacted import note_contacted
from app.services.merging.merging import Wanted, merge_companies
from app.services.merging.undoing import undo_merge
from app.services.moves import move_prospect, undo_change
from tests.merge_world import make_pair
from tests.world import make_program, make_prospect


@pytest.fixture
def program(session: Session) -> Program:
    return make_program(session)


def by_hand(session: Session, prospect: Prospect, to: Stage) -> int:
    wakes = today() + timedelta(days=9) if to is Stage.DORMANT else None
    change = move_prospect(session, prospect, to_stage=to, event=MoveEvent.HAND, by_user_id=None, wake_up_on=wakes)
    session.refresh(prospect)
    return change.id


def test_it_grows_with_moves_and_stays_when_somebody_falls_back_or_sleeps(session: Session, program: Program) -> None:
    prospect = make_prospect(session, program)
    seen = []
    for stage in (Stage.QUALIFIED, Stage.ENGAGED, Stage.QUALIFIED, Stage.DORMANT):
        by_hand(session, prospect, stage)
        seen.append(prospect.furthest)
    assert seen == [Stage.QUALIFIED, Stage.ENGAGED, Stage.ENGAGED, Stage.ENGAGED]


def test_a_move_that_is_taken_back_counts_no_more(session: Session, program: Program) -> None:
    prospect = make_prospect(session, program)
    by_hand(session, prospect, Stage.QUALIFIED)
    wrong = by_hand(session, prospect, Stage.ENGAGED)
    undo_change(session, prospect, wrong, by_user_id=None)
    session.refresh(prospect)
    assert prospect.furthest is Stage.QUALIFIED


def test_a_first_mail_counts_and_takes_nothing_from_who_was_further(session: Session, program: Program) -> None:
    fresh, fallen = make_prospect(session, program), make_prospect(session, program)
    by_hand(session, fallen, Stage.ENGAGED)
    by_hand(session, fallen, Stage.QUALIFIED)
    note_contacted(session, [fresh.id, fallen.id])
    session.expire_all()
    assert (fresh.stage, fresh.furthest) == (Stage.CONTACTED, Stage.CONTACTED)
    assert (fallen.stage, fallen.furthest) == (Stage.CONTACTED, Stage.ENGAGED)


def test_two_that_become_one_came_as_far_as_the_further_one_until_they_are_parted(session: Session) -> None:
    pair = make_pair(session)
    kept_id, gone_id = pair.company_ids
    wanted = Wanted(kept_id=kept_id, gone_id=gone_id, choices={})
    merge = merge_companies(session, pair.program, wanted, by_user_id=pair.actor.id)
    assert session.get_one(Prospect, pair.kept.id).furthest is Stage.ENGAGED
    undo_merge(session, merge, by_user_id=pair.actor.id)
    assert session.get_one(Prospect, pair.kept.id).furthest is Stage.SOURCED
