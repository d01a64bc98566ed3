"""The demo's programs, people, import files and board agree with each other and with the product's own words."""

import csv

import pytest

from app.demo.board import CARDS, IMPORT_FILES, DemoCard
from app.demo.catalog import load_sites
from app.demo.discover import LEFT_TO_DISCOVER
from app.demo.people import DEMO_PASSWORD, PEOPLE, person_by_email
from app.demo.program import AVOIDS, PROGRAMS, WANTS, DemoProgram
from app.models.program import ProgramType
from app.models.prospect import ActivityKind
from app.models.stage import MoveEvent, Stage, is_allowed
from app.models.user import Role

HOSTS = set(load_sites())
# In the list of prospects but nowhere on the network, as some domain always is.
UNREACHABLE = {"fogbound-commerce.demo.test"}


def rows_of(slug: str) -> list[dict[str, str]]:
    with IMPORT_FILES[slug].open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def domains_of(slug: str) -> list[str]:
    return [row["domain"].removeprefix("https://").removeprefix("www.").partition("/")[0] for row in rows_of(slug)]


def test_there_is_a_person_for_every_role() -> None:
    roles = [person.role for person in PEOPLE]
    assert set(roles) == {role.value for role in Role}
    assert roles.count("recruitment_specialist") == 2
    assert all(person.email.endswith("@example.com") for person in PEOPLE)
    assert len({person.email for person in PEOPLE}) == len(PEOPLE)
    assert len(DEMO_PASSWORD) >= 12


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.slug)
def test_a_program_has_a_profile_that_can_be_scored(program: DemoProgram) -> None:
    assert program.type in {kind.value for kind in ProgramType}
    stances = [topic.stance for topic in program.topics]
    assert 4 <= len(stances) <= 7
    assert set(stances) == {WANTS, AVOIDS}
    assert all(topic.weight > 0 for topic in program.topics)
    assert len({topic.id for topic in program.topics}) == len(program.topics)
    assert set(program.exemplars) <= set(domains_of(program.slug)) & HOSTS


@pytest.mark.parametrize("slug", IMPORT_FILES)
def test_an_import_file_names_demo_sites_once_each(slug: str) -> None:
    domains = domains_of(slug)
    assert len(domains) == len(set(domains))
    assert set(domains) <= HOSTS | UNREACHABLE
    for row in rows_of(slug):
        assert None not in row, f"{row['domain']} has more cells than columns"
        assert not row["email"] or row["email"].endswith(
            row["domain"].split("//")[-1].removeprefix("www.").split("/")[0]
        )


def test_every_site_is_in_an_import_file_or_left_to_discover() -> None:
    imported = set().union(*(domains_of(slug) for slug in IMPORT_FILES))
    assert imported | LEFT_TO_DISCOVER == HOSTS | UNREACHABLE
    assert not imported & LEFT_TO_DISCOVER


def cards() -> list[tuple[str, DemoCard]]:
    return [(slug, card) for slug, rows in CARDS.items() for card in rows]


def start_of(card: DemoCard) -> Stage:
    """Return the stage a card's last steps start from: later stages are only reached through an approval."""
    steps = {"onboarding": Stage.APPROVED, "active": Stage.ONBOARDING}
    return steps.get(card.stage, Stage.SOURCED)


def test_cards_stand_where_a_person_may_put_them() -> None:
    for slug, card in cards():
        assert card.domain in domains_of(slug)
        assert is_allowed(MoveEvent.HAND, start_of(card), Stage(card.stage)) or card.stage == "approved", card.domain
        assert slug in person_by_email(card.owner).programs


def test_what_was_written_is_by_members_and_not_older_than_the_prospect() -> None:
    for slug, card in cards():
        for activity in card.activities:
            assert activity.kind in {kind.value for kind in ActivityKind}
            assert slug in person_by_email(activity.author).programs
            assert activity.days_ago >= 1


def test_the_board_has_cards_in_many_columns() -> None:
    assert len({card.stage for _, card in cards()}) >= 9
    assert len({card.owner for _, card in cards()}) >= 3
