"""Everything of an installation into one file, and a file into an empty installation."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from app.db import snapshot, transaction
from app.services.errors import ServiceError
from app.services.whole_copy import Copied, read_copy, write_copy


@click.command("export-everything")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def export_everything_command(*, file: Path) -> None:
    """Write all rows and sent files to FILE, a zip. It may run while the product works."""
    try:
        with snapshot() as session:
            copied = write_copy(session, file)
    except (ServiceError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{_said(copied)} written to {file.name}. It holds everything, also what opens accounts: keep it safe.")


@click.command("import-everything")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def import_everything_command(*, file: Path) -> None:
    """Fill this installation from FILE of export-everything; only an installation without people takes it."""
    try:
        with transaction() as session:
            copied = read_copy(session, file)
    except ServiceError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{_said(copied)} read from {file.name}.")


def _said(copied: Copied) -> str:
    return f"{copied.rows:,} rows of {copied.tables} tables and {copied.documents:,} files"
