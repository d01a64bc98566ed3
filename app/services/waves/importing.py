"""Partners of another platform by file: the import's own check and writing, with what a migration adds to a verdict.

The rows are read, judged and written by app.services.imports; what stands here says what the columns mean on the
other platform, and keeps to files that are checked while the person waits.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import mark, number
from app.models import BatchState, Company, ImportBatch, ImportRow, Program, Prospect, RowVerdict, Stage
from app.models.stage import PARTNER_STAGES
from app.models.wave import WaveImport, WavePartner
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.imports.batches import Upload, add_batch, batch_for
from app.services.imports.decoding import TextEncoding
from app.services.imports.reading import MAX_FILE_BYTES, Table, read_table, too_large
from app.services.imports.values import BadRow, read_values
from app.services.imports.workbook import first_sheet, is_workbook
from app.services.suppressions import suppressed_among
from app.services.waves.columns import WaveField, checked_columns, guess_columns, platform_of
from app.services.waves.plans import plan_of
from app.services.waves.presets import Platform
from app.services.waves.row_values import wave_values

MAX_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class PartnerFile:
    """An uploaded file of partners: its name, its bytes as CSV, and how it is read."""

    name: str
    content: bytes
    table: Table


def read_file(name: str, content: bytes, encoding: TextEncoding | None = None) -> PartnerFile:
    """Read a CSV file or the first sheet of a workbook. Raises InvalidInput (field `file`) saying what is wrong."""
    if len(content) > MAX_FILE_BYTES:
        raise InvalidInput({"file": too_large(len(content))})
    if is_workbook(content):
        content, encoding = first_sheet(content, places=2).content, TextEncoding.UTF_8
    table = read_table(content, encoding, names_companies=False)
    if table.row_estimate > MAX_ROWS:
        raise InvalidInput(
            {
                "file": _(
                    "The file has some %(count)s rows; at most %(most)s come in at once. Split it.",
                    count=number(table.row_estimate),
                    most=number(MAX_ROWS),
                )
            }
        )
    return PartnerFile(name, content, table)


def begin_import(
    session: Session, program: Program, file: PartnerFile, *, platform: Platform | None, by_user_id: int | None
) -> WaveImport:
    """Keep a file to be checked, its columns guessed; without a platform the file's headings say which one it is."""
    batch = add_batch(
        session,
        Upload(
            program_id=program.id,
            filename=file.name,
            content=file.content,
            table=file.table,
            uploaded_by_id=by_user_id,
        ),
        in_background=False,
    )
    known = platform or platform_of(file.table.columns)
    wave_import = WaveImport(program_id=program.id, batch_id=batch.id, platform=known.value if known else "")
    session.add(wave_import)
    _set_columns(batch, wave_import, guess_columns(file.table.columns, known))
    session.flush()
    return wave_import


def import_for(session: Session, program: Program, batch_id: int, *, for_change: bool = False) -> WaveImport:
    """Return an import of partners in this program; raises NotFound, for other imports too."""
    batch_for(session, program.id, batch_id, for_change=for_change)
    found = session.scalar(select(WaveImport).where(WaveImport.batch_id == batch_id))
    if found is None:
        raise NotFound(_("There is no such import of partners in this program."))
    return found


def change_columns(
    session: Session, wave_import: WaveImport, batch: ImportBatch, chosen: Mapping[str, str], *, by_user_id: int | None
) -> None:
    """Take a person's meaning of the columns and let the file be checked anew.

    Raises InvalidInput (field `columns`), and Conflict once the rows are on their way in.
    """
    if batch.state not in (BatchState.CHECKED, BatchState.FAILED) or batch.content is None:
        raise Conflict(
            _("This file was imported already, or is on its way in. Upload it again to read it differently.")
        )
    columns = checked_columns(wave_import.columns, chosen)
    session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    _set_columns(batch, wave_import, columns)
    batch.state, batch.detail = BatchState.CHECKING, ""
    batch.done_count, batch.attempts, batch.lease_until, batch.finished_at = 0, 0, None, None
    record_audit(
        session,
        "wave_import.columns_changed",
        subject=f"import:{batch.id}",
        actor_id=by_user_id,
        program_id=batch.program_id,
        details={"columns": {heading: field.value for heading, field in columns.items()}},
    )


def add_remarks(session: Session, program: Program, wave_import: WaveImport) -> None:
    """Say in each row's verdict what the migration will make of it; run once, when the check has come to its end.

    The row keeps it in English; the page tells it again.
    """
    batch = session.get_one(ImportBatch, wave_import.batch_id)
    if batch.state is not BatchState.CHECKED:
        return
    plan = plan_of(session, program)
    rows = session.scalars(
        select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.verdict != RowVerdict.BAD)
    ).all()
    emails = {row.id: _email(row, batch) for row in rows}
    forbidden = suppressed_among(session, [email for email in emails.values() if email])
    known = _known(session, program.id, {row.domain for row in rows})
    for row in rows:
        values = wave_values(row.fields, wave_import.columns, currency=plan.currency)
        remarks = [*values.remarks, *_standing(known.get(row.domain))]
        if not emails[row.id]:
            remarks.append(mark("No e-mail address: add one on the prospect's page before they can be invited."))
        elif emails[row.id] in forbidden:
            remarks.append(mark("This address is on the do-not-mail list and will not be written to."))
        row.message = " ".join(filter(None, (row.message, *remarks)))


def _email(row: ImportRow, batch: ImportBatch) -> str:
    columns = {heading: WaveField(name).import_field for heading, name in batch.columns.items()}
    try:
        return read_values(row.fields, columns, source=batch.filename).contact.email
    except BadRow:
        return ""


def _known(session: Session, program_id: int, domains: set[str]) -> dict[str, tuple[Stage, int | None]]:
    rows = session.execute(
        select(Company.domain, Prospect.stage, WavePartner.id)
        .join(Prospect, Prospect.company_id == Company.id)
        .outerjoin(WavePartner, WavePartner.prospect_id == Prospect.id)
        .where(Prospect.program_id == program_id, Company.domain.in_(domains))
    )
    return {domain: (stage, partner_id) for domain, stage, partner_id in rows}


def _standing(known: tuple[Stage, int | None] | None) -> list[str]:
    if known is None:
        return []
    stage, partner_id = known
    if partner_id is not None:
        return [mark("On the migration list already; id and values are brought up to date, the status stays.")]
    if stage in PARTNER_STAGES:
        return [mark("A partner here already, so counted as accepted without an invitation.")]
    return [mark("Declined here before, so not put into a wave.")] if stage is Stage.DECLINED else []


def _set_columns(batch: ImportBatch, wave_import: WaveImport, columns: Mapping[str, WaveField]) -> None:
    wave_import.columns = {heading: field.value for heading, field in columns.items()}
    batch.columns = {heading: field.import_field.value for heading, field in columns.items()}
