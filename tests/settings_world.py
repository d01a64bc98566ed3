"""Rows of a program's own settings for the tests that walk every route."""

from typing import Any

from sqlalchemy.orm import Session

from app.models import Program
from app.models.assignment import AssignmentRule
from app.models.program_settings import OwnReason, ReasonKind, TagChange, TagDeed
from app.models.tag import Tag
from app.models.tier import Tier
from app.models.whole_copy import CopyKind, CopyState, WholeCopy
from app.services.audit import record_audit
from app.services.tokens import new_token


def settings_values(session: Session, program: Program) -> dict[str, Any]:
    """Add one row of each kind, and return what stands for them in addresses."""
    tag = Tag(program_id=program.id, name="priority", key="priority")
    change = TagChange(program_id=program.id, deed=TagDeed.DELETED, name="old")
    reason = OwnReason(program_id=program.id, kind=ReasonKind.DECLINE, code="own_1", label="Too early", position=1)
    rule = AssignmentRule(program_id=program.id, name="Poland", position=1, conditions={"countries": ["PL"]})
    tier = Tier(program_id=program.id, name="Ruby", key="ruby", position=1)
    copy = WholeCopy(kind=CopyKind.EXPORT, key=new_token(), state=CopyState.READY)
    session.add_all([tag, change, reason, rule, tier, copy])
    session.flush()
    counts = {"contacts": [], "sent": 0, "received": 0, "stopped": 0}
    erased = record_audit(session, "person.erased", subject="person", details=counts)
    return {
        "event_id": erased.id,
        "copy_id": copy.id,
        "tag_id": tag.id,
        "tag_change_id": change.id,
        "reason_id": reason.id,
        "assignment_id": rule.id,
        "tier_id": tier.id,
    }
