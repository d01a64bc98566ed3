"""The board's query on its own: order, text over many columns, cards by id, reasons without a number."""

import pytest
from sqlalchemy.orm import Session

from app.models import FitProfile, FitScore, FitState, Stage
from app.queries.board import FIRST_PAGE_SIZE, PAGE_SIZE, board, cards_by_id, column_page, owners_of, stage_counts
from app.queries.board_filter import BadCursor, BoardFilter, BoardSort, Cursor, read_cursor
from tests.world import make_profile, make_program, make_prospect, make_user


def test_a_text_gives_every_column_its_own_first_page(session: Session) -> None:
    program = make_program(session)
    for stage in (Stage.SOURCED, Stage.ENGAGED, Stage.DECLINED):
        for number in range(FIRST_PAGE_SIZE + 2):
            make_prospect(session, program, f"harbor-{stage.value}-{number}.example", stage=stage)
        make_prospect(session, program, f"other-{stage.value}.example", stage=stage)
    found = board(session, program.id, BoardFilter(text="HARBOR"))
    columns = {column.stage: column for column in found.columns}
    for stage in (Stage.SOURCED, Stage.ENGAGED):
        assert (columns[stage].count, len(columns[stage].cards)) == (FIRST_PAGE_SIZE + 2, FIRST_PAGE_SIZE)
        following, end = column_page(session, program.id, stage, BoardFilter(text="harbor"), after=columns[stage].next)
        assert (len(following), end) == (2, None)
    assert dict(found.off_board)[Stage.DECLINED] == FIRST_PAGE_SIZE + 2
    assert columns[Stage.ACTIVE].cards == ()


def test_signs_that_mean_something_to_a_database_are_plain_text(session: Session) -> None:
    program = make_program(session)
    make_prospect(session, program, "plain.example")
    for text in ("%", "_", "pl%in", "\\", "'; --"):
        assert board(session, program.id, BoardFilter(text=text)).count == 0


def test_cards_of_equal_fit_are_told_apart_by_id(session: Session) -> None:
    program = make_program(session)
    ids = [make_prospect(session, program, fit_score=50.0, fit_sort=50.0).id for _ in range(PAGE_SIZE + 5)]
    chosen = BoardFilter(sort=BoardSort.FIT)
    first, after = column_page(session, program.id, Stage.SOURCED, chosen)
    rest, _ = column_page(session, program.id, Stage.SOURCED, chosen, after=after)
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
    assert board(session, program.id, BoardFilter()).count == 0
    assert stage_counts(session, program.id, BoardFilter()) == dict.fromkeys(Stage, 0)


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
