"""Partners with results, cases, broadcasts and things done together, for tests."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import (
    Broadcast,
    CaseKind,
    CaseState,
    ComplianceCase,
    JointActivity,
    JointKind,
    PartnerResult,
    Program,
    ProgramTerms,
    ResultSource,
)


def make_case(session: Session, program: Program, partnership_id: int, **values: Any) -> ComplianceCase:
    """Add a case that the partner was not told of yet."""
    case = ComplianceCase(
        **{
            "program_id": program.id,
            "partnership_id": partnership_id,
            "kind": CaseKind.BANNED_CLAIM,
            "state": CaseState.OPEN,
            "quote": "Guaranteed results",
            "wanted": "Take it off.",
            "found_at": now(),
        }
        | values
    )
    session.add(case)
    session.flush()
    return case


def make_terms(session: Session, program: Program, version: int) -> ProgramTerms:
    """Publish a version of the terms."""
    terms = ProgramTerms(program_id=program.id, version=version, text=f"Version {version}: be honest with readers.")
    session.add(terms)
    session.flush()
    return terms


def care_values(session: Session, program: Program, partnership_id: int) -> dict[str, Any]:
    """Return what stands for the parts of these pages' addresses in the access matrix."""
    result = PartnerResult(
        program_id=program.id,
        partnership_id=partnership_id,
        month=date(2026, 1, 1),
        leads=3,
        source=ResultSource.HAND,
    )
    joint = JointActivity(
        program_id=program.id,
        partnership_id=partnership_id,
        kind=JointKind.WEBINAR,
        title="A webinar",
        planned_on=today(),
    )
    broadcast = Broadcast(program_id=program.id, subject="News", text="There is news.", segment={})
    session.add_all([result, joint, broadcast])
    case = make_case(session, program, partnership_id, state=CaseState.NOTIFIED, notified_at=now())
    return {"result_id": result.id, "joint_id": joint.id, "broadcast_id": broadcast.id, "case_id": case.id}
