"""A row on its way in."""

from dataclasses import dataclass, replace

from app.models import ImportRow, RowVerdict
from app.services.contacts import FoundContact
from app.services.imports.values import RowValues


@dataclass(frozen=True, slots=True)
class Entry:
    """A row on its way in: what it says, who will own its prospect, who imports it."""

    row: ImportRow
    values: RowValues
    owner_id: int | None
    imported_by_id: int | None

    @property
    def contact(self) -> FoundContact:
        """Return the row's contact, with the person who brought it."""
        return replace(self.values.contact, entered_by_id=self.imported_by_id)

    @property
    def extra(self) -> dict[str, str]:
        """Return the extra columns; an owner who does not work in the program is kept among them."""
        if self.values.owner_email and self.owner_id is None:
            return self.values.extra | {"owner e-mail": self.values.owner_email}
        return self.values.extra

    def mark_done(self, prospect_id: int, *, was_known: bool) -> None:
        """Tie the row to its prospect and let the verdict say what really happened, if somebody was faster."""
        self.row.prospect_id = prospect_id
        is_new = self.row.verdict in (RowVerdict.NEW, RowVerdict.NEW_IN_PROGRAM)
        if was_known and is_new:
            self.row.verdict = RowVerdict.KNOWN
            self.row.message = "Added to this program by somebody else since the check."
        elif not was_known and not is_new:
            self.row.verdict = RowVerdict.NEW
