"""The funnel: of the prospects added in a period, how many came how far, and how long they stood in each stage."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from statistics import median
from typing import Any

from sqlalchemy import DateTime, Float, cast, extract, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.languages import gettext as _
from app.languages import number
from app.models import Prospect, Signal, StageChange, User
from app.models.stage import BOARD_STAGES, Stage
from app.queries.reports.scope import Group, Scope
from app.queries.reports.table import Bar, Cell, Column, Picture, Report, Table, Unit, percent, share

# More rows would say the same more slowly; the newest are taken, and the report says so.
MOST_MOVES = 20_000
MOST_GROUPS = 50
_ORDER = {stage: number for number, stage in enumerate(BOARD_STAGES)}
_SHOWN = BOARD_STAGES
_SINCE = StageChange.before["stage_since_at"].as_string()
# Read once, not looked up for each prospect.
_KINDS = (
    select(Signal.company_id, func.min(Signal.value).label("kind"))
    .where(Signal.name == "kind_of_site")
    .group_by(Signal.company_id)
    .subquery()
)


def funnel(session: Session, scope: Scope) -> Report:
    """Return how far prospects came, in all and by group, and the median days in each stage.

    Somebody counts for each stage up to the furthest one they ever stood in, moves that were taken back left out.
    """
    reached = _reached(session, scope)
    total: dict[int, int] = defaultdict(int)
    for counts in reached.values():
        for furthest, count in counts.items():
            total[furthest] += count
    steps = _steps(total)
    days, is_cut = _days_in_stage(session, scope)
    notes = [_("A prospect counts for every stage up to the furthest it stood in; moves taken back do not count.")]
    if is_cut:
        notes.append(_("Days in stage are those of the newest %(most)s moves of the period.", most=number(MOST_MOVES)))
    if len(reached) > MOST_GROUPS:
        notes.append(
            _("The %(most)s largest of %(count)s groups are listed.", most=MOST_GROUPS, count=number(len(reached)))
        )
    return Report(picture=_picture(steps), tables=(_stages(steps, days), _groups(scope, reached)), notes=tuple(notes))


def _reached(session: Session, scope: Scope) -> dict[str, dict[int, int]]:
    """Return {group: {furthest stage's number: prospects}} of the prospects added in the period."""
    key = _key(scope.group)
    query = (
        select(key, Prospect.furthest, func.count())
        .where(*scope.prospects, *scope.within(Prospect.created_at))
        .group_by(key, Prospect.furthest)
    )
    if scope.group is Group.KIND:
        query = query.outerjoin(_KINDS, _KINDS.c.company_id == Prospect.company_id)
    rows = session.execute(query).all()
    names = _names(session, scope, {value for value, _, _ in rows})
    found: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for value, stage, count in rows:
        found[names(value)][_ORDER[stage]] += count
    return found


def _key(group: Group) -> Any:
    if group is Group.KIND:
        return _KINDS.c.kind
    return {
        Group.SOURCE: Prospect.source,
        Group.OWNER: Prospect.owner_id,
        Group.WEEK: func.date(Prospect.created_at),
        Group.PROGRAM: Prospect.program_id,
    }[group]


def _names(session: Session, scope: Scope, values: set[Any]) -> Any:
    if scope.group is Group.OWNER:
        people = dict(session.execute(select(User.id, User.name).where(User.id.in_(values - {None}))).all())
        return lambda value: people.get(value, _("nobody"))
    if scope.group is Group.PROGRAM:
        return lambda value: scope.programs.get(value, "")
    if scope.group is Group.WEEK:
        return _week_of
    empty = _("not known yet") if scope.group is Group.KIND else _("no source")
    return lambda value: value or empty


def _week_of(day: date | str) -> str:
    found = date.fromisoformat(day) if isinstance(day, str) else day
    monday = found - timedelta(days=found.weekday())
    return _("week of %(day)s", day=monday.isoformat())


def _steps(furthest: Mapping[int, int]) -> dict[Stage, int]:
    """Return how many reached each stage, given how many got how far."""
    left = sum(furthest.values())
    found = {}
    for place, stage in enumerate(_SHOWN):
        found[stage] = left
        left -= furthest.get(place, 0)
    return found


def _days_in_stage(session: Session, scope: Scope) -> tuple[dict[Stage, list[float]], bool]:
    """Return how long each stage was stood in before the moves of the period, from what each move kept of before."""
    rows = session.execute(
        select(StageChange.from_stage, _DaysStood())
        .join(Prospect, Prospect.id == StageChange.prospect_id)
        .where(
            *scope.prospects,
            *scope.within(StageChange.at),
            StageChange.from_stage.is_not(None),
            StageChange.undoes_id.is_(None),
        )
        .order_by(StageChange.id.desc())
        .limit(MOST_MOVES + 1)
    ).all()
    found: dict[Stage, list[float]] = defaultdict(list)
    for stage, days in rows[:MOST_MOVES]:
        if stage is not None and days is not None:
            found[stage].append(max(days, 0.0))
    return found, len(rows) > MOST_MOVES


class _DaysStood(FunctionElement[float]):
    """The days between a move and when its prospect came to the stage it left; NULL where the move did not keep that.

    Worked out by the database: 20,000 kept moments take four times as long to read as their differences.
    """

    inherit_cache = True
    type = Float()


@compiles(_DaysStood)
def _write_days_elsewhere(_element: _DaysStood, compiler: SQLCompiler, **options: Any) -> str:
    since = cast(_SINCE, DateTime(timezone=True))
    return compiler.process(extract("epoch", StageChange.at - since) / 86_400, **options)


@compiles(_DaysStood, "sqlite")
def _write_days_for_sqlite(_element: _DaysStood, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(func.julianday(StageChange.at) - func.julianday(_SINCE), **options)


def _picture(steps: Mapping[Stage, int]) -> Picture:
    first = next(iter(steps.values()))
    bars = tuple(
        Bar(
            _(stage.label),
            float(count),
            "" if not first or not index else _("%(share)s of all", share=percent(count / first)),
        )
        for index, (stage, count) in enumerate(steps.items())
    )
    return Picture(title=_("Prospects that reached each stage"), unit=Unit.COUNT, bars=bars if first else ())


def _stages(steps: Mapping[Stage, int], days: Mapping[Stage, list[float]]) -> Table:
    first = next(iter(steps.values()))
    rows: list[tuple[Cell, ...]] = []
    before = 0
    for stage, count in steps.items():
        stood = days.get(stage, [])
        rows.append(
            (
                _(stage.label),
                count,
                share(count, before),
                share(count, first),
                median(stood) if stood else None,
                len(stood),
            )
        )
        before = count
    return Table(
        title=_("By stage"),
        columns=(
            Column(_("Stage"), Unit.TEXT),
            Column(_("Reached")),
            Column(_("Of the stage before"), Unit.SHARE),
            Column(_("Of all"), Unit.SHARE),
            Column(_("Median days in it"), Unit.DAYS),
            Column(_("Left it")),
        ),
        rows=tuple(rows),
    )


def _groups(scope: Scope, reached: Mapping[str, Mapping[int, int]]) -> Table:
    shown = (Stage.QUALIFIED, Stage.CONTACTED, Stage.ENGAGED, Stage.APPLIED, Stage.APPROVED, Stage.ACTIVE)
    rows: list[tuple[Cell, ...]] = []
    for name, counts in reached.items():
        steps = _steps(counts)
        added = next(iter(steps.values()))
        rows.append((name, added, *(steps[stage] for stage in shown), share(steps[Stage.APPROVED], added)))
    is_week = scope.group is Group.WEEK
    title = {
        Group.SOURCE: _("By source"),
        Group.OWNER: _("By owner"),
        Group.KIND: _("By kind of site"),
        Group.WEEK: _("By week added"),
        Group.PROGRAM: _("By program"),
    }[scope.group]
    rows.sort(key=lambda row: str(row[0]) if is_week else (-int(row[1] or 0), str(row[0])))
    return Table(
        title=title,
        columns=(
            Column(_(scope.group.label), Unit.TEXT),
            Column(_("Added")),
            *(Column(_(stage.label)) for stage in shown),
            Column(_("Approved of added"), Unit.SHARE),
        ),
        rows=tuple(rows[-MOST_GROUPS:] if is_week else rows[:MOST_GROUPS]),
    )
