"""Dealing partners out to the weeks: proposed first, then planned as it was seen, and moved by hand one by one."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import today
from app.languages import gettext as _
from app.models import Company, Program, Prospect, User
from app.models.wave import MigrationPlan, Wave, WaveOrder, WavePartner, WaveSource, WaveStatus
from app.queries.wave_bands import band_of, value_of
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.waves.addresses import addressees
from app.services.waves.changes import By, audit_act, new_act, record_wave
from app.services.waves.plans import MAX_CAPACITY, plan_of

MAX_WEEKS = 104
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """How to deal out: from which week (any day of it), how many a week, in which order."""

    starts_on: date
    capacity: int
    order: WaveOrder


@dataclass(frozen=True, slots=True)
class Candidate:
    """A partner without a wave; `why_not` says why they are left out of the planning."""

    partner_id: int
    company: str
    band: str
    value: float | None
    why_not: str = ""


@dataclass(slots=True)
class Week:
    """One week of a proposal: its Monday, the wave there is already, how many are in it, and who is to come."""

    starts_on: date
    wave_id: int | None = None
    number: int | None = None
    already: int = 0
    partners: list[Candidate] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who would go into which week, who is left out, and a mark by which a stale page is told."""

    weeks: tuple[Week, ...]
    left_out: tuple[Candidate, ...]
    mark: str

    @property
    def count(self) -> int:
        """Return how many partners would be planned."""
        return sum(len(week.partners) for week in self.weeks)


def next_monday() -> date:
    """Return the first Monday after today, when a planning usually begins."""
    return monday_of(today()) + WEEK


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def propose(session: Session, program: Program, choice: PlanChoice) -> Proposal:
    """Return how the partners without a wave would be dealt out; nothing is written.

    Raises InvalidInput where the choice cannot be used.
    """
    _check(choice)
    candidates = _candidates(session, program, plan_of(session, program))
    ready = [candidate for candidate in candidates if not candidate.why_not]
    weeks = _weeks(session, program, choice, len(ready))
    _deal(weeks, ready, choice)
    used = tuple(week for week in weeks if week.partners)
    content = [[week.starts_on.isoformat(), [each.partner_id for each in week.partners]] for week in used]
    mark = hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]
    return Proposal(used, tuple(each for each in candidates if each.why_not), mark)


def plan_waves(session: Session, program: Program, choice: PlanChoice, *, mark: str, actor: User) -> tuple[str, int]:
    """Plan as proposed; returns the act, for undo, and how many were planned.

    Raises Conflict where the list is not what was seen, or nobody is left to plan.
    """
    proposal = propose(session, program, choice)
    if not proposal.count:
        raise Conflict(_("Nobody without a wave can be planned; nothing was changed."))
    if proposal.mark != mark:
        raise Conflict(_("The list has changed since you saw this proposal; nothing was planned. Look at it again."))
    by = By(source=WaveSource.PLANNING, user_id=actor.id, act=new_act())
    number = session.scalar(select(func.max(Wave.number)).where(Wave.program_id == program.id)) or 0
    for week in proposal.weeks:
        if week.wave_id is None:
            number += 1
            week.wave_id = _new_wave(session, program, number, week.starts_on, by.act)
        _put(session, week, by)
    session.flush()
    audit_act(session, program, "waves.planned", by, count=proposal.count, weeks=len(proposal.weeks))
    return by.act, proposal.count


def move_to_wave(
    session: Session, program: Program, partner_ids: Sequence[int], wave_id: int | None, *, actor: User
) -> tuple[str, int, int]:
    """Put partners into another wave by hand, or into none; returns the act, how many moved, how many did not.

    Who was invited already stays where the invitation came from. Raises NotFound for a wave of another program.
    """
    if wave_id is not None:
        wave_for(session, program, wave_id)
    partners = session.scalars(
        select(WavePartner)
        .where(WavePartner.id.in_(list(partner_ids)[:1000]), WavePartner.program_id == program.id)
        .with_for_update()
    ).all()
    by = By(source=WaveSource.HAND, user_id=actor.id, act=new_act())
    movable = [each for each in partners if each.status is WaveStatus.PLANNED and each.wave_id != wave_id]
    for partner in movable:
        record_wave(session, partner, wave_id, by)
    session.flush()
    if movable:
        audit_act(session, program, "waves.partners_moved", by, count=len(movable), wave_id=wave_id)
    return by.act, len(movable), len(partners) - len(movable)


def wave_for(session: Session, program: Program, wave_id: int, *, lock: bool = False) -> Wave:
    """Return a wave of the program, with `lock` for sending it as it stands now. Raises NotFound."""
    query = select(Wave).where(Wave.id == wave_id, Wave.program_id == program.id)
    # No stronger than that: whoever notes something about a partner of the wave refers to it, and must not wait for us
    # while we wait for them.
    held = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    wave = session.scalar(held if lock else query)
    if wave is None:
        raise NotFound(_("There is no such wave in this program."))
    return wave


def _check(choice: PlanChoice) -> None:
    problems = {}
    if not 1 <= choice.capacity <= MAX_CAPACITY:
        problems["capacity"] = _("Between 1 and %(most)s partners a week.", most=MAX_CAPACITY)
    if not monday_of(today()) <= choice.starts_on <= today() + WEEK * MAX_WEEKS:
        problems["starts_on"] = _("Choose this week or a later one, within two years.")
    if problems:
        raise InvalidInput(problems)


def _candidates(session: Session, program: Program, plan: MigrationPlan) -> list[Candidate]:
    """Return the planned partners without a wave, worth most first."""
    rows = session.execute(
        select(WavePartner, Company.name)
        .join(Prospect, Prospect.id == WavePartner.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(
            WavePartner.program_id == program.id,
            WavePartner.status == WaveStatus.PLANNED,
            WavePartner.wave_id.is_(None),
        )
    ).all()
    whom = addressees(session, [partner for partner, _name in rows])
    found = []
    for partner, name in rows:
        value = value_of(plan, revenue_cents=partner.revenue_cents, leads=partner.leads)
        found.append(Candidate(partner.id, name, band_of(plan, value), value, whom[partner.id].why_not))
    return sorted(found, key=lambda each: (each.value is None, -(each.value or 0), each.partner_id))


def _weeks(session: Session, program: Program, choice: PlanChoice, wanted: int) -> list[Week]:
    """Return the weeks with room, as many as are needed; a week whose wave was sent has none."""
    waves = {
        monday_of(wave.starts_on): (wave, count)
        for wave, count in session.execute(
            select(Wave, func.count(WavePartner.id))
            .outerjoin(WavePartner, WavePartner.wave_id == Wave.id)
            .where(Wave.program_id == program.id)
            .group_by(Wave.id)
        )
    }
    weeks: list[Week] = []
    room, monday = 0, monday_of(choice.starts_on)
    for _week in range(MAX_WEEKS):
        if room >= wanted:
            break
        wave, count = waves.get(monday, (None, 0))
        if (wave is None or wave.sent_at is None) and count < choice.capacity:
            weeks.append(Week(monday, wave.id if wave else None, wave.number if wave else None, count))
            room += choice.capacity - count
        monday += WEEK
    return weeks


def _deal(weeks: list[Week], ready: list[Candidate], choice: PlanChoice) -> None:
    """Fill the weeks one after the other, or give each one of every turn so that the bands spread evenly."""
    if choice.order is WaveOrder.HIGHEST_FIRST:
        slots = [week for week in weeks for _place in range(choice.capacity - week.already)]
    else:
        rooms = [choice.capacity - week.already for week in weeks]
        slots = [
            week
            for turn in range(max(rooms, default=0))
            for week, room in zip(weeks, rooms, strict=True)
            if turn < room
        ]
    for week, candidate in zip(slots, ready, strict=False):
        week.partners.append(candidate)


def _new_wave(session: Session, program: Program, number: int, starts_on: date, act: str) -> int:
    wave = Wave(program_id=program.id, number=number, starts_on=starts_on, act=act, incentive="")
    session.add(wave)
    session.flush()
    return wave.id


def _put(session: Session, week: Week, by: By) -> None:
    wanted = {candidate.partner_id for candidate in week.partners}
    for partner in session.scalars(select(WavePartner).where(WavePartner.id.in_(wanted)).with_for_update()):
        record_wave(session, partner, week.wave_id, by)
