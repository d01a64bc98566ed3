"""The dry run: a verdict and a reason for every row of a file, written to no table but the import's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Self

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.models import BatchState, Company, ImportBatch, ImportRow, Prospect, RowVerdict, Stage
from app.models.custom_field import CustomField
from app.queries.imports import owners_by_email
from app.queries.merges import kept_domains
from app.services.errors import InvalidInput
from app.services.imports.collisions import Known, Rules, settle, words_of
from app.services.imports.columns import Field, field_of
from app.services.imports.decoding import TextEncoding
from app.services.imports.own_fields import as_kept, fields_by_heading, own_values
from app.services.imports.reading import MAX_ROWS, TableRow, read_table
from app.services.imports.values import BadRow, RowValues, read_values

CHUNK_ROWS = 500


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row of the file with what it says, or why it cannot be imported."""

    row: TableRow
    values: RowValues | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _There:
    """What is there of a row's company: the stage of its prospect in the program, if any, and what it would meet."""

    stage: Stage | None
    known: Known


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
            columns={heading: field_of(name) for heading, name in batch.columns.items()},
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
        """Judge the rows against what is known and keep the verdicts; a few look-ups a chunk, however long the file."""
        domains = {read.values.domain for read in self._chunk if read.values}
        there = _there(session, batch, domains)
        rules = Rules.of(batch)
        own = fields_by_heading(session, batch)
        rows = [self._judged(read, there, rules, own) | {"batch_id": batch.id} for read in self._chunk]
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

    def _judged(
        self, read: ReadRow, there: dict[str, _There], rules: Rules, own: Mapping[str, CustomField]
    ) -> dict[str, Any]:
        row = {"line": read.row.line, "fields": read.row.fields, "domain": ""}
        if read.values is None:
            return row | {"verdict": RowVerdict.BAD, "message": " ".join(filter(None, (read.reason, read.row.remark)))}
        domain = read.values.domain
        first = self.first_lines.setdefault(domain, read.row.line)
        verdict, words = _verdict(domain, there, first=first, line=read.row.line)
        owner = read.values.owner_email
        settled = []
        extra, unfit = as_kept(own, read.values.extra)
        if verdict in (RowVerdict.KNOWN, RowVerdict.NEW_IN_PROGRAM):
            settled = settle(
                read.values,
                owner_id=self.owners.get(owner),
                extra=extra,
                rules=rules,
                known=there[domain].known,
            )
        remarks = [words, words_of(settled), *read.values.remarks, *unfit, read.row.remark]
        if owner and owner not in self.owners and verdict in (RowVerdict.NEW, RowVerdict.NEW_IN_PROGRAM):
            remarks.append(f"{owner} does not work in this program, so the prospect comes in without an owner.")
        return row | {"domain": domain, "verdict": verdict, "message": " ".join(filter(None, remarks))}


def _verdict(domain: str, there: dict[str, _There], *, first: int, line: int) -> tuple[RowVerdict, str]:
    if first != line:
        return RowVerdict.REPEATED, f"Same company as line {first}; a new contact or note is added to that one."
    if domain not in there:
        return RowVerdict.NEW, ""
    stage = there[domain].stage
    if stage is None:
        return RowVerdict.NEW_IN_PROGRAM, ""
    return RowVerdict.KNOWN, f"Already in this program, in {stage.label}; a new contact or note is added there."


def _there(session: Session, batch: ImportBatch, domains: set[str]) -> dict[str, _There]:
    """Return what is known of the companies among these domains, and of their prospects in the program."""
    kept = kept_domains(session, domains)
    rows = session.execute(
        select(Company.domain, Company.name, Company.country, Prospect)
        .outerjoin(Prospect, (Prospect.company_id == Company.id) & (Prospect.program_id == batch.program_id))
        .where(Company.domain.in_(domains | set(kept.values())))
    ).all()
    own = own_values(session, batch, [prospect.id for _, _, _, prospect in rows if prospect])
    found = {}
    for domain, name, country, prospect in rows:
        known = Known(name="" if name == domain else name, country=country or "")
        if prospect:
            extra = prospect.extra | own.get(prospect.id, {})
            known = replace(known, owner_id=prospect.owner_id, extra=extra)
        found[domain] = _There(prospect.stage if prospect else None, known)
    standing = {domain: kept.get(domain, domain) for domain in domains}
    return {domain: found[stands] for domain, stands in standing.items() if stands in found}
