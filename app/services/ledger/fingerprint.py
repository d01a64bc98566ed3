"""All rows that the policy asks about one mail, read by one statement, to see whether anything changed since.

The policy is judged for a whole claimed batch ahead of time, from facts that take a dozen queries. The transaction that
writes `handing_over` has to judge what is true then. So it reads the same rows again, compares them with what was read
ahead, column by column, and asks the dozen queries only where one differs. What other mail uses up (the sender's day,
the domain's turn) is not among them: that is taken by compare-and-set.
"""

from dataclasses import dataclass, fields

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from app.db import Base
from app.models import (
    Company,
    ContactBasis,
    ContactValue,
    CountryRule,
    Enrollment,
    Message,
    Pause,
    Program,
    Prospect,
    Sender,
    StepDone,
    Stop,
    Suppression,
    Task,
)
from app.services.ledger.gate import plan_once

Fingerprint = frozenset[tuple[str, ...]]
# An address, its domain and the domains above it; a longer one is judged from fresh facts each time.
SUPPRESSION_KEYS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose rows are read: the ids by which the facts of one mail are found, and what its address is suppressed by."""

    message: int
    enrollment: int
    sender: int
    prospect: int
    company: int
    contact: int
    program: int
    suppression_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Watched:
    """Rows that are read: of which table, under which condition, and which columns of them (all)."""

    model: type[Base]
    condition: str
    columns: tuple[str, ...] = ()


_KEYS = ", ".join(f":key{number}" for number in range(SUPPRESSION_KEYS))
_WATCHED = (
    _Watched(Message, "id = :message"),
    _Watched(
        Message,
        "enrollment_id = :enrollment AND id <> :message",
        ("id", "kind", "step", "state", "due_at", "accepted_at", "internet_id"),
    ),
    _Watched(Enrollment, "id = :enrollment"),
    _Watched(Sender, "id = :sender"),
    _Watched(Prospect, "id = :prospect", ("id", "company_id", "stage", "wake_up_on")),
    _Watched(Company, "id = :company", ("id", "country")),
    _Watched(Program, "id = :program", ("id", "archived_at", "own_days")),
    _Watched(ContactValue, "contact_id = :contact"),
    _Watched(ContactBasis, "contact_id = :contact AND program_id = :program"),
    _Watched(Stop, "contact_id = :contact OR company_id = :company"),
    _Watched(Pause, "ended_at IS NULL"),
    _Watched(Suppression, f'"key" IN ({_KEYS})'),
    _Watched(CountryRule, "program_id = :program"),
    _Watched(StepDone, "enrollment_id = :enrollment"),
    _Watched(Task, "prospect_id = :prospect AND state = 'open'", ("id", "origin", "created_at")),
)


def fingerprint_of(session: Session, subject: Subject) -> Fingerprint:
    """Return the watched rows as they are now: of which table, and all watched columns in one text."""
    values = {field: getattr(subject, field) for field in _IDS}
    keys = (*subject.suppression_keys, *("",) * SUPPRESSION_KEYS)[:SUPPRESSION_KEYS]
    values |= {f"key{number}": key for number, key in enumerate(keys)}
    plan_once(session)
    connection = session.connection()
    return frozenset(map(tuple, connection.execute(_STATEMENTS[connection.dialect.name], values)))


def _statement(array: str) -> TextClause:
    """Return one statement for all of it; `array` is the database's function for a JSON array of its arguments."""
    selects = []
    for each in _WATCHED:
        columns = each.columns or tuple(column.name for column in each.model.__table__.columns)
        name, shown = each.model.__tablename__, ", ".join(f'"{column}"' for column in columns)
        selects.append(f"SELECT '{name}', CAST({array}({shown}) AS TEXT) FROM {name} WHERE {each.condition}")  # noqa: S608 - names of ours
    return text(" UNION ALL ".join(selects))


_IDS = tuple(field.name for field in fields(Subject) if field.name != "suppression_keys")
_STATEMENTS = {"postgresql": _statement("json_build_array"), "sqlite": _statement("json_array")}
