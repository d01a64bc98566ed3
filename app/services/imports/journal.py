"""What an import wrote beside new companies and prospects, one row each, so that undo takes back just that."""

import hashlib
from dataclasses import asdict, dataclass

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.models import ImportBatch
from app.models.batch import ImportChange

# What a change was made to. Of rows that may hold what a person wrote, only a digest is kept.
VALUE, OWN_FIELD, NOTE, CONTACT, CONTACT_VALUE = "value", "own_field", "note", "contact", "contact_value"


def digest(text: str) -> str:
    """Return what tells whether a text is still as the import wrote it."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that was written; see `ImportChange` for what the parts mean."""

    kind: str
    company_id: int
    prospect_id: int | None = None
    row_id: int | None = None
    field: str = ""
    before: str | None = None
    after: str | None = None


class Journal:
    """The changes of one chunk, kept until the chunk is sure to stay."""

    def __init__(self, batch: ImportBatch) -> None:
        """Begin an empty one."""
        self._batch_id = batch.id
        self._changes: list[Change] = []

    def note(self, change: Change) -> None:
        """Put one change down."""
        self._changes.append(change)

    def take_over(self, other: "Journal") -> None:
        """Add what another one put down, behind what stands here."""
        self._changes += other._changes

    def write(self, session: Session) -> None:
        """Write what was put down, in the order it happened."""
        if self._changes:
            rows = [asdict(each) | {"batch_id": self._batch_id} for each in self._changes]
            session.connection().execute(insert(ImportChange), rows)
            self._changes.clear()
