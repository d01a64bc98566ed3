"""The gate that every handing over passes and every stop closes, so that a stop that was committed first always wins.

Policy is read in the transaction that writes `handing_over`. PostgreSQL lets another transaction commit a stop between
that read and that write. So a handing over holds the gate shared, and whatever must win against it holds the gate
alone: it waits for the handings over under way, and later ones wait for it and then see it. SQLite has one writer at a
time, which comes to the same.
"""

from sqlalchemy.orm import Session

_GATE_KEY = 0x5C0_07B0A8E
# Beside the lock, to save asking the server once more: each time costs a mail a millisecond.
_PLAN_ONCE = "set_config('plan_cache_mode', 'force_generic_plan', true)"


def pass_gate(session: Session) -> None:
    """Enter with other handings over, until this transaction ends; must come before any row of it is locked.

    Calling it again in the same transaction does nothing more.
    """
    transaction = session.get_transaction()
    if transaction is None or session.info.get("gate_passed_in") is not transaction:
        _lock(session, f"SELECT pg_advisory_xact_lock_shared(%s), {_PLAN_ONCE}")
        session.info["gate_passed_in"] = session.info["planned_once_in"] = session.get_transaction()


def plan_once(session: Session) -> None:
    """Have PostgreSQL plan each statement once for all values, until this transaction ends.

    It would plan the longer ones anew each time, which takes longer than carrying them out. All that a transaction of
    the ledger asks finds few rows by key, so one plan fits all values.
    """
    transaction = session.get_transaction()
    if transaction is None or session.info.get("planned_once_in") is not transaction:
        _execute(session, f"SELECT {_PLAN_ONCE}")
        session.info["planned_once_in"] = session.get_transaction()


def close_gate(session: Session) -> None:
    """Keep every handing over out until this transaction ends; must come before any row of it is locked.

    Calling it again in the same transaction does nothing more.
    """
    _lock(session, "SELECT pg_advisory_xact_lock(%s)")


def _lock(session: Session, statement: str) -> None:
    _execute(session, statement, (_GATE_KEY,))


def _execute(session: Session, statement: str, values: tuple[int, ...] = ()) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(statement, values)
