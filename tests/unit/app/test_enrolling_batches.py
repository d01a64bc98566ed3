"""Batches of enrollments that are taken back under way, or meet a fault of our own."""

from sqlalchemy import select

from app.models import EnrollmentBatch, EnrollmentState, Stage
from app.services.enrollment_batches import run_batch_chunk, undo_batch
from app.services.enrollment_rules import apply_rule, set_rule
from tests.unit.app.test_enrolling import World, world

__all__ = ["world"]


def test_taking_a_rules_batch_back_under_way_stops_it_and_the_rule(world: World) -> None:
    for number in range(3):
        world.allowed(f"ola@one{number}.example", score=81)
    set_rule(world.session, world.sequence, is_on=True, min_score=70, stages=[Stage.QUALIFIED], actor=world.actor)
    assert apply_rule(world.session, world.sequence.id) == 3
    # The same people are not named again while the batch is under way.
    assert apply_rule(world.session, world.sequence.id) == 0
    batch = world.session.scalars(select(EnrollmentBatch)).one()
    assert run_batch_chunk(world.session, batch.id, limit=2)
    assert undo_batch(world.session, batch, actor=world.actor) == (2, 0)
    assert not run_batch_chunk(world.session, batch.id)
    assert [each.state for each in world.enrolled()] == [EnrollmentState.STOPPED] * 2
    assert apply_rule(world.session, world.sequence.id) == 0
    assert world.sequence.rule["is_on"] is False


def test_one_whom_our_own_fault_keeps_out_does_not_stop_the_others(world: World) -> None:
    world.allowed("ola@one.example")
    ids = [each.contact_id for each in world.preview().ready]
    batch = world.start([10**30, *ids])
    assert not run_batch_chunk(world.session, batch.id)
    assert batch.enrolled_count == 1
    assert batch.skipped[str(10**30)].startswith("A fault on our side (")
