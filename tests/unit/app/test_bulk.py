"""Bulk actions: previewed, worked off whatever breaks, taken up after a kill, canceled, undone but for what changed."""

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from app.clock import now, today
from app.db import reading, transaction
from app.models import AuditEvent, Company, Crawl, CrawlState, MoveEvent, Prospect, Role, Stage, User
from app.models.bulk import BulkAction, BulkItem, BulkItemState, BulkKind, BulkState
from app.models.custom_field import FieldKind
from app.queries.bulk import bulk_left_behind, shown_bulk
from app.services.activities import assign_owner
from app.services.bulk import running
from app.services.bulk.previewing import preview
from app.services.bulk.registry import ACTS
from app.services.bulk.selection import Selection, read_selection
from app.services.bulk.starting import Order, cancel_bulk, start_bulk, undo_bulk
from app.services.custom_field_values import value_of
from app.services.custom_fields import FieldContent, add_field
from app.services.errors import Conflict, InvalidInput, NotAllowed
from app.services.moves import move_prospect
from app.services.tags import tag_prospect, tags_of
from tests.world import make_program, make_prospect, make_user


class World:
    """A program with ten prospects, nine sourced and one approved, and a specialist and a colleague in it."""

    def __init__(self, session: Session, count: int = 9) -> None:
        self.actor, self.colleague = make_user(session), make_user(session)
        self.program = make_program(session, self.actor, self.colleague)
        made = [make_prospect(session, self.program) for _ in range(count)]
        made.append(make_prospect(session, self.program, stage=Stage.APPROVED))
        self.ids = [prospect.id for prospect in made]

    def start(self, session: Session, kind: BulkKind, **typed: str) -> BulkAction:
        selection = read_selection({"ids": ",".join(map(str, self.ids))} | typed)
        params = ACTS[kind].read(session, self.program, typed)
        order = Order(kind=kind, params=params, selection=selection, token=f"token-{kind.value}-" + "x" * 20)
        return start_bulk(session, self.program, order, actor=self.actor)

    def stages(self) -> list[Stage]:
        with reading() as session:
            return [session.get_one(Prospect, each).stage for each in self.ids]


@pytest.fixture
def world(database: Engine) -> World:
    with transaction() as session:
        return World(session)


def run(action: BulkAction, **options: Any) -> BulkAction:
    running.run_bulk(transaction, action.id, **options)
    with reading() as session:
        return session.get_one(BulkAction, action.id)


def start(world: World, kind: BulkKind, **typed: str) -> BulkAction:
    with transaction() as session:
        return world.start(session, kind, **typed)


def undo(world: World, action: BulkAction) -> BulkAction:
    with transaction() as session:
        undo_bulk(session, session.get_one(BulkAction, action.id), actor=world.actor)
    return run(action)


def test_what_the_preview_says_is_what_happens(world: World) -> None:
    with reading() as session:
        seen = preview(
            session, world.program, BulkKind.MOVE, {"stage": "qualified"}, Selection(tuple(world.ids)), user_id=1
        )
    assert (seen.words, seen.total, seen.reached) == ("Move to Qualified", 10, 9)
    assert [(each.reason, each.count) for each in seen.left_out] == [
        ("From Approved nobody moves to Qualified by hand.", 1)
    ]
    done = run(start(world, BulkKind.MOVE, stage="qualified"))
    assert (done.state, done.total, done.done_count, done.skipped_count) == (BulkState.DONE, 10, 9, 1)
    assert world.stages() == [Stage.QUALIFIED] * 9 + [Stage.APPROVED]
    with reading() as session:
        told = shown_bulk(session, done).told
    assert [(item.prospect_id, item.message) for item in told] == [(world.ids[-1], seen.left_out[0].reason)]


def test_undo_keeps_what_was_changed_since_and_counts_it(world: World) -> None:
    done = run(start(world, BulkKind.MOVE, stage="qualified"))
    with transaction() as session:
        first = session.get_one(Prospect, world.ids[0])
        move_prospect(session, first, to_stage=Stage.CONTACTED, event=MoveEvent.HAND, by_user_id=world.colleague.id)
    undone = undo(world, done)
    assert (undone.state, undone.undone_count, undone.kept_count) == (BulkState.UNDONE, 8, 1)
    assert world.stages() == [Stage.CONTACTED] + [Stage.SOURCED] * 8 + [Stage.APPROVED]
    with transaction() as session, pytest.raises(Conflict, match="taken back already"):
        undo_bulk(session, session.get_one(BulkAction, done.id), actor=world.actor)


def test_owners_tags_and_fields_go_back_to_what_they_were(world: World) -> None:
    with transaction() as session:
        size = add_field(session, world.program, FieldContent(label="Size", kind=FieldKind.NUMBER), actor=world.actor)
        first, second = (session.get_one(Prospect, each) for each in world.ids[:2])
        assign_owner(session, first, owner_id=world.actor.id, version=first.version, actor=world.actor)
        tag_prospect(session, second, ["Hot"], actor=world.actor)
    assigned = run(start(world, BulkKind.ASSIGN, owner_id=str(world.colleague.id)))
    tagged = run(start(world, BulkKind.TAG, tag="hot"))
    filled = run(start(world, BulkKind.SET_FIELD, field_id=str(size.id), value="1,000"))
    assert (assigned.done_count, tagged.done_count, tagged.skipped_count, filled.done_count) == (10, 9, 1, 10)
    with transaction() as session:
        third = session.get_one(Prospect, world.ids[2])
        assign_owner(session, third, owner_id=world.actor.id, version=third.version, actor=world.actor)
    for action in (filled, tagged, assigned):
        undo(world, action)
    with reading() as session:
        owners = [session.get_one(Prospect, each).owner_id for each in world.ids]
        assert owners == [world.actor.id, None, world.actor.id, *[None] * 7]
        assert [tags_of(session, each) for each in world.ids[:3]] == [[], ["Hot"], []]
        assert value_of(session, world.ids[0], size.id) == ""


def test_one_bad_prospect_never_stops_the_rest(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    act, bad = ACTS[BulkKind.ASSIGN], world.ids[3]
    real = act.do

    def breaks(session: Session, prospect: Prospect, params: Any, actor: User) -> dict[str, Any]:
        before = real(session, prospect, params, actor)
        if prospect.id == bad:
            raise RuntimeError("planted")
        return before

    monkeypatch.setattr(act, "do", breaks)
    done = run(start(world, BulkKind.ASSIGN, owner_id=str(world.actor.id)))
    assert (done.state, done.done_count, done.failed_count) == (BulkState.DONE, 9, 1)
    with reading() as session:
        assert session.get_one(Prospect, bad).owner_id is None
        assert [item.message for item in shown_bulk(session, done).told] == [
            "A fault on our side (RuntimeError). Try this one alone, on its own page."
        ]


def test_a_killed_worker_costs_a_portion_and_doubles_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "PORTION", 3)
    monkeypatch.setattr(running, "PORTION_S", 60)
    monkeypatch.setattr(running, "REST_S", 0)
    opened = 0

    def dies() -> AbstractContextManager[Session]:
        nonlocal opened
        opened += 1
        if opened == 5:
            raise KeyboardInterrupt
        return transaction()

    action = start(world, BulkKind.MOVE, stage="qualified")
    with pytest.raises(KeyboardInterrupt):
        running.run_bulk(dies, action.id)
    assert world.stages().count(Stage.QUALIFIED) == 6
    with reading() as session:
        assert bulk_left_behind(session) == [], "its lease still holds"
    assert running.run_bulk(transaction, action.id) is None
    with transaction() as session:
        session.execute(update(BulkAction).values(lease_until=now() - timedelta(seconds=1)))
    with reading() as session:
        assert bulk_left_behind(session) == [action.id]
    done = run(action)
    assert (done.state, done.done_count, done.total) == (BulkState.DONE, 9, 10)
    with reading() as session:
        moves = session.scalar(select(func.count()).where(AuditEvent.action == "prospect.moved"))
    assert moves == 9


def test_cancel_stops_behind_the_portion_and_what_was_done_can_be_undone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PORTION", 4)
    monkeypatch.setattr(running, "PORTION_S", 60.0)  # a busy machine must not make a portion smaller
    action = start(world, BulkKind.MOVE, stage="qualified")
    for _ in range(2):
        run(action, budget_s=0)
    with transaction() as session:
        cancel_bulk(session, session.get_one(BulkAction, action.id), actor=world.actor)
    assert running.run_bulk(transaction, action.id) is None
    assert world.stages().count(Stage.QUALIFIED) == 4
    with transaction() as session, pytest.raises(Conflict, match="has ended already"):
        cancel_bulk(session, session.get_one(BulkAction, action.id), actor=world.actor)
    undone = undo(world, action)
    assert (undone.state, undone.undone_count) == (BulkState.UNDONE, 4)
    assert Stage.QUALIFIED not in world.stages()


def test_all_that_match_are_frozen_when_it_starts(world: World) -> None:
    with transaction() as session:
        params = {"owner_id": world.actor.id}
        selection = read_selection({"all": "1", "filter": "stage=sourced&nonsense=1"})
        order = Order(kind=BulkKind.ASSIGN, params=params, selection=selection, token="t" * 20)
        action = start_bulk(session, world.program, order, actor=world.actor)
        again = start_bulk(session, world.program, order, actor=world.actor)
        late = make_prospect(session, world.program)
        other = make_prospect(session, make_program(session))
    assert again.id == action.id, "a form that is sent twice starts one action"
    done = run(action)
    assert done.done_count == 9
    with reading() as session:
        assert session.get_one(Prospect, late.id).owner_id is None
        assert session.get_one(Prospect, other.id).owner_id is None


def test_ids_of_another_program_are_left_out(world: World) -> None:
    with transaction() as session:
        other = make_prospect(session, make_program(session))
        world.ids.append(other.id)
    assert run(start(world, BulkKind.ASSIGN, owner_id=str(world.actor.id))).total == 10
    with reading() as session:
        assert session.get_one(Prospect, other.id).owner_id is None


def test_declining_many_needs_reasons_and_the_right_to_decide(world: World) -> None:
    with transaction() as session:
        associate = make_user(session, Role.ASSOCIATE)
        with pytest.raises(InvalidInput, match="at least one reason"):
            ACTS[BulkKind.MOVE].read(session, world.program, {"stage": "declined"})
        params = ACTS[BulkKind.MOVE].read(session, world.program, {"stage": "declined", "reason_codes": "not_a_fit"})
        order = Order(kind=BulkKind.MOVE, params=params, selection=Selection(tuple(world.ids)), token="d" * 20)
        with pytest.raises(NotAllowed):
            start_bulk(session, world.program, order, actor=associate)
        action = start_bulk(session, world.program, order, actor=world.actor)
    done = run(action)
    assert (done.done_count, done.skipped_count) == (9, 1)
    undo(world, done)
    assert world.stages() == [Stage.SOURCED] * 9 + [Stage.APPROVED]


def test_sleeping_many_asks_for_a_day_to_come(world: World) -> None:
    with reading() as session, pytest.raises(InvalidInput, match="after today"):
        ACTS[BulkKind.MOVE].read(session, world.program, {"stage": "dormant", "wake_up_on": today().isoformat()})
    day = today() + timedelta(days=30)
    done = run(start(world, BulkKind.MOVE, stage="dormant", wake_up_on=day.isoformat()))
    assert done.done_count == 10
    with reading() as session:
        assert session.get_one(Prospect, world.ids[0]).wake_up_on == day


def test_sites_are_read_again_once_and_what_waits_is_taken_back(world: World) -> None:
    with transaction() as session:
        first = session.get_one(Prospect, world.ids[0])
        session.get_one(Company, first.company_id).opted_out_at = now()
    assert run(start(world, BulkKind.RESCORE)).skipped_count == 10, "nothing was read yet"
    done = run(start(world, BulkKind.RECRAWL))
    assert (done.done_count, done.skipped_count) == (9, 1)
    with transaction() as session:
        crawl = session.scalars(select(Crawl).order_by(Crawl.id).limit(1)).one()
        crawl.state = CrawlState.READING
    undone = undo(world, done)
    assert (undone.undone_count, undone.kept_count) == (8, 1)


def test_whoever_lost_the_right_stops_it(world: World) -> None:
    action = start(world, BulkKind.ASSIGN, owner_id=str(world.actor.id))
    with transaction() as session:
        session.get_one(User, world.actor.id).role = Role.DATA_ANALYST
    left = run(action)
    assert left.state is BulkState.FAILED
    assert "may not do it any more" in left.detail


def test_an_export_only_freezes_its_prospects(world: World) -> None:
    done = run(start(world, BulkKind.EXPORT, columns="name,stage"))
    assert (done.state, done.done_count) == (BulkState.DONE, 10)
    with reading() as session:
        states = set(session.scalars(select(BulkItem.state)))
    assert states == {BulkItemState.DONE}
