"""The fields of a program: adding, changing, ordering, putting away. Values are in custom_field_values."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import Program, User
from app.models.custom_field import CustomField, FieldKind
from app.services.audit import record_audit
from app.services.errors import InvalidInput, NotFound
from app.services.hand_order import move_up
from app.services.plain_text import clean_line

MAX_FIELDS, MAX_OPTIONS = 40, 50
MAX_LABEL, MAX_HELP, MAX_OPTION = 80, 300, 80


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldContent:
    """What a field asks for; `options` are a choice's answers, in order."""

    label: str
    kind: FieldKind
    help: str = ""
    options: tuple[str, ...] = ()


def fields_of(session: Session, program_id: int) -> list[CustomField]:
    """Return the fields in use, in their order."""
    return list(
        session.scalars(
            select(CustomField)
            .where(CustomField.program_id == program_id, CustomField.archived_at.is_(None))
            .order_by(CustomField.position, CustomField.id)
        )
    )


def archived_fields(session: Session, program_id: int) -> list[CustomField]:
    """Return the fields that were put away, the last one first."""
    return list(
        session.scalars(
            select(CustomField)
            .where(CustomField.program_id == program_id, CustomField.archived_at.is_not(None))
            .order_by(CustomField.archived_at.desc(), CustomField.id)
        )
    )


def field_for(session: Session, program: Program, field_id: int, *, with_archived: bool = False) -> CustomField:
    """Return a field of a program that access was checked for; raises NotFound, also for one that was put away."""
    found = session.get(CustomField, field_id)
    if found is None or found.program_id != program.id or (found.archived_at is not None and not with_archived):
        raise NotFound(_("This program has no such field (any more). Somebody may have archived it."))
    return found


def add_field(session: Session, program: Program, content: FieldContent, *, actor: User) -> CustomField:
    """Add a field behind the others. Raises InvalidInput naming what cannot be used."""
    known = fields_of(session, program.id)
    if len(known) >= MAX_FIELDS:
        raise InvalidInput(
            {"label": _("%(most)s fields are the most. Archive one that nobody fills.", most=MAX_FIELDS)}
        )
    values = _checked(content, known)
    field = CustomField(
        program_id=program.id,
        position=max((each.position for each in known), default=0) + 1,
        created_by_id=actor.id,
        kind=content.kind,
        **values,
    )
    session.add(field)
    session.flush()
    _audit(session, "custom_field.added", field, actor)
    return field


def change_field(session: Session, field: CustomField, content: FieldContent, *, actor: User) -> None:
    """Change a field's name, help and choices; its kind stays, since values of another kind would mean nothing.

    A choice that is taken out can be chosen no more; where it stands already it stays. Raises InvalidInput.
    """
    if content.kind is not field.kind:
        raise InvalidInput({"kind": _("The kind of a field does not change. Archive it and add another one.")})
    others = [each for each in fields_of(session, field.program_id) if each.id != field.id]
    values = _checked(content, others)
    field.label, field.help, field.options = values["label"], values["help"], values["options"]
    _audit(session, "custom_field.changed", field, actor)


def archive_field(session: Session, field: CustomField, *, actor: User) -> None:
    """Put a field away: it is shown nowhere, and what stands in it is kept."""
    field.archived_at = now()
    _audit(session, "custom_field.archived", field, actor)


def restore_field(session: Session, field: CustomField, *, actor: User) -> None:
    """Bring a field back with all its values. Raises InvalidInput where another one took its name meanwhile."""
    if field.archived_at is None:
        return
    others = fields_of(session, field.program_id)
    if len(others) >= MAX_FIELDS:
        raise InvalidInput(
            {"label": _("%(most)s fields are the most. Archive one that nobody fills.", most=MAX_FIELDS)}
        )
    if field.label.casefold() in {each.label.casefold() for each in others}:
        raise InvalidInput(
            {"label": _("Another field is named “%(label)s” now. Rename that one first.", label=field.label)}
        )
    field.archived_at = None
    _audit(session, "custom_field.restored", field, actor)


def raise_field(session: Session, field: CustomField, *, actor: User) -> None:
    """Move a field one place up."""
    if move_up(fields_of(session, field.program_id), field):
        _audit(session, "custom_field.moved", field, actor)


def _checked(content: FieldContent, others: list[CustomField]) -> dict[str, Any]:
    """Return the columns of a field, or raise InvalidInput."""
    label, words = clean_line(content.label), clean_line(content.help)
    options = list(dict.fromkeys(line for option in content.options if (line := clean_line(option))))
    is_choice = content.kind is FieldKind.CHOICE
    problems = {}
    if not 1 <= len(label) <= MAX_LABEL:
        problems["label"] = _("Name the field, in %(most)s characters at most.", most=MAX_LABEL)
    elif label.casefold() in {each.label.casefold() for each in others}:
        problems["label"] = _("There is a field “%(label)s” already. Choose another name.", label=label)
    if len(words) > MAX_HELP:
        problems["help"] = _("At most %(most)s characters.", most=MAX_HELP)
    if is_choice and not 1 <= len(options) <= MAX_OPTIONS:
        problems["options"] = _("Give 1 to %(most)s choices, one a line.", most=MAX_OPTIONS)
    elif any(len(option) > MAX_OPTION for option in options):
        problems["options"] = _("Keep each choice to %(most)s characters.", most=MAX_OPTION)
    elif len({option.casefold() for option in options}) < len(options):
        problems["options"] = _("Two choices differ in capitals only. Keep one of them.")
    if problems:
        raise InvalidInput(problems)
    return {"label": label, "help": words, "options": options if is_choice else []}


def _audit(session: Session, action: str, field: CustomField, actor: User) -> None:
    record_audit(
        session,
        action,
        subject=f"custom_field:{field.id}",
        actor_id=actor.id,
        program_id=field.program_id,
        details={"label": field.label, "kind": field.kind.value},
    )
