"""What the import screens are drawn from: a batch with its counts, one page of its rows, its prospects' progress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import mark
from app.models import BatchState, ImportBatch, ImportRow, Program, RowVerdict
from app.models.batch import CollisionRule
from app.models.custom_field import FieldKind
from app.queries.imports import PAGE_ROWS, BatchView, FailedSite, RowPage, batch_view, failed_sites, row_page
from app.queries.progress import Progress, batch_progress
from app.services.custom_fields import fields_of
from app.services.imports.batches import UNDER_WAY
from app.services.imports.collisions import RULED, rule_of
from app.services.imports.columns import OWN, Field, field_of, folded, says_company
from app.services.imports.decoding import TextEncoding
from app.services.imports.new_fields import NEW, guess_kind
from app.services.imports.own_fields import named_fields
from app.services.imports.reading import read_table
from app.services.imports.undoing import kept_prospects, why_not_undone

REMARKS = "remarks"
NEW_KINDS = (FieldKind.TEXT, FieldKind.NUMBER, FieldKind.DATE, FieldKind.CHOICE, FieldKind.YES_NO, FieldKind.URL)
_SAMPLES = 3
VERDICT_LABELS = {
    RowVerdict.NEW: (mark("New company"), "green"),
    RowVerdict.NEW_IN_PROGRAM: (mark("New in this program"), "blue"),
    RowVerdict.KNOWN: (mark("Already a prospect"), "neutral"),
    RowVerdict.REPEATED: (mark("Repeated in the file"), "violet"),
    RowVerdict.BAD: (mark("Bad"), "red"),
}
STATE_LABELS = {
    BatchState.CHECKING: (mark("Checking"), "blue"),
    BatchState.CHECKED: (mark("Checked"), "amber"),
    BatchState.IMPORTING: (mark("Importing"), "blue"),
    BatchState.DONE: (mark("Imported"), "green"),
    BatchState.FAILED: (mark("Stopped"), "red"),
    BatchState.CANCELED: (mark("Canceled"), "neutral"),
    BatchState.UNDOING: (mark("Undoing"), "blue"),
    BatchState.UNDONE: (mark("Undone"), "neutral"),
}
_SEPARATED = {
    ",": mark("%(encoding)s, separated by commas"),
    ";": mark("%(encoding)s, separated by semicolons"),
    "\t": mark("%(encoding)s, separated by tabs"),
    "|": mark("%(encoding)s, separated by vertical bars"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter of the row table: its value in the address, its name, said where shown, and how many rows it shows."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: its heading, what it fills, up to three of its values, and its rule.

    `value` is how it is kept: the field, or the program's own. `own` is that field's name, `named` the name of the one
    that an extra column of this heading fills by itself. `guess` is the kind that a new field of it would be.
    """

    heading: str
    field: Field
    samples: tuple[str, ...]
    rule: CollisionRule
    value: str
    own: str = ""
    named: str = ""
    guess: FieldKind = FieldKind.TEXT

    @property
    def kinds(self) -> list[FieldKind]:
        """Return the kinds that a new field can be, the guess first; none where a field has its name already."""
        return sorted(NEW_KINDS, key=lambda kind: kind is not self.guess) if not self.named else []

    @property
    def has_rule(self) -> bool:
        """Say whether the rule does anything: contacts and notes are added beside what is there."""
        return self.field in RULED


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What the status card shows. `progress` is there once prospects were imported.

    `kept` are the first prospects that an undo left, with their names.
    """

    program: Program
    view: BatchView
    progress: Progress | None
    failed: list[FailedSite]
    can_undo: bool = False
    kept: Sequence[tuple[int, str]] = ()

    @property
    def batch(self) -> ImportBatch:
        """Return the batch itself."""
        return self.view.batch

    @property
    def remark(self) -> str:
        """Return what to know of how the file was read; a batch that ended says in its place why."""
        return self.batch.detail if self.batch.state in (BatchState.CHECKING, BatchState.CHECKED) else ""

    @property
    def names_companies(self) -> bool:
        """Say whether a column says which company a row is about; else a person has to choose one first."""
        return says_company(self.batch.columns.values())

    @property
    def is_moving(self) -> bool:
        """Say whether the card should be looked at again soon."""
        return self.batch.state in UNDER_WAY or bool(self.progress and self.progress.under_way)

    @property
    def poll_s(self) -> int:
        """Return the seconds between two looks; large imports are counted less often."""
        return 2 if self.view.total <= 5_000 else 6

    @property
    def reading_failed(self) -> int:
        """Return how many prospects could not be read or scored, or whose reading was canceled."""
        found = self.progress
        return found.crawl_failed + found.score_failed + found.canceled if found else 0


def load_status(session: Session, program: Program, batch: ImportBatch) -> Status:
    """Return the status card of a batch."""
    view = batch_view(session, batch)
    has_prospects = (bool(view.added) or batch.state is BatchState.DONE) and not batch.undo
    progress = batch_progress(session, batch.id) if has_prospects else None
    failed = failed_sites(session, batch.id) if progress and (progress.crawl_failed or progress.score_failed) else []
    return Status(
        program=program,
        view=view,
        progress=progress,
        failed=failed,
        can_undo=not why_not_undone(session, batch),
        kept=kept_prospects(session, batch.id) if batch.state is BatchState.UNDONE else (),
    )


def load_rows(session: Session, batch: ImportBatch, *, verdict: str, number: int) -> RowPage:
    """Return a page of rows; a filter that does not exist shows all of them."""
    return row_page(session, batch.id, verdict=known_filter(verdict), number=number)


def known_filter(verdict: str) -> str:
    """Return the filter if there is such a one, else the one for all rows."""
    return verdict if verdict in (*RowVerdict, REMARKS) else ""


def filters_of(view: BatchView) -> list[Choice]:
    """Return the filters that show anything, with all rows first."""
    found = [Choice(verdict.value, VERDICT_LABELS[verdict][0], view.counts[verdict]) for verdict in RowVerdict]
    found.append(Choice(REMARKS, mark("Comes in with a remark"), view.remarks))
    return [Choice("", mark("All rows"), view.total), *(choice for choice in found if choice.count)]


def columns_of(session: Session, batch: ImportBatch, chosen: Mapping[str, str] | None = None) -> list[Column]:
    """Return how the file's columns are read, with values of each; `chosen` are a form's fields that were refused."""
    rows = first_rows(session, batch)
    fields = fields_of(session, batch.program_id)
    by_name = {folded(field.label): field.label for field in fields}
    filled = named_fields(batch.columns, fields)
    possible = {*Field, *(f"{OWN}{field.id}" for field in fields), *(f"{NEW}{kind}" for kind in NEW_KINDS)}
    columns = []
    for place, (heading, kept) in enumerate(batch.columns.items()):
        value = (chosen or {}).get(f"column-{place}", kept)
        rule = (chosen or {}).get(f"rule-{place}", rule_of(batch.rules, heading))
        values = [row[heading] for row in rows if row.get(heading)]
        columns.append(
            Column(
                heading,
                field_of(kept),
                tuple(dict.fromkeys(values))[:_SAMPLES],
                CollisionRule(rule if rule in frozenset(CollisionRule) else CollisionRule.FILL),
                value if value in possible else kept if kept in possible else Field.EXTRA.value,
                filled[heading].label if heading in filled else "",
                by_name.get(folded(heading), ""),
                guess_kind(values),
            )
        )
    return columns


def first_rows(session: Session, batch: ImportBatch) -> list[dict[str, str]]:
    """Return the first rows of a file; one that no row of was checked yet is read again."""
    rows = [row.fields for row in row_page(session, batch.id, verdict="", number=1).rows]
    if rows or batch.state not in (BatchState.FAILED, BatchState.CANCELED) or not batch.content:
        return rows
    table = read_table(batch.content, TextEncoding(batch.encoding), names_companies=False)
    return [row.fields for row in islice(table.rows(), PAGE_ROWS)]


def format_of(batch: ImportBatch) -> str:
    """Say how the file was read: `UTF-8, separated by semicolons`, or that it was a workbook."""
    if batch.filename.lower().endswith((".xlsx", ".xlsm")):
        return _("Excel workbook")
    return _(_SEPARATED[batch.delimiter], encoding=_(TextEncoding(batch.encoding).label))


def cell_of(batch: ImportBatch, row: ImportRow, *fields: str) -> str:
    """Return the first value a row has for these fields, in the order they are named."""
    for name in fields:
        for heading, field in batch.columns.items():
            if field == name and row.fields.get(heading):
                return row.fields[heading]
    return ""
