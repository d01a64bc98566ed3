"""The pipelines of several programs on one screen: every column of all of them, in a number of queries that depends on
neither the cards nor the programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import and_, exists, select, union_all
from sqlalchemy.orm import Session

from app.languages import mark
from app.models import BOARD_STAGES, Membership, Program, ProgramType, Prospect, Role, Stage, User
from app.models.stage import PARTNER_STAGES
from app.models.tag import Tag
from app.models.view import BoardHabit
from app.queries.board import Column, Owner, cut, dated_steps, first_of_each, page_of
from app.queries.board_cards import Card, cards_of
from app.queries.board_few import Head, Place, cards_named, few_of, heads_of, in_programs
from app.queries.board_filter import BoardSort
from app.queries.filter_options import MOST, FilterOptions, words_in
from app.queries.prospect_filter import ProspectFilter, conditions

# So many programs are shown at once; each is nine columns of the page's one big statement.
MOST_LANES = 6
# A lane's columns draw what they have room for; scrolling loads the pages that the board's own columns load.
LANE_PAGE_SIZE = 5


class Half(StrEnum):
    """A pipeline: the way to an approval, or what follows it."""

    PROSPECTS = "prospects"
    PARTNERS = "partners"

    @property
    def label(self) -> str:
        """Return the pipeline as people read it."""
        return mark("Prospects") if self is Half.PROSPECTS else mark("Partners")

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Return the pipeline's stages in board order."""
        return tuple(each for each in BOARD_STAGES if (each in PARTNER_STAGES) is (self is Half.PARTNERS))


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneProgram:
    """A program that a person may look at, and how they keep it: chosen for this screen, pipelines folded."""

    id: int
    slug: str
    name: str
    type: ProgramType
    stage_names: dict[str, str]
    has_partners: bool
    is_chosen: bool
    folded: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One half of a program's way, with its columns."""

    half: Half
    columns: tuple[Column, ...]
    is_folded: bool

    @property
    def count(self) -> int:
        """Return how many prospects stand in it."""
        return sum(column.count for column in self.columns)


@dataclass(frozen=True, slots=True)
class Lane:
    """A program with its pipelines; the partners' is there once the program has partners."""

    program: LaneProgram
    pipelines: tuple[Pipeline, ...]

    @property
    def count(self) -> int:
        """Return how many prospects and partners stand in the lane."""
        return sum(each.count for each in self.pipelines)


def lane_programs(session: Session, user: User) -> list[LaneProgram]:
    """Return the programs in force that a person works in, by name; all of them for an admin."""
    has_partners = exists().where(Prospect.program_id == Program.id, Prospect.stage.in_(PARTNER_STAGES))
    query = (
        select(Program, has_partners.correlate(Program), BoardHabit)
        .outerjoin(BoardHabit, and_(BoardHabit.program_id == Program.id, BoardHabit.user_id == user.id))
        .where(Program.archived_at.is_(None))
    )
    if user.role is not Role.ADMIN:
        query = query.join(Membership, and_(Membership.program_id == Program.id, Membership.user_id == user.id))
    return [
        LaneProgram(
            id=program.id,
            slug=program.slug,
            name=program.name,
            type=program.type,
            stage_names=program.stage_names,
            has_partners=has_any,
            is_chosen=habit is not None and habit.is_in_lanes,
            folded=frozenset(habit.folded_lanes if habit else ()),
        )
        for program, has_any, habit in session.execute(query.order_by(Program.name, Program.id))
    ]


def lanes(
    session: Session, programs: Sequence[LaneProgram], chosen: ProspectFilter, *, sort: BoardSort = BoardSort.RANK
) -> list[Lane]:
    """Return the lanes of these programs (at least one) with the first cards of every column."""
    ids = [program.id for program in programs]
    few = few_of(session, ids, chosen, sort, size=LANE_PAGE_SIZE) if chosen.asks_elsewhere else None
    if few is not None:
        heads, cards = few
    else:
        heads = heads_of(session, ids, chosen)
        cards = _first_cards(session, heads, chosen, sort)
    by_place: dict[Place, list[Card]] = {}
    for card in cards:
        by_place.setdefault((card.program_id, card.stage), []).append(card)
    return [_lane(program, heads, by_place, chosen, sort) for program in programs]


def cards_in(
    session: Session, program_ids: Sequence[int], ids: Sequence[int], chosen: ProspectFilter | None = None
) -> list[Card]:
    """Return the cards with these ids that stand in one of the programs and that a filter lets through."""
    if not ids:
        return []
    narrow = conditions(chosen) if chosen else []
    here = in_programs(Prospect.program_id, program_ids)
    return cards_of(session, select(Prospect.id).where(here, Prospect.id.in_(ids), *narrow).subquery())


def members_of(session: Session, program_ids: Sequence[int]) -> tuple[Owner, ...]:
    """Return the members of any of the programs, by name."""
    members = select(Membership.user_id).where(in_programs(Membership.program_id, program_ids))
    rows = session.execute(select(User.id, User.name).where(User.id.in_(members)).order_by(User.name, User.id))
    return tuple(Owner(*row) for row in rows)


def lane_options(session: Session, program_ids: Sequence[int]) -> FilterOptions:
    """Return what to offer for filtering several programs: what is one program's alone, fields and tiers, is not."""
    tags = select(Tag.name).where(in_programs(Tag.program_id, program_ids)).distinct().order_by(Tag.name)
    sources, countries, languages = words_in(session, program_ids)
    return FilterOptions(
        owners=members_of(session, program_ids),
        tags=tuple(session.scalars(tags.limit(MOST))),
        tiers=(),
        sources=sources,
        countries=countries,
        languages=languages,
    )


def _lane(
    program: LaneProgram,
    heads: dict[Place, Head],
    by_place: dict[Place, list[Card]],
    chosen: ProspectFilter,
    sort: BoardSort,
) -> Lane:
    pipelines = []
    for half in Half:
        if half is Half.PARTNERS and not program.has_partners:
            continue
        columns = []
        for stage in half.stages:
            if not chosen.stages or stage in chosen.stages:
                place = (program.id, stage)
                cards, following = cut(by_place.get(place, ()), sort, size=LANE_PAGE_SIZE)
                columns.append(Column(stage, heads[place], cards, following))
        if columns:
            pipelines.append(Pipeline(half, tuple(columns), half.value in program.folded))
    return Lane(program, tuple(pipelines))


def _first_cards(session: Session, heads: dict[Place, Head], chosen: ProspectFilter, sort: BoardSort) -> list[Card]:
    """Return the first cards of every column that holds some: one statement of walks along an index, one for each."""
    places = [place for place, head in heads.items() if head.count and place[1] in BOARD_STAGES]
    if not places:
        return []
    walks = [page_of(program_id, stage, chosen, sort, size=LANE_PAGE_SIZE).subquery() for program_id, stage in places]
    if sort is BoardSort.NEXT:
        stages: dict[int, list[Stage]] = {}
        for program_id, stage in places:
            stages.setdefault(program_id, []).append(stage)
        walks += [
            first_of_each(dated_steps(program_id, named, chosen).subquery(), size=LANE_PAGE_SIZE)
            for program_id, named in stages.items()
        ]
    # Ids first: joined to their cards, SQLite would write the cards' statement out once for every column.
    return cards_named(session, session.scalars(union_all(*(select(walk.c.id) for walk in walks))).all(), sort)
