"""The board's query on its own: order, text over many columns, cards by id, reasons without a number."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.clock import now
from app.models import FitProfile, FitScore, FitState, Stage, Task, TaskState
from app.queries import board_few
from app.queries.board import (
    FIRST_PAGE_SIZE,
    PAGE_SIZE,
    board,
    cards_by_id,
    column_page,
    owners_of,
    stage_counts,
    stage_heads,
)
from app.queries.board_changes import board_mark
from app.queries.board_filter import BadCursor, BoardSort, Cursor, read_cursor
from app.queries.prospect_filter import ProspectFilter
from app.services.audit import record_audit
from tests.world import make_profile, make_program, make_prospect, make_user


def test_a_text_gives_every_column_its_own_first_page(session: Session) -> None:
    program = make_program(session)
    for stage in (Stage.SOURCED, Stage.ENGAGED, Stage.DECLINED):
        for number in range(FIRST_PAGE_SIZE + 2):
            make_prospect(session, program, f"harbor-{stage.value}-{number}.example", stage=stage)
        make_prospect(session, program, f"other-{stage.value}.example", stage=stage)
    found, chosen = board(session, program.id, ProspectFilter(text="HARBOR")), ProspectFilter(text="harbor")
    columns = {column.stage: column for column in found.columns}
    for stage in (Stage.SOURCED, Stage.ENGAGED):
        assert (columns[stage].count, len(columns[stage].cards)) == (FIRST_PAGE_SIZE + 2, FIRST_PAGE_SIZE)
        following, end = column_page(session, program.id, stage, chosen, after=columns[stage].next)
        assert (len(following), end) == (2, None)
    assert dict(found.off_board)[Stage.DECLINED] == FIRST_PAGE_SIZE + 2
    assert columns[Stage.ACTIVE].cards == ()


def test_signs_that_mean_something_to_a_database_are_plain_text(session: Session) -> None:
    program = make_program(session)
    make_prospect(session, program, "plain.example")
    for text in ("%", "_", "pl%in", "\\", "'; --"):
        assert board(session, program.id, ProspectFilter(text=text)).count == 0


def test_cards_of_equal_fit_are_told_apart_by_id(session: Session) -> None:
    program = make_program(session)
    ids = [make_prospect(session, program, fit_score=50.0, fit_sort=50.0).id for _ in range(PAGE_SIZE + 5)]
    chosen, sort = ProspectFilter(), BoardSort.FIT
    first, after = column_page(session, program.id, Stage.SOURCED, chosen, sort=sort)
    rest, _ = column_page(session, program.id, Stage.SOURCED, chosen, sort=sort, after=after)
    assert [card.id for card in (*first, *rest)] == sorted(ids, reverse=True)


def test_the_newest_score_says_why_there_is_none(session: Session) -> None:
    program = make_program(session)
    profile: FitProfile = make_profile(session, program)
    prospect = make_prospect(session, program, fit_state=FitState.NO_EVIDENCE)
    for why in ("Old reason.", "Parked domain."):
        session.add(FitScore(prospect_id=prospect.id, profile_id=profile.id, why_null=why, model_id="m"))
        session.flush()
    assert cards_by_id(session, program.id, [prospect.id])[prospect.id].why == "Parked domain."


def test_cards_of_another_program_stay_there(session: Session) -> None:
    program, other = make_program(session), make_program(session)
    foreign = make_prospect(session, other)
    assert cards_by_id(session, program.id, [foreign.id]) == {}
    assert board(session, program.id, ProspectFilter()).count == 0
    assert stage_counts(session, program.id, ProspectFilter()) == dict.fromkeys(Stage, 0)


def test_owners_are_members_and_whoever_still_owns_a_card(session: Session) -> None:
    member, gone, stranger = (make_user(session, name=name) for name in ("Ada", "Bo", "Cy"))
    program = make_program(session, member)
    make_prospect(session, program, owner_id=gone.id)
    make_prospect(session, make_program(session), owner_id=stranger.id)
    assert [owner.name for owner in owners_of(session, program.id)] == ["Ada", "Bo"]


@pytest.mark.parametrize("cursor", [Cursor("m0001.x", 7), Cursor("V", 1)])
def test_a_page_mark_by_rank_can_be_read_back(cursor: Cursor) -> None:
    assert read_cursor(str(cursor), BoardSort.RANK) == cursor


def test_a_page_mark_by_fit_keeps_every_digit() -> None:
    cursor = Cursor(1 / 3, 12)
    assert read_cursor(str(cursor), BoardSort.FIT) == cursor


@pytest.mark.parametrize("mark", ["", "x.1", "1.abc"])
def test_a_foreign_page_mark_is_refused(mark: str) -> None:
    with pytest.raises(BadCursor):
        read_cursor(mark, BoardSort.FIT)


@pytest.mark.parametrize("sort", [BoardSort.AGE, BoardSort.NEXT])
def test_pages_by_age_and_by_next_step_meet_without_gap_or_repeat(session: Session, sort: BoardSort) -> None:
    program = make_program(session)
    begin = now() - timedelta(days=60)
    ids = []
    for number in range(PAGE_SIZE * 2 + 5):
        # Every third has no step, some share a moment: the id tells those apart.
        since = begin + timedelta(days=number // 2)
        ids.append(make_prospect(session, program, stage_since_at=since).id)
        if number % 3:
            due_at = since if number % 3 == 1 else None
            session.add(Task(program_id=program.id, prospect_id=ids[-1], title=f"Step {number}", due_at=due_at))
    first = board(session, program.id, ProspectFilter(), sort=sort).columns[0]
    seen, after = [card.id for card in first.cards], first.next
    orders = [card.order(sort) for card in first.cards]
    while after is not None:
        after = read_cursor(str(after), sort)
        cards, after = column_page(session, program.id, Stage.SOURCED, ProspectFilter(), sort=sort, after=after)
        seen += [card.id for card in cards]
        orders += [card.order(sort) for card in cards]
    assert sorted(seen) == ids
    assert orders == sorted(orders)


def test_a_card_shows_the_open_task_that_is_due_first(session: Session) -> None:
    program = make_program(session)
    prospect = make_prospect(session, program)
    for title, days, state in (
        ("Later", 9, "open"),
        ("Call", 2, "open"),
        ("Done", 1, "done"),
        ("Some day", None, "open"),
    ):
        due_at = None if days is None else now() + timedelta(days=days)
        session.add(
            Task(program_id=program.id, prospect_id=prospect.id, title=title, due_at=due_at, state=TaskState(state))
        )
    session.flush()
    assert cards_by_id(session, program.id, [prospect.id])[prospect.id].next_step == "Call"


def test_heads_count_and_take_the_mean_of_those_with_a_score(session: Session) -> None:
    program = make_program(session)
    for score in (30.0, 60.0, None):
        make_prospect(session, program, fit_score=score, fit_sort=-1.0 if score is None else score)
    heads = stage_heads(session, program.id, ProspectFilter())
    assert (heads[Stage.SOURCED].count, heads[Stage.SOURCED].mean) == (3, 45.0)
    assert (heads[Stage.ENGAGED].count, heads[Stage.ENGAGED].mean) == (0, None)


def test_a_filter_that_left_many_is_not_tried_whole_again_for_a_while(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_few, "FEW", 2)
    monkeypatch.setattr(board_few, "_left_many", {})
    program = make_program(session)
    for number in range(4):
        make_prospect(session, program, f"harbor{number}.example")
    statements: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda _c, _cursor, said, *_rest: statements.append(said))
    chosen, counts = ProspectFilter(text="harbor"), []
    for asked in (chosen, chosen, ProspectFilter(text="harbor3")):
        statements.clear()
        assert board(session, program.id, asked).count == (4 if asked is chosen else 1)
        counts.append(len(statements))
    assert counts[1] == counts[0] - 1
    monkeypatch.setattr(board_few.time, "monotonic", lambda: 1e9)
    statements.clear()
    board(session, program.id, chosen)
    assert len(statements) == counts[0]


def test_a_mark_is_read_for_any_number_of_programs(session: Session) -> None:
    program = make_program(session)
    record_audit(session, "prospect.moved", subject="prospect:1", program_id=program.id)
    session.flush()
    newest = board_mark(session, program.id)
    assert newest > 0
    assert board_mark(session, *range(program.id, program.id + 1_200)) == newest
