"""Run migrations on the database that the settings name, or on the connection a caller hands in."""

import os

from alembic import context

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
        _migrate(fresh)


def _migrate(connection: object) -> None:
    context.configure(
        connection=connection,  # type: ignore[arg-type]
        target_metadata=db.Base.metadata,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
