"""What was chosen for the columns of one file, taken for the next one with the same headings in the same program."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.languages import short_day
from app.models import ImportBatch, User
from app.models.batch import CollisionRule, ImportPreset
from app.services.custom_fields import fields_of
from app.services.imports.columns import OWN, Field, folded, has_own_headings, own_id


def headings_key(headings: Iterable[str]) -> str:
    """Return a digest of the headings in file order; capitals, accents and punctuation do not matter."""
    return hashlib.sha256("\x1f".join(map(folded, headings)).encode()).hexdigest()


def take_remembered(session: Session, batch: ImportBatch) -> None:
    """Give a batch the columns and rules that were chosen for the last file with its headings, if any were."""
    preset = _find(session, batch)
    if preset is None or not _is_sound(preset):
        return
    in_use = {f"{OWN}{field.id}" for field in fields_of(session, batch.program_id)}
    # The column of a field that was archived since is kept as it is.
    kept = (Field.EXTRA.value if own_id(each) and each not in in_use else each for each in preset.columns.values())
    batch.columns = dict(zip(batch.columns, kept, strict=True))
    batch.rules = _rules_by_place(preset, list(batch.columns))
    batch.columns_from = preset.filename


def remember(session: Session, batch: ImportBatch, *, by_user_id: int | None) -> None:
    """Keep a batch's columns and rules for its headings, in place of what was kept before.

    Files without headings are told apart by nothing but their width, so of them nothing is kept.
    """
    if not has_own_headings(batch.columns):
        return
    preset = _find(session, batch) or _added(session, batch)
    preset.filename = batch.filename
    preset.columns, preset.rules = dict(batch.columns), dict(batch.rules)
    preset.saved_by_id, preset.saved_at = by_user_id, now()


def forget(session: Session, batch: ImportBatch) -> bool:
    """Drop what is remembered for a batch's headings; return whether there was anything."""
    preset = _find(session, batch)
    if preset is not None:
        session.delete(preset)
    return preset is not None


def preset_in_use(session: Session, batch: ImportBatch) -> ImportPreset | None:
    """Return what is remembered for a batch's headings, where the batch is read that way."""
    preset = _find(session, batch)
    if preset is None or list(preset.columns.values()) != list(batch.columns.values()):
        return None
    return preset if _rules_by_place(preset, list(batch.columns)) == batch.rules else None


def told(session: Session, preset: ImportPreset, *, reader_id: int | None) -> str:
    """Say whose choice it is, for which file and of which day."""
    values = {"file": preset.filename, "day": short_day(preset.saved_at)}
    if preset.saved_by_id and preset.saved_by_id == reader_id:
        return _("Columns as you chose them for “%(file)s” on %(day)s.", **values)
    person = session.get(User, preset.saved_by_id) if preset.saved_by_id else None
    if person is None:
        return _("Columns as they were chosen for “%(file)s” on %(day)s.", **values)
    return _("Columns as %(name)s chose them for “%(file)s” on %(day)s.", name=person.name, **values)


def _find(session: Session, batch: ImportBatch) -> ImportPreset | None:
    if not has_own_headings(batch.columns):
        return None
    return session.scalar(
        select(ImportPreset).where(
            ImportPreset.program_id == batch.program_id, ImportPreset.headings == headings_key(batch.columns)
        )
    )


def _added(session: Session, batch: ImportBatch) -> ImportPreset:
    preset = ImportPreset(
        program_id=batch.program_id, headings=headings_key(batch.columns), filename=batch.filename, columns={}, rules={}
    )
    try:
        with session.begin_nested():
            session.add(preset)
    except IntegrityError:
        # A colleague chose for the same headings at the same moment; the later choice counts.
        found = _find(session, batch)
        if found is None:
            raise
        return found
    return preset


def _is_sound(preset: ImportPreset) -> bool:
    columns = {each for each in preset.columns.values() if own_id(each) is None}
    return columns <= set(Field) and set(preset.rules.values()) <= set(CollisionRule)


def _rules_by_place(preset: ImportPreset, headings: list[str]) -> dict[str, str]:
    """Return the rules under the headings as this file spells them."""
    spelled = dict(zip(preset.columns, headings, strict=True))
    return {spelled[heading]: rule for heading, rule in preset.rules.items() if heading in spelled}
