"""Fit profiles: every save is a checked version, one is in force, and prospects are scored again."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import AuditEvent, Company, FitProfile, FitState, Program, User
from app.queries.profile import changes_between, known_exemplars, known_signals, profile_versions
from app.services.errors import Conflict, NotFound
from app.services.profiles import UnusableProfile, normal_content, restore_profile, save_profile
from app.web.programs.reading_form import most_points
from tests.prospect_world import make_worked_prospect
from tests.world import make_program, make_prospect, make_user

TOPIC = {"id": "shops", "text": "We build online shops for merchants", "weight": 2.0, "stance": "wants"}
CONTENT: dict[str, Any] = {"topics": [TOPIC], "exemplars": [], "languages": ["en"]}

Save = Callable[..., FitProfile | None]


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def program(session: Session, user: User) -> Program:
    return make_program(session, user)


@pytest.fixture
def save(session: Session, program: Program, user: User) -> Save:
    def save_content(content: dict[str, Any], *, base: int, note: str = "") -> FitProfile | None:
        return save_profile(session, program, content, note=note, base_version=base, actor=user)

    return save_content


def versions(session: Session, program: Program) -> list[tuple[int, bool]]:
    rows = select(FitProfile.version, FitProfile.is_current).where(FitProfile.program_id == program.id)
    return [(row.version, row.is_current) for row in session.execute(rows.order_by(FitProfile.version))]


def test_each_save_is_a_version_and_the_newest_is_in_force(session: Session, program: Program, save: Save) -> None:
    save(CONTENT, base=0, note="first")
    save({**CONTENT, "languages": ["en", "de"]}, base=1)
    assert versions(session, program) == [(1, False), (2, True)]
    assert session.scalars(select(AuditEvent.action)).all() == ["profile.saved", "profile.saved"]


def test_saving_asks_for_scores_of_the_prospects_that_were_read(session: Session, program: Program, save: Save) -> None:
    read, unread = make_prospect(session, program), make_prospect(session, program)
    foreign = make_prospect(session, make_program(session))
    for prospect in (read, foreign):
        session.get_one(Company, prospect.company_id).read_at = now()
    session.flush()
    save(CONTENT, base=0)
    session.expire_all()
    assert [p.fit_state for p in (read, unread, foreign)] == [FitState.WAITING, FitState.UNREAD, FitState.UNREAD]
    assert session.scalars(select(AuditEvent.details)).one()["prospects_to_score"] == 1


def test_nothing_changed_makes_no_version(session: Session, program: Program, save: Save) -> None:
    save(CONTENT, base=0)
    assert (
        save({"topics": [{**TOPIC, "text": "  We build online shops\nfor merchants "}], "languages": ["EN"]}, base=1)
        is None
    )
    assert versions(session, program) == [(1, True)]


def test_a_stale_editor_is_told_and_overwrites_nobody(session: Session, program: Program, save: Save) -> None:
    save(CONTENT, base=0)
    save({**CONTENT, "languages": []}, base=1)
    with pytest.raises(Conflict, match="version 2"):
        save({**CONTENT, "languages": ["pl"]}, base=1)
    assert versions(session, program) == [(1, False), (2, True)]


def test_every_problem_is_named_at_once(session: Session, program: Program, save: Save) -> None:
    bad = {
        "topics": [{**TOPIC, "weight": 0}, {"id": "b", "text": "", "weight": 1}],
        "exemplars": ["localhost", "1.2.3.4"],
    }
    with pytest.raises(UnusableProfile) as refused:
        save(bad, base=0)
    told = "\n".join(refused.value.problems)
    assert all(words in told for words in ("topic 'shops'", "topic 'b'", "'localhost'", "IP address"))
    assert versions(session, program) == []


def test_a_profile_without_topics_says_what_to_add(save: Save) -> None:
    with pytest.raises(UnusableProfile) as refused:
        save({"topics": []}, base=0)
    assert refused.value.problems == ["add at least one topic that says what is wanted, or name an exemplar company"]


def test_exemplars_are_kept_as_registrable_domains() -> None:
    content = normal_content({**CONTENT, "exemplars": ["https://Blog.Liftwell.example/about"]})
    assert content["exemplars"] == ["liftwell.example"]


def test_restoring_makes_a_new_version_with_the_old_content(
    session: Session, program: Program, user: User, save: Save
) -> None:
    save(CONTENT, base=0)
    save({**CONTENT, "languages": []}, base=1)
    restored = restore_profile(session, program, 1, actor=user)
    assert (restored.version, restored.content["languages"], restored.note) == (3, ["en"], "Restored version 1")
    assert versions(session, program) == [(1, False), (2, False), (3, True)]
    with pytest.raises(Conflict, match="in force already"):
        restore_profile(session, program, 3, actor=user)
    with pytest.raises(NotFound):
        restore_profile(session, make_program(session, user), 1, actor=user)


def test_history_says_what_each_version_changed(session: Session, program: Program, user: User, save: Save) -> None:
    save(CONTENT, base=0, note="start")
    changed = {**TOPIC, "weight": 3.0, "stance": "avoids"}
    podcast = {"id": "x", "text": "Runs a podcast for merchants", "weight": 1.0}
    save({"topics": [changed, podcast], "exemplars": ["a.example"]}, base=1)
    newest, first = profile_versions(session, program.id)
    assert (first.changes, first.note, first.by) == (("First version, 1 topic",), "start", user.name)
    assert newest.changes == (
        "Added “Runs a podcast for merchants”",
        "Weight of “We build online shops for merchants” 2 → 3",
        "“We build online shops for merchants” now counts against a company",
        "Exemplars: added a.example",
        "Languages: removed en",
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"topics": []}, "Removed “We build online shops for merchants”"),
        ({"topics": [{**TOPIC, "text": "We build apps"}]}, "Reworded “We build online shops for merchants”"),
        ({"signals": [{"name": "podcast", "weight": 1.0}]}, "Changed the points for facts read off the site"),
        ({"exemplar_weight": 2.0}, "Weight of the exemplars 1 → 2"),
        ({"countries": ["de"]}, "Countries: added de"),
    ],
)
def test_changes_in_words(change: dict[str, Any], words: str) -> None:
    assert changes_between(CONTENT, {**CONTENT, **change}) == [words]


def test_reordering_is_a_change() -> None:
    two = [TOPIC, {**TOPIC, "id": "b"}]
    assert changes_between({"topics": two}, {"topics": two[::-1]}) == ["Put the topics in another order"]


def test_wanted_weights_share_a_hundred_points_as_the_scorer_shares_them() -> None:
    content = {
        "topics": [TOPIC, {**TOPIC, "id": "b", "weight": 1.0, "stance": "avoids"}],
        "signals": [{"name": "podcast", "weight": 1.0}, {"name": "parked", "weight": -2.0}],
        "exemplars": ["a.example"], "exemplar_weight": 1.0,
    }  # fmt: skip
    assert most_points(content) == {
        "topic:shops": 62.5, "topic:b": -31.25, "signal:podcast": 31.25, "signal:parked": -62.5, "exemplars": 6.25,
    }  # fmt: skip


def test_exemplars_alone_share_with_nobody() -> None:
    assert most_points({"topics": [], "exemplars": ["a.example"], "exemplar_weight": 2.0}) == {"exemplars": 100.0}


def test_exemplars_know_whether_their_site_was_read(session: Session) -> None:
    world = make_worked_prospect(session)
    found = known_exemplars(session, world.program.id, ["liftwell.example", "cobbleworks.example", "unknown.example"])
    assert found["liftwell.example"] == (world.prospect.id, True)
    assert found["cobbleworks.example"][1] is False
    assert "unknown.example" not in found
    assert known_signals(session, world.program.id) == ["last_post", "services_page"]
