"""Sequences: drafts that two people write, versions that never change, what differs, and moving people."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.models import Enrollment, Program, Sequence, SequenceVersion, User
from app.queries.sequence_content import plan_of
from app.queries.sequences import times_of
from app.services.errors import Conflict, InvalidInput
from app.services.ready_made import READY_MADE
from app.services.sequence_diff import diff_contents, frame_changes
from app.services.sequence_drafts import (
    Frame,
    StepDraft,
    VariantDraft,
    add_step,
    draft_of,
    frame_mark,
    move_step,
    remove_step,
    save_frame,
    save_step,
    step_mark,
)
from app.services.sequences import (
    SequenceSettings,
    archive_sequence,
    create_sequence,
    draft_problems,
    newest_version,
    publish,
)
from app.services.version_moves import Move, move_people, preview_move
from outreach.countries import zone_of_country
from outreach.reading import instant_of
from outreach.sequence import StepKind
from tests.outreach_world import make_contact, make_enrollment, make_sender
from tests.world import make_program, make_prospect, make_user

MAIL = StepDraft(kind=StepKind.EMAIL, variants=(VariantDraft("Hello", "Hi {{ contact.name | default: 'there' }}"),))


@pytest.fixture
def author(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def program(session: Session, author: User) -> Program:
    return make_program(session, author)


@pytest.fixture
def sequence(session: Session, program: Program, author: User) -> Sequence:
    return create_sequence(session, program, SequenceSettings(name="Agencies"), content=None, actor=author)


def content_of(session: Session, sequence: Sequence) -> dict[str, Any]:
    return draft_of(session, sequence.id).content


def write_mail(session: Session, sequence: Sequence, author: User, draft: StepDraft = MAIL) -> str:
    step = add_step(session, sequence, StepKind.EMAIL, after=None, actor_id=author.id)
    mark = step_mark(content_of(session, sequence), step)
    save_step(session, sequence, step, draft, mark=mark, actor_id=author.id)
    return step


def put_out(session: Session, sequence: Sequence, author: User) -> SequenceVersion:
    return publish(session, sequence, note="", version=sequence.version, actor=author)


def test_a_sequence_without_steps_is_not_published(session: Session, sequence: Sequence, author: User) -> None:
    with pytest.raises(InvalidInput, match="needs at least one step"):
        put_out(session, sequence, author)


def test_published_versions_stay_as_they_were(session: Session, sequence: Sequence, author: User) -> None:
    step = write_mail(session, sequence, author)
    first = put_out(session, sequence, author)
    mark = step_mark(content_of(session, sequence), step)
    changed = StepDraft(kind=StepKind.EMAIL, variants=(VariantDraft("Good day", "Hi"),))
    save_step(session, sequence, step, changed, mark=mark, actor_id=author.id)
    second = put_out(session, sequence, author)
    assert (first.number, second.number) == (1, 2)
    assert first.content["words"][step][""]["subject"] == "Hello"
    assert second.content["words"][step][""]["subject"] == "Good day"
    with pytest.raises(Conflict, match="nothing to publish"):
        put_out(session, sequence, author)


def test_of_two_who_write_one_step_the_second_is_told(session: Session, sequence: Sequence, author: User) -> None:
    step, other = write_mail(session, sequence, author), write_mail(session, sequence, author)
    seen = {each: step_mark(content_of(session, sequence), each) for each in (step, other)}
    theirs = StepDraft(kind=StepKind.EMAIL, variants=(VariantDraft("Theirs", "Hi"),))
    save_step(session, sequence, step, theirs, mark=seen[step], actor_id=author.id)
    with pytest.raises(Conflict, match="saved this step while you were writing"):
        save_step(session, sequence, step, MAIL, mark=seen[step], actor_id=author.id)
    assert content_of(session, sequence)["words"][step][""]["subject"] == "Theirs"
    save_step(session, sequence, other, theirs, mark=seen[other], actor_id=author.id)


def test_publishing_what_somebody_just_edited_is_refused(session: Session, sequence: Sequence, author: User) -> None:
    write_mail(session, sequence, author)
    seen = sequence.version
    write_mail(session, sequence, author)
    with pytest.raises(Conflict, match="edited the draft while you looked"):
        publish(session, sequence, note="", version=seen, actor=author)


def test_steps_move_and_a_removed_one_leaves_no_id_behind(session: Session, sequence: Sequence, author: User) -> None:
    first, second = write_mail(session, sequence, author), write_mail(session, sequence, author)
    move_step(session, sequence, second, by=-1, actor_id=author.id)
    assert [step["id"] for step in content_of(session, sequence)["plan"]["steps"]] == [second, first]
    remove_step(session, sequence, first, actor_id=author.id)
    assert first not in content_of(session, sequence)["words"]
    assert write_mail(session, sequence, author) not in (first, second)


@pytest.mark.parametrize(
    ("subject", "body", "said"),
    [
        ("", "Hi", "the first mail needs a subject"),
        ("Hi", "", "it is empty; write the mail"),
        ("Hi", "one\n{{ contact.frist_name }}", "line 2: there is no field 'contact.frist_name'"),
        ("Hi", "{% if contact.name %}", "line 1"),
        ("Hi", "{% for i in (1..1000000000) %}x{% endfor %}", "the range (1..1000000000) is too long"),
    ],
)
def test_each_problem_of_a_draft_names_its_place(
    session: Session, sequence: Sequence, author: User, subject: str, body: str, said: str
) -> None:
    step = write_mail(
        session, sequence, author, StepDraft(kind=StepKind.EMAIL, variants=(VariantDraft(subject, body),))
    )
    problems = draft_problems(content_of(session, sequence))
    assert [problem.step for problem in problems] == [step]
    assert said in str(problems[0])


def test_variants_share_by_weight_and_are_named(session: Session, sequence: Sequence, author: User) -> None:
    two = StepDraft(kind=StepKind.EMAIL, variants=(VariantDraft("A", "a", 3), VariantDraft("B", "b", 1)))
    step = write_mail(session, sequence, author, two)
    put_out(session, sequence, author)
    plan = plan_of(newest_version(session, sequence.id) or SequenceVersion())
    assert [(each.id, each.weight) for each in plan.steps[0].variants] == [("a", 3), ("b", 1)]
    assert content_of(session, sequence)["words"][step]["b"]["subject"] == "B"


def test_hours_that_pass_midnight_are_refused(session: Session, sequence: Sequence, author: User) -> None:
    mark = frame_mark(content_of(session, sequence))
    frame = Frame(window={"days": ["mon"], "from": "17:00", "to": "09:00"})
    with pytest.raises(InvalidInput, match="cannot pass midnight"):
        save_frame(session, sequence, frame, mark=mark, actor_id=author.id)


def test_public_holidays_of_the_contacts_country_are_kept(session: Session, sequence: Sequence, author: User) -> None:
    step = write_mail(session, sequence, author)
    version = put_out(session, sequence, author)
    # 11 November is a holiday in Poland and a Wednesday like others in Germany.
    eve = instant_of("2026-11-10T18:00:00+00:00")
    assert eve is not None
    days = {
        country: times_of(version, zone=zone_of_country(country), country=country, sender=None, now=eve)[step].day
        for country in ("PL", "DE")
    }
    assert days == {"PL": 12, "DE": 11}


def test_the_difference_of_two_versions_is_told_step_by_step(
    session: Session, sequence: Sequence, author: User
) -> None:
    step = write_mail(session, sequence, author)
    before = put_out(session, sequence, author).content
    mark = step_mark(content_of(session, sequence), step)
    later = StepDraft(kind=StepKind.EMAIL, working_days=2, variants=(VariantDraft("Hello", "Hi you"),))
    save_step(session, sequence, step, later, mark=mark, actor_id=author.id)
    added = add_step(session, sequence, StepKind.WAIT, after=None, actor_id=author.id)
    frame = Frame(stops_company=("reply",))
    save_frame(session, sequence, frame, mark=frame_mark(content_of(session, sequence)), actor_id=author.id)
    after = content_of(session, sequence)
    found = {each.step.id: each for each in diff_contents(before, after)}
    assert (found[step].kind, found[added].kind) == ("changed", "added")
    assert ("+", "Hi you") in [(line.mark, line.text) for line in found[step].lines]
    assert found[step].notes == ["Came as soon as its window opens, comes 2 working days after enrolling."]
    assert frame_changes(before, after) == ["The whole company is left alone after: reply."]
    assert [each.kind for each in diff_contents(after, before)] == ["changed", "removed"]


def test_people_are_moved_by_the_mapping_and_who_cannot_stays(
    session: Session, program: Program, sequence: Sequence, author: User
) -> None:
    step = write_mail(session, sequence, author)
    old = put_out(session, sequence, author)
    write_mail(session, sequence, author)
    new = put_out(session, sequence, author)
    sender, prospect = make_sender(session, program), make_prospect(session, program)
    contact = make_contact(session, prospect)
    enrollment: Enrollment = make_enrollment(session, prospect, contact, sequence, sender, next_step=step)
    nonsense = Move(from_id=old.id, to_id=new.id, steps={step: "nonsense"})
    [shown] = preview_move(session, sequence, nonsense, actor=author).people
    assert "nonsense is no step of the new version." in shown.stays
    as_it_is = Move(from_id=old.id, to_id=new.id, steps={step: step})
    seen = preview_move(session, sequence, as_it_is, actor=author)
    assert enrollment.version_id == old.id
    moved = move_people(session, sequence, as_it_is, seen=seen.mark, actor=author)
    assert (len(moved.moving), enrollment.version_id) == (1, new.id)
    with pytest.raises(Conflict, match="still in Agencies"):
        archive_sequence(session, sequence, actor=author)


@pytest.mark.parametrize("key", READY_MADE)
def test_ready_made_sequences_can_be_published_as_they_are(
    session: Session, program: Program, author: User, key: str
) -> None:
    ready = READY_MADE[key]
    settings = SequenceSettings(name=ready.name)
    made = create_sequence(session, program, settings, content=ready.content(), actor=author)
    assert put_out(session, made, author).number == 1


def test_two_sequences_of_one_name_are_refused(
    session: Session, program: Program, sequence: Sequence, author: User
) -> None:
    with pytest.raises(InvalidInput, match="There is a sequence named Agencies already"):
        create_sequence(session, program, SequenceSettings(name=" Agencies "), content=None, actor=author)
