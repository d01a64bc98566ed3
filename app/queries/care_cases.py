"""Compliance cases as screens show them: a program's, one partner's with the steps; and findings to open one from."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from app.clock import today
from app.models import (
    OPEN_CASE_STATES,
    CaseKind,
    CaseState,
    CaseStep,
    ChangeKind,
    Company,
    ComplianceCase,
    PartnerPerson,
    Partnership,
    Prospect,
    SiteChange,
    User,
)
from app.queries.onboarding import PANEL, SCREEN

FINDINGS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A case in a list."""

    id: int
    partnership_id: int
    company: str
    manager: str | None
    kind: CaseKind
    state: CaseState
    url: str
    fix_by: date | None
    opened_at: datetime

    @property
    def days_late(self) -> int:
        """Return the days since it should have been fixed; 0 for one that is closed or has time."""
        if self.fix_by is None or self.state not in OPEN_CASE_STATES:
            return 0
        return max(0, (today() - self.fix_by).days)


@dataclass(frozen=True, slots=True)
class CaseScreen:
    """One screen of a program's cases, what is late first; the counts speak of all."""

    rows: tuple[CaseRow, ...]
    next_from: int | None
    open_count: int
    late_count: int
    closed_count: int


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a case."""

    at: datetime
    state: CaseState
    who: str
    is_partner: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as both sides see it, with its steps, the oldest first."""

    id: int
    kind: CaseKind
    state: CaseState
    url: str
    quote: str
    wanted: str
    fix_by: date | None
    found_at: datetime
    opened_at: datetime
    closed_at: datetime | None
    version: int
    is_from_watch: bool
    steps: tuple[StepLine, ...]

    @property
    def is_open(self) -> bool:
        """Say whether something is still to be done about it."""
        return self.state in OPEN_CASE_STATES

    @property
    def is_late(self) -> bool:
        """Say whether it should have been fixed by now."""
        return self.is_open and self.fix_by is not None and self.fix_by < today()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the watch found on a partner's site: a page that changed or is gone, and the words that are new on it."""

    id: int
    at: datetime
    kind: ChangeKind
    url: str
    words: tuple[str, ...]
    has_case: bool


def case_screen(session: Session, program_id: int, *, user_id: int | None, is_open: bool, start: int = 0) -> CaseScreen:
    """Return a program's cases, or those of one account manager's partners; two statements."""
    whose = [ComplianceCase.program_id == program_id, *_whose(user_id)]
    is_of_kind = ComplianceCase.state.in_(OPEN_CASE_STATES)
    wanted = [*whose, is_of_kind if is_open else ~is_of_kind]
    order = (
        (ComplianceCase.fix_by.is_(None), ComplianceCase.fix_by, ComplianceCase.id)
        if is_open
        else (ComplianceCase.closed_at.desc(), ComplianceCase.id.desc())
    )
    rows = _rows(session, wanted, order, start=start, limit=SCREEN + 1)
    counts = session.execute(
        select(
            func.count(case((is_of_kind, 1))),
            func.count(case((and_(is_of_kind, ComplianceCase.fix_by < today()), 1))),
            func.count(case((~is_of_kind, 1))),
        )
        .select_from(ComplianceCase)
        .join(Partnership, Partnership.id == ComplianceCase.partnership_id)
        .where(*whose)
    ).one()
    return CaseScreen(rows[:SCREEN], start + SCREEN if len(rows) > SCREEN else None, *counts)


def urgent_cases(session: Session, program_id: int, *, user_id: int | None) -> tuple[tuple[CaseRow, ...], int]:
    """Return the cases that wait for us, overdue or answered by the partner, the most urgent PANEL, and how many."""
    is_late = and_(ComplianceCase.state.in_(OPEN_CASE_STATES), ComplianceCase.fix_by < today())
    wanted = [
        ComplianceCase.program_id == program_id,
        is_late | (ComplianceCase.state == CaseState.ANSWERED),
        *_whose(user_id),
    ]
    rows = _rows(session, wanted, (ComplianceCase.fix_by, ComplianceCase.id), start=0, limit=PANEL)
    if len(rows) < PANEL:
        return rows, len(rows)
    count = (
        select(func.count())
        .select_from(ComplianceCase)
        .join(Partnership, Partnership.id == ComplianceCase.partnership_id)
        .where(*wanted)
    )
    return rows, session.scalar(count) or 0


def cases_of(session: Session, partnership_id: int, *, for_partner: bool = False) -> tuple[CaseView, ...]:
    """Return a partner's newest SCREEN cases with their steps, open ones first; the partner sees what they were told.

    Two statements.
    """
    query = select(ComplianceCase).where(ComplianceCase.partnership_id == partnership_id)
    if for_partner:
        query = query.where(ComplianceCase.notified_at.is_not(None))
    is_closed = ComplianceCase.state.not_in(OPEN_CASE_STATES)
    found = session.scalars(query.order_by(is_closed, ComplianceCase.id.desc()).limit(SCREEN)).all()
    steps = _steps(session, [each.id for each in found])
    return tuple(
        CaseView(
            id=each.id,
            kind=each.kind,
            state=each.state,
            url=each.url,
            quote=each.quote,
            wanted=each.wanted,
            fix_by=each.fix_by,
            found_at=each.found_at,
            opened_at=each.opened_at,
            closed_at=each.closed_at,
            version=each.version,
            is_from_watch=each.site_change_id is not None,
            steps=tuple(steps[each.id]),
        )
        for each in found
    )


def findings_of(session: Session, company_id: int, partnership_id: int) -> list[Finding]:
    """Return the newest FINDINGS changes of a partner's site that a case may be opened from."""
    has_case = (
        select(ComplianceCase.id)
        .where(ComplianceCase.site_change_id == SiteChange.id, ComplianceCase.partnership_id == partnership_id)
        .exists()
    )
    rows = session.execute(
        select(SiteChange, has_case)
        .where(SiteChange.company_id == company_id)
        .order_by(SiteChange.at.desc(), SiteChange.id.desc())
        .limit(FINDINGS)
    )
    return [
        Finding(id=row.id, at=row.at, kind=row.kind, url=row.url, words=tuple(_words(row)), has_case=known)
        for row, known in rows
    ]


def finding(session: Session, company_id: int, change_id: int) -> Finding | None:
    """Return one change of a company's site, None for one of another company."""
    row = session.get(SiteChange, change_id)
    if row is None or row.company_id != company_id:
        return None
    return Finding(id=row.id, at=row.at, kind=row.kind, url=row.url, words=tuple(_words(row)), has_case=False)


def _words(change: SiteChange) -> Sequence[str]:
    """Return what a case is about: what is new on a page, or what a page said that is gone."""
    return change.removed if change.kind is ChangeKind.PAGE_GONE else change.added


def _whose(user_id: int | None) -> list[ColumnElement[bool]]:
    return [] if user_id is None else [Partnership.account_manager_id == user_id]


def _rows(
    session: Session, wanted: Sequence[ColumnElement[bool]], order: Sequence[object], *, start: int, limit: int
) -> tuple[CaseRow, ...]:
    rows = session.execute(
        select(ComplianceCase, Company.name, User.name)
        .join(Partnership, Partnership.id == ComplianceCase.partnership_id)
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .outerjoin(User, User.id == Partnership.account_manager_id)
        .where(*wanted)
        .order_by(*order)  # type: ignore[arg-type]
        .offset(start)
        .limit(limit)
    )
    return tuple(
        CaseRow(
            id=each.id,
            partnership_id=each.partnership_id,
            company=company,
            manager=manager,
            kind=each.kind,
            state=each.state,
            url=each.url,
            fix_by=each.fix_by,
            opened_at=each.opened_at,
        )
        for each, company, manager in rows
    )


def _steps(session: Session, case_ids: Sequence[int]) -> dict[int, list[StepLine]]:
    rows = session.execute(
        select(CaseStep, User.name, PartnerPerson.name)
        .outerjoin(User, User.id == CaseStep.user_id)
        .outerjoin(PartnerPerson, PartnerPerson.id == CaseStep.person_id)
        .where(CaseStep.case_id.in_(case_ids))
        .order_by(CaseStep.id)
    )
    found: dict[int, list[StepLine]] = defaultdict(list)
    for step, user, person in rows:
        found[step.case_id].append(
            StepLine(step.at, step.state, user or person or "", step.user_id is None and person is not None, step.text)
        )
    return found
