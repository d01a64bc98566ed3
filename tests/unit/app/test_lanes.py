"""Programs side by side: whose they are, what each lane holds, and that their cost depends on no card."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.clock import now
from app.models import Company, Program, Role, Stage, Task, User
from app.models.stage import BOARD_STAGES
from app.models.tag import ProspectTag, Tag
from app.queries.board import column_page
from app.queries.board_filter import BoardSort
from app.queries.lanes import (
    LANE_PAGE_SIZE,
    Half,
    cards_in,
    lane_options,
    lane_programs,
    lanes,
)
from app.queries.prospect_conditions import OwnedBy
from app.queries.prospect_filter import ProspectFilter
from app.services.errors import InvalidInput
from app.services.lanes import add_elsewhere, choose_lanes, fold_lane
from app.services.prospects import find_prospect
from app.services.ranks import rank_between
from tests.unit.app.test_prospect_query import counted_queries
from tests.world import make_program, make_prospect, make_user


@pytest.fixture
def mia(session: Session) -> User:
    return make_user(session, name="Mia Okafor")


@pytest.fixture
def two(session: Session, mia: User) -> tuple[Program, Program]:
    return make_program(session, mia, name="Agencies"), make_program(session, mia, name="Creators")


def fill(session: Session, program: Program, count: int, **values: Any) -> list[int]:
    ids, rank = [], None
    for _ in range(count):
        rank = rank_between(rank, None)
        ids.append(make_prospect(session, program, rank=rank, **values).id)
    return ids


def test_a_person_sees_their_programs_and_an_admin_all_in_force(
    session: Session, mia: User, two: tuple[Program, Program]
) -> None:
    make_program(session, name="Others")
    make_program(session, mia, name="Bygone", archived_at=now())
    assert [each.name for each in lane_programs(session, mia)] == ["Agencies", "Creators"]
    admin = make_user(session, Role.ADMIN)
    assert [each.name for each in lane_programs(session, admin)] == ["Agencies", "Creators", "Others"]


def test_each_lane_holds_its_own_cards_and_the_partners_pipeline_where_there_are_partners(
    session: Session, mia: User, two: tuple[Program, Program]
) -> None:
    agencies, creators = two
    ids = fill(session, agencies, LANE_PAGE_SIZE + 2, stage=Stage.SOURCED)
    active = fill(session, agencies, 1, stage=Stage.ACTIVE, fit_score=80.0, fit_sort=80.0)
    theirs = fill(session, creators, 1, stage=Stage.SOURCED)
    fill(session, creators, 1, stage=Stage.DORMANT)
    first, second = lanes(session, lane_programs(session, mia), ProspectFilter())
    assert [each.half for each in first.pipelines] == [Half.PROSPECTS, Half.PARTNERS]
    assert [each.half for each in second.pipelines] == [Half.PROSPECTS]
    sourced = first.pipelines[0].columns[0]
    assert (sourced.stage, sourced.count, [card.id for card in sourced.cards]) == (
        Stage.SOURCED, LANE_PAGE_SIZE + 2, ids[:LANE_PAGE_SIZE],
    )  # fmt: skip
    rest, end = column_page(session, agencies.id, Stage.SOURCED, ProspectFilter(), after=sourced.next)
    assert ([card.id for card in rest], end) == (ids[LANE_PAGE_SIZE:], None)
    last = first.pipelines[1].columns[-1]
    assert ([card.id for card in last.cards], last.head.mean) == (active, 80.0)
    assert (first.count, first.pipelines[1].count) == (LANE_PAGE_SIZE + 3, 1)
    assert (second.count, [card.id for card in second.pipelines[0].columns[0].cards]) == (1, theirs)


@pytest.mark.parametrize("sort", list(BoardSort))
def test_a_filter_on_other_tables_and_one_on_the_prospect_find_the_same_in_every_order(
    session: Session, mia: User, two: tuple[Program, Program], sort: BoardSort
) -> None:
    wanted = []
    for program in two:
        tag = Tag(program_id=program.id, name="Gold", key="gold")
        session.add(tag)
        session.flush()
        for number in range(3):
            prospect = make_prospect(
                session, program, owner_id=mia.id, fit_sort=float(number), stage_since_at=now() - timedelta(days=number)
            )
            session.add(ProspectTag(prospect_id=prospect.id, tag_id=tag.id))
            if number:
                due = now() + timedelta(days=9 - number)
                session.add(Task(program_id=program.id, prospect_id=prospect.id, title="Call", due_at=due))
            wanted.append(prospect.id)
        make_prospect(session, program)
    session.flush()
    by_tag, by_owner = (
        [[card.id for card in lane.pipelines[0].columns[0].cards] for lane in found]
        for found in (
            lanes(session, lane_programs(session, mia), ProspectFilter(tags=("gold",)), sort=sort),
            lanes(session, lane_programs(session, mia), _mine(mia), sort=sort),
        )
    )
    assert by_tag == by_owner
    assert sorted(by_tag[0] + by_tag[1]) == wanted
    if sort is BoardSort.NEXT:
        assert by_tag[0] == [wanted[2], wanted[1], wanted[0]]


def test_the_number_of_queries_depends_on_neither_cards_nor_programs(session: Session, mia: User) -> None:
    def read() -> int:
        session.flush()
        with counted_queries() as seen:
            lanes(session, lane_programs(session, mia), ProspectFilter())
        return len(seen)

    make_prospect(session, make_program(session, mia))
    few = read()
    for _ in range(3):
        program = make_program(session, mia)
        for stage in BOARD_STAGES:
            fill(session, program, 3, stage=stage)
    assert read() == few


def test_what_a_person_chose_and_folded_is_remembered_for_them_alone(
    session: Session, mia: User, two: tuple[Program, Program]
) -> None:
    agencies, creators = two
    choose_lanes(session, lane_programs(session, mia), {creators.slug}, actor=mia)
    fold_lane(session, creators, Half.PARTNERS, is_folded=True, actor=mia)
    fold_lane(session, creators, Half.PROSPECTS, is_folded=True, actor=mia)
    fold_lane(session, creators, Half.PARTNERS, is_folded=False, actor=mia)
    session.flush()
    known = {each.name: (each.is_chosen, each.folded) for each in lane_programs(session, mia)}
    assert known == {"Agencies": (False, frozenset()), "Creators": (True, frozenset({"prospects"}))}
    admin = make_user(session, Role.ADMIN)
    assert not any(each.is_chosen or each.folded for each in lane_programs(session, admin))
    choose_lanes(session, lane_programs(session, mia), {agencies.slug}, actor=mia)
    session.flush()
    assert [each.name for each in lane_programs(session, mia) if each.is_chosen] == ["Agencies"]


def test_a_company_added_to_another_program_begins_there_and_stays_here(
    session: Session, mia: User, two: tuple[Program, Program]
) -> None:
    agencies, creators = two
    prospect = make_prospect(session, agencies, "harbor.example", stage=Stage.ENGAGED)
    added = add_elsewhere(session, prospect, creators, actor=mia)
    session.flush()
    assert added.is_new
    assert (added.prospect.stage, added.prospect.owner_id) == (Stage.SOURCED, mia.id)
    assert prospect.stage is Stage.ENGAGED
    again = add_elsewhere(session, prospect, creators, actor=mia)
    assert (again.is_new, again.prospect.id) == (False, added.prospect.id)
    assert find_prospect(session, agencies.id, prospect.company_id) is prospect


def test_a_company_without_a_site_of_its_own_is_refused(
    session: Session, mia: User, two: tuple[Program, Program]
) -> None:
    prospect = make_prospect(session, two[0], "harbor.example")
    session.get_one(Company, prospect.company_id).domain = "facebook.com"
    with pytest.raises(InvalidInput):
        add_elsewhere(session, prospect, two[1], actor=mia)


def test_cards_of_other_programs_are_not_read(session: Session, mia: User, two: tuple[Program, Program]) -> None:
    here, there = make_prospect(session, two[0]), make_prospect(session, make_program(session))
    assert [card.id for card in cards_in(session, [two[0].id, two[1].id], [here.id, there.id])] == [here.id]
    assert cards_in(session, [two[0].id], []) == []


def test_what_is_offered_to_filter_by_comes_from_all_programs(
    session: Session, mia: User, two: tuple[Program, Program]
) -> None:
    for program, source, country in zip(two, ("list.csv", "fair.csv"), ("DE", "PL"), strict=True):
        prospect = make_prospect(session, program, source=source)
        session.get_one(Company, prospect.company_id).country = country
        session.add_all(Tag(program_id=program.id, name=name, key=name.lower()) for name in ("Gold", source))
    session.flush()
    options = lane_options(session, [program.id for program in two])
    assert (options.tags, options.sources) == (("Gold", "fair.csv", "list.csv"), ("fair.csv", "list.csv"))
    assert (options.countries, options.tiers, options.own) == (("DE", "PL"), (), ())
    assert [owner.name for owner in options.owners] == ["Mia Okafor"]


def _mine(user: User) -> ProspectFilter:
    return ProspectFilter(owner=OwnedBy(user.id))
