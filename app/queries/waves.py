"""What the migration screens list: waves, partners with their band and status, who is stuck, imports of partners."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.models import BatchState, Company, ImportBatch, Prospect, Stage
from app.models.wave import MigrationPlan, Wave, WaveImport, WavePartner, WaveStatus
from app.queries.wave_bands import band_of, in_band, value_of

PAGE_ROWS = 100
WAITING = (WaveStatus.INVITED, WaveStatus.OPENED)
STUCK, UNPLANNED = "stuck", "unplanned"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerLine:
    """One partner of the migration list; `value` in whole units of the plan's basis, None where unknown."""

    id: int
    version: int
    prospect_id: int
    company: str
    domain: str
    external_id: str
    stage: Stage
    band: str
    value: float | None
    wave: int | None
    status: WaveStatus
    status_at: datetime
    invited_at: datetime | None
    is_stuck: bool


@dataclass(frozen=True, slots=True)
class PartnerFilter:
    """Which partners to list: a status, `stuck` or `unplanned`; a band's letter; a wave; part of a name or domain."""

    show: str = ""
    band: str = ""
    wave_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class PartnerPage:
    """One page of partners, from 1, with the number of pages and of partners."""

    rows: list[PartnerLine]
    number: int
    page_count: int
    total: int


@dataclass(frozen=True, slots=True)
class WaveChoice:
    """A wave as lists name it: when it is due, how many are in it, and how many of them wait for their invitation."""

    id: int
    number: int
    starts_on: date
    sent_at: datetime | None
    partners: int
    waiting: int


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One import of partners."""

    batch_id: int
    filename: str
    platform: str
    state: BatchState
    rows: int
    created_at: datetime
    entered_at: datetime | None


def partner_page(
    session: Session, plan: MigrationPlan, wanted: PartnerFilter, *, number: int, size: int = PAGE_ROWS
) -> PartnerPage:
    """Return one page of a program's migration list, worth most first."""
    query = _filtered(plan, wanted)
    total = session.scalars(select(func.count()).select_from(query.subquery())).one()
    page_count = max((total + size - 1) // size, 1)
    number = min(max(number, 1), page_count)
    worth = WavePartner.revenue_cents if plan.basis.value == "revenue" else WavePartner.leads
    ordered = query.order_by(worth.is_(None), worth.desc(), WavePartner.id).limit(size).offset((number - 1) * size)
    rows = session.execute(ordered)
    lines = [_line(plan, partner, prospect, company, wave) for partner, prospect, company, wave in rows]
    return PartnerPage(lines, number, page_count, total)


def counts_by_show(session: Session, plan: MigrationPlan) -> dict[str, int]:
    """Return how many partners each filter of the list shows; the empty one is all."""
    rows = session.execute(
        select(WavePartner.status, func.count())
        .where(WavePartner.program_id == plan.program_id)
        .group_by(WavePartner.status)
    )
    found: dict[str, int] = {status.value: count for status, count in rows}
    found[""] = sum(found.values())
    for name in (STUCK, UNPLANNED):
        query = select(func.count()).where(WavePartner.program_id == plan.program_id, *_shown(plan, name))
        found[name] = session.scalars(query).one()
    return found


def waves_of(session: Session, program_id: int) -> list[WaveChoice]:
    """Return a program's waves in their order."""
    waiting = func.count(WavePartner.id).filter(WavePartner.status == WaveStatus.PLANNED)
    rows = session.execute(
        select(Wave.id, Wave.number, Wave.starts_on, Wave.sent_at, func.count(WavePartner.id), waiting)
        .outerjoin(WavePartner, WavePartner.wave_id == Wave.id)
        .where(Wave.program_id == program_id)
        .group_by(Wave.id)
        .order_by(Wave.starts_on, Wave.number)
    )
    return [WaveChoice(*row) for row in rows]


def imports_of_partners(session: Session, program_id: int, *, limit: int = 20) -> list[ImportLine]:
    """Return a program's imports of partners, the newest first."""
    rows = session.execute(
        select(
            ImportBatch.id,
            ImportBatch.filename,
            WaveImport.platform,
            ImportBatch.state,
            ImportBatch.row_count,
            ImportBatch.created_at,
            WaveImport.entered_at,
        )
        .join(WaveImport, WaveImport.batch_id == ImportBatch.id)
        .where(WaveImport.program_id == program_id)
        .order_by(ImportBatch.id.desc())
        .limit(limit)
    )
    return [ImportLine(*row) for row in rows]


def _filtered(plan: MigrationPlan, wanted: PartnerFilter) -> Select[WavePartner, Prospect, Company, int]:
    query = (
        select(WavePartner, Prospect, Company, Wave.number)
        .join(Prospect, Prospect.id == WavePartner.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .outerjoin(Wave, Wave.id == WavePartner.wave_id)
        .where(WavePartner.program_id == plan.program_id, *_shown(plan, wanted.show))
    )
    band = in_band(plan, wanted.band) if wanted.band else None
    if band is not None:
        query = query.where(band)
    if wanted.wave_id is not None:
        query = query.where(WavePartner.wave_id == wanted.wave_id)
    if wanted.text:
        text = wanted.text.lower()
        query = query.where(
            func.lower(Company.name).contains(text, autoescape=True)
            | Company.domain.contains(text, autoescape=True)
            | func.lower(WavePartner.external_id).contains(text, autoescape=True)
        )
    return query


def _shown(plan: MigrationPlan, show: str) -> list[ColumnElement[bool]]:
    if show == STUCK:
        return [WavePartner.status.in_(WAITING), WavePartner.invited_at <= now() - timedelta(days=plan.stuck_days)]
    if show == UNPLANNED:
        return [WavePartner.status == WaveStatus.PLANNED, WavePartner.wave_id.is_(None)]
    return [WavePartner.status == WaveStatus(show)] if show in frozenset(WaveStatus) else []


def _line(
    plan: MigrationPlan, partner: WavePartner, prospect: Prospect, company: Company, wave: int | None
) -> PartnerLine:
    value = value_of(plan, revenue_cents=partner.revenue_cents, leads=partner.leads)
    long_ago = now() - timedelta(days=plan.stuck_days)
    return PartnerLine(
        id=partner.id,
        version=partner.version,
        prospect_id=prospect.id,
        company=company.name,
        domain=company.domain,
        external_id=partner.external_id,
        stage=prospect.stage,
        band=band_of(plan, value),
        value=value,
        wave=wave,
        status=partner.status,
        status_at=partner.status_at,
        invited_at=partner.invited_at,
        is_stuck=partner.status in WAITING and partner.invited_at is not None and partner.invited_at <= long_ago,
    )
