"""Does the fit score tell who is approved? Decisions of the period by the band of the score that was seen then."""

from collections import defaultdict

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import number
from app.models import Decision, DecisionOutcome, Prospect
from app.queries.campaign import FEWEST, Share
from app.queries.reports.scope import Scope
from app.queries.reports.table import Bar, Cell, Column, Picture, Report, Table, Unit

_BANDS = ((0, 20), (20, 40), (40, 60), (60, 80), (80, 101))
_NO_BAND = -1


def fit_calibration(session: Session, scope: Scope) -> Report:
    """Return the share of approvals per band of the score on the decisions' receipts, with 95 % intervals (Wilson)."""
    in_bands = ((Decision.score < high, low) for low, high in _BANDS)
    band = case((Decision.score.is_(None), _NO_BAND), *in_bands, else_=_BANDS[-1][0])
    approved = Decision.outcome == DecisionOutcome.APPROVE
    rows = session.execute(
        select(band, approved, func.count())
        .join(Prospect, Prospect.id == Decision.prospect_id)
        .where(*scope.prospects, *scope.within(Decision.at))
        .group_by(band, approved)
    ).all()
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for low, is_approved, count in rows:
        counts[int(low)][bool(is_approved)] += count
    shares = {_label(low, high): Share(counts[low][True], sum(counts[low])) for low, high in _BANDS if sum(counts[low])}
    notes = [_("The score is the one frozen when the decision was made; the lines are 95 % intervals.")]
    without = sum(counts[_NO_BAND])
    if without:
        notes.append(_("%(count)s decisions were made without a score and stand in no band.", count=number(without)))
    decided = sum(share.of for share in shares.values())
    if decided < FEWEST:
        notes.append(
            _(
                "%(count)s decisions are too few to say much; from %(few)s on the bands begin to mean something.",
                count=decided,
                few=FEWEST,
            )
        )
    bars = tuple(
        Bar(name, each.value, _("%(part)s of %(all)s", part=each.count, all=each.of), *each.interval)
        for name, each in shares.items()
    )
    return Report(
        picture=Picture(title=_("Approved, by score when decided"), unit=Unit.SHARE, bars=bars),
        tables=(_table(shares),),
        notes=tuple(notes),
    )


def _label(low: int, high: int) -> str:
    return _("%(low)s to %(high)s", low=low, high=min(high - 1, 100))


def _table(shares: dict[str, Share]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (name, each.of, each.count, each.of - each.count, each.value, *each.interval) for name, each in shares.items()
    ]
    return Table(
        title=_("By score"),
        columns=(
            Column(_("Score"), Unit.TEXT),
            Column(_("Decided")),
            Column(_("Approved")),
            Column(_("Declined")),
            Column(_("Share approved"), Unit.SHARE),
            Column(_("At least"), Unit.SHARE),
            Column(_("At most"), Unit.SHARE),
        ),
        rows=tuple(rows),
    )
