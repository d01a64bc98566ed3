"""Notes, calls, owners and contacts by hand: what is kept, what is refused, and that each leaves an audit event."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Activity, ActivityKind, AuditEvent, ContactField, ContactValue, Provenance
from app.services.activities import (
    MAX_BODY_CHARACTERS,
    TypedContact,
    add_activity,
    add_contact_by_hand,
    assign_owner,
    remove_activity,
)
from app.services.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tests.world import make_program, make_prospect, make_user


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_note_is_kept_with_its_author_and_without_null_characters(session: Session) -> None:
    author = make_user(session)
    prospect = make_prospect(session, make_program(session, author))
    note = add_activity(session, prospect, kind=ActivityKind.CALL, body="  said \x00yes \n", author=author)
    assert (note.body, note.kind, note.author_id) == ("said yes", ActivityKind.CALL, author.id)
    assert actions(session) == ["call.added"]


@pytest.mark.parametrize(
    ("body", "words"), [("  \n\x00", "Write something"), ("x" * (MAX_BODY_CHARACTERS + 1), "20,001 characters")]
)
def test_empty_and_endless_notes_are_refused(session: Session, body: str, words: str) -> None:
    author = make_user(session)
    prospect = make_prospect(session, make_program(session, author))
    with pytest.raises(InvalidInput, match=words):
        add_activity(session, prospect, kind=ActivityKind.NOTE, body=body, author=author)
    assert actions(session) == []


def test_only_the_author_removes_a_note_and_only_from_its_prospect(session: Session) -> None:
    author, other = make_user(session), make_user(session)
    program = make_program(session, author, other)
    prospect, elsewhere = make_prospect(session, program), make_prospect(session, program)
    note = add_activity(session, prospect, kind=ActivityKind.NOTE, body="x", author=author)
    with pytest.raises(NotAllowed):
        remove_activity(session, prospect, note.id, actor=other)
    with pytest.raises(NotFound):
        remove_activity(session, elsewhere, note.id, actor=author)
    remove_activity(session, prospect, note.id, actor=author)
    assert session.scalar(select(Activity.id)) is None
    assert actions(session) == ["note.added", "note.removed"]


def test_owner_changes_count_the_version_up(session: Session) -> None:
    owner = make_user(session)
    prospect = make_prospect(session, make_program(session, owner))
    assert assign_owner(session, prospect, owner_id=owner.id, version=1, actor=owner) is owner
    assert (prospect.owner_id, prospect.version) == (owner.id, 2)
    assert assign_owner(session, prospect, owner_id=None, version=2, actor=owner) is None
    assert (prospect.owner_id, prospect.version) == (None, 3)
    assert actions(session) == ["prospect.assigned", "prospect.assigned"]


def test_choosing_the_same_owner_changes_nothing(session: Session) -> None:
    owner = make_user(session)
    prospect = make_prospect(session, make_program(session, owner), owner_id=owner.id)
    assign_owner(session, prospect, owner_id=owner.id, version=1, actor=owner)
    assert (prospect.version, actions(session)) == (1, [])


def test_a_stale_form_does_not_overwrite_a_colleague(session: Session) -> None:
    owner, faster = make_user(session), make_user(session)
    prospect = make_prospect(session, make_program(session, owner, faster), version=4, owner_id=faster.id)
    with pytest.raises(Conflict, match="Reload the page"):
        assign_owner(session, prospect, owner_id=owner.id, version=3, actor=owner)
    assert prospect.owner_id == faster.id


@pytest.mark.parametrize("values", [{"is_active": False}, {}])
def test_strangers_and_people_who_left_cannot_own(session: Session, values: dict[str, bool]) -> None:
    actor = make_user(session)
    candidate = make_user(session, **values)
    members = [actor, candidate] if values else [actor]
    prospect = make_prospect(session, make_program(session, *members))
    with pytest.raises(InvalidInput, match="does not work in the program"):
        assign_owner(session, prospect, owner_id=candidate.id, version=1, actor=actor)


def test_contact_by_hand_knows_who_and_where_from(session: Session) -> None:
    actor = make_user(session)
    prospect = make_prospect(session, make_program(session, actor))
    typed = TypedContact(name="Nora Keller", email=" Nora@Liftwell.EXAMPLE ", role="Partnerships", source_url="fair")
    change = add_contact_by_hand(session, prospect, typed, actor=actor)
    values = session.scalars(select(ContactValue).where(ContactValue.contact_id == change.contact_id)).all()
    assert {(v.field, v.value) for v in values} == {
        (ContactField.NAME, "Nora Keller"), (ContactField.EMAIL, "nora@liftwell.example"),
        (ContactField.ROLE, "Partnerships"),
    }  # fmt: skip
    assert {(v.provenance, v.entered_by_id, v.source) for v in values} == {(Provenance.HAND, actor.id, "fair")}
    assert actions(session) == ["contact.added"]


def test_every_bad_field_of_a_contact_is_named_at_once(session: Session) -> None:
    actor = make_user(session)
    prospect = make_prospect(session, make_program(session, actor))
    with pytest.raises(InvalidInput) as refused:
        add_contact_by_hand(session, prospect, TypedContact(email="nora@", social="@nora"), actor=actor)
    assert set(refused.value.fields) == {"email", "social"}
    with pytest.raises(InvalidInput) as empty:
        add_contact_by_hand(session, prospect, TypedContact(role="Boss"), actor=actor)
    assert set(empty.value.fields) == {"name"}
