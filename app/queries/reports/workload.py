"""Who has how much on the desk today, and how much each person got done in the period."""

from collections import defaultdict
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import counted
from app.languages import gettext as _
from app.models import (
    Activity,
    Decision,
    Membership,
    Message,
    MessageKind,
    Partnership,
    Prospect,
    StageChange,
    Task,
    TaskState,
    User,
)
from app.models.stage import BOARD_STAGES, PARTNER_STAGES
from app.queries.reports.scope import Scope
from app.queries.reports.table import Bar, Cell, Column, Picture, Report, Table, Unit

_PROSPECT_STAGES = tuple(stage for stage in BOARD_STAGES if stage not in PARTNER_STAGES)
_COLUMNS = ("prospects", "partners", "open", "late", "moved", "notes", "answers", "decisions", "closed")


def workload(session: Session, scope: Scope) -> Report:
    """Return per member what they own and owe today, and what they did in the period."""
    scope = scope.looked_up(session)
    counts: dict[str, dict[int | None, int]] = {name: _by_person(session, query) for name, query in _queries(scope)}
    people = session.execute(
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(scope.in_programs(Membership.program_id), User.is_active)
        .distinct()
        .order_by(User.name)
    ).all()
    rows: list[tuple[Cell, ...]] = [
        (name, *(counts[column][user_id] for column in _COLUMNS)) for user_id, name in people
    ]
    nobody = [counts[column][None] if column in ("prospects", "open", "late") else 0 for column in _COLUMNS]
    if any(nobody):
        rows.append((_("Nobody"), *nobody))
    bars = tuple(Bar(str(row[0]), float(row[3] or 0), _late(row[4])) for row in rows)
    headings = (
        _("Prospects owned"), _("Partners"), _("Open tasks"), _("Late"), _("Moves"), _("Notes and calls"),
        _("Answers"), _("Decisions"), _("Tasks done"),
    )  # fmt: skip
    return Report(
        picture=Picture(title=_("Open tasks today"), unit=Unit.COUNT, bars=bars),
        tables=(
            Table(
                title=_("By person"),
                columns=(Column(_("Person"), Unit.TEXT), *(Column(heading) for heading in headings)),
                rows=tuple(rows),
            ),
        ),
        notes=(
            _("What is owned and owed is as of today; moves, notes, answers, decisions and tasks are of the period."),
        ),
    )


def _late(count: Cell) -> str:
    return counted("%(num)s late", "%(num)s late", int(count)) if count else ""


def _by_person(session: Session, query: Any) -> dict[int | None, int]:
    found: dict[int | None, int] = defaultdict(int)
    found.update(session.execute(query).all())
    return found


def _queries(scope: Scope) -> list[tuple[str, Any]]:
    mine = scope.in_programs(Task.program_id)
    tasks = [mine, *scope.of_prospects(Task.prospect_id)]
    is_open = Task.state == TaskState.OPEN
    return [
        ("prospects", _count(Prospect.owner_id, *scope.prospects, Prospect.stage.in_(_PROSPECT_STAGES))),
        (
            "partners",
            _count(
                Partnership.account_manager_id,
                scope.in_programs(Partnership.program_id),
                *scope.of_prospects(Partnership.prospect_id),
            ),
        ),
        ("open", _count(Task.assignee_id, *tasks, is_open)),
        ("late", _count(Task.assignee_id, *tasks, is_open, Task.due_at < now())),
        (
            "moved",
            _of_prospects(StageChange.by_user_id, StageChange.prospect_id, scope).where(*scope.within(StageChange.at)),
        ),
        ("notes", _of_prospects(Activity.author_id, Activity.prospect_id, scope).where(*scope.within(Activity.at))),
        (
            "answers",
            _count(
                Message.created_by_id,
                scope.in_programs(Message.program_id),
                Message.kind == MessageKind.ANSWER,
                *scope.within(Message.accepted_at),
                Message.accepted_at.is_not(None),
                *scope.of_prospects(Message.prospect_id),
            ),
        ),
        (
            "decisions",
            _of_prospects(Decision.reviewer_id, Decision.prospect_id, scope).where(*scope.within(Decision.at)),
        ),
        (
            "closed",
            _count(Task.closed_by_id, *tasks, Task.state == TaskState.DONE, *scope.within(Task.closed_at)),
        ),
    ]


def _count(person: Any, *conditions: Any) -> Any:
    return select(person, func.count()).where(*conditions).group_by(person)


def _of_prospects(person: Any, prospect_id: Any, scope: Scope) -> Any:
    return scope.over(select(person, func.count()).group_by(person), prospect_id)
