"""Sending a wave: who is written to and who is not, the mail as it would be read, then one receipt for each."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now, today
from app.languages import current_language, mark
from app.languages import gettext as _
from app.models import Company, Program, Prospect, User
from app.models.wave import MigrationPlan, Wave, WavePartner, WaveSource, WaveStatus
from app.services.errors import Conflict
from app.services.program_pages import current_terms
from app.services.waves.addresses import Addressee, addressees
from app.services.waves.changes import By, audit_act, new_act, record_status
from app.services.waves.links import new_move_link
from app.services.waves.mails import Letter, Promise, in_language_of, invitation, mail_letter, words_for
from app.services.waves.planning import wave_for
from app.services.waves.plans import plan_of
from app.services.waves.statuses import move_if_earlier

# As many as one transaction invites, so that nobody else who writes waits for long.
CHUNK = 25
NO_TERMS = mark("Publish the program's terms first: partners accept them when they come along.")
NO_PLATFORM = mark("Say in the plan which platform they come from: the mail names it.")


@dataclass(frozen=True, slots=True)
class WaveLine:
    """One partner of a wave and whom their invitation goes to."""

    partner: WavePartner
    company: str
    to: Addressee

    @property
    def is_due(self) -> bool:
        """Say whether sending the wave now would write to them."""
        return self.partner.status is WaveStatus.PLANNED and not self.to.why_not


@dataclass(frozen=True, slots=True)
class WavePreview:
    """What sending a wave would do, and in `why_not` why it cannot be sent.

    The letter is that of the first one, in the language they are written to.
    """

    wave: Wave
    lines: tuple[WaveLine, ...]
    letter: Letter | None
    language: str
    why_not: str

    @property
    def due(self) -> int:
        """Return how many mails would leave."""
        return sum(line.is_due for line in self.lines)

    @property
    def held(self) -> list[WaveLine]:
        """Return who is still to be invited and cannot be written to."""
        return [line for line in self.lines if line.partner.status is WaveStatus.PLANNED and line.to.why_not]


def preview_wave(session: Session, program: Program, wave_id: int) -> WavePreview:
    """Return what sending a wave would do; nothing is changed. Raises NotFound."""
    return _preview(session, program, wave_for(session, program, wave_id))


def send_wave(session: Session, program: Program, wave_id: int, *, actor: User, at_once: int = CHUNK) -> int:
    """Invite the next of a wave who were not invited yet; returns how many, fewer than `at_once` at its end.

    Who sends it approves, by that, those who accept. Raises NotFound, and Conflict where nothing can be sent.
    """
    wave = wave_for(session, program, wave_id, lock=True)
    found = _preview(session, program, wave)
    if found.why_not or not found.due:
        raise Conflict(found.why_not or _("Nobody of wave %(number)s is left to invite.", number=wave.number))
    plan = plan_of(session, program)
    if wave.sent_at is None:
        wave.incentive, wave.sent_at = plan.incentive, now()
        wave.expires_on = _until(plan.incentive_days) if plan.incentive else None
    wave.sent_by_id = actor.id
    by = By(source=WaveSource.MAIL, user_id=actor.id, act=new_act())
    promise = promise_of(wave, plan)
    due, held = _still_due(session, [line for line in found.lines if line.is_due][:at_once]), len(found.held)
    for line in due:
        _invite(session, program, line, promise, by)
    audit_act(session, program, "wave.sent", by, wave_id=wave.id, count=len(due), held=held)
    return len(due)


def promise_of(wave: Wave, plan: MigrationPlan) -> Promise:
    """Return what mails of a wave that leave now promise: once its day has gone by, nothing any more."""
    text = wave.incentive if wave.sent_at else plan.incentive
    until = wave.expires_on if wave.sent_at else _until(plan.incentive_days)
    return Promise(text=text, until=until) if text and until and until >= today() else Promise()


def _still_due(session: Session, lines: list[WaveLine]) -> list[WaveLine]:
    """Hold the partners until the end, and leave out whom somebody has changed or moved since they were read."""
    waves = {line.partner.id: line.partner.wave_id for line in lines}
    held = session.scalars(
        select(WavePartner)
        .where(WavePartner.id.in_(waves))
        .order_by(WavePartner.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    still = {partner.id for partner in held if partner.wave_id == waves[partner.id]}
    return [line for line in lines if line.partner.id in still and line.is_due]


def _invite(session: Session, program: Program, line: WaveLine, promise: Promise, by: By) -> None:
    partner = line.partner
    with in_language_of(session, partner):
        values = words_for(session, program, plan_of(session, program), partner, line.to)
        letter = invitation(plan_of(session, program), values, promise, link=new_move_link(session, partner, line.to))
    mail_letter(session, "wave_invitation", line.to, letter)
    partner.invited_at, partner.incentive_until = now(), promise.until
    change = move_if_earlier(session, session.get_one(Prospect, partner.prospect_id), by)
    record_status(session, partner, WaveStatus.INVITED, by, change=change)


def _preview(session: Session, program: Program, wave: Wave) -> WavePreview:
    rows = session.execute(
        select(WavePartner, Company.name)
        .join(Prospect, Prospect.id == WavePartner.prospect_id)
        .join(Company, Company.id == Prospect.company_id)
        .where(WavePartner.wave_id == wave.id)
        .order_by(WavePartner.revenue_cents.is_(None), WavePartner.revenue_cents.desc(), WavePartner.id)
    ).all()
    whom = addressees(session, [partner for partner, _name in rows])
    lines = tuple(WaveLine(partner, name, whom[partner.id]) for partner, name in rows)
    letter, language = _sample(session, program, wave, lines)
    return WavePreview(wave, lines, letter, language, _why_not(session, program))


def _sample(session: Session, program: Program, wave: Wave, lines: tuple[WaveLine, ...]) -> tuple[Letter | None, str]:
    first = next((line for line in lines if line.is_due), None)
    if first is None:
        return None, current_language()
    plan = plan_of(session, program)
    with in_language_of(session, first.partner):
        values = words_for(session, program, plan, first.partner, first.to)
        return invitation(plan, values, promise_of(wave, plan), link="…"), current_language()


def _why_not(session: Session, program: Program) -> str:
    if current_terms(session, program.id) is None:
        return _(NO_TERMS)
    return "" if plan_of(session, program).platform else _(NO_PLATFORM)


def _until(days: int) -> date:
    return today() + timedelta(days=days)
