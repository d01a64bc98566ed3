"""The database: engine, base class and the one place where a transaction ends.

SQLite runs in WAL mode. The driver's own transaction handling is switched off and BEGIN is sent by us: IMMEDIATE
for writers, so that two of them queue up instead of failing halfway, and plain for readers, who never wait.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, DateTime, Engine, MetaData, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import JSON, TypeDecorator

RESTED_S = 1.0
# How PostgreSQL plans for us.
_POSTGRESQL = {
    # A statement asked often gets one plan for all values from then on. Ours ask for rare states and open tasks among
    # 100,000: with that plan a board took 230 ms instead of 70.
    "plan_cache_mode": "force_custom_plan",
    # What is asked for often lies in memory, where a page costs the same wherever it is: told so, the server counts a
    # board off an index (400 → 160 ms on a busy machine) instead of reading its whole table.
    "random_page_cost": "1.1",
    # Helpers and compiled statements serve what takes seconds: 400 ids of a search took 26 ms with a helper, 2 without;
    # compiling was 20 of the 43 ms that the cards of a board took.
    "parallel_setup_cost": "10000",
    "jit": "off",
}

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: refuses naive values on the way in, returns aware ones on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; raise ValueError for a naive value, whose meaning nobody could know later."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: give it a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment as aware UTC; SQLite hands it back naive."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every row; constraint names follow one scheme so that migrations can address them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        dict[str, str]: JSON(),
        dict[str, int]: JSON(),
        dict[str, float]: JSON(),
        list[str]: JSON(),
        list[int]: JSON(),
        list[Any]: JSON(),
    }


class NotConfigured(Exception):
    """The database was used before configure() told it where it is."""


_engines: dict[str, Engine] = {}


def configure(url: str) -> Engine:
    """Connect the process to a database; a second call replaces the first engine. Returns the engine."""
    dispose()
    _engines["default"] = _engine_at(url)
    return _engines["default"]


@lru_cache(maxsize=4)
def _engine_at(url: str) -> Engine:
    # Who comes back to a database finds the statements that were compiled for it.
    is_sqlite = url.startswith("sqlite")
    options: dict[str, Any] = {} if is_sqlite else {"pool_size": 10, "max_overflow": 40}
    if is_sqlite:
        # The last one used comes first: its pages are at hand.
        options = {"pool_size": 20, "max_overflow": 60, "pool_use_lifo": True, "connect_args": {"timeout": 60}}
    engine = create_engine(url, **options)
    if is_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
        _ping_after_rest(engine)
    return engine


def _ping_after_rest(engine: Engine) -> None:
    """Ask a connection that has rested whether its server is still there; the pool replaces one whose server is gone.

    The pool's own pool_pre_ping asks before each transaction: 1.3 of the 20 ms that a mail takes beside the provider's.
    """

    def note_use(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["used_at"] = time.monotonic()

    def ping(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - record.info.get("used_at", math.inf) < RESTED_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error

    event.listen(engine, "checkin", note_use)
    event.listen(engine, "checkout", ping)


def dispose() -> None:
    """Close the pool; called at shutdown and in a freshly forked process."""
    previous = _engines.pop("default", None)
    if previous is not None:
        previous.dispose()


def engine() -> Engine:
    """Return the process's engine. Raises NotConfigured before configure() was called."""
    try:
        return _engines["default"]
    except KeyError:
        raise NotConfigured("call app.db.configure(url) first") from None


def _prepare_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        for name, value in _POSTGRESQL.items():
            cursor.execute(f"SET {name} = {value}")
    connection.commit()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=60000")
    # In KiB, by the minus. With the 2 MB there are otherwise, a set of 100,000 ids is built in 71 ms instead of 33.
    cursor.execute("PRAGMA cache_size=-16384")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    is_reader = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if is_reader else "BEGIN IMMEDIATE")


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a writing transaction: committed when the block ends, rolled back when it raises."""
    with Session(engine(), expire_on_commit=False) as session:
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def reading() -> Iterator[Session]:
    """Open a transaction for reading only; it never waits for writers and nothing in it is kept."""
    with _read(read_only=True) as session:
        yield session


@contextmanager
def snapshot() -> Iterator[Session]:
    """Open a transaction for reading in which every query sees the same moment; on SQLite each `reading` is one."""
    is_postgres = engine().dialect.name == "postgresql"
    moment = {"isolation_level": "REPEATABLE READ"} if is_postgres else {}
    with _read(read_only=True, **moment) as session:
        yield session


@contextmanager
def _read(**options: Any) -> Iterator[Session]:
    with Session(engine().execution_options(**options), expire_on_commit=False, autoflush=False) as session:
        event.listen(session, "do_orm_execute", _note_writing)
        event.listen(session, "after_flush", _note_flush)
        yield session
        if engine().dialect.name == "postgresql" and not session.info.get("has_written"):
            # psycopg forgets a connection's prepared statements with each ROLLBACK: the server would plan them anew.
            session.expunge_all()
            session.commit()


def _note_writing(state: ORMExecuteState) -> None:
    if not state.is_select:
        state.session.info["has_written"] = True


def _note_flush(session: Session, _context: object) -> None:
    session.info["has_written"] = True


def refresh_statistics() -> None:
    """Let SQLite look at up to 1,000 rows of each index, so that it plans by how rows are spread; 0.2 s at 100,000.

    Without it a board of 100,000 prospects takes up to four times as long to filter. PostgreSQL does this by itself.
    """
    if engine().dialect.name == "sqlite":
        with engine().begin() as connection:
            connection.exec_driver_sql("PRAGMA analysis_limit=1000")
            connection.exec_driver_sql("ANALYZE")
            # Other connections read what was found only with the schema: they plan as for a new house until it changes.
            connection.exec_driver_sql("CREATE VIEW rows_were_counted AS SELECT 1")
            connection.exec_driver_sql("DROP VIEW rows_were_counted")


def lock_for_append(session: Session, *, key: int) -> None:
    """Let one transaction at a time append to a chained table, until this one ends.

    SQLite has one writer anyway; PostgreSQL takes a transaction-scoped advisory lock named by `key`.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (key,))
