"""Before and after a prospect in the view it was opened from: exactly the rows that board and table put beside it."""

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app import db
from app.clock import now
from app.models import Company, Program, Prospect, Stage, Task
from app.queries import neighbors
from app.queries.board import column_page
from app.queries.board_filter import BoardSort
from app.queries.neighbors import in_column, in_table
from app.queries.prospect import ProspectHeader, prospect_header
from app.queries.prospect_conditions import OwnedBy
from app.queries.prospect_filter import ProspectFilter, conditions
from app.queries.table_columns import columns_of
from app.queries.table_order import page_of, read_order
from app.services.tags import tag_prospect
from tests.world import make_program, make_prospect, make_user

COUNT = 14
NARROW = {
    "everything": ProspectFilter(),
    "owned by nobody": ProspectFilter(owner=OwnedBy(None)),
    "tagged": ProspectFilter(tags=("red", "blue")),
}


@pytest.fixture
def program(session: Session) -> Program:
    """A program whose prospects tie in everything one can order by, and miss some of it."""
    program, owners = make_program(session), [make_user(session), make_user(session), None]
    for number in range(COUNT):
        owner = owners[number % 3]
        prospect = make_prospect(
            session,
            program,
            rank="abc"[number % 3],
            stage=Stage.QUALIFIED if number % 4 else Stage.ENGAGED,
            fit_sort=[80.0, 40.0, -1.0][number % 3],
            owner_id=owner.id if owner else None,
            stage_since_at=now().replace(microsecond=0) - timedelta(days=number % 2),
        )
        session.get_one(Company, prospect.company_id).country = ["DE", None, "PL"][number % 3]
        prospect.source = ["a.csv", "", "b.csv", "a.csv"][number % 4]
        tag_prospect(session, prospect, [["red"], ["blue", "red"], []][number // 2 % 3], actor=None)
        for days in ([3], [2, 5], [], [2])[number % 4]:
            due_at = now().replace(microsecond=0, hour=9) + timedelta(days=days)
            session.add(Task(program_id=program.id, prospect_id=prospect.id, title="Call", due_at=due_at))
    session.flush()
    return program


def ids_around(pair: neighbors.Pair) -> tuple[int | None, int | None]:
    before, after = pair
    return before.id if before else None, after.id if after else None


def expected(ids: list[int]) -> dict[int, tuple[int | None, int | None]]:
    padded = [None, *ids, None]
    return {ids[at]: (padded[at], padded[at + 2]) for at in range(len(ids))}


@pytest.mark.parametrize("narrow", NARROW)
@pytest.mark.parametrize("falls", [False, True])
@pytest.mark.parametrize(
    "key", ["fit", "age", "added", "name", "domain", "stage", "owner", "step", "tags", "country", "source"]
)
def test_table_steps_are_the_rows_beside_it(
    session: Session, program: Program, key: str, falls: bool, narrow: str
) -> None:
    chosen = NARROW[narrow]
    order = read_order(f"-{key}" if falls else key, columns_of([]))
    assert order is not None
    places = page_of(session, program.id, conditions(chosen), order, window=(None, 50))
    ids = [place.id for place in places]
    assert len(ids) > 3
    around = {each: ids_around(in_table(session, prospect_header(session, each), chosen, order)) for each in ids}
    assert around == expected(ids)


@pytest.mark.parametrize("narrow", NARROW)
@pytest.mark.parametrize("sort", BoardSort)
@pytest.mark.parametrize("few", [0, 3_000])
def test_board_steps_are_the_cards_beside_it(
    session: Session, program: Program, sort: BoardSort, narrow: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbors, "FEW", few)  # with 0 each row is looked at, as where a filter leaves very many
    chosen = NARROW[narrow]
    cards, _following = column_page(session, program.id, Stage.QUALIFIED, chosen, sort=sort)
    ids = [card.id for card in cards]
    assert len(ids) > 2
    around = {each: ids_around(in_column(session, prospect_header(session, each), chosen, sort)) for each in ids}
    assert around == expected(ids)


def test_one_that_left_the_filter_still_has_its_place(session: Session, program: Program) -> None:
    chosen = NARROW["tagged"]
    order = read_order("added", columns_of([]))
    assert order is not None
    ids = [place.id for place in page_of(session, program.id, conditions(chosen), order, window=(None, 50))]
    left = next(ids.index(late) for late, early in pairwise(ids) if late - early > 1) + 1
    between = ids[left] + 1
    assert ids_around(in_table(session, prospect_header(session, between), chosen, order)) == (ids[left - 1], ids[left])


def test_queries_do_not_grow_with_the_rows(session: Session, program: Program) -> None:
    order = read_order("fit", columns_of([]))
    assert order is not None
    header = prospect_header(session, session.query(Prospect.id).order_by(Prospect.id).limit(1).scalar() or 0)

    def asked(header: ProspectHeader) -> int:
        seen = list[str]()
        event.listen(db.engine(), "before_cursor_execute", listener := lambda *args: seen.append(args[2]))
        in_table(session, header, NARROW["tagged"], order)
        in_column(session, header, NARROW["tagged"], BoardSort.NEXT)
        event.remove(db.engine(), "before_cursor_execute", listener)
        return len(seen)

    few = asked(header)
    for _number in range(30):
        tag_prospect(session, make_prospect(session, program, fit_sort=60.0), ["red"], actor=None)
    session.flush()
    assert asked(header) <= few + 1
