"""Why prospects are lost: by the reason that was given, the stage they were lost from, their source, and over time."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.languages import gettext as _
from app.languages import mark, number
from app.models import OFF_BOARD_STAGES, Decision, MoveEvent, Prospect, Stage, StageChange
from app.models.program_settings import OwnReason, ReasonKind
from app.queries.reports.scope import Scope
from app.queries.reports.table import Bar, Cell, Column, Picture, Report, Table, Unit, median_days, percent, share

# More rows would say the same more slowly; the newest are taken, and the report says so.
MOST_LOSSES = 5_000
MOST_ROWS = 50
MOST_BARS = 12
OWN_WORDS = {
    Stage.DECLINED: mark("Declined, no reason kept"),
    Stage.WITHDRAWN: mark("Withdrawn"),
    Stage.DORMANT: mark("Put to sleep"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loss:
    """One move off the board: why, from where to, when, after how long in the stage, and whether it came back since."""

    reasons: tuple[str, ...]
    to_stage: Stage
    from_stage: Stage | None
    source: str
    at: datetime
    stood: timedelta | None
    is_back: bool


def losses(session: Session, scope: Scope) -> Report:
    """Return why prospects went off the board in the period.

    A loss with two reasons counts for each of them. Moves that were taken back do not count; who came back later does.
    """
    found, is_cut = _losses(session, scope)
    by_reason = _by(found, lambda loss: loss.reasons)
    notes = [_("A loss with two reasons counts for each. Moves that were taken back do not count.")]
    back = sum(loss.is_back for loss in found)
    if back:
        notes.append(_("Back on the board since: %(back)s of the %(all)s.", back=number(back), all=number(len(found))))
    if is_cut:
        notes.append(_("These are the newest %(most)s losses of the period.", most=number(MOST_LOSSES)))
    return Report(
        picture=_picture(by_reason, len(found)),
        tables=(
            _reason_table(by_reason, len(found)),
            _stage_table(found),
            _source_table(found),
            _time_table(found, is_by_week=scope.is_by_week),
        ),
        notes=tuple(notes),
    )


def _losses(session: Session, scope: Scope) -> tuple[list[_Loss], bool]:
    undone = aliased(StageChange)
    rows = session.execute(
        select(
            StageChange.to_stage,
            StageChange.from_stage,
            StageChange.at,
            StageChange.reason,
            StageChange.before,
            Prospect.source,
            Prospect.stage,
            Decision.reason_codes,
        )
        .join(Prospect, Prospect.id == StageChange.prospect_id)
        .outerjoin(undone, undone.undoes_id == StageChange.id)
        .outerjoin(Decision, Decision.stage_change_id == StageChange.id)
        .where(
            *scope.prospects,
            *scope.within(StageChange.at),
            StageChange.to_stage.in_(OFF_BOARD_STAGES),
            StageChange.event != MoveEvent.UNDO,
            undone.id.is_(None),
        )
        .order_by(StageChange.id.desc())
        .limit(MOST_LOSSES + 1)
    ).all()
    labels, listed = _labels(session, scope, rows), _listed(session, scope)
    found = [
        _Loss(
            reasons=_reasons(row, labels, listed),
            to_stage=row.to_stage,
            from_stage=row.from_stage,
            source=row.source or _("no source"),
            at=row.at,
            stood=_stood(row.at, row.before),
            is_back=row.stage not in OFF_BOARD_STAGES,
        )
        for row in rows[:MOST_LOSSES]
    ]
    return found, len(rows) > MOST_LOSSES


def _reasons(row: Any, labels: dict[str, str], listed: set[str]) -> tuple[str, ...]:
    """Return a decline's reasons, or the listed one that a text begins with; what is only told in words has none."""
    if row.reason_codes:
        return tuple(dict.fromkeys(_(labels[code]) for code in row.reason_codes))
    first = row.reason.partition(":")[0].strip()
    return (first if first in listed else _(OWN_WORDS[row.to_stage]),)


def _stood(at: datetime, before: dict[str, Any]) -> timedelta | None:
    since = before.get("stage_since_at")
    return max(at - datetime.fromisoformat(since), timedelta()) if since else None


def _labels(session: Session, scope: Scope, rows: Sequence[Any]) -> dict[str, str]:
    """Return what the reasons of these losses are called, by code: own ones as today, built-in ones as they were said.

    A decline's move holds the names of its reasons in the order of their codes.
    """
    own = select(OwnReason.code, OwnReason.label).where(scope.in_programs(OwnReason.program_id))
    found: dict[str, str] = {}
    for row in rows:
        codes, names = row.reason_codes or [], row.reason.split("; ")
        for place, code in enumerate(codes):
            if code not in found:
                is_said = len(names) == len(codes)
                found[code] = names[place] if is_said else code.replace("_", " ").capitalize()
    return found | dict(session.execute(own).all())


def _listed(session: Session, scope: Scope) -> set[str]:
    rows = select(OwnReason.label).where(scope.in_programs(OwnReason.program_id), OwnReason.kind == ReasonKind.DORMANCY)
    return set(session.scalars(rows))


def _by(found: Sequence[_Loss], keys: Callable[[_Loss], Iterable[str]]) -> dict[str, list[_Loss]]:
    """Return the losses by each of their keys, those with most of them first."""
    groups: dict[str, list[_Loss]] = defaultdict(list)
    for loss in found:
        for key in keys(loss):
            groups[key].append(loss)
    return dict(sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])))


def _picture(by_reason: dict[str, list[_Loss]], count: int) -> Picture:
    bars = tuple(
        Bar(reason, float(len(lost)), _("%(share)s of the lost", share=percent(len(lost) / count)))
        for reason, lost in list(by_reason.items())[:MOST_BARS]
    )
    return Picture(title=_("Prospects lost, by reason"), unit=Unit.COUNT, bars=bars)


def _reason_table(by_reason: dict[str, list[_Loss]], count: int) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (reason, len(lost), share(len(lost), count), *_ways(lost), _most(_stage_name(loss) for loss in lost))
        for reason, lost in by_reason.items()
    ]
    return Table(
        title=_("By reason"),
        columns=(
            Column(_("Reason"), Unit.TEXT),
            Column(_("Lost")),
            Column(_("Of all lost"), Unit.SHARE),
            *_way_columns(),
            Column(_("Mostly lost from"), Unit.TEXT),
        ),
        rows=tuple(rows[:MOST_ROWS]),
    )


def _stage_table(found: list[_Loss]) -> Table:
    order = {_(stage.label): place for place, stage in enumerate(Stage)}
    groups = sorted(_by(found, lambda loss: (_stage_name(loss),)).items(), key=lambda item: order.get(item[0], -1))
    rows: list[tuple[Cell, ...]] = [
        (
            stage,
            len(lost),
            share(len(lost), len(found)),
            median_days([loss.stood for loss in lost if loss.stood is not None]),
            _most(reason for loss in lost for reason in loss.reasons),
        )
        for stage, lost in groups
    ]
    return Table(
        title=_("By the stage they were lost from"),
        columns=(
            Column(_("Stage"), Unit.TEXT),
            Column(_("Lost")),
            Column(_("Of all lost"), Unit.SHARE),
            Column(_("Median days in it"), Unit.DAYS),
            Column(_("Mostly because"), Unit.TEXT),
        ),
        rows=tuple(rows),
    )


def _source_table(found: list[_Loss]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (source, len(lost), *_ways(lost), _most(reason for loss in lost for reason in loss.reasons))
        for source, lost in _by(found, lambda loss: (loss.source,)).items()
    ]
    return Table(
        title=_("By source"),
        columns=(
            Column(_("Source"), Unit.TEXT),
            Column(_("Lost")),
            *_way_columns(),
            Column(_("Mostly because"), Unit.TEXT),
        ),
        rows=tuple(rows[:MOST_ROWS]),
        note=_("The %(most)s largest of %(count)s sources.", most=MOST_ROWS, count=number(len(rows)))
        if len(rows) > MOST_ROWS
        else "",
    )


def _time_table(found: list[_Loss], *, is_by_week: bool) -> Table:
    def when(loss: _Loss) -> tuple[str]:
        day = loss.at.date()
        monday = day - timedelta(days=day.weekday())
        return (_("week of %(day)s", day=monday.isoformat()) if is_by_week else f"{day:%Y-%m}",)

    rows: list[tuple[Cell, ...]] = [
        (name, len(lost), *_ways(lost), _most(reason for loss in lost for reason in loss.reasons))
        for name, lost in sorted(_by(found, when).items())
    ]
    return Table(
        title=_("Over time"),
        columns=(
            Column(_("Week") if is_by_week else _("Month"), Unit.TEXT),
            Column(_("Lost")),
            *_way_columns(),
            Column(_("Mostly because"), Unit.TEXT),
        ),
        rows=tuple(rows[-MOST_ROWS:]),
    )


def _way_columns() -> tuple[Column, ...]:
    return tuple(Column(_(stage.label)) for stage in OFF_BOARD_STAGES)


def _ways(lost: list[_Loss]) -> tuple[int, ...]:
    counts = Counter(loss.to_stage for loss in lost)
    return tuple(counts[stage] for stage in OFF_BOARD_STAGES)


def _stage_name(loss: _Loss) -> str:
    return _(loss.from_stage.label) if loss.from_stage else _("where they came in")


def _most(words: Iterable[str]) -> str:
    counts = Counter(words)
    return min(counts, key=lambda word: (-counts[word], word)) if counts else ""
