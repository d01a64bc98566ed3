"""What the ways to open the database promise: readings keep nothing, and SQLite learns how its rows are spread."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import Connection, Engine, create_engine, func, select, text, update
from sqlalchemy.orm import Session

from app.db import reading, refresh_statistics, snapshot, transaction
from app.models import Program
from tests.world import make_program


@pytest.mark.parametrize("opened", [reading, snapshot])
def test_nothing_that_a_reading_writes_is_kept(
    database: Engine, opened: Callable[[], AbstractContextManager[Session]]
) -> None:
    with transaction() as session:
        name = make_program(session).name
    with opened() as session:
        session.execute(update(Program).values(name="Overwritten"))
    with opened() as session:
        make_program(session, name="Flushed")
        session.flush()
    with reading() as session:
        assert session.scalars(select(Program.name)).all() == [name]


def test_what_a_connection_prepared_outlives_its_readings(database: Engine) -> None:
    if database.dialect.name != "postgresql":
        pytest.skip("SQLite prepares each statement by itself")
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%programs%'")
    for _ in range(8):
        with reading() as session:
            session.scalar(select(func.count(Program.id)))
    with reading() as session:
        assert session.scalar(prepared) == 1


def test_sqlite_is_told_how_its_rows_are_spread(database: Engine) -> None:
    with transaction() as session:
        make_program(session)
    refresh_statistics()
    if database.dialect.name == "sqlite":
        with reading() as session:
            assert session.scalar(text("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'programs'"))


def test_connections_that_are_open_plan_by_the_rows_of_today(database: Engine) -> None:
    if database.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's connections share what is known of rows")

    def plan(connection: Connection, marker: str) -> str:
        connection.exec_driver_sql("SELECT 1 FROM rows_of_test WHERE red = 0 LIMIT 1").all()
        query = f"EXPLAIN QUERY PLAN SELECT * FROM rows_of_test WHERE red = 1 AND blue = 5 -- {marker}"
        return str(connection.exec_driver_sql(query).all()[0][-1])

    with database.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE rows_of_test (id INTEGER PRIMARY KEY, red INT, blue INT)")
        connection.exec_driver_sql("CREATE INDEX ix_red ON rows_of_test (red)")
        connection.exec_driver_sql("CREATE INDEX ix_blue ON rows_of_test (blue)")
        many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
        connection.exec_driver_sql(f"INSERT INTO rows_of_test (red, blue) {many} SELECT i % 2, i FROM n")
    refresh_statistics()
    with database.connect().execution_options(read_only=True) as other:
        assert "ix_blue" in plan(other, "before")
        other.rollback()
        with database.begin() as connection:
            connection.exec_driver_sql("UPDATE rows_of_test SET red = id, blue = id % 2")
        refresh_statistics()
        assert "ix_red" in plan(other, "after")


def test_postgresql_plans_for_short_statements_and_the_values_at_hand(database: Engine) -> None:
    if database.dialect.name != "postgresql":
        pytest.skip("SQLite plans each statement as it is prepared")
    with reading() as session:
        assert session.scalar(text("SHOW plan_cache_mode")) == "force_custom_plan"
        assert session.scalar(text("SHOW jit")) == "off"
        assert session.scalar(text("SHOW random_page_cost")) == "1.1"
        assert session.scalar(text("SHOW parallel_setup_cost")) == "10000"


def test_a_connection_that_rested_is_asked_first_and_replaced_where_its_server_is_gone(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.dialect.name != "postgresql":
        pytest.skip("SQLite has no server that could go away")
    monkeypatch.setattr("app.db.RESTED_S", 0.0)
    with reading() as session:
        gone = session.scalar(text("SELECT pg_backend_pid()"))
    other = create_engine(database.url)
    with other.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:gone, 5000)"), {"gone": gone})
    other.dispose()
    with reading() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != gone
