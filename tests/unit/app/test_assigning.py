"""Assignment rules: the first that holds gives, in turn or to the least loaded, and never takes from anybody."""

import threading
import time
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import engine, reading, transaction
from app.models import AuditEvent, Company, Crawl, FitScore, FitState, Program, Prospect, Signal, Stage, User
from app.models.assignment import AssignmentRule, RuleAssignment, ShareWay
from app.models.notification import Notification
from app.queries.arrivals import Arrival, candidates_of
from app.queries.timeline import timeline
from app.queries.timeline_entry import TimelineKind
from app.services.assigning.asking import any_holds
from app.services.assigning.conditions import Conditions, conditions_of, holds, in_words, stored
from app.services.assigning.giving import give_after_score, give_out
from app.services.companies import find_or_add_company
from app.services.fit import current_profile
from app.services.prospects import NewProspect, add_prospect
from app.services.tags import tag_prospect
from tests.unit.app.imports.steps import bring_in, sites
from tests.world import make_profile, make_program, make_prospect, make_user

EVERYTHING = Conditions(
    source="fair",
    countries=("PL", "DE"),
    languages=("pl",),
    kinds=("agency",),
    tags=("Hot",),
    score_min=60.0,
    score_max=90.0,
)


class World:
    """A program in which three people work."""

    def __init__(self, session: Session) -> None:
        self.ann, self.bob, self.cid = (make_user(session, name=name) for name in ("Ann", "Bob", "Cid"))
        self.program = make_program(session, self.ann, self.bob, self.cid)
        self.people = [self.ann.id, self.bob.id, self.cid.id]

    def rule(self, session: Session, conditions: Conditions | None = None, **values: Any) -> AssignmentRule:
        rule = AssignmentRule(
            **{"program_id": self.program.id, "name": "Rule", "position": 1, "people": self.people}
            | {"conditions": stored(conditions or Conditions())}
            | values
        )
        session.add(rule)
        session.flush()
        return rule

    def add(self, session: Session, domain: str, *, owner: User | None = None, **company: Any) -> Prospect:
        row = find_or_add_company(session, domain=domain)
        for name, value in company.items():
            setattr(row, name, value)
        session.flush()
        new = NewProspect(
            program_id=self.program.id, company_id=row.id, source="By hand", owner_id=owner.id if owner else None
        )
        return add_prospect(session, new)


@pytest.fixture
def world(session: Session) -> World:
    return World(session)


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({}, True),
        ({"source": "A list"}, False),
        ({"country": "FR"}, False),
        ({"language": "en"}, False),
        ({"kinds": frozenset({"shop"})}, False),
        ({"tags": frozenset()}, False),
        ({"score": 59.0}, False),
        ({"score": 90.5}, False),
        ({"score": None}, False),
        # What is still to come may turn out either way, unless something else says no already.
        ({"score": None, "is_final": False}, None),
        ({"is_read": False, "is_final": False, "country": None}, None),
        ({"is_read": False, "is_final": False, "country": "FR"}, False),
    ],
)
def test_all_conditions_must_hold_and_what_is_to_come_is_waited_for(changed: dict[str, Any], answer: object) -> None:
    known: dict[str, Any] = {
        "source": "Import: Fair 2026.csv",
        "country": "PL",
        "language": "pl",
        "kinds": frozenset({"agency"}),
        "tags": frozenset({"hot"}),
        "score": 60.0,
        "is_read": True,
        "is_final": True,
    }
    assert holds(conditions_of(stored(EVERYTHING)), Arrival(**known | changed)) is answer


def test_conditions_are_said_in_words() -> None:
    assert in_words(EVERYTHING) == (
        "the source has “fair” in it, and the country is PL or DE, and the site’s language is pl, and the kind of site "
        "is agency, and it is tagged “Hot”, and the score is 60 to 90"
    )
    assert in_words(Conditions()) == ""


def test_the_first_rule_that_holds_gives_in_turn_and_skips_who_left(session: Session, world: World) -> None:
    world.rule(session, Conditions(countries=("PL",)), name="Poland", people=[world.cid.id])
    rest = world.rule(session, name="Rest", position=2, is_default=True)
    owners = [world.add(session, f"a{number}.com", country="US").owner_id for number in range(4)]
    assert owners == [world.ann.id, world.bob.id, world.cid.id, world.ann.id]
    world.bob.is_active = False
    assert world.add(session, "b.com", country="US").owner_id == world.cid.id
    assert world.add(session, "c.com", country="PL").owner_id == world.cid.id
    assert (rest.last_given_to_id, world.add(session, "d.com", owner=world.ann).owner_id) == (
        world.cid.id,
        world.ann.id,
    )
    rest.is_on = False
    assert world.add(session, "e.com", country="US").owner_id is None


def test_the_least_loaded_gets_the_next(session: Session, world: World) -> None:
    for owner, stage in ((world.ann, Stage.SOURCED), (world.bob, Stage.ACTIVE), (world.cid, Stage.DECLINED)):
        make_prospect(session, world.program, owner_id=owner.id, stage=stage)
    world.rule(session, way=ShareWay.LEAST)
    owners = [world.add(session, f"a{number}.com").owner_id for number in range(5)]
    assert owners == [world.bob.id, world.cid.id, world.ann.id, world.bob.id, world.cid.id]


def test_a_rule_gives_with_audit_timeline_and_notice(session: Session, world: World) -> None:
    world.rule(session, name="DACH", people=[world.bob.id])
    prospect = world.add(session, "a.com")
    entries = timeline(session, prospect_id=prospect.id, company_id=prospect.company_id).entries
    assert ("Assigned to Bob by rule “DACH”", None) in [(each.title, each.who) for each in entries]
    assert TimelineKind.ASSIGNED in {each.kind for each in entries}
    audit = session.scalars(select(AuditEvent).where(AuditEvent.action == "prospect.assigned_by_rule")).one()
    assert (audit.subject, audit.details["rule"], audit.details["to"]) == (
        f"prospect:{prospect.id}",
        "DACH",
        world.bob.id,
    )
    told = session.scalars(select(Notification)).one()
    assert (told.user_id, told.prospect_id, told.count) == (world.bob.id, prospect.id, 1)


def scored(session: Session, world: World, score: float, **values: Any) -> Prospect:
    prospect = make_prospect(
        session, world.program, fit_score=score, fit_sort=score, fit_state=FitState.SCORED, **values
    )
    profile = world_profile(session, world.program)
    session.add(FitScore(prospect_id=prospect.id, profile_id=profile, score=score, why_null="", parts=[], model_id="m"))
    session.flush()
    return prospect


def world_profile(session: Session, program: Program) -> int:
    return (current_profile(session, program.id) or make_profile(session, program)).id


def test_rules_with_a_score_wait_for_the_first_one_and_later_ones_give_nothing(session: Session, world: World) -> None:
    world.rule(session, Conditions(score_min=70.0), name="Strong", people=[world.cid.id])
    world.rule(session, name="Rest", position=2, people=[world.ann.id])
    assert world.add(session, "waits.com").owner_id is None
    strong, weak, owned = scored(session, world, 80), scored(session, world, 10), scored(session, world, 90)
    owned.owner_id = world.bob.id
    again = scored(session, world, 85)
    scored_before = session.scalars(select(FitScore).where(FitScore.prospect_id == again.id)).one()
    profile = scored_before.profile_id
    session.add(FitScore(prospect_id=again.id, profile_id=profile, score=9.0, why_null="", parts=[], model_id="m"))
    closed = scored(session, world, 80, stage=Stage.DECLINED)
    ids = [each.id for each in (strong, weak, owned, again, closed)]
    assert give_after_score(session, world.program.id, ids) == 2
    session.expire_all()
    owners = [session.get_one(Prospect, each).owner_id for each in ids]
    assert owners == [world.cid.id, world.ann.id, world.bob.id, None, None]


def test_many_at_once_are_one_line_and_a_fixed_number_of_statements(database: Engine) -> None:
    with transaction() as session:
        world = World(session)
        world.rule(session, Conditions(source="fair", kinds=("agency",)), way=ShareWay.LEAST)
        world.rule(session, Conditions(source="list"), position=2)
    place = (world.program, world.ann)
    counts = []
    for number in (30, 300):
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object, seen: list[str] = seen) -> None:
            seen.append(statement)

        listener = (engine(), "before_cursor_execute", note)
        event.listen(*listener)
        try:
            bring_in(place, sites(number))
        finally:
            event.remove(*listener)
        counts.append(len(seen))
    # The second file has the first one's rows in it, which are known; 270 are new.
    assert counts[1] <= counts[0] + 3
    with reading() as session:
        owners = list(session.scalars(select(Prospect.owner_id).order_by(Prospect.id)))
        lines = session.scalars(select(Notification).where(Notification.folded_into_id.is_(None))).all()
        given = len(session.scalars(select(RuleAssignment.id)).all())
    assert [owners.count(each) for each in world.people] == [100, 100, 100]
    assert owners[:4] == [*world.people, world.ann.id]
    assert (given, sorted((each.user_id, each.count) for each in lines)) == (
        300,
        sorted((each, 100) for each in world.people),
    )


def test_two_who_add_at_once_share_one_turn(database: Engine) -> None:
    with transaction() as session:
        world = World(session)
        world.rule(session)
        for number in range(6):
            find_or_add_company(session, domain=f"s{number}.com")
    has_begun = threading.Event()

    def add(numbers: range, *, is_first: bool) -> None:
        with transaction() as session:
            for number in numbers:
                world.add(session, f"s{number}.com", country="US")
            if is_first:
                has_begun.set()
                time.sleep(0.2)

    first = threading.Thread(target=add, args=(range(2),), kwargs={"is_first": True})
    second = threading.Thread(target=add, args=(range(2, 6),), kwargs={"is_first": False})
    first.start()
    assert has_begun.wait(10)
    second.start()
    first.join()
    second.join()
    with reading() as session:
        owners = session.execute(
            select(Company.domain, Prospect.owner_id)
            .join(Company, Company.id == Prospect.company_id)
            .order_by(Company.domain)
        ).all()
    assert [owner for _, owner in owners] == world.people * 2


def test_giving_out_leaves_owners_alone(session: Session, world: World) -> None:
    world.rule(session, people=[world.cid.id])
    free, owned = make_prospect(session, world.program), make_prospect(session, world.program, owner_id=world.bob.id)
    assert give_out(session, world.program.id, [free.id, owned.id]) == 1
    session.expire_all()
    assert (free.owner_id, owned.owner_id) == (world.cid.id, world.bob.id)


def test_conditions_ask_the_same_of_many_as_of_one(session: Session, world: World) -> None:
    prospects = [scored(session, world, score, source=source) for score in (10, 60, 95) for source in ("FAIR 1", "a_b")]
    prospects.append(make_prospect(session, world.program, source="fair"))
    for number, prospect in enumerate(prospects):
        company = session.get_one(Company, prospect.company_id)
        company.country, company.language = ("PL", "pl") if number % 3 else (None, None)
    tag_prospect(session, prospects[1], ["Hot"], actor=None)
    crawl = Crawl(company_id=prospects[2].company_id)
    session.add(crawl)
    session.flush()
    session.add(Signal(company_id=crawl.company_id, crawl_id=crawl.id, name="kind_of_site", value="agency"))
    session.flush()
    candidates = candidates_of(session, [prospect.id for prospect in prospects])
    asked = [
        Conditions(),
        Conditions(source="Fair"),
        Conditions(source="a_"),
        Conditions(source="x"),
        Conditions(countries=("PL", "DE"), languages=("pl",)),
        Conditions(tags=("hot", "cold")),
        Conditions(kinds=("agency", "shop")),
        Conditions(score_min=60.0),
        Conditions(score_max=60.0),
        Conditions(score_min=20.0, score_max=60.0, source="fair"),
    ]
    for each in asked:
        by_one = [candidate.id for candidate in candidates if holds(each, candidate.arrival)]
        by_many = session.scalars(select(Prospect.id).where(any_holds([each])).order_by(Prospect.id)).all()
        assert by_many == by_one, each
    assert session.scalars(select(Prospect.id).where(any_holds([]))).all() == []


def test_read_sites_are_given_by_language_at_once(session: Session, world: World) -> None:
    world.rule(session, Conditions(languages=("de",)), people=[world.bob.id])
    read = world.add(session, "de.com", language="de", read_at=now())
    unread = world.add(session, "unread.com")
    assert (read.owner_id, unread.owner_id) == (world.bob.id, None)
    assert session.get_one(Company, read.company_id).language == "de"
