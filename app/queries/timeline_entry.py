"""What a timeline is made of: one entry for each thing that happened, and the screen of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Select

from app.languages import mark

SCREEN = 30
_Rows = TypeVar("_Rows", bound=Select[*tuple[Any, ...]])


class TimelineKind(StrEnum):
    """What an entry is about."""

    MOVE = "move"
    NOTE = "note"
    CALL = "call"
    MESSAGE = "message"
    CRAWL = "crawl"
    SCORE = "score"
    DECISION = "decision"
    SITE_CHANGE = "site_change"
    MAIL_IN = "mail_in"
    MAIL_OUT = "mail_out"
    ASSIGNED = "assigned"
    APPLICATION = "application"
    OWNER = "owner"
    TASK = "task"
    FIELD = "field"
    TAGS = "tags"
    CONTACT = "contact"


class TimelineGroup(StrEnum):
    """What a timeline can be narrowed down to."""

    NOTES = "notes"
    MAILS = "mails"
    STAGES = "stages"
    CHANGES = "changes"
    SITE = "site"

    @property
    def label(self) -> str:
        """Return the group as people read it."""
        return _LABELS[self]


_LABELS = {
    TimelineGroup.NOTES: mark("Notes, calls, messages"),
    TimelineGroup.MAILS: mark("Mails"),
    TimelineGroup.STAGES: mark("Stages, decisions, applications"),
    TimelineGroup.CHANGES: mark("Owner, tasks, fields, contacts"),
    TimelineGroup.SITE: mark("Site and score"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One thing that happened. `who` is None where the product did it; `body` is text a person or site wrote."""

    kind: TimelineKind
    id: int
    at: datetime
    title: str
    who: str | None = None
    body: str = ""
    author_id: int | None = None
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """One screen of a timeline; `older_than` asks for the next one, None at the end."""

    entries: tuple[TimelineEntry, ...]
    older_than: datetime | None


def screen(rows: _Rows, at: Any, id_: Any, before: datetime | None) -> _Rows:
    """Cut a kind's rows to one screen and one more of those older than `before`, the newest first."""
    older = rows if before is None else rows.where(at < before)
    return older.order_by(at.desc(), id_.desc()).limit(SCREEN + 1)
