"""Run migrations on the database that the settings name, or on the connection a caller hands in."""

import os

import structlog
from alembic import context
from alembic.migration import MigrationContext
from sqlalchemy.exc import OperationalError

import app.models  # noqa: F401 - the metadata must know every table
from app import db
from app.config import Settings


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        _migrate(connection)
        return
    engine = db.configure(Settings.from_env(os.environ).database)
    with engine.begin() as fresh:
        before = MigrationContext.configure(fresh).get_current_heads()
        _migrate(fresh)
        has_changed = MigrationContext.configure(fresh).get_current_heads() != before
    if has_changed:
        _count_rows()


def _count_rows() -> None:
    """Of an index that is new or was built anew SQLite knows nothing until it counts again: it takes the wrong ones."""
    try:
        db.refresh_statistics()
    except OperationalError as error:
        # The database is whole without; it is counted every night, too.
        structlog.get_logger(__name__).warning("rows_not_counted", cause=str(error.orig))


def _migrate(connection: object) -> None:
    context.configure(
        connection=connection,  # type: ignore[arg-type]
        target_metadata=db.Base.metadata,
        render_as_batch=True,
        compare_type=True,
        include_name=_is_described,
    )
    with context.begin_transaction():
        context.run_migrations()


def _is_described(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out what stands in migrations alone: the indexes of the search, which are tables of their own on SQLite."""
    return not (kind in ("table", "index") and (name or "").startswith("search_"))


run()
