"""`flask --app wsgi import-prospects`: the import of the screens, for a terminal."""

from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app.db import reading, transaction
from app.models import BatchState, ImportBatch, Program, RowVerdict, User
from app.queries.imports import BatchView, batch_view, rows_after
from app.services.access import Permission, program_for
from app.services.errors import ServiceError
from app.services.imports.batches import Upload, batch_for, cancel_batch, start_batch
from app.services.imports.files import read_file
from app.services.imports.mapping import keep_usable_upload
from app.services.imports.presets import preset_in_use, told
from app.services.imports.reading import MAX_FILE_BYTES, too_large
from app.services.imports.running import run_batch

_SHOWN_ROWS = 20
_WORDS = {
    RowVerdict.NEW: "new companies",
    RowVerdict.NEW_IN_PROGRAM: "known companies, new in this program",
    RowVerdict.KNOWN: "already prospects",
    RowVerdict.REPEATED: "repeated in the file",
    RowVerdict.BAD: "bad",
}


@click.command("import-prospects")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--program", "slug", required=True, metavar="SLUG", help="The program to import into.")
@click.option("--dry-run", is_flag=True, help="Only check the rows; add nothing.")
@click.option("--as", "email", metavar="EMAIL", help="Whose import it is; without it, the command line's own.")
@with_appcontext
def import_prospects_command(*, file: Path, slug: str, dry_run: bool, email: str | None) -> None:
    """Import the companies of FILE (CSV or .xlsx) into a program.

    Every row gets a verdict; a bad one never stops the rest. Stopped halfway, it is taken up by the workers.
    """
    try:
        program_id, batch_id = _check(file, slug, email)
        _show_verdicts(program_id, batch_id)
        if dry_run:
            _discard(program_id, batch_id)
        else:
            _import(program_id, batch_id)
    except ServiceError as error:
        raise click.ClickException(str(error)) from None


def _check(file: Path, slug: str, email: str | None) -> tuple[int, int]:
    size = file.stat().st_size
    if size > MAX_FILE_BYTES:
        raise click.ClickException(too_large(size))
    read = read_file(file.read_bytes(), names_companies=False)
    if read.remark:
        click.echo(read.remark)
    with transaction() as session:
        user = session.scalar(select(User).where(User.email == email, User.is_active)) if email else None
        if email and user is None:
            raise click.ClickException(f"Nobody here signs in as {email}. See /settings/people for the addresses.")
        if user is not None:
            program = program_for(session, user, slug, Permission.IMPORT)
        else:
            program = _program(session.scalar(select(Program).where(Program.slug == slug)), slug)
        upload = Upload(
            program_id=program.id,
            filename=file.name,
            content=read.content,
            table=read.table,
            uploaded_by_id=user.id if user else None,
            remark=read.remark,
        )
        batch = keep_usable_upload(session, upload)
        if preset := preset_in_use(session, batch):
            click.echo(told(session, preset, reader_id=None))
    _run(batch.id, "Checked")
    return program.id, batch.id


def _program(found: Program | None, slug: str) -> Program:
    if found is None or found.archived_at is not None:
        raise click.ClickException(f"There is no program {slug!r}. See /programs for the names.")
    return found


def _import(program_id: int, batch_id: int) -> None:
    with transaction() as session:
        start_batch(
            session, batch_for(session, program_id, batch_id, for_change=True), by_user_id=None, in_background=False
        )
    _run(batch_id, "Imported")
    click.echo(f"{_view(program_id, batch_id).added:,} prospects added. Workers read and score their sites.")


def _discard(program_id: int, batch_id: int) -> None:
    with transaction() as session:
        cancel_batch(session, batch_for(session, program_id, batch_id, for_change=True), by_user_id=None)
    click.echo("Dry run: nothing was added.")


def _run(batch_id: int, word: str) -> None:
    """Carry the batch through its step here; raises ClickException where it does not get to the end."""

    def show(batch: ImportBatch) -> None:
        if batch.done_count % 5_000 < 500 and batch.row_count > 5_000:
            click.echo(f"{word} {batch.done_count:,} of about {batch.row_count:,} rows", err=True)

    state = run_batch(transaction, batch_id, budget_s=86_400.0, on_progress=show)
    if state is None:
        raise click.ClickException(f"Import {batch_id} was canceled or is carried on by a worker; see its page.")
    if state is BatchState.FAILED:
        with reading() as session:
            raise click.ClickException(session.get_one(ImportBatch, batch_id).detail)


def _show_verdicts(program_id: int, batch_id: int) -> None:
    view = _view(program_id, batch_id)
    for verdict, words in _WORDS.items():
        click.echo(f"{view.counts[verdict]:>9,}  {words}")
    with reading() as session:
        bad = rows_after(session, batch_id, verdict=RowVerdict.BAD.value, line=0, limit=_SHOWN_ROWS)
    for row in bad:
        click.echo(f"line {row.line}: {row.message}", err=True)
    hidden = view.counts[RowVerdict.BAD] - len(bad)
    if hidden > 0:
        click.echo(f"… and {hidden:,} more bad rows; the error file on the import's page has all of them.", err=True)


def _view(program_id: int, batch_id: int) -> BatchView:
    with reading() as session:
        return batch_view(session, batch_for(session, program_id, batch_id))
