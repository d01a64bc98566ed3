"""What an act would do, before anything happens: how many it reaches, who is left out and why."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.orm import Session

from app.models import Company, Program, Prospect
from app.models.bulk import BulkKind
from app.services.bulk.act import Params, Skip
from app.services.bulk.enrolling import look_at
from app.services.bulk.registry import ACTS
from app.services.bulk.selection import Selection, chosen, rows_of

EXAMPLES = 12
# Whether somebody may be written to takes a look at each; beyond these the rest is found out while it is worked off.
LOOKED_AT = 300
_REACHED = -1


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Prospects that are left out for one reason: how many, and some of their names."""

    reason: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an act would do. `looked_at` is less than `total` where only the first were looked at one by one."""

    words: str
    total: int
    reached: int
    left_out: tuple[LeftOut, ...]
    examples: tuple[str, ...]
    looked_at: int


def preview(
    session: Session, program: Program, kind: BulkKind, params: Params, selection: Selection, *, user_id: int
) -> Preview:
    """Return what would happen now; nothing is changed."""
    act = ACTS[kind]
    skips = act.skips(session, program.id, params)
    wanted = chosen(program.id, selection, user_id=user_id)
    verdict = verdict_of(skips)
    counts: dict[int, int] = dict(
        session.execute(rows_of(verdict, func.count()).where(*wanted).group_by(verdict)).all()
    )
    total, reached = sum(counts.values()), counts.get(_REACHED, 0)
    names = _examples(session, verdict, wanted)
    left_out = [
        LeftOut(skip.reason, counts[place], names.get(place, ())) for place, skip in enumerate(skips) if place in counts
    ]
    looked_at = total
    if kind is BulkKind.ENROLL and reached:
        ids = session.scalars(
            rows_of(Prospect.id).where(*wanted, verdict == _REACHED).order_by(Prospect.id).limit(LOOKED_AT)
        ).all()
        more = _who_cannot_be_written_to(session, program.id, list(ids), params)
        left_out += more
        looked_at = total - reached + len(ids)
        reached -= sum(each.count for each in more)
    return Preview(
        words=act.words(session, params),
        total=total,
        reached=reached,
        left_out=tuple(sorted(left_out, key=lambda each: -each.count)),
        examples=names.get(_REACHED, ()),
        looked_at=looked_at,
    )


def verdict_of(skips: Any) -> ColumnElement[int]:
    """Return the place of the first reason that holds for a prospect, as SQL; -1 for one that is reached."""
    whens = [(skip.condition, literal(place)) for place, skip in enumerate(skips)]
    return case(*whens, else_=literal(_REACHED)) if whens else literal(_REACHED)


def reasons_for(session: Session, skips: list[Skip], prospect_ids: list[int]) -> dict[int, str]:
    """Return why some of these prospects are left out, by id; one that is not in it is reached."""
    if not skips:
        return {}
    verdict = verdict_of(skips)
    rows = session.execute(rows_of(Prospect.id, verdict).where(Prospect.id.in_(prospect_ids)))
    return {prospect_id: skips[place].reason for prospect_id, place in rows if place != _REACHED}


def _examples(
    session: Session, verdict: ColumnElement[int], wanted: list[ColumnElement[bool]]
) -> dict[int, tuple[str, ...]]:
    """Return some names for each verdict among the first prospects of the selection."""
    first = rows_of(Company.name, verdict.label("place"), Prospect.id).where(*wanted).order_by(Prospect.id).limit(500)
    found: dict[int, list[str]] = {}
    for name, place, _id in session.execute(select(*first.subquery().c)):
        names = found.setdefault(place, [])
        if len(names) < EXAMPLES:
            names.append(name)
    return {place: tuple(names) for place, names in found.items()}


def _who_cannot_be_written_to(session: Session, program_id: int, ids: list[int], params: Params) -> list[LeftOut]:
    by_reason: dict[str, list[str]] = {}
    for each in look_at(session, program_id, ids, params).skipped:
        by_reason.setdefault(each.reasons[0], []).append(each.company)
    return [LeftOut(reason, len(names), tuple(names[:EXAMPLES])) for reason, names in by_reason.items()]
