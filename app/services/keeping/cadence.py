"""Staying in touch: rules by tier, and one task for each gap that grew longer than the rule allows.

Run each hour. A gap is named by the touch it began with, so a partner makes one task until somebody touches them, and
the task is closed by itself once somebody has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import CadenceRule, Company, Partnership, Program, Prospect, Task, TaskState, User
from app.models.stage import PARTNER_STAGES
from app.queries.keeping_touch import TOUCH_ORIGIN, cadence_of, days_for, last_of, tier_key, touch_columns
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.plain_text import clean_line
from app.services.tasks import NewTask, open_task
from app.services.tiers.records import take_tier
from app.whole_numbers import whole_number

MAX_DAYS = 365
# As many tasks as one run opens for a program, and as many names as one statement holds; the rest waits an hour.
BATCH = 500


@dataclass(frozen=True, slots=True)
class _Gap:
    partnership: Partnership
    company: str
    touched_at: datetime
    days: int

    @property
    def due_at(self) -> datetime:
        """Return when it grew too long."""
        return self.touched_at + timedelta(days=self.days)

    @property
    def origin(self) -> str:
        """Return the name of the gap: whose it is, and the touch it began with, to the second."""
        return f"{TOUCH_ORIGIN}{self.partnership.id}:{self.touched_at:%Y%m%dT%H%M%S}"


def rules_of(session: Session, program_id: int) -> list[CadenceRule]:
    """Return a program's rules in force, the one for all other tiers first."""
    return list(
        session.scalars(
            select(CadenceRule)
            .where(CadenceRule.program_id == program_id, CadenceRule.ended_at.is_(None))
            .order_by(CadenceRule.tier, CadenceRule.id)
        )
    )


def add_rule(session: Session, program: Program, *, tier: str, days: str, actor: User) -> CadenceRule:
    """Add a rule. Raises InvalidInput, among it for a tier that has one."""
    problems, count = dict[str, str](), whole_number(days.strip(), least=1, most=MAX_DAYS)
    wanted = tier_key(take_tier(session, program.id, tier, problems))
    if count is None:
        problems["days"] = _("Give a number of days from 1 to %(max_days)s.", max_days=MAX_DAYS)
    if problems or count is None:
        raise InvalidInput(problems)
    rule = CadenceRule(program_id=program.id, tier=wanted, days=count, created_by_id=actor.id)
    if not _store(session, rule):
        whom = _("The tier “%(tier)s”", tier=rule.tier) if rule.tier else _("Every tier without its own")
        raise InvalidInput({"tier": _("%(whom)s has a rule already. End that one first.", whom=whom)})
    _audit(session, "cadence_rule.added", rule, actor)
    return rule


def rule_in(session: Session, program: Program, rule_id: int) -> CadenceRule:
    """Return a rule of the program, in force or not. Raises NotFound."""
    found = session.get(CadenceRule, rule_id, with_for_update=True, populate_existing=True)
    if found is None or found.program_id != program.id:
        raise NotFound(_("There is no such rule in this program."))
    return found


def end_rule(session: Session, rule: CadenceRule, *, actor: User) -> None:
    """Let a rule make no more tasks; those it made stay."""
    rule.ended_at = rule.ended_at or now()
    _audit(session, "cadence_rule.ended", rule, actor)


def restore_rule(session: Session, rule: CadenceRule, *, actor: User) -> None:
    """Put a rule back in force. Raises Conflict where its tier has another one by now."""
    rule.ended_at = None
    if not _store(session, rule):
        raise Conflict(_("Its tier has another rule by now, so this one stays ended."))
    _audit(session, "cadence_rule.restored", rule, actor)


def keep_in_touch(session: Session) -> int:
    """Close the tasks of gaps that ended, and open one for each gap that grew too long; return how many were opened."""
    _close_answered(session)
    programs = select(Program.id).where(
        Program.archived_at.is_(None),
        Program.id.in_(select(CadenceRule.program_id).where(CadenceRule.ended_at.is_(None))),
    )
    return sum(_ask(session, program_id) for program_id in session.scalars(programs).all())


def _ask(session: Session, program_id: int) -> int:
    gaps = _gaps(session, program_id)
    known = _known(session, [gap.origin for gap in gaps])
    new = sorted((gap for gap in gaps if gap.origin not in known), key=lambda gap: gap.due_at)[:BATCH]
    active = set(session.scalars(select(User.id).where(User.is_active)))
    for gap in new:
        _open(session, gap, active)
    return len(new)


def _gaps(session: Session, program_id: int) -> list[_Gap]:
    cadence = cadence_of(session, program_id)
    rows = session.execute(
        select(Partnership, Company.name, *touch_columns())
        .join(Prospect, Prospect.id == Partnership.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(Partnership.program_id == program_id, Prospect.stage.in_(PARTNER_STAGES))
        .order_by(Partnership.id)
    )
    found = []
    for partnership, company, *touches in rows:
        days = days_for(cadence, partnership.tier)
        touched_at = last_of(partnership.created_at, *touches)
        if days is not None and now() - touched_at > timedelta(days=days):
            found.append(_Gap(partnership, clean_line(company), touched_at, days))
    return found


def _known(session: Session, origins: Sequence[str]) -> set[str | None]:
    known: set[str | None] = set()
    for start in range(0, len(origins), BATCH):
        known.update(session.scalars(select(Task.origin).where(Task.origin.in_(origins[start : start + BATCH]))))
    return known


def _open(session: Session, gap: _Gap, active: set[int]) -> None:
    manager_id = gap.partnership.account_manager_id
    since = f"{gap.touched_at.day} {gap.touched_at:%B %Y}"
    task = NewTask(
        program_id=gap.partnership.program_id,
        prospect_id=gap.partnership.prospect_id,
        title=f"Get in touch with {gap.company}",
        detail=f"Nothing since {since}; the rule says every {gap.days} days.",
        assignee_id=manager_id if manager_id in active else None,
        due_at=gap.due_at,
        origin=gap.origin,
    )
    open_task(session, task)


def _close_answered(session: Session) -> None:
    """Close the tasks of partners who were touched since, and of companies that are no partners any more."""
    rows = session.execute(
        select(Task, Prospect.stage, Partnership, *touch_columns())
        .join(Prospect, Prospect.id == Task.prospect_id)
        .join(Partnership, Partnership.prospect_id == Prospect.id)
        .where(Task.state == TaskState.OPEN, Task.origin.like(f"{TOUCH_ORIGIN}%"))
    ).all()
    for task, stage, partnership, *touches in rows:
        touched_at = last_of(partnership.created_at, *touches)
        is_partner = stage in PARTNER_STAGES
        if is_partner and task.origin == f"{TOUCH_ORIGIN}{partnership.id}:{touched_at:%Y%m%dT%H%M%S}":
            continue
        task.state, task.closed_at = (TaskState.DONE if is_partner else TaskState.DROPPED), now()
        record_audit(
            session,
            "task.completed" if is_partner else "task.dropped",
            subject=f"task:{task.id}",
            program_id=task.program_id,
            details={"title": task.title, "prospect_id": task.prospect_id, "why": "touched" if is_partner else "left"},
        )


def _store(session: Session, rule: CadenceRule) -> bool:
    try:
        with session.begin_nested():
            session.add(rule)
            session.flush()
    except IntegrityError:
        return False
    return True


def _audit(session: Session, action: str, rule: CadenceRule, actor: User) -> None:
    session.flush()
    record_audit(
        session,
        action,
        subject=f"cadence_rule:{rule.id}",
        actor_id=actor.id,
        program_id=rule.program_id,
        details={"tier": rule.tier, "days": rule.days},
    )
