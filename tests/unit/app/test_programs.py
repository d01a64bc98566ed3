"""Programs: slugs, members, archive; and the lists that screens show of them."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEvent, Membership, Program, ProgramType, Role
from app.queries.programs import list_programs, members_of, possible_members
from app.services.errors import Conflict, InvalidInput, NotAllowed, NotFound
from app.services.programs import (
    ProgramDetails,
    add_member,
    archive_program,
    archived_program_for,
    change_program,
    create_program,
    remove_member,
    restore_program,
    slug_of,
)
from tests.world import make_profile, make_program, make_prospect, make_user

DETAILS = ProgramDetails(name="Agency Partners", type=ProgramType.AGENCY)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Agency & Affiliate Partners", "agency-affiliate-partners"),
        ("  Żółw  ", "w"),
        ("x" * 80, "x" * 63),
        ("日本", ""),
    ],
)
def test_a_name_suggests_its_slug(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_creator_becomes_member_and_an_empty_slug_is_made_from_the_name(session: Session) -> None:
    director = make_user(session, Role.DIRECTOR)
    program = create_program(session, DETAILS, slug="", actor=director)
    assert program.slug == "agency-partners"
    assert session.scalars(select(Membership.user_id).where(Membership.program_id == program.id)).all() == [director.id]
    assert session.scalars(select(AuditEvent.action)).all() == ["program.created"]


@pytest.mark.parametrize("slug", ["Big", "a", "-a", "a--b", "a_b", "ä" * 3, "a" * 64])
def test_bad_slugs_are_refused_with_the_rule(session: Session, slug: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_program(session, DETAILS, slug=slug, actor=make_user(session, Role.DIRECTOR))
    assert "small letters" in refused.value.fields["slug"]


def test_a_taken_slug_names_a_free_one(session: Session) -> None:
    director = make_user(session, Role.DIRECTOR)
    for slug in ("agency-partners", "agency-partners-2"):
        make_program(session, slug=slug)
    with pytest.raises(InvalidInput) as refused:
        create_program(session, DETAILS, slug="agency-partners", actor=director)
    assert "'agency-partners-3' is free" in refused.value.fields["slug"]


def test_every_problem_is_told_at_once(session: Session) -> None:
    details = ProgramDetails(name="  ", type=ProgramType.AGENCY, offer="x" * 10_001)
    with pytest.raises(InvalidInput) as refused:
        create_program(session, details, slug="A", actor=make_user(session, Role.DIRECTOR))
    assert set(refused.value.fields) == {"name", "offer", "slug"}


def test_changes_are_told_by_field_and_none_leave_no_trace(session: Session) -> None:
    director = make_user(session, Role.DIRECTOR)
    program = create_program(session, DETAILS, slug="x1", actor=director)
    renamed = ProgramDetails(name="Agencies", type=ProgramType.CHANNEL)
    assert change_program(session, program, renamed, actor=director) == ["name", "type"]
    assert change_program(session, program, renamed, actor=director) == []
    assert (program.slug, program.type) == ("x1", ProgramType.CHANNEL)
    assert session.scalars(select(AuditEvent.action)).all() == ["program.created", "program.changed"]


def test_members_come_once_and_only_active_people(session: Session) -> None:
    director, person = make_user(session, Role.DIRECTOR), make_user(session)
    program = make_program(session, director)
    add_member(session, program, person.id, actor=director)
    add_member(session, program, person.id, actor=director)
    assert [member.id for member in members_of(session, program.id)] == sorted([director.id, person.id])
    with pytest.raises(NotFound):
        add_member(session, program, make_user(session, is_active=False).id, actor=director)


def test_leaving_gives_the_prospects_back_in_this_program_only(session: Session) -> None:
    director, person = make_user(session, Role.DIRECTOR), make_user(session)
    program, other = make_program(session, director, person), make_program(session, person)
    prospect = make_prospect(session, program, owner_id=person.id)
    kept = make_prospect(session, other, owner_id=person.id)
    remove_member(session, program, person.id, actor=director)
    assert (prospect.owner_id, prospect.version, kept.owner_id) == (None, 2, person.id)
    with pytest.raises(NotFound):
        remove_member(session, program, person.id, actor=director)


def test_nobody_locks_themselves_out(session: Session) -> None:
    director = make_user(session, Role.DIRECTOR)
    program = make_program(session, director)
    with pytest.raises(Conflict, match="yourself"):
        remove_member(session, program, director.id, actor=director)


def test_archive_hides_and_restore_brings_back_for_those_who_worked_there(session: Session) -> None:
    director, stranger = make_user(session, Role.DIRECTOR), make_user(session, Role.DIRECTOR)
    recruiter = make_user(session)
    program = make_program(session, director, recruiter)
    archive_program(session, program, actor=director)
    assert list_programs(session, director.id, sees_all=False) == []
    assert [row.id for row in list_programs(session, director.id, sees_all=False, archived=True)] == [program.id]
    with pytest.raises(NotFound):
        archived_program_for(session, stranger, program.slug)
    with pytest.raises(NotAllowed):
        archived_program_for(session, recruiter, program.slug)
    restore_program(session, archived_program_for(session, director, program.slug), actor=director)
    assert [row.id for row in list_programs(session, director.id, sees_all=False)] == [program.id]


def test_list_counts_rows_of_each_program_alone(session: Session) -> None:
    user = make_user(session)
    program, empty, foreign = make_program(session, user), make_program(session, user), make_program(session)
    make_profile(session, program, version=3)
    make_profile(session, program, version=2, is_current=False)
    make_prospect(session, program)
    make_prospect(session, foreign)
    rows = {row.id: row for row in list_programs(session, user.id, sees_all=False)}
    assert set(rows) == {program.id, empty.id}
    assert (rows[program.id].prospects, rows[program.id].members, rows[program.id].profile_version) == (1, 1, 3)
    assert (rows[empty.id].prospects, rows[empty.id].profile_version) == (0, None)
    assert len(list_programs(session, user.id, sees_all=True)) == 3


def test_candidates_are_active_people_outside(session: Session) -> None:
    member, outside = make_user(session), make_user(session)
    make_user(session, is_active=False)
    program = make_program(session, member)
    assert [person.id for person in possible_members(session, program.id)] == [outside.id]
    assert session.scalar(select(Program.id)) == program.id
