"""What a person says the columns of a file mean, and what they do where a company is known already.

The file is then checked anew: the verdicts go, the columns and rules stay. Nothing may have been written by then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.dispatch import Job, dispatch_after_commit
from app.languages import gettext as _
from app.languages import mark
from app.models import BatchState, ImportBatch, ImportRow
from app.models.batch import CollisionRule
from app.models.custom_field import CustomField
from app.models.wave import WaveImport
from app.services.custom_fields import fields_of
from app.services.errors import Conflict, InvalidInput
from app.services.imports.batches import INLINE_ROWS, Upload, add_batch, audit_batch, fail_batch, has_file
from app.services.imports.collisions import RULED
from app.services.imports.columns import (
    OWN,
    Field,
    clashes,
    field_of,
    no_usable_column,
    own_id,
    says_company,
)
from app.services.imports.decoding import TextEncoding
from app.services.imports.own_fields import named_fields
from app.services.imports.presets import forget, remember, take_remembered
from app.services.imports.reading import read_table

NO_COMPANY = mark(
    "No column says which company a row is about. Choose below which column holds the website or the e-mail address, "
    "and every row is checked."
)
_OPEN = (BatchState.CHECKED, BatchState.FAILED, BatchState.CANCELED)
# The first one that is filled counts of several websites; any number of columns is kept as it is, or left out.
_MANY = frozenset({Field.SITE, Field.EXTRA, Field.IGNORED})


def keep_upload(session: Session, upload: Upload, *, in_background: bool) -> ImportBatch:
    """Keep a file to be checked, its columns as a person chose them for an earlier one with the same headings.

    Where no column names a company it is set aside, for a person to say which one does.
    """
    batch = add_batch(session, upload, in_background=False)
    take_remembered(session, batch)
    if not says_company(batch.columns.values()):
        fail_batch(session, batch.id, NO_COMPANY)
    elif in_background:
        dispatch_after_commit(session, Job.RUN_IMPORT, batch.id)
    return batch


def keep_usable_upload(session: Session, upload: Upload) -> ImportBatch:
    """Keep a file to be checked by the caller; raises InvalidInput where no column names a company."""
    batch = add_batch(session, upload, in_background=False)
    take_remembered(session, batch)
    if not says_company(batch.columns.values()):
        raise InvalidInput({"file": no_usable_column(list(batch.columns))})
    return batch


def can_change(session: Session, batch: ImportBatch) -> bool:
    """Say whether the columns may be chosen still: the file is there, and nothing of it was written."""
    if batch.state not in _OPEN or batch.undo:
        return False
    written = select(ImportRow.id).where(ImportRow.batch_id == batch.id, ImportRow.prospect_id.is_not(None)).limit(1)
    # A migration gives columns meanings of its own and asks for them on its own page.
    of_wave = select(WaveImport.id).where(WaveImport.batch_id == batch.id)
    return has_file(session, batch) and session.scalar(written) is None and session.scalar(of_wave) is None


def change_columns(
    session: Session,
    batch: ImportBatch,
    columns: Mapping[str, str],
    rules: Mapping[str, str],
    *,
    by_user_id: int | None,
) -> None:
    """Take the field and the rule a person chose by heading, remember them, and let the file be checked anew.

    A heading that is not named keeps what it has; `own:<id>` is a field of the program, and `new:<kind>` one that is
    made of the heading (see new_fields). Raises InvalidInput (field `columns`) for what does not fit the
    file or itself, and Conflict where it is too late.
    """
    _require_open(session, batch)
    chosen = _chosen_columns(batch.columns, columns, fields_of(session, batch.program_id))
    batch.rules = _chosen_rules(chosen, batch.rules, rules)
    batch.columns = chosen
    batch.columns_from = ""
    remember(session, batch, by_user_id=by_user_id)
    _check_anew(session, batch, "import.columns_chosen", by_user_id=by_user_id)


def forget_columns(session: Session, batch: ImportBatch, *, by_user_id: int | None) -> bool:
    """Forget what was remembered for these headings; return whether this file is read by its headings again.

    It is where nothing of it was written. Raises Conflict while it is being checked, and where nothing is remembered.
    """
    if batch.state is BatchState.CHECKING:
        raise Conflict(_("The rows are being checked. Wait for the check to end, or cancel it."))
    if not forget(session, batch):
        raise Conflict(_("Nothing is remembered for these headings."))
    if not can_change(session, batch):
        return False
    table = read_table(batch.content or b"", TextEncoding(batch.encoding), names_companies=False)
    batch.columns = {heading: field.value for heading, field in table.columns.items()}
    batch.rules, batch.columns_from = {}, ""
    _check_anew(session, batch, "import.columns_forgotten", by_user_id=by_user_id)
    return True


def _require_open(session: Session, batch: ImportBatch) -> None:
    if not can_change(session, batch):
        raise Conflict(
            _("This file was imported already, or is on its way in. Upload it again to read it differently.")
        )


@dataclass(frozen=True, slots=True)
class _OwnColumn:
    """What a column is that fills a field of the program, for comparison with the others."""

    id: int
    label: str


def _chosen_columns(
    current: Mapping[str, str], chosen: Mapping[str, str], fields: Sequence[CustomField]
) -> dict[str, str]:
    """Return what each column is kept as. Raises InvalidInput (field `columns`)."""
    problems = [_does_not_fit(heading) for heading in chosen if heading not in current]
    possible = {*Field, *(f"{OWN}{field.id}" for field in fields)}
    values = {heading: chosen.get(heading, before) for heading, before in current.items()}
    for heading, value in values.items():
        # A field that was archived since it was chosen is no choice any more, but no mistake of this form either.
        if value not in possible and value == current[heading] and own_id(value) is not None:
            values[heading] = Field.EXTRA.value
        elif value not in possible:
            problems.append(_("“%(heading)s” cannot be “%(field)s”; choose from the list.",
                              heading=heading, field=value[:40]))  # fmt: skip
    if not problems:
        own = {heading: _OwnColumn(field.id, field.label) for heading, field in named_fields(values, fields).items()}
        problems = clashes({heading: own.get(heading) or Field(value) for heading, value in values.items()}, many=_MANY)
    if problems:
        raise InvalidInput({"columns": " ".join(problems[:5])})
    return values


def _chosen_rules(columns: Mapping[str, str], current: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the rules that differ from filling in, of columns that can have one."""
    problems = [_does_not_fit(heading) for heading in chosen if heading not in columns]
    rules = {}
    for heading, kept in columns.items():
        value = chosen.get(heading, current.get(heading, CollisionRule.FILL))
        if value not in frozenset(CollisionRule):
            problems.append(_("“%(heading)s” cannot follow the rule “%(rule)s”; choose from the list.",
                              heading=heading, rule=value[:40]))  # fmt: skip
        elif field_of(kept) in RULED and value != CollisionRule.FILL:
            rules[heading] = str(value)
    if problems:
        raise InvalidInput({"columns": " ".join(problems[:5])})
    return rules


def _does_not_fit(heading: str) -> str:
    return _("The file has no column “%(heading)s”. Open this page again and choose anew.", heading=heading[:40])


def _check_anew(session: Session, batch: ImportBatch, action: str, *, by_user_id: int | None) -> None:
    session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    if batch.state is not BatchState.CHECKED:
        batch.detail = ""
    batch.state = BatchState.CHECKING
    batch.done_count, batch.attempts, batch.lease_until, batch.finished_at = 0, 0, None, None
    audit_batch(session, batch, action, by_user_id=by_user_id, columns=batch.columns, rules=batch.rules)
    if not says_company(batch.columns.values()):
        fail_batch(session, batch.id, NO_COMPANY)
    elif batch.row_count > INLINE_ROWS:
        dispatch_after_commit(session, Job.RUN_IMPORT, batch.id)
