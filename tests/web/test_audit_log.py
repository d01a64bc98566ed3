"""The audit log: found by words, person, program and day; directors see their programs; an edited log is told."""

import pytest
from sqlalchemy import update

from app.db import transaction
from app.models import AuditEvent, Role
from app.queries.audit_log import SCREEN
from app.services.audit import record_audit
from tests.web.conftest import SignIn
from tests.world import make_program, make_user

pytestmark = pytest.mark.any_servers


def test_events_are_searched_and_paged(sign_in: SignIn) -> None:
    with transaction() as session:
        admin = make_user(session, Role.ADMIN)
        program = make_program(session, admin)
        for number in range(SCREEN + 1):
            record_audit(session, "prospect.moved", subject=f"prospect:{number}", program_id=program.id)
        details = {"why": "100%_sure <b>"}
        record_audit(session, "contact.erased", subject="contact:7", actor_id=admin.id, details=details)
    client = sign_in(admin)
    first = client.get("/settings/audit").text
    assert "contact: erased" in first
    assert "<b>" not in first.replace("<b>Scout", "")
    assert "prospect:0<" not in first
    assert "prospect:0<" in client.get("/settings/audit?before=3").text
    for query, holds in (("q=100%25_sure", True), ("q=erased+contact", True), ("q=erased+moved", False),
                         ("person=0", False), (f"person={admin.id}", True), ("until=2020-01-01", False),
                         ("since=2020-01-01&until=nonsense", True), (f"program={program.id}", False)):  # fmt: skip
        assert ("contact:7<" in client.get(f"/settings/audit?{query}").text) is holds, query


def test_directors_read_their_programs_and_others_nothing(sign_in: SignIn) -> None:
    with transaction() as session:
        director, specialist = make_user(session, Role.DIRECTOR), make_user(session)
        mine, other = make_program(session, director, specialist), make_program(session)
        record_audit(session, "mine.done", subject="a:1", program_id=mine.id)
        record_audit(session, "theirs.done", subject="a:2", program_id=other.id)
        record_audit(session, "everybodys.done", subject="a:3")
    page = sign_in(director).get(f"/settings/audit?program={other.id}").text
    assert "theirs: done" not in page
    assert other.name not in page
    page = sign_in(director).get("/settings/audit").text
    assert "mine: done" in page
    assert "theirs: done" not in page
    assert "everybodys: done" not in page
    assert sign_in(specialist).get("/settings/audit").status_code == 403


def test_an_edited_log_is_told(sign_in: SignIn) -> None:
    with transaction() as session:
        admin = make_user(session, Role.ADMIN)
        record_audit(session, "a.done", subject="a:1")
        record_audit(session, "b.done", subject="b:1")
    client = sign_in(admin)
    assert "The log is whole" in client.post("/settings/audit/check", follow_redirects=True).text
    with transaction() as session:
        session.execute(update(AuditEvent).where(AuditEvent.action == "a.done").values(subject="a:2"))
    assert "edited or cut" in client.post("/settings/audit/check", follow_redirects=True).text
