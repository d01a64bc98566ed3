"""The audit log is a chain: an edited or removed row is found."""

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from app.models import AuditEvent
from app.services.audit import broken_audit_events, record_audit


@pytest.fixture
def three_events(session: Session) -> list[AuditEvent]:
    return [record_audit(session, f"act{n}", subject=f"row:{n}", details={"n": n}) for n in range(3)]


def test_honest_log_holds(session: Session, three_events: list[AuditEvent]) -> None:
    session.expire_all()
    assert list(broken_audit_events(session)) == []


def test_edited_event_is_found(session: Session, three_events: list[AuditEvent]) -> None:
    session.execute(update(AuditEvent).where(AuditEvent.id == three_events[1].id).values(subject="row:99"))
    session.expire_all()
    assert list(broken_audit_events(session)) == [three_events[1].id]


def test_removed_event_is_found(session: Session, three_events: list[AuditEvent]) -> None:
    session.execute(delete(AuditEvent).where(AuditEvent.id == three_events[1].id))
    session.expire_all()
    assert list(broken_audit_events(session)) == [three_events[2].id]


def test_sessions_are_isolated(session: Session) -> None:
    assert session.execute(text("SELECT count(*) FROM audit_events")).scalar() == 0
