"""Each hour: remind of incentives that end soon, once each, and note who became a partner or active here."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import Program, Prospect, Stage
from app.models.stage import PARTNER_STAGES
from app.models.wave import MigrationPlan, Wave, WavePartner, WaveSource, WaveStatus
from app.services.audit import record_audit
from app.services.waves.addresses import BEFORE_ACCEPTING, addressee_of
from app.services.waves.changes import By, record_status
from app.services.waves.links import new_move_link
from app.services.waves.mails import Promise, mail_letter, reminder, words_for
from app.services.waves.plans import MAX_DAYS

WAITING = (WaveStatus.INVITED, WaveStatus.OPENED)
# As many rows as one run looks at; what is left is taken an hour later.
BATCH = 200


def attend_to_waves(session: Session) -> int:
    """Send every reminder that is due, note who became a partner and who has moved; returns how many of all."""
    return _remind(session) + _note_accepted(session) + _note_moved(session)


def _remind(session: Session) -> int:
    rows = session.execute(
        select(WavePartner, Wave, MigrationPlan, Program)
        .join(Wave, Wave.id == WavePartner.wave_id)
        .join(Program, Program.id == WavePartner.program_id)
        .join(MigrationPlan, MigrationPlan.program_id == Program.id)
        .where(
            WavePartner.status.in_(WAITING),
            WavePartner.reminded_at.is_(None),
            WavePartner.incentive_until >= today(),
            WavePartner.incentive_until < today() + timedelta(days=MAX_DAYS),
            MigrationPlan.remind_days > 0,
            Wave.incentive != "",
            Program.archived_at.is_(None),
        )
        .order_by(WavePartner.incentive_until, WavePartner.id)
        .limit(BATCH)
    ).all()
    return sum(_remind_one(session, *row) for row in rows)


def _remind_one(session: Session, partner: WavePartner, wave: Wave, plan: MigrationPlan, program: Program) -> bool:
    until = partner.incentive_until
    if until is None or until - timedelta(days=plan.remind_days) > today():
        return False
    to = addressee_of(session, partner)
    if to.why_not:
        return False
    values = words_for(session, program, plan, partner, to)
    letter = reminder(values, Promise(text=wave.incentive, until=until), link=new_move_link(session, partner, to))
    mail_letter(session, "wave_reminder", to, letter)
    partner.reminded_at = now()
    record_audit(session, "wave_partner.reminded", subject=f"wave_partner:{partner.id}", program_id=program.id)
    return True


def _note_accepted(session: Session) -> int:
    """Count those in who were approved here in another way than by their invitation."""
    return _note(session, BEFORE_ACCEPTING, PARTNER_STAGES, WaveStatus.ACCEPTED)


def _note_moved(session: Session) -> int:
    """Give those who have finished their onboarding here the last status."""
    return _note(session, (WaveStatus.ACCEPTED,), (Stage.ACTIVE,), WaveStatus.MOVED)


def _note(session: Session, before: Sequence[WaveStatus], stages: Sequence[Stage], status: WaveStatus) -> int:
    partners = session.scalars(
        select(WavePartner)
        .join(Prospect, Prospect.id == WavePartner.prospect_id)
        .where(WavePartner.status.in_(before), Prospect.stage.in_(stages))
        .limit(BATCH)
        .with_for_update(of=WavePartner, skip_locked=True)
    ).all()
    for partner in partners:
        record_status(session, partner, status, By(source=WaveSource.ONBOARDING))
        subject = f"wave_partner:{partner.id}"
        record_audit(session, f"wave_partner.{status.value}", subject=subject, program_id=partner.program_id)
    return len(partners)
