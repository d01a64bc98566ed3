"""Bands of value: A is worth most, the last letter takes the rest, and who has no value stands apart."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_

from app.languages import gettext as _
from app.languages import number
from app.models.wave import MigrationPlan, ValueBasis, WavePartner

NO_VALUE = "–"
_LETTERS = "ABCDE"


@dataclass(frozen=True, slots=True)
class Band:
    """One band: its letter and the least value in it in whole units; None for those without a value."""

    letter: str
    least: int | None
    below: int | None = None

    @property
    def label(self) -> str:
        """Return what the band holds, as in `1,000 to 9,999`."""
        if self.least is None:
            return _("no value known")
        if self.below is None:
            return _("%(least)s and more", least=number(self.least))
        if self.least <= 0:
            return _("less than %(below)s", below=number(self.below))
        return _("%(least)s to less than %(below)s", least=number(self.least), below=number(self.below))


def bands_of(plan: MigrationPlan) -> tuple[Band, ...]:
    """Return a plan's bands, the highest first, those without a value last."""
    limits = [*plan.thresholds, 0]
    bands = [Band(_LETTERS[place], least, limits[place - 1] if place else None) for place, least in enumerate(limits)]
    return (*bands, Band(NO_VALUE, None))


def band_of(plan: MigrationPlan, value: float | None) -> str:
    """Return the letter of the band a value (in whole units) falls into."""
    if value is None:
        return NO_VALUE
    place = next((place for place, least in enumerate(plan.thresholds) if value >= least), len(plan.thresholds))
    return _LETTERS[place]


def value_of(plan: MigrationPlan, *, revenue_cents: int | None, leads: int | None) -> float | None:
    """Return what a partner is worth by the plan's basis, in whole units; None where it is not known."""
    if plan.basis is ValueBasis.LEADS:
        return None if leads is None else float(leads)
    return None if revenue_cents is None else revenue_cents / 100


def in_band(plan: MigrationPlan, letter: str) -> ColumnElement[bool] | None:
    """Return the condition that a partner stands in a band; None for a letter that names none."""
    column = WavePartner.leads if plan.basis is ValueBasis.LEADS else WavePartner.revenue_cents
    factor = 1 if plan.basis is ValueBasis.LEADS else 100
    band = next((band for band in bands_of(plan) if band.letter == letter), None)
    if band is None:
        return None
    if band.least is None:
        return column.is_(None)
    conditions: list[ColumnElement[bool]] = [column.is_not(None)]
    if band.below is not None:
        conditions.append(column < band.below * factor)
    if band.least > 0:
        conditions.append(column >= band.least * factor)
    return and_(*conditions)
