"""`flask --app wsgi crash-test`: prove on this machine that killed workers lose no mail and send none twice."""

import sys
import tempfile
import time
from pathlib import Path

import click
from sqlalchemy import create_engine, make_url, text

from app.cli.crash.run import Plan, Stuck, run


@click.command("crash-test")
@click.option("--kills", default=20, show_default=True, help="How often a worker is killed.")
@click.option("--messages", default=600, show_default=True, help="How many mails are due.")
@click.option("--workers", default=4, show_default=True, help="How many mail workers run.")
@click.option("--seed", default=1, show_default=True, help="The provider's manners and the moments of the kills.")
@click.option("--database-url", default="", help="A PostgreSQL server; a database is made on it and dropped again.")
@click.option("--quiet", is_flag=True, help="Say the result alone.")
def crash_test_command(*, kills: int, messages: int, workers: int, seed: int, database_url: str, quiet: bool) -> None:
    """Send mail to a provider that misbehaves while workers are killed, and count what was lost or doubled."""
    with tempfile.TemporaryDirectory(prefix="sb-crash-") as name:
        folder = Path(name)
        url = fresh_database(database_url, seed=seed) if database_url else f"sqlite+pysqlite:///{folder / 'crash.db'}"
        say = (lambda _line: None) if quiet else click.echo
        click.echo(f"seed {seed}: {messages:,} mails, {workers} workers, {kills} kills, {url.partition('+')[0]}")
        begun = time.monotonic()
        try:
            verdict = run(Plan(kills, messages, workers, seed, url, folder, say))
        except Stuck as stuck:
            raise click.ClickException(f"{stuck}\n{_logs(folder)}") from None
        finally:
            if database_url:
                drop_database(url)
        click.echo(f"  {verdict}\n  {time.monotonic() - begun:.0f} s")
        if not verdict.is_good:
            click.echo(f"  lost: {verdict.lost[:10]}, doubled: {verdict.doubled[:10]}\n{_logs(folder)}")
            sys.exit(1)


def fresh_database(url: str, *, seed: int) -> str:
    """Make an empty database on the server that a URL names, and return its URL; never touches the one named."""
    if not url.startswith("postgresql+psycopg://"):
        raise click.ClickException("--database-url must begin with postgresql+psycopg://; without it SQLite is used.")
    name = f"scoutboard_crash_{seed}"
    _on_server(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def drop_database(url: str) -> None:
    """Drop the database of a URL that fresh_database gave."""
    target = make_url(url)
    _on_server(
        target.set(database="postgres").render_as_string(hide_password=False),
        f'DROP DATABASE IF EXISTS "{target.database}" WITH (FORCE)',
    )


def _on_server(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _logs(folder: Path) -> str:
    """Return the end of each process's log."""
    found = sorted(folder.glob("*.log"))
    return "\n".join(f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}" for path in found)
