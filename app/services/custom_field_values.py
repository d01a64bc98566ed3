"""What a person types into a field, made into the value that is kept; and writing it to a prospect."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import number
from app.models import Prospect, User
from app.models.custom_field import CustomField, CustomValue, FieldKind, number_key
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput
from app.services.plain_text import clean_line
from app.services.web_addresses import web_address

MAX_TEXT = 500
_SORT_CHARACTERS = 200
_NUMBER = re.compile(r"[+-]?(\d{1,15}|\d{1,3}(,\d{3}){1,4})(\.\d{1,6})?")
_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_YES = frozenset({"yes", "y", "true", "1", "ja", "tak", "x"})
_NO = frozenset({"no", "n", "false", "0", "nein", "nie"})


@dataclass(frozen=True, slots=True)
class FieldText:
    """A value as it is kept, and the key that orders it among the others of its field."""

    value: str
    sort_key: str


def read_value(field: CustomField, typed: str) -> FieldText | None:
    """Return what was typed as the field keeps it; None where it is empty.

    Raises InvalidInput (under `value`) naming the field, what is wrong and how to write it.
    """
    text = clean_line(typed)
    if not text:
        return None
    try:
        value = _READERS[field.kind](field, text)
    except ValueError as error:
        raise InvalidInput({"value": f"{field.label}: {error}"}) from error
    return FieldText(value, sort_key(field.kind, value))


def sort_key(kind: FieldKind, value: str) -> str:
    """Return the text whose byte order is the order of values of a kind."""
    if kind is not FieldKind.NUMBER:
        return value.casefold()[:_SORT_CHARACTERS]
    return number_key(float(value))


def value_of(session: Session, prospect_id: int, field_id: int) -> str:
    """Return what stands in a field of a prospect; "" for nothing."""
    row = _row(session, prospect_id, field_id)
    return row.value if row else ""


def set_value(
    session: Session, prospect: Prospect, field: CustomField, typed: str, *, actor: User | None, version: int | None
) -> bool:
    """Write a field of a prospect, or empty it; return whether that changed anything.

    `version` is the one the person saw, None where no person looked. Raises Conflict where somebody changed the
    prospect since, InvalidInput for a value that does not fit the field or a field of another program.
    """
    if field.program_id != prospect.program_id or field.archived_at is not None:
        words = _("“%(field)s” is no field of this program (any more). Reload the page.", field=field.label)
        raise InvalidInput({"value": words})
    check_version(session, prospect, version)
    wanted = read_value(field, typed)
    row = _row(session, prospect.id, field.id)
    before = row.value if row else ""
    if before == (wanted.value if wanted else ""):
        return False
    _write(session, prospect, field, wanted, row=row, actor=actor)
    return True


def put_back_value(session: Session, prospect: Prospect, field: CustomField, value: str, *, actor: User) -> None:
    """Write what once stood in a field, whether it would be accepted today or not; an archived field takes it too."""
    wanted = FieldText(value, sort_key(field.kind, value)) if value else None
    _write(session, prospect, field, wanted, row=_row(session, prospect.id, field.id), actor=actor)


def set_values(
    session: Session, prospect: Prospect, typed: Mapping[CustomField, str], *, actor: User, version: int
) -> int:
    """Write several fields of a prospect, all or none of them; return how many changed.

    Raises Conflict as set_value does, and InvalidInput naming each field that was refused as `field-<id>`.
    """
    check_version(session, prospect, version)
    problems: dict[str, str] = {}
    for field, text in typed.items():
        # What stood there before a choice was taken out may stay.
        if clean_line(text) == value_of(session, prospect.id, field.id):
            continue
        try:
            read_value(field, text)
        except InvalidInput as error:
            problems[f"field-{field.id}"] = str(error)
    if problems:
        raise InvalidInput(problems)
    return sum(
        set_value(session, prospect, field, text, actor=actor, version=None)
        for field, text in typed.items()
        if clean_line(text) != value_of(session, prospect.id, field.id)
    )


def check_version(session: Session, prospect: Prospect, version: int | None) -> None:
    """Hold a prospect until the transaction ends; raise Conflict where it is not at the version a person saw."""
    if version is None:
        return
    session.refresh(prospect, with_for_update=True)
    if version != prospect.version:
        raise Conflict(
            _(
                "Somebody changed this prospect while you looked at it, so nothing of yours was written. See what is "
                "there now, then try again."
            )
        )


def _row(session: Session, prospect_id: int, field_id: int) -> CustomValue | None:
    return session.scalar(
        select(CustomValue).where(CustomValue.prospect_id == prospect_id, CustomValue.field_id == field_id)
    )


def _write(
    session: Session,
    prospect: Prospect,
    field: CustomField,
    wanted: FieldText | None,
    *,
    row: CustomValue | None,
    actor: User | None,
) -> None:
    before = row.value if row else ""
    if wanted is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(
            CustomValue(prospect_id=prospect.id, field_id=field.id, value=wanted.value, sort_key=wanted.sort_key)
        )
    else:
        row.value, row.sort_key = wanted.value, wanted.sort_key
    prospect.version += 1
    session.flush()
    record_audit(
        session,
        "prospect.field_set",
        subject=f"prospect:{prospect.id}",
        actor_id=actor.id if actor else None,
        program_id=prospect.program_id,
        details={"field_id": field.id, "from": before, "to": wanted.value if wanted else ""},
    )


def _text(_field: CustomField, text: str) -> str:
    if len(text) > MAX_TEXT:
        words = _("this is %(count)s characters long; at most %(most)s fit. Put the rest into a note.",
                  count=number(len(text)), most=MAX_TEXT)  # fmt: skip
        raise ValueError(words)
    return text


def _number(_field: CustomField, text: str) -> str:
    if not _NUMBER.fullmatch(text):
        words = _("“%(text)s” is no number. Write it with a dot before decimals, as in 1234.5.", text=text[:40])
        raise ValueError(words)
    plain = format(Decimal(text.replace(",", "")).normalize(), "f")
    return "0" if plain == "-0" else plain


def _date(_field: CustomField, text: str) -> str:
    german = _GERMAN_DATE.fullmatch(text)
    try:
        day = date(*(int(part) for part in reversed(german.groups()))) if german else date.fromisoformat(text)
    except ValueError:
        words = _("“%(text)s” is no date. Write it as 2026-11-30 or 30.11.2026.", text=text[:40])
        raise ValueError(words) from None
    return day.isoformat()


def _choice(field: CustomField, text: str) -> str:
    found = next((option for option in field.options if option.casefold() == text.casefold()), None)
    if found is None:
        words = _("“%(text)s” is none of its choices. Choose one of: %(possible)s.",
                  text=text[:40], possible=", ".join(field.options))  # fmt: skip
        raise ValueError(words)
    return found


def _url(_field: CustomField, text: str) -> str:
    found = web_address(text if "://" in text else f"https://{text}")
    if not found or len(found) > MAX_TEXT:
        words = _("“%(text)s” is no web address. Write it in full, as in https://example.com/page.", text=text[:40])
        raise ValueError(words)
    return found


def _yes_no(_field: CustomField, text: str) -> str:
    word = text.casefold()
    if word not in _YES | _NO:
        raise ValueError(_("“%(text)s” is neither yes nor no.", text=text[:40]))
    return "yes" if word in _YES else "no"


_READERS = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _date,
    FieldKind.CHOICE: _choice,
    FieldKind.URL: _url,
    FieldKind.YES_NO: _yes_no,
}
