"""Make one company of two: every row that points at the one that goes is moved, kept apart, or taken out on record."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table, delete, or_, select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import OFF_BOARD_STAGES, Company, Contact, MoveEvent, Program, Prospect, StageChange
from app.models.merge import DuplicatePair, Merge, MergedProspect
from app.services.audit import record_audit
from app.services.errors import Conflict
from app.services.furthest import further
from app.services.ledger.gate import close_gate
from app.services.merging.journal import Journal, Row, rows_where, table_of
from app.services.merging.planning import MergePlan, Side, Twins, plan_merge
from app.services.merging.rules import (
    FORGETS_PROSPECT,
    GOES_WITH_PROSPECT,
    OF_THE_SITE,
    ONE_PARTNER,
    pointing_at,
    unique_with,
)
from app.services.stops import Ending, end_enrollments, end_for_prospect

SAME_PERSON = Ending("merged", "The company was merged, and this person is being written to by another sequence.")
_COMPANIES, _PROSPECTS, _CONTACTS = table_of(Company), table_of(Prospect), table_of(Contact)
_FIELDS = ("name", "website", "country", "language")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be merged, and field -> side; a field that is not named takes its default."""

    kept_id: int
    gone_id: int
    choices: Mapping[str, Side]


def merge_companies(session: Session, program: Program, wanted: Wanted, *, by_user_id: int) -> Merge:
    """Merge one company into another in this transaction, audited, so that it can be parted again for 30 days.

    The caller has checked that the person works in every program of both. Nobody is written to by two sequences
    afterwards. Raises Conflict with all that hinders it.
    """
    close_gate(session)
    ids = sorted({wanted.kept_id, wanted.gone_id})
    locked = session.scalars(select(Company).where(Company.id.in_(ids)).order_by(Company.id).with_for_update())
    companies = {each.id: each for each in locked}
    kept, gone = companies[wanted.kept_id], companies[wanted.gone_id]
    plan = plan_merge(session, kept, gone, program_id=program.id)
    if plan.hindrances:
        raise Conflict(" ".join(plan.hindrances))
    end_enrollments(session, list(plan.ending_ids), SAME_PERSON)
    sides = {each.name: each.default for each in plan.choices} | {
        each.name: wanted.choices[each.name] for each in plan.choices if each.name in wanted.choices and not each.fixed
    }
    merge = Merge(
        program_id=program.id,
        kept_id=kept.id,
        gone_id=gone.id,
        gone_name=gone.name,
        choices={name: side.value for name, side in sides.items()},
        by_user_id=by_user_id,
        at=now(),
    )
    session.add(merge)
    session.flush()
    merge.counts = dict(_Work(session, merge, plan).run(sides, program.id))
    session.execute(
        delete(DuplicatePair).where(or_(DuplicatePair.first_id == gone.id, DuplicatePair.second_id == gone.id))
    )
    _end_off_board(session, plan)
    _audit(session, merge, plan, "company.merged", by_user_id)
    return merge


class _Work:
    """One merge being done: its journal, and how many rows of each table moved."""

    def __init__(self, session: Session, merge: Merge, plan: MergePlan) -> None:
        self._session, self._merge, self._plan = session, merge, plan
        self._journal = Journal(session, merge.id)
        self._moved: Counter[str] = Counter()

    def run(self, sides: Mapping[str, Side], program_id: int) -> Counter[str]:
        plan, session = self._plan, self._session
        values = {name: getattr(plan.gone, name) for name in _FIELDS if sides.get(name) is Side.GONE}
        stages = {each.kept.id: self._values(each, sides, program_id) for each in plan.twins}
        pairs = [(each.kept.id, each.gone.id) for each in plan.twins]
        self._journal.change(_COMPANIES, self._row(_COMPANIES, plan.kept.id), values)
        for kept_id, gone_id in pairs:
            self._join(_PROSPECTS, gone_id, kept_id)
            session.add(MergedProspect(merge_id=self._merge.id, gone_id=gone_id, prospect_id=kept_id))
            session.flush()
            self._journal.change(_PROSPECTS, self._row(_PROSPECTS, kept_id), stages[kept_id])
        for gone_id, kept_id in plan.same_contacts.items():
            self._join(_CONTACTS, gone_id, kept_id)
        for table, column in pointing_at(Company):
            if table.name not in OF_THE_SITE:
                self._move(table, column, plan.gone.id, plan.kept.id)
        session.expire_all()
        for prospect in session.scalars(select(Prospect).where(Prospect.company_id == plan.kept.id)):
            prospect.version += 1
            session.add(_marker(prospect, f"Merged with {self._merge.gone_name}.", self._merge.by_user_id))
        session.flush()
        return self._moved

    def _values(self, twins: Twins, sides: Mapping[str, Side], program_id: int) -> dict[str, Any]:
        """Return what changes on the card that stays; in programs nobody looked at, by the defaults."""
        is_here = twins.kept.program_id == program_id
        stage_side = sides["stage"] if is_here else twins.stage_side
        owner_side = sides["owner"] if is_here else (Side.KEPT if twins.kept.owner_id else Side.GONE)
        values: dict[str, Any] = {
            "extra": twins.gone.extra | twins.kept.extra,
            "furthest": further(twins.kept.furthest, twins.gone.furthest),
        }
        if owner_side is Side.GONE:
            values["owner_id"] = twins.gone.owner_id
        if stage_side is Side.GONE:
            values |= {
                "stage": twins.gone.stage,
                "stage_since_at": twins.gone.stage_since_at,
                "rank": twins.gone.rank,
                "wake_up_on": twins.gone.wake_up_on,
            }
        return values

    def _join(self, table: Table, gone_id: int, kept_id: int) -> None:
        """Move everything of one row to another of its table, and take the row out."""
        model: Any = Prospect if table is _PROSPECTS else Contact
        for other, column in pointing_at(model):
            if other.name in FORGETS_PROSPECT:
                for row in rows_where(self._session, other, column == gone_id):
                    self._journal.change(other, row, {column.name: None})
            elif other.name in GOES_WITH_PROSPECT:
                for row in rows_where(self._session, other, column == gone_id):
                    self._take_out(other, row)
            else:
                self._move(other, column, gone_id, kept_id)
        self._journal.drop(table, self._row(table, gone_id))

    def _move(self, table: Table, column: Column[int], gone_id: int, kept_id: int) -> None:
        rows = rows_where(self._session, table, column == gone_id)
        if not rows:
            return
        rules = unique_with(table, column)
        there = rows_where(self._session, table, column == kept_id) if rules else []
        for row in rows:
            if any(_same(row, other, names) for names in rules for other in there):
                if table.name in ONE_PARTNER:
                    raise Conflict(_("Both companies have a row of %(table)s; nothing was merged.", table=table.name))
                self._take_out(table, row)
            else:
                self._journal.change(table, row, {column.name: kept_id})
                self._moved[table.name] += 1

    def _take_out(self, table: Table, row: Row) -> None:
        """Take a row out; what points at it lets go or is taken out first, as the database would do by itself."""
        for other in table.metadata.sorted_tables:
            for key in (key for key in other.foreign_keys if key.column.table is table):
                column = key.parent
                for child in rows_where(self._session, other, column == row[key.column.name]):
                    if key.ondelete == "SET NULL":
                        self._journal.change(other, child, {column.name: None})
                    else:
                        self._take_out(other, child)
        self._journal.drop(table, row)

    def _row(self, table: Table, number: int) -> Row:
        return rows_where(self._session, table, table.c.id == number)[0]


def _same(row: Row, other: Row, names: list[str]) -> bool:
    return all(row[name] is not None and row[name] == other[name] for name in names)


def _marker(prospect: Prospect, words: str, by_user_id: int | None) -> StageChange:
    """A line of the history that is no move: it has no stage before it, and so nothing that undo could take back."""
    return StageChange(
        prospect_id=prospect.id,
        from_stage=None,
        to_stage=prospect.stage,
        event=MoveEvent.HAND,
        by_user_id=by_user_id,
        reason=words,
    )


def _end_off_board(session: Session, plan: MergePlan) -> None:
    """Where the card that stays is off the board, nobody of the company is written to any more."""
    query = select(Prospect).where(Prospect.company_id == plan.kept.id, Prospect.stage.in_(OFF_BOARD_STAGES))
    for prospect in session.scalars(query).all():
        ending = Ending("stage_off_board", f"The prospect was merged into one that is {prospect.stage.label.lower()}.")
        end_for_prospect(session, prospect.id, ending)


def _audit(session: Session, merge: Merge, plan: MergePlan, action: str, by_user_id: int) -> None:
    record_audit(
        session,
        action,
        subject=f"company:{merge.kept_id}",
        actor_id=by_user_id,
        program_id=merge.program_id,
        details={
            "merge": merge.id,
            "gone": merge.gone_id,
            "programs": sorted(plan.program_ids),
            "choices": merge.choices,
            "moved": merge.counts,
            "stopped": list(plan.ending_ids),
        },
    )
