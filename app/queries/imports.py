"""What the import screens show: the batches of a program, the rows of one, and what became of its prospects."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.models import (
    BatchState,
    Company,
    Crawl,
    CrawlState,
    FitState,
    ImportBatch,
    ImportRow,
    Membership,
    Prospect,
    Role,
    RowVerdict,
    User,
)

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One import in the list of a program's imports."""

    id: int
    filename: str
    state: BatchState
    row_count: int
    done_count: int
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class BatchView:
    """One import as its page shows it; `counts` holds every verdict, `remarks` the rows that come in with one."""

    batch: ImportBatch
    created_by: str
    counts: dict[RowVerdict, int]
    remarks: int
    added: int

    @property
    def new(self) -> int:
        """Return how many prospects the import would add, or has added where it is done."""
        return self.counts[RowVerdict.NEW] + self.counts[RowVerdict.NEW_IN_PROGRAM]

    @property
    def importable(self) -> int:
        """Return how many rows lead to something: all but the bad ones."""
        return sum(self.counts.values()) - self.counts[RowVerdict.BAD]

    @property
    def total(self) -> int:
        """Return how many rows have a verdict."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class RowPage:
    """One page of an import's rows, from 1, with the number of pages."""

    rows: list[ImportRow]
    number: int
    page_count: int


@dataclass(frozen=True, slots=True)
class FailedSite:
    """A prospect of an import whose site could not be read, or that could not be scored, and why."""

    prospect_id: int
    domain: str
    detail: str


def owners_by_email(session: Session, program_id: int) -> dict[str, int]:
    """Return the people who may own a prospect of a program: its active members, and admins, by e-mail."""
    rows = session.execute(
        select(User.email, User.id)
        .outerjoin(Membership, (Membership.user_id == User.id) & (Membership.program_id == program_id))
        .where(User.is_active, or_(Membership.id.is_not(None), User.role == Role.ADMIN))
    )
    return dict(rows.all())


def list_batches(session: Session, program_id: int, *, limit: int = 50) -> list[BatchLine]:
    """Return a program's imports, the newest first."""
    rows = session.execute(
        select(
            ImportBatch.id,
            ImportBatch.filename,
            ImportBatch.state,
            ImportBatch.row_count,
            ImportBatch.done_count,
            ImportBatch.created_at,
            func.coalesce(User.name, "the command line"),
        )
        .outerjoin(User, User.id == ImportBatch.created_by_id)
        .where(ImportBatch.program_id == program_id)
        .order_by(ImportBatch.id.desc())
        .limit(limit)
    )
    return [BatchLine(*row) for row in rows]


def batch_view(session: Session, batch: ImportBatch) -> BatchView:
    """Return a batch with the counts of its rows."""
    counts = dict.fromkeys(RowVerdict, 0)
    added = remarks = 0
    rows = session.execute(
        select(
            ImportRow.verdict,
            func.count(),
            func.count(ImportRow.prospect_id),
            func.count().filter(ImportRow.message != ""),
        )
        .where(ImportRow.batch_id == batch.id)
        .group_by(ImportRow.verdict)
    )
    for verdict, number, done, noted in rows:
        counts[verdict] = number
        if verdict in (RowVerdict.NEW, RowVerdict.NEW_IN_PROGRAM):
            added += done
            remarks += noted
    creator = session.get(User, batch.created_by_id) if batch.created_by_id else None
    return BatchView(batch, creator.name if creator else "the command line", counts, remarks, added)


def row_page(session: Session, batch_id: int, *, verdict: str, number: int) -> RowPage:
    """Return one page of rows in file order; `verdict` is a RowVerdict value, `remarks`, or empty for all."""
    total = session.scalars(select(func.count()).select_from(_rows(batch_id, verdict).subquery())).one()
    page_count = max((total + PAGE_ROWS - 1) // PAGE_ROWS, 1)
    number = min(max(number, 1), page_count)
    query = _rows(batch_id, verdict).order_by(ImportRow.line).limit(PAGE_ROWS).offset((number - 1) * PAGE_ROWS)
    return RowPage(list(session.scalars(query)), number, page_count)


def rows_after(session: Session, batch_id: int, *, verdict: str, line: int, limit: int) -> list[ImportRow]:
    """Return the next rows behind a line, for writing a file piece by piece."""
    query = _rows(batch_id, verdict).where(ImportRow.line > line).order_by(ImportRow.line).limit(limit)
    return list(session.scalars(query))


def failed_sites(session: Session, batch_id: int, *, limit: int = 25) -> list[FailedSite]:
    """Return the batch's prospects that could not be read or scored, with the reason in words."""
    newest = select(func.max(Crawl.id)).where(Crawl.company_id == Company.id).correlate(Company).scalar_subquery()
    rows = session.execute(
        select(Prospect.id, Company.domain, Crawl.detail, Prospect.fit_state, Prospect.fit_error)
        .join(Company, Company.id == Prospect.company_id)
        .outerjoin(Crawl, Crawl.id == newest)
        .where(Prospect.id.in_(prospects_of(batch_id)), is_failed())
        .order_by(Company.domain)
        .limit(limit)
    )
    return [
        FailedSite(prospect_id, domain, (error if state is FitState.FAILED else detail) or "")
        for prospect_id, domain, detail, state, error in rows
    ]


def unread_companies(session: Session, batch_id: int) -> list[int]:
    """Return the companies of a batch whose site could not be read, or whose reading was canceled."""
    ended = (CrawlState.FAILED, CrawlState.CANCELED)
    query = select(Company.id).where(Company.id.in_(companies_of(batch_id)), Company.crawl_state.in_(ended))
    return list(session.scalars(query))


def companies_of(batch_id: int) -> Select[int]:
    """Return a query for the companies whose prospects a batch led to."""
    return select(Prospect.company_id).where(Prospect.id.in_(prospects_of(batch_id)))


def prospects_of(batch_id: int) -> Select[int | None]:
    """Return a query for the prospects that a batch led to."""
    return select(ImportRow.prospect_id).where(ImportRow.batch_id == batch_id, ImportRow.prospect_id.is_not(None))


def is_failed() -> ColumnElement[bool]:
    """Return the condition that a prospect's site could not be read or the prospect not scored."""
    return or_(Company.crawl_state == CrawlState.FAILED, Prospect.fit_state == FitState.FAILED)


def _rows(batch_id: int, verdict: str) -> Select[ImportRow]:
    query = select(ImportRow).where(ImportRow.batch_id == batch_id)
    if verdict == "remarks":
        new = ImportRow.verdict.in_((RowVerdict.NEW, RowVerdict.NEW_IN_PROGRAM))
        return query.where(new, ImportRow.message != "")
    return query.where(ImportRow.verdict == RowVerdict(verdict)) if verdict else query
