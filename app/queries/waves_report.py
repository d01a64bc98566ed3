"""The report of a migration: how many came how far, and what they were worth, per band and per wave."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import short_day
from app.models.wave import MigrationPlan, Wave, WavePartner, WaveStatus
from app.queries.wave_bands import band_of, bands_of, value_of

_IN = (WaveStatus.ACCEPTED, WaveStatus.MOVED)


@dataclass(slots=True)
class Tally:
    """One line of the report. Counts reach: who accepted was invited too. Values in whole units of the plan's basis."""

    label: str
    note: str = ""
    is_wave: bool = False
    partners: int = 0
    planned: int = 0
    invited: int = 0
    opened: int = 0
    accepted: int = 0
    moved: int = 0
    refused: int = 0
    lost: int = 0
    value_before: float = 0.0
    value_accepted: float = 0.0
    value_moved: float = 0.0

    @property
    def moved_share(self) -> float | None:
        """Return the share (0-1) of the value that has moved; None where nobody was worth anything."""
        return self.value_moved / self.value_before if self.value_before > 0 else None


@dataclass(frozen=True, slots=True)
class Report:
    """The whole migration, and the same by band and by wave."""

    total: Tally
    bands: tuple[Tally, ...]
    waves: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """One partner as the report counts them."""

    status: WaveStatus
    wave_id: int | None
    invited_at: datetime | None
    opened_at: datetime | None
    value: float | None


def migration_report(session: Session, plan: MigrationPlan) -> Report:
    """Return the report of a program's migration, from one statement for the partners and one for the waves."""
    rows = [
        _Row(status, wave_id, invited, opened, value_of(plan, revenue_cents=cents, leads=leads))
        for status, wave_id, invited, opened, cents, leads in session.execute(
            select(
                WavePartner.status,
                WavePartner.wave_id,
                WavePartner.invited_at,
                WavePartner.opened_at,
                WavePartner.revenue_cents,
                WavePartner.leads,
            ).where(WavePartner.program_id == plan.program_id)
        )
    ]
    bands = {band.letter: Tally(band.letter, band.label) for band in bands_of(plan)}
    waves: dict[int | None, Tally] = {
        wave_id: Tally(_("Wave %(number)s", number=number), _week(starts_on), is_wave=True)
        for wave_id, number, starts_on in session.execute(
            select(Wave.id, Wave.number, Wave.starts_on)
            .where(Wave.program_id == plan.program_id)
            .order_by(Wave.starts_on, Wave.number)
        )
    }
    waves[None] = Tally(_("No wave"))
    total = Tally(_("All partners"))
    for row in rows:
        for tally in (total, bands[band_of(plan, row.value)], waves[row.wave_id]):
            _count(tally, row)
    return Report(total, _used(bands.values()), _used(waves.values()))


def _week(starts_on: date) -> str:
    return _("from %(day)s", day=short_day(starts_on))


def _used(tallies: Iterable[Tally]) -> tuple[Tally, ...]:
    return tuple(tally for tally in tallies if tally.partners or tally.is_wave)


def _count(tally: Tally, row: _Row) -> None:
    value = row.value or 0.0
    tally.partners += 1
    tally.planned += row.wave_id is not None
    tally.invited += row.invited_at is not None
    tally.opened += row.opened_at is not None
    tally.accepted += row.status in _IN
    tally.moved += row.status is WaveStatus.MOVED
    tally.refused += row.status is WaveStatus.REFUSED
    tally.lost += row.status is WaveStatus.LOST
    tally.value_before += value
    tally.value_accepted += value if row.status in _IN else 0.0
    tally.value_moved += value if row.status is WaveStatus.MOVED else 0.0
