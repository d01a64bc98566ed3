"""Rows of a program's own settings for the tests that walk every route."""

from typing import Any

from sqlalchemy.orm import Session

from app.models import Program
from app.models.assignment import AssignmentRule
from app.models.program_settings import OwnReason, ReasonKind, TagChange, TagDeed
from app.models.tag import Tag
from app.models.tier import Tier


def settings_values(session: Session, program: Program) -> dict[str, Any]:
    """Add one row of each kind, and return what stands for them in addresses."""
    tag = Tag(program_id=program.id, name="priority", key="priority")
    change = TagChange(program_id=program.id, deed=TagDeed.DELETED, name="old")
    reason = OwnReason(program_id=program.id, kind=ReasonKind.DECLINE, code="own_1", label="Too early", position=1)
    rule = AssignmentRule(program_id=program.id, name="Poland", position=1, conditions={"countries": ["PL"]})
    tier = Tier(program_id=program.id, name="Ruby", key="ruby", position=1)
    session.add_all([tag, change, reason, rule, tier])
    session.flush()
    ids = {"tag_id": tag.id, "tag_change_id": change.id, "reason_id": reason.id, "assignment_id": rule.id}
    return ids | {"tier_id": tier.id}
