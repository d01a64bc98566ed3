"""The migration: how far the partners of each wave are, what happened week by week, what moved ones bring since."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import number
from app.models.wave import Wave, WaveEvent, WavePartner, WaveStatus
from app.queries.migration_results import Moved, moved_partners, plans_of
from app.queries.reports.scope import Scope
from app.queries.reports.table import Bar, Cell, Column, Picture, Report, Table, Unit, share

MOST_PARTNERS, MOST_WEEKS, MOST_WAVES = 100, 60, 200
_CAME = (WaveStatus.ACCEPTED, WaveStatus.MOVED)
_STATES = tuple(WaveStatus)
# What can happen to a partner: being planned is where each of them begins.
_EVENTS = tuple(status for status in WaveStatus if status is not WaveStatus.PLANNED)
_Key = tuple[int, int | None]
_Counts = dict[_Key, dict[WaveStatus, int]]


def migration(session: Session, scope: Scope) -> Report:
    """Return where the partners of each wave stand today, what happened in the period, and results before and after.

    Results after are those reported for the month of the move and later ones, whatever the period.
    """
    ours: list[ColumnElement[bool]] = [
        scope.in_programs(WavePartner.program_id),
        *scope.of_prospects(WavePartner.prospect_id),
    ]
    waves = _waves(session, scope)
    counts = _counts(session, ours, waves)
    plans = plans_of(session, list(scope.programs))
    moved = moved_partners(session, plans, ours)
    currencies = {plans[each.program_id].currency for each in moved}
    currency = currencies.pop() if len(currencies) == 1 else ""
    tables = (
        _wave_table(counts, waves),
        _time_table(session, scope, ours, waves),
        _band_table(scope, moved, currency),
        _partner_table(moved, waves, currency),
    )
    return Report(picture=_picture(counts, waves), tables=tables, notes=tuple(_notes(moved)))


def _waves(session: Session, scope: Scope) -> dict[_Key, str]:
    """Return what the waves are called, in order, and behind them who is in none; with the program where several."""
    rows = session.execute(
        select(Wave.program_id, Wave.id, Wave.number, Wave.starts_on)
        .where(scope.in_programs(Wave.program_id))
        .order_by(Wave.program_id, Wave.starts_on, Wave.number)
    )
    names: dict[_Key, str] = {
        (program_id, wave_id): _("Wave %(number)s, %(day)s", number=number_, day=day.isoformat())
        for program_id, wave_id, number_, day in rows
    }
    names |= {(program_id, None): _("No wave") for program_id in scope.programs}
    if len(scope.programs) == 1:
        return names
    return {key: f"{scope.programs[key[0]]}: {name}" for key, name in names.items()}


def _counts(session: Session, ours: list[ColumnElement[bool]], waves: dict[_Key, str]) -> _Counts:
    found: _Counts = {key: defaultdict(int) for key in waves}
    rows = session.execute(
        select(WavePartner.program_id, WavePartner.wave_id, WavePartner.status, func.count())
        .where(*ours)
        .group_by(WavePartner.program_id, WavePartner.wave_id, WavePartner.status)
    )
    for program_id, wave_id, status, count in rows:
        found[program_id, wave_id][status] += count
    return {key: states for key, states in found.items() if states}


def _picture(counts: _Counts, waves: dict[_Key, str]) -> Picture:
    bars = []
    for key, states in counts.items():
        came, partners = sum(states[status] for status in _CAME), sum(states.values())
        bars.append(Bar(waves[key], came / partners, _("%(part)s of %(all)s", part=came, all=partners)))
    return Picture(title=_("Partners who came along, by wave"), unit=Unit.SHARE, bars=tuple(bars[-MOST_WAVES:]))


def _wave_table(counts: _Counts, waves: dict[_Key, str]) -> Table:
    rows: list[tuple[Cell, ...]] = [(waves[key], *_states(states)) for key, states in counts.items()]
    if len(rows) > 1:
        rows = rows[-MOST_WAVES:]
        rows.append((_("All"), *_states({each: sum(row[each] for row in counts.values()) for each in _STATES})))
    return Table(
        title=_("By wave, as of today"),
        columns=(
            Column(_("Wave"), Unit.TEXT),
            Column(_("Partners")),
            *(Column(_(status.label)) for status in _STATES),
            Column(_("Came along"), Unit.SHARE),
        ),
        rows=tuple(rows),
    )


def _states(states: dict[WaveStatus, int]) -> tuple[Cell, ...]:
    partners, came = sum(states.values()), sum(states[status] for status in _CAME)
    return (partners, *(states[status] for status in _STATES), share(came, partners))


def _time_table(session: Session, scope: Scope, ours: list[ColumnElement[bool]], waves: dict[_Key, str]) -> Table:
    day = func.date(WaveEvent.at)
    rows = session.execute(
        select(day, WavePartner.program_id, WavePartner.wave_id, WaveEvent.to_status, func.count())
        .join(WavePartner, WavePartner.id == WaveEvent.partner_id)
        .where(
            *ours,
            *scope.within(WaveEvent.at),
            WaveEvent.undone_at.is_(None),
            WaveEvent.from_status != WaveEvent.to_status,
        )
        .group_by(day, WavePartner.program_id, WavePartner.wave_id, WaveEvent.to_status)
    )
    found: dict[tuple[str, _Key], dict[WaveStatus, int]] = defaultdict(lambda: defaultdict(int))
    for when, program_id, wave_id, status, count in rows:
        found[_when(when, is_by_week=scope.is_by_week), (program_id, wave_id)][status] += count
    order = {key: place for place, key in enumerate(waves)}
    lines: list[tuple[Cell, ...]] = [
        (when, waves[key], *(states[status] for status in _EVENTS))
        for (when, key), states in sorted(found.items(), key=lambda item: (item[0][0], order[item[0][1]]))
        if any(states[status] for status in _EVENTS)
    ]
    return Table(
        title=_("Over time: how many came to each state"),
        columns=(
            Column(_("Week") if scope.is_by_week else _("Month"), Unit.TEXT),
            Column(_("Wave"), Unit.TEXT),
            *(Column(_(status.label)) for status in _EVENTS),
        ),
        rows=tuple(lines[-MOST_WEEKS:]),
        note=_("Changes that were taken back do not count.")
        + (" " + _("The newest %(most)s lines are listed.", most=MOST_WEEKS) if len(lines) > MOST_WEEKS else ""),
    )


def _when(day: date | str, *, is_by_week: bool) -> str:
    found = date.fromisoformat(day) if isinstance(day, str) else day
    monday = found - timedelta(days=found.weekday())
    return _("week of %(day)s", day=monday.isoformat()) if is_by_week else f"{found:%Y-%m}"


def _band_table(scope: Scope, moved: Sequence[Moved], currency: str) -> Table:
    groups: dict[str, list[Moved]] = defaultdict(list)
    for each in sorted(moved, key=lambda each: (each.program_id, not each.band.isalpha(), each.band)):
        name = _("Band %(letter)s", letter=each.band) if each.band.isalpha() else _("no value known")
        groups[name if len(scope.programs) == 1 else f"{scope.programs[each.program_id]}: {name}"].append(each)
    rows: list[tuple[Cell, ...]] = [(name, *_tally(partners)) for name, partners in groups.items()]
    if len(rows) > 1:
        rows.append((_("All"), *_tally(moved, has_sums=bool(currency))))
    return Table(
        title=_("Before and after the move, by band of value"),
        columns=(
            Column(_("Value before"), Unit.TEXT),
            Column(_("Moved")),
            Column(_("With results since")),
            Column(_("None yet")),
            *_result_columns(currency),
        ),
        rows=tuple(rows),
    )


def _tally(partners: Sequence[Moved], *, has_sums: bool = True) -> tuple[Cell, ...]:
    reporting = [each for each in partners if each.months]
    revenue: tuple[Cell, Cell] = (None, None)
    if has_sums:
        revenue = (_whole(_sum(partners, _revenue_before)), _whole(_sum(partners, _revenue_since)))
    return (
        len(partners),
        len(reporting),
        len(partners) - len(reporting),
        *revenue,
        _sum(partners, lambda each: each.leads_before),
        _sum(partners, lambda each: each.leads_since),
        sum(each.months for each in partners),
    )


def _revenue_before(each: Moved) -> int | None:
    return each.revenue_before


def _revenue_since(each: Moved) -> int | None:
    return each.revenue_since


def _sum(partners: Iterable[Moved], value: Callable[[Moved], int | None]) -> int | None:
    """Return the sum of what is known; None where nothing is."""
    known = [found for each in partners if (found := value(each)) is not None]
    return sum(known) if known else None


def _whole(cents: int | None) -> float | None:
    return None if cents is None else cents / 100


def _partner_table(moved: Sequence[Moved], waves: dict[_Key, str], currency: str) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            each.company,
            waves[each.program_id, each.wave_id],
            each.band,
            _whole(each.revenue_before),
            _whole(each.revenue_since),
            each.leads_before,
            each.leads_since,
            each.months,
        )
        for each in moved[:MOST_PARTNERS]
    ]
    is_cut = len(moved) > MOST_PARTNERS
    cut = _("The %(most)s worth most of %(count)s.", most=MOST_PARTNERS, count=number(len(moved))) if is_cut else ""
    return Table(
        title=_("Before and after the move, by partner"),
        columns=(
            Column(_("Partner"), Unit.TEXT),
            Column(_("Wave"), Unit.TEXT),
            Column(_("Band"), Unit.TEXT),
            *_result_columns(currency),
        ),
        rows=tuple(rows),
        note=cut,
    )


def _result_columns(currency: str) -> tuple[Column, ...]:
    tail = f" ({currency})" if currency else ""
    return (
        Column(_("Revenue before") + tail),
        Column(_("Revenue since") + tail),
        Column(_("Leads before")),
        Column(_("Leads since")),
        Column(_("Months reported")),
    )


def _notes(moved: Sequence[Moved]) -> list[str]:
    if not moved:
        return [_("Nobody has moved yet, so there are no results after the move.")]
    without = sum(not each.months for each in moved)
    notes = [
        _("No results yet: %(without)s of the %(all)s partners who moved.", without=number(without),
          all=number(len(moved))),
        _("Before is what the import said, over whatever time it spoke of; since is what was reported for the month of "
          "the move and later ones. Where a band was reported, its lowest amount counts."),
    ]  # fmt: skip
    others = sum(each.others for each in moved)
    if others:
        notes.append(_("%(count)s months in another currency are left out of the revenue.", count=number(others)))
    return notes
