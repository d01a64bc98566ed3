"""Assignment rules: who gets a prospect that comes in without an owner, and which rule gave which."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.columns import CreatedAt, Id, ProspectRef, UserRefOrNone, by_value

MAX_RULE_NAME = 80


class ShareWay(StrEnum):
    """How a rule chooses among its people."""

    TURN = "turn"
    LEAST = "least"

    @property
    def label(self) -> str:
        """Return the way as people read it."""
        return {"turn": "In turn", "least": "Whoever has the fewest open prospects"}[self.value]


class AssignmentRule(Base):
    """When a prospect comes in and `conditions` hold, one of `people` gets it; of several rules the first that holds.

    `conditions` is what services/assigning/conditions.py writes. The default rule has none, and comes last.
    """

    __tablename__ = "assignment_rules"
    __table_args__ = (Index("ix_assignment_rules_program_id_position", "program_id", "position"),)

    id: Mapped[Id]
    program_id: Mapped[int] = mapped_column(ForeignKey("programs.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(MAX_RULE_NAME))
    position: Mapped[int]
    is_default: Mapped[bool] = mapped_column(default=False)
    is_on: Mapped[bool] = mapped_column(default=True)
    conditions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Ids of users in their turn; who left the program is passed over.
    people: Mapped[list[int]] = mapped_column(default=list)
    way: Mapped[ShareWay] = mapped_column(by_value(ShareWay), default=ShareWay.TURN)
    # Whose turn it was; the row is locked while owners are chosen, so that two imports keep the turn.
    last_given_to_id: Mapped[UserRefOrNone]
    created_by_id: Mapped[UserRefOrNone]
    created_at: Mapped[CreatedAt]


class RuleAssignment(Base):
    """That a rule gave a prospect to somebody. It keeps the rule's name as it was then; never edited."""

    __tablename__ = "rule_assignments"
    __table_args__ = (Index("ix_rule_assignments_rule_id_at", "rule_id", "at"),)

    id: Mapped[Id]
    prospect_id: Mapped[ProspectRef]
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("assignment_rules.id", ondelete="SET NULL"))
    rule_name: Mapped[str] = mapped_column(String(MAX_RULE_NAME))
    owner_id: Mapped[UserRefOrNone]
    at: Mapped[CreatedAt]
