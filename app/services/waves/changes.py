"""Changing a partner of a wave: each change is an event, and what was done in one go is taken back in one go."""

import secrets
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import gettext as _
from app.models import Company, Program, Prospect, StageChange, User
from app.models.wave import Wave, WaveEvent, WavePartner, WaveSource, WaveStatus
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.moves import undo_change
from app.whole_numbers import MAX_ID

# As many as one transaction takes back, so that nobody else who writes waits for long.
CHUNK = 50
# A mail that left and a partner's own word cannot be taken back by us.
_UNDOABLE = (WaveSource.HAND, WaveSource.FILE, WaveSource.PLANNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """What changes a partner: the way it came, who of ours did it, and the act it belongs to."""

    source: WaveSource
    user_id: int | None = None
    act: str = ""


@dataclass(frozen=True, slots=True)
class Undone:
    """How many changes of an act were taken back, why the others were not, and where to go on (0: at the end)."""

    count: int
    kept: tuple[str, ...]
    next_before: int = 0


def new_act() -> str:
    """Return the name of something that is done in one go."""
    return secrets.token_hex(8)


def locked_partner(session: Session, program: Program, partner_id: int, *, version: int | None = None) -> WavePartner:
    """Return a partner of this program for changing; raises NotFound, and Conflict where it is not what was seen."""
    partner = session.scalar(
        select(WavePartner)
        .where(WavePartner.id == partner_id, WavePartner.program_id == program.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if partner is None:
        raise NotFound(_("There is no such partner on this program's migration list."))
    if version is not None and version != partner.version:
        raise Conflict(
            _("%(company)s was changed while you looked at it; look at it again.", company=company_of(session, partner))
        )
    return partner


def company_of(session: Session, partner: WavePartner) -> str:
    """Return the name of a partner's company."""
    prospect = session.get_one(Prospect, partner.prospect_id)
    return session.get_one(Company, prospect.company_id).name


def record_status(
    session: Session, partner: WavePartner, status: WaveStatus, by: By, *, change: StageChange | None = None
) -> WaveEvent:
    """Give a partner another status; `change` is the move of the prospect that came with it."""
    event = _event(partner, by, to_status=status, to_wave_id=partner.wave_id)
    event.stage_change_id = change.id if change else None
    partner.status, partner.status_at = status, now()
    if status is WaveStatus.ACCEPTED:
        partner.accepted_at = partner.accepted_at or now()
    if status is WaveStatus.OPENED:
        partner.opened_at = now()
    session.add(event)
    session.flush()
    return event


def record_wave(session: Session, partner: WavePartner, wave_id: int | None, by: By) -> WaveEvent:
    """Put a partner into another wave, or into none."""
    event = _event(partner, by, to_status=partner.status, to_wave_id=wave_id)
    partner.wave_id = wave_id
    session.add(event)
    return event


def audit_act(session: Session, program: Program, action: str, by: By, **details: object) -> None:
    """Write down what was done in one go."""
    record_audit(
        session,
        action,
        subject=f"program:{program.id}",
        actor_id=by.user_id,
        program_id=program.id,
        details={"act": by.act, "source": by.source.value, **details},
    )


def undo_act(session: Session, program: Program, act: str, *, actor: User, before: int = 0) -> Undone:
    """Take back what was done in one go, the last first, but for partners who have moved on since.

    Statuses, waves and the prospects' moves become what they were; mails that left stay where they are. A large act is
    taken back in several transactions: `before` is the `next_before` of the last one. Raises Conflict where there is
    nothing to take back.
    """
    events = session.scalars(
        select(WaveEvent)
        .join(WavePartner, WavePartner.id == WaveEvent.partner_id)
        .where(
            WavePartner.program_id == program.id,
            WaveEvent.act == act,
            WaveEvent.act != "",
            WaveEvent.source.in_(_UNDOABLE),
            WaveEvent.undone_at.is_(None),
            WaveEvent.id < (before or MAX_ID),
        )
        .order_by(WaveEvent.id.desc())
        .limit(CHUNK)
    ).all()
    if not events and not before:
        raise Conflict(_("There is nothing of this left to undo."))
    by = By(source=WaveSource.UNDO, user_id=actor.id, act=act)
    kept = [problem for event in events if (problem := _undo(session, program, event, by))]
    session.flush()
    _drop_empty_waves(session, program, act)
    audit_act(session, program, "waves.undone", by, count=len(events) - len(kept), kept=len(kept))
    return Undone(len(events) - len(kept), tuple(kept), events[-1].id if len(events) == CHUNK else 0)


def _undo(session: Session, program: Program, event: WaveEvent, by: By) -> str:
    """Take one change back; returns why it was not, "" where it was."""
    partner = locked_partner(session, program, event.partner_id)
    name = company_of(session, partner)
    is_last = event.id == _last_change(session, partner)
    if not is_last or (partner.status, partner.wave_id) != (event.to_status, event.to_wave_id):
        return _("%(company)s has moved on since.", company=name)
    try:
        with session.begin_nested():
            if event.stage_change_id is not None:
                prospect = session.get_one(Prospect, partner.prospect_id)
                undo_change(session, prospect, event.stage_change_id, by_user_id=by.user_id)
            session.add(_event(partner, by, to_status=event.from_status, to_wave_id=event.from_wave_id))
            partner.status, partner.status_at = event.from_status, now()
            partner.wave_id = event.from_wave_id
            if event.to_status is WaveStatus.ACCEPTED:
                partner.accepted_at = None
            if event.to_status is WaveStatus.INVITED:
                partner.invited_at = None
            event.undone_at = now()
            session.flush()
    except (Conflict, InvalidInput) as error:
        return f"{name}: {error}"
    return ""


def _last_change(session: Session, partner: WavePartner) -> int | None:
    """Return the newest change of a partner that stands; what was taken back stands no more, nor does its undoing."""
    return session.scalar(
        select(func.max(WaveEvent.id)).where(
            WaveEvent.partner_id == partner.id,
            WaveEvent.source != WaveSource.UNDO,
            WaveEvent.undone_at.is_(None),
        )
    )


def _event(partner: WavePartner, by: By, *, to_status: WaveStatus, to_wave_id: int | None) -> WaveEvent:
    """Return the event of a change that is about to be made, and count the partner's version up."""
    partner.version += 1
    return WaveEvent(
        partner_id=partner.id,
        act=by.act,
        source=by.source,
        from_status=partner.status,
        to_status=to_status,
        from_wave_id=partner.wave_id,
        to_wave_id=to_wave_id,
        by_user_id=by.user_id,
    )


def _drop_empty_waves(session: Session, program: Program, act: str) -> None:
    """Remove the waves that an act of planning had made and that nobody is in any more."""
    in_use = select(WavePartner.id).where(WavePartner.wave_id == Wave.id).exists()
    session.execute(
        delete(Wave)
        .where(Wave.program_id == program.id, Wave.act == act, Wave.sent_at.is_(None), ~in_use)
        .execution_options(synchronize_session="fetch")
    )
