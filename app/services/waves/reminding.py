"""Each hour: remind of incentives that end soon, once each, and note who became a partner or active here."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.models import Program, Prospect, Stage
from app.models.stage import PARTNER_STAGES
from app.models.wave import MigrationPlan, Wave, WavePartner, WaveSource, WaveStatus
from app.services.audit import record_audit
from app.services.waves.addresses import BEFORE_ACCEPTING, Addressee, addressees
from app.services.waves.changes import By, record_status
from app.services.waves.links import new_move_link
from app.services.waves.mails import Promise, in_language_of, mail_letter, reminder, words_for
from app.services.waves.plans import MAX_DAYS

WAITING = (WaveStatus.INVITED, WaveStatus.OPENED)
# As many as one run reminds, or notes; what is left is taken an hour later.
BATCH = 200


def attend_to_waves(session: Session) -> int:
    """Send every reminder that is due, note who became a partner and who has moved; returns how many of all."""
    return _remind(session) + _note_accepted(session) + _note_moved(session)


def _remind(session: Session) -> int:
    """Remind at most BATCH partners; those who cannot be reminded stand in nobody's way, however many they are."""
    count, after = 0, (date.min, 0)
    while count < BATCH:
        rows = _due_after(session, after)
        whom = addressees(session, [partner for partner, *_ in rows])
        for partner, wave, plan, program in rows:
            after = (partner.incentive_until or date.min, partner.id)
            count += _remind_one(session, partner, whom[partner.id], wave, plan, program)
        if len(rows) < BATCH:
            break
    return count


def _due_after(session: Session, after: tuple[date, int]) -> Sequence[Row[WavePartner, Wave, MigrationPlan, Program]]:
    """Return the next portion of those whose incentive ends soon, behind a day and a number."""
    until, partner_id = after
    is_behind = or_(
        WavePartner.incentive_until > until,
        and_(WavePartner.incentive_until == until, WavePartner.id > partner_id),
    )
    return session.execute(
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
            is_behind,
        )
        .order_by(WavePartner.incentive_until, WavePartner.id)
        .limit(BATCH)
    ).all()


def _remind_one(
    session: Session, partner: WavePartner, to: Addressee, wave: Wave, plan: MigrationPlan, program: Program
) -> bool:
    until = partner.incentive_until
    if until is None or until - timedelta(days=plan.remind_days) > today() or to.why_not:
        return False
    promise = Promise(text=wave.incentive, until=until)
    with in_language_of(session, partner):
        values = words_for(session, program, plan, partner, to)
        letter = reminder(values, promise, link=new_move_link(session, partner, to))
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
