"""Filters of prospects: what an address means, in rows, and what is said of one made by hand."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.clock import now
from app.models import (
    Activity,
    ActivityKind,
    Company,
    Crawl,
    CrawlState,
    Partnership,
    Program,
    Prospect,
    Signal,
    Stage,
    Task,
)
from app.models.custom_field import FieldKind
from app.queries.filter_options import filter_options, what_is_gone
from app.queries.prospect_conditions import Look
from app.queries.prospect_filter import FIELDS, MAX_VALUES, ProspectFilter, conditions, filter_args, read_filter
from app.services.custom_field_values import set_value
from app.services.tags import tag_prospect
from tests.bulk_world import make_field
from tests.onboarding_world import make_partner
from tests.tier_world import make_tiers
from tests.world import make_program, make_prospect, make_user

EVERYTHING = (
    "q=nord&owner=me&min=10&max=90&fit=scored&kind=agency&kind=shop&tier=Gold&tag=Hot&source=fair.csv&country=DE"
    "&language=de&stage=engaged&stage=applied&days_min=2&days_max=50&touch=<30&step=overdue&flag=overdue&own=12:-"
)


def args_of(query: str) -> MultiDict[str, str]:
    return MultiDict(part.split("=", 1) for part in query.split("&") if part)


@pytest.fixture
def program(session: Session) -> Program:
    return make_program(session)


@pytest.fixture
def told_apart(session: Session, program: Program) -> dict[str, int]:
    """Two prospects that differ in everything one can filter by; returns their ids by name."""
    user = make_user(session)
    nord = make_prospect(
        session, program, "nordkante.example", owner_id=user.id, source="fair.csv", stage=Stage.ENGAGED,
        stage_since_at=now() - timedelta(days=12), fit_score=70.0, fit_sort=70.0, fit_state="scored",
    )  # fmt: skip
    other = make_prospect(session, program, "harbor.example")
    company = session.get_one(Company, nord.company_id)
    company.country, company.language = "DE", "de"
    crawl = Crawl(company_id=company.id, state=CrawlState.DONE)
    session.add(crawl)
    session.flush()
    session.add_all(
        [
            Signal(company_id=company.id, crawl_id=crawl.id, name="kind_of_site", value="agency"),
            Partnership(program_id=program.id, prospect_id=nord.id, tier="Gold"),
            Activity(prospect_id=nord.id, kind=ActivityKind.CALL, body="Rang", at=now() - timedelta(days=5)),
            Task(program_id=program.id, prospect_id=nord.id, title="Call", due_at=now() - timedelta(days=1)),
        ]
    )
    tag_prospect(session, nord, ["Hot"], actor=user)
    return {"nord": nord.id, "other": other.id, "user": user.id}


def found(session: Session, program: Program, query: str, *, user_id: int = 1) -> list[int]:
    chosen, problems = read_filter(args_of(query), user_id=user_id)
    assert problems == []
    return list(session.scalars(select(Prospect.id).where(Prospect.program_id == program.id, *conditions(chosen))))


@pytest.mark.parametrize("query", [
    "q=NORDK", "owner=me", "min=60", "max=80", "fit=scored", "kind=agency", "kind=shop&kind=agency", "tier=Gold",
    "tag=hot", "source=fair.csv", "country=de", "language=DE", "stage=engaged", "days_min=12", "days_min=3&days_max=12",
    "touch=<7", "step=overdue", "step=any", EVERYTHING,
])  # fmt: skip
def test_each_filter_lets_through_whom_it_means(
    session: Session, program: Program, told_apart: dict[str, int], query: str
) -> None:
    assert found(session, program, query, user_id=told_apart["user"]) == [told_apart["nord"]]


@pytest.mark.parametrize("query", [
    "q=harb", "owner=none", "fit=pending", "country=none", "language=none", "stage=sourced", "days_max=11",
    "touch=never", "touch=>7", "step=none",
])  # fmt: skip
def test_and_the_opposite_lets_through_the_other(
    session: Session, program: Program, told_apart: dict[str, int], query: str
) -> None:
    assert found(session, program, query) == [told_apart["other"]]


def test_what_is_asked_of_the_company_holds_together_and_anew_each_time(
    session: Session, program: Program, told_apart: dict[str, int]
) -> None:
    """The statements are kept by the database's driver under their shape: other words must not find the old rows."""
    for query, names in {
        "q=nord": ["nord"], "q=harb": ["other"], "q=nord&country=DE&kind=agency": ["nord"],
        "country=DE&kind=shop": [], "country=PL&kind=agency": [], "q=harb&language=de": [],
        "touch=>4": ["nord", "other"], "touch=>7": ["other"],
    }.items():  # fmt: skip
        for look in Look:
            chosen, _ = read_filter(args_of(query), user_id=1)
            where = (Prospect.program_id == program.id, *conditions(chosen, look))
            rows = session.scalars(select(Prospect.id).where(*where).order_by(Prospect.id))
            assert list(rows) == [told_apart[name] for name in names], (query, look)


@pytest.mark.parametrize("typed", ["& A", "a_b", "100%", "(Söh", "Łódź", "ne) -- l", "-- L", "%", "odz-so"])
def test_a_part_of_a_name_is_found_as_it_is_written(session: Session, program: Program, typed: str) -> None:
    wanted = make_prospect(session, program, "lodz-soehne.example")
    session.get_one(Company, wanted.company_id).name = "Łódź & A_B 100% (Söhne) -- Ltd"
    make_prospect(session, program, "other.example")
    session.flush()
    where = (Prospect.program_id == program.id, *conditions(ProspectFilter(text=typed)))
    assert list(session.scalars(select(Prospect.id).where(*where))) == [wanted.id]


def test_own_fields_are_asked_by_what_they_are(session: Session, program: Program) -> None:
    user = make_user(session)
    level = make_field(session, program, kind=FieldKind.CHOICE, options=["Gold", "Golden"])
    size, note = (make_field(session, program, kind=kind) for kind in (FieldKind.NUMBER, FieldKind.TEXT))
    rows = [make_prospect(session, program) for _ in range(3)]
    for row, values in zip(rows, (("Gold", "9", "Met in Łódź"), ("Golden", "-10", "50 %")), strict=False):
        for field, value in zip((level, size, note), values, strict=True):
            set_value(session, row, field, value, actor=user, version=None)
    first, second, third = (row.id for row in rows)
    for query, ids in (
        (f"own={level.id}:=gold", [first]),
        (f"own={level.id}:=gold&own={level.id}:=golden", [first, second]),
        (f"own={level.id}:=gold&own={level.id}:-", [first, third]),
        (f"own{size.id}_from=-10&own{size.id}_to=8.5", [second]),
        (f"own={size.id}:>=-9.5", [first]),
        (f"own={note.id}:łódź", [first]),
        (f"own={note.id}:0 %", [second]),
        (f"own={level.id}:=gold&own={size.id}:<=0", []),
        (f"own={size.id + 900}:=9", []),
    ):
        for look in Look:
            chosen, problems = read_filter(args_of(query), user_id=1, also=frozenset())
            assert problems == []
            here = select(Prospect.id).where(Prospect.program_id == program.id, *conditions(chosen, look))
            assert sorted(session.scalars(here)) == ids, (query, look)
    chosen, problems = read_filter(args_of("own=x:1&own=0:=1&own=3:&own=9999999999:-"), user_id=1)
    assert (chosen.own, len(problems)) == ((), 1)


def test_a_touch_of_five_days_ago_is_within_seven_and_over_four(
    session: Session, program: Program, told_apart: dict[str, int]
) -> None:
    assert found(session, program, "touch=<4") == []
    assert sorted(found(session, program, "touch=>4")) == [told_apart["nord"], told_apart["other"]]


def test_steps_of_today_and_this_week_are_not_late(session: Session, program: Program) -> None:
    ids = [make_prospect(session, program).id for _ in range(3)]
    for prospect_id, due_at in zip(ids, (now() + timedelta(minutes=1), now() + timedelta(days=8), None), strict=True):
        session.add(Task(program_id=program.id, prospect_id=prospect_id, title="Call", due_at=due_at))
    session.flush()
    assert found(session, program, "step=overdue") == []
    assert found(session, program, "step=week") in ([ids[0]], [])  # at Sunday's last minute the week is over
    assert found(session, program, "step=any") == ids


def test_an_address_is_written_as_it_was_read() -> None:
    chosen, problems = read_filter(args_of(EVERYTHING), user_id=7)
    assert problems == []
    assert filter_args(chosen) == {name: args_of(EVERYTHING).getlist(name) for name in args_of(EVERYTHING)}
    assert set(filter_args(chosen)) == {field.name for field in FIELDS}


def test_without_a_value_the_rest_stays() -> None:
    chosen, _ = read_filter(args_of(EVERYTHING), user_id=7)
    for field in FIELDS:
        for value in field.of(chosen):
            left = filter_args(field.without(chosen, value)).get(field.name, [])
            assert field.write(value) not in left
            assert field.say(value)


@pytest.mark.parametrize(("query", "word"), [
    ("owner=abc", "abc"), ("owner=99999999999999999999", "9999"), ("owner=²", "²"), ("min=high", "high"),
    ("max=nan", "nan"), ("fit=great", "great"), ("kind=bakery", "bakery"), ("country=Germany", "Germany"),
    ("stage=shortlist", "shortlist"), ("days_min=-1", "-1"), ("days_max=12345", "12345"), ("touch=soon", "soon"),
    ("touch=>", ">"), ("step=never", "never"), ("color=red", "color"), ("tag=" + "x" * 41, "xxx"),
])  # fmt: skip
def test_nonsense_is_left_out_and_said_in_one_line(query: str, word: str) -> None:
    chosen, problems = read_filter(args_of(query), user_id=7, also=frozenset())
    assert not chosen.is_narrow
    (line,) = problems
    assert "was left out" in line
    assert word in line


def test_an_endless_address_is_cut_and_said() -> None:
    many: Any = MultiDict([("tag", f"t{number}") for number in range(500)])
    chosen, (line,) = read_filter(many, user_id=7)
    assert len(chosen.tags) == MAX_VALUES
    assert "one too many" in line


def test_what_is_gone_is_named(session: Session, program: Program, told_apart: dict[str, int]) -> None:
    make_tiers(session, program, "Gold", "Tin")
    chosen, _ = read_filter(args_of("owner=999999&tag=Hot&tag=Cold&tier=Gold&tier=Tin"), user_id=7)
    assert what_is_gone(session, program.id, chosen) == ["the person it asks for", "the tag “Cold”", "the tier “Tin”"]


def test_options_are_the_words_of_this_program_alone(
    session: Session, program: Program, told_apart: dict[str, int]
) -> None:
    elsewhere = make_prospect(session, make_program(session), source="elsewhere.csv")
    earlier = make_prospect(session, program, source="an earlier fair.csv")
    for prospect, country in ((elsewhere, "AT"), (earlier, "ES")):
        session.get_one(Company, prospect.company_id).country = country
    _silver, gold, _amber = make_tiers(session, program, "Silver", "Gold", "Amber")
    for name in ("Amber", "Silver"):
        make_partner(session, program, None, tier=name)
    gold.position = 9
    session.flush()
    options = filter_options(session, program.id)
    assert (options.tags, options.tiers, options.sources) == (
        ("Hot",),
        ("Silver", "Amber", "Gold"),
        ("an earlier fair.csv", "fair.csv"),
    )
    assert (options.countries, options.languages) == (("DE", "ES"), ("de",))
