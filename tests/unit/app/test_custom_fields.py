"""A program's own fields: what fits into each kind, their order, two people at once, archived and restored."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEvent
from app.models.custom_field import CustomField, CustomValue, FieldKind
from app.queries.table_fields import shown_fields
from app.services.custom_field_values import put_back_value, read_value, set_value, set_values, sort_key, value_of
from app.services.custom_fields import (
    FieldContent,
    add_field,
    archive_field,
    change_field,
    fields_of,
    raise_field,
    restore_field,
)
from app.services.errors import Conflict, InvalidInput
from tests.world import make_program, make_prospect, make_user


def field_like(kind: FieldKind, *options: str) -> CustomField:
    return CustomField(label="Budget", kind=kind, options=list(options), program_id=1, position=1)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (FieldKind.TEXT, "  two\twords\x00 ", "two words"),
        (FieldKind.NUMBER, "1,234.50", "1234.5"),
        (FieldKind.NUMBER, "-0", "0"),
        (FieldKind.DATE, "30.11.2026", "2026-11-30"),
        (FieldKind.DATE, "2026-11-30", "2026-11-30"),
        (FieldKind.CHOICE, "GOLD", "Gold"),
        (FieldKind.URL, "example.com/a", "https://example.com/a"),
        (FieldKind.YES_NO, "Tak", "yes"),
        (FieldKind.YES_NO, "false", "no"),
    ],
)
def test_what_is_typed_is_kept_in_one_form(kind: FieldKind, typed: str, kept: str) -> None:
    found = read_value(field_like(kind, "Silver", "Gold"), typed)
    assert found is not None
    assert found.value == kept


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        (FieldKind.NUMBER, "1.234,5", "no number"),
        (FieldKind.NUMBER, "1e400", "no number"),
        (FieldKind.DATE, "31.02.2026", "no date"),
        (FieldKind.CHOICE, "Platinum", "Choose one of: Silver, Gold"),
        (FieldKind.URL, "javascript:alert(1)", "no web address"),
        (FieldKind.URL, "javascript://example.com/%0aalert(1)", "no web address"),
        (FieldKind.YES_NO, "maybe", "neither yes nor no"),
        (FieldKind.TEXT, "x" * 501, "501 characters"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(kind: FieldKind, typed: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refused:
        read_value(field_like(kind, "Silver", "Gold"), typed)
    assert str(refused.value).startswith("Budget: ")


def test_numbers_are_ordered_as_numbers() -> None:
    numbers = ["-1000000", "-10.5", "-10", "-0.001", "0", "0.5", "2", "10", "1000000"]
    assert sorted(numbers, key=lambda text: sort_key(FieldKind.NUMBER, text)) == numbers


def test_fields_are_added_ordered_archived_and_restored(session: Session) -> None:
    actor = make_user(session)
    program = make_program(session, actor)
    prospect = make_prospect(session, program)
    size = add_field(session, program, FieldContent(label="Size", kind=FieldKind.NUMBER), actor=actor)
    tier = add_field(
        session, program, FieldContent(label="Tier", kind=FieldKind.CHOICE, options=("A", "B")), actor=actor
    )
    set_value(session, prospect, tier, "b", actor=actor, version=prospect.version)
    raise_field(session, tier, actor=actor)
    assert [field.label for field in fields_of(session, program.id)] == ["Tier", "Size"]
    with pytest.raises(InvalidInput, match="already"):
        add_field(session, program, FieldContent(label="size", kind=FieldKind.TEXT), actor=actor)
    with pytest.raises(InvalidInput, match="does not change"):
        change_field(session, size, FieldContent(label="Size", kind=FieldKind.TEXT), actor=actor)
    archive_field(session, tier, actor=actor)
    assert [field.label for field in shown_fields(session, program.id, prospect.id)] == ["Size"]
    with pytest.raises(InvalidInput, match="no field of this program"):
        set_value(session, prospect, tier, "A", actor=actor, version=None)
    restore_field(session, tier, actor=actor)
    shown = {field.label: field.value for field in shown_fields(session, program.id, prospect.id)}
    assert shown == {"Tier": "B", "Size": ""}


def test_a_stale_version_writes_nothing_and_a_choice_that_is_gone_stays_where_it_stands(session: Session) -> None:
    actor = make_user(session)
    program = make_program(session, actor)
    prospect = make_prospect(session, program)
    tier = add_field(
        session, program, FieldContent(label="Tier", kind=FieldKind.CHOICE, options=("A", "B")), actor=actor
    )
    seen = prospect.version
    assert set_value(session, prospect, tier, "A", actor=actor, version=seen)
    with pytest.raises(Conflict, match="changed this prospect"):
        set_value(session, prospect, tier, "B", actor=actor, version=seen)
    assert value_of(session, prospect.id, tier.id) == "A"
    change_field(session, tier, FieldContent(label="Tier", kind=FieldKind.CHOICE, options=("B",)), actor=actor)
    assert set_values(session, prospect, {tier: "A"}, actor=actor, version=prospect.version) == 0
    with pytest.raises(InvalidInput) as refused:
        set_values(session, prospect, {tier: "C"}, actor=actor, version=prospect.version)
    assert list(refused.value.fields) == [f"field-{tier.id}"]
    set_value(session, prospect, tier, "", actor=actor, version=None)
    assert session.scalars(select(CustomValue)).all() == []
    put_back_value(session, prospect, tier, "A", actor=actor)
    assert value_of(session, prospect.id, tier.id) == "A"
    actions = session.scalars(select(AuditEvent.action).where(AuditEvent.subject == f"prospect:{prospect.id}")).all()
    assert actions == ["prospect.field_set"] * 3
