"""The dry run: a verdict and a reason for every row of a file, written to no table but the import's own."""

from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Self

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.models import BatchState, Company, ImportBatch, ImportRow, Prospect, RowVerdict, Stage
from app.queries.imports import owners_by_email
from app.queries.merges import kept_domains
from app.services.errors import InvalidInput
from app.services.imports.columns import Field
from app.services.imports.decoding import TextEncoding
from app.services.imports.reading import MAX_ROWS, TableRow, read_table
from app.services.imports.values import BadRow, RowValues, read_values

CHUNK_ROWS = 500


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row of the file with what it says, or why it cannot be imported."""

    row: TableRow
    values: RowValues | None
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class CheckRun:
    """A check under way. Memory: the text of the file, and one line number per company met in it so far."""

    content: bytes
    encoding: TextEncoding
    filename: str
    columns: dict[str, Field]
    owners: dict[str, int]
    first_lines: dict[str, int]
    last_line: int
    _rows: Any = None
    _chunk: list[ReadRow] = field(default_factory=list)

    @classmethod
    def resume(cls, session: Session, batch: ImportBatch) -> Self:
        """Take up the check of a batch behind the last row that has a verdict."""
        judged = session.execute(
            select(ImportRow.domain, func.min(ImportRow.line))
            .where(ImportRow.batch_id == batch.id, ImportRow.verdict != RowVerdict.BAD)
            .group_by(ImportRow.domain)
        )
        last = session.scalar(select(func.max(ImportRow.line)).where(ImportRow.batch_id == batch.id))
        return cls(
            content=batch.content or b"",
            encoding=TextEncoding(batch.encoding),
            filename=batch.filename,
            columns={heading: Field(name) for heading, name in batch.columns.items()},
            owners=owners_by_email(session, batch.program_id),
            first_lines=dict(judged.all()),
            last_line=last or 0,
        )

    def work(self) -> None:
        """Read the next rows of the file; nothing of it needs the database."""
        if self._rows is None:
            # Which column names the company was settled before: by the upload, or by a person afterwards.
            table = read_table(self.content, self.encoding, names_companies=False)
            self._rows = (row for row in table.rows() if row.line > self.last_line)
        self._chunk = [self._read(row) for row in islice(self._rows, CHUNK_ROWS)]

    def record(self, session: Session, batch: ImportBatch) -> bool:
        """Judge the rows against what is known and keep the verdicts; two look-ups a chunk, however long the file."""
        domains = {read.values.domain for read in self._chunk if read.values}
        known = _known_domains(session, batch.program_id, domains)
        rows = [self._judged(read, known) | {"batch_id": batch.id} for read in self._chunk]
        if rows:
            session.execute(insert(ImportRow), rows)
        batch.done_count += len(rows)
        if batch.done_count > MAX_ROWS:
            raise InvalidInput(
                {"file": f"The file has more than {MAX_ROWS:,} rows. Split it into several files and import each."}
            )
        if len(rows) == CHUNK_ROWS:
            return True
        batch.state = BatchState.CHECKED
        batch.row_count = batch.done_count
        batch.lease_until = None
        return False

    def _read(self, row: TableRow) -> ReadRow:
        if row.problem:
            return ReadRow(row, None, row.problem)
        try:
            return ReadRow(row, read_values(row.fields, self.columns, source=self.filename))
        except BadRow as error:
            return ReadRow(row, None, str(error))

    def _judged(self, read: ReadRow, known: dict[str, Stage | None]) -> dict[str, Any]:
        row = {"line": read.row.line, "fields": read.row.fields, "domain": ""}
        if read.values is None:
            return row | {"verdict": RowVerdict.BAD, "message": " ".join(filter(None, (read.reason, read.row.remark)))}
        domain = read.values.domain
        first = self.first_lines.setdefault(domain, read.row.line)
        verdict, words = _verdict(domain, known, first=first, line=read.row.line)
        remarks = [words, *read.values.remarks, read.row.remark]
        owner = read.values.owner_email
        if owner and owner not in self.owners and verdict in (RowVerdict.NEW, RowVerdict.NEW_IN_PROGRAM):
            remarks.append(f"{owner} does not work in this program, so the prospect comes in without an owner.")
        return row | {"domain": domain, "verdict": verdict, "message": " ".join(filter(None, remarks))}


def _verdict(domain: str, known: dict[str, Stage | None], *, first: int, line: int) -> tuple[RowVerdict, str]:
    if first != line:
        return RowVerdict.REPEATED, f"Same company as line {first}; a new contact or note is added to that one."
    if domain not in known:
        return RowVerdict.NEW, ""
    stage = known[domain]
    if stage is None:
        return RowVerdict.NEW_IN_PROGRAM, ""
    return RowVerdict.KNOWN, f"Already in this program, in {stage.label}; a new contact or note is added there."


def _known_domains(session: Session, program_id: int, domains: set[str]) -> dict[str, Stage | None]:
    """Return the companies known among these domains, with their stage in the program where they have one."""
    kept = kept_domains(session, domains)
    rows = session.execute(
        select(Company.domain, Prospect.stage)
        .outerjoin(Prospect, (Prospect.company_id == Company.id) & (Prospect.program_id == program_id))
        .where(Company.domain.in_(domains | set(kept.values())))
    )
    known = dict(rows.all())
    standing = {domain: kept.get(domain, domain) for domain in domains}
    return {domain: known[stands] for domain, stands in standing.items() if stands in known}
