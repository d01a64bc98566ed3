"""The things in a person's day as values, and for whom they are asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.clock import now
from app.models import User
from app.models.day_choices import DaySnooze

# More of one kind are better worked through on the screen that is made for them.
MOST = 8


class DayKind(StrEnum):
    """The kinds of things in a day, in the order they are shown."""

    OVERDUE = "overdue"
    DUE = "due"
    MENTION = "mention"
    REPLY = "reply"
    APPLICATION = "application"
    APPROVAL = "approval"
    SITE_CHANGE = "site_change"
    ONBOARDING = "onboarding"
    STUCK = "stuck"
    LINGERING = "lingering"
    WAKING = "waking"

    @property
    def label(self) -> str:
        """Return the heading for people."""
        return {
            "overdue": "Overdue",
            "due": "Due today",
            "mention": "Somebody mentions you",
            "reply": "Replies to answer",
            "application": "Applications to review",
            "approval": "First mails to approve",
            "site_change": "Sites that changed",
            "onboarding": "Onboarding: your turn",
            "stuck": "Partners who stand still",
            "lingering": "Prospects who stand still",
            "waking": "Back on the board within a week",
        }[self.value]

    @property
    def is_task(self) -> bool:
        """Say whether rows of this kind are tasks."""
        return self in (DayKind.OVERDUE, DayKind.DUE, DayKind.SITE_CHANGE)

    @property
    def can_be_done(self) -> bool:
        """Say whether one press ends a row; the others end where the work is done."""
        return self.is_task or self in (DayKind.MENTION, DayKind.REPLY)

    @property
    def can_be_given(self) -> bool:
        """Say whether a row can be somebody else's: the task, or the prospect it is about."""
        return self.is_task or self in (DayKind.REPLY, DayKind.LINGERING, DayKind.WAKING)


@dataclass(frozen=True, slots=True)
class DayItem:
    """One thing. `row_id` is of the task, notification, mail, application, message, action, plan or prospect."""

    kind: DayKind
    program_id: int
    row_id: int
    title: str
    under: str
    at: datetime | None
    prospect_id: int | None = None
    partnership_id: int | None = None
    is_timed: bool = False


@dataclass(frozen=True, slots=True)
class DayGroup:
    """Things of one kind; `is_cut` says that there are more than are listed."""

    kind: DayKind
    items: tuple[DayItem, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose day it is, in which programs, at least one; `sees_snoozed` also shows what they put off."""

    session: Session
    user: User
    program_ids: list[int]
    sees_snoozed: bool = False
    most: int = MOST + 1

    def awake(self, kind: DayKind, row_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Return what holds for rows that the person has not put off."""
        if self.sees_snoozed:
            return true()
        return ~exists().where(
            DaySnooze.user_id == self.user.id,
            DaySnooze.kind == kind.value,
            DaySnooze.row_id == row_id,
            DaySnooze.until > now(),
        )

    def read(self, kind: DayKind, query: Any) -> list[DayItem]:
        """Run a query whose columns are those of DayItem after its kind."""
        return items_of(kind, self.session.execute(query.limit(self.most)))


def items_of(kind: DayKind, rows: Iterable[Any]) -> list[DayItem]:
    """Return rows of a query as things of one kind."""
    return [DayItem(kind, *row) for row in rows]
