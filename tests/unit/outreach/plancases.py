"""A small sequence and enrollment, and how the tests of planning change and plan them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from outreach.plan_json import enrollment_of, plan_to_json, sequence_of
from outreach.planning import plan_next

SEQUENCE: dict[str, Any] = {
    "id": "s",
    "holidays": {"PL": ["2025-05-01"]},
    "stops_company": ["opt_out"],
    "steps": [
        {"id": "first", "kind": "email"},
        {"id": "second", "kind": "email", "delay": {"days": 3}},
        {"id": "call", "kind": "task", "delay": {"days": 1}},
    ],
}
ENROLLMENT: dict[str, Any] = {
    "id": "e",
    "enrolled_at": "2025-03-03T10:00:00+01:00",
    "contact": {"email": "ola@agency.example", "time_zone": "Europe/Warsaw", "country": "PL", "consented": True},
    "sender": {"transport": "sendgrid", "time_zone": "Europe/Warsaw"},
}
MONDAY_11 = "2025-03-03T11:00:00+01:00"
DONE_FIRST = [{"step": "first", "state": "done", "at": "2025-03-03T10:00:00+01:00"}]


def plan(now: str = MONDAY_11, sequence: dict[str, Any] = SEQUENCE, **changes: Any) -> dict[str, Any]:
    read = sequence_of(sequence)
    return plan_to_json(plan_next(read, enrollment_of({**ENROLLMENT, **changes}, read), datetime.fromisoformat(now)))


def blocked(rule: str, until: str | None = None) -> dict[str, str | None]:
    return {"rule": rule, "until": until}


def contact(**changes: Any) -> dict[str, Any]:
    return {**ENROLLMENT["contact"], **changes}


def sender(**changes: Any) -> dict[str, Any]:
    return {**ENROLLMENT["sender"], **changes}
