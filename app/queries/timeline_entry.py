"""What a timeline is made of: one entry for each thing that happened, and the screen of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
