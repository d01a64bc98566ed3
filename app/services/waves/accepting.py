"""A partner who comes along: approved by whoever sent the wave, with a partnership, terms, a person and a plan.

Approval passes a Decision as everywhere. The partnership is made before it, so that the terms a partner accepts here
are in it when the onboarding plan is copied and nobody is asked for them twice.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import today
from app.languages import gettext as _
from app.models import (
    DecisionOutcome,
    MoveEvent,
    PartnerPerson,
    Partnership,
    ProgramTerms,
    Prospect,
    Provenance,
    Stage,
    StageChange,
)
from app.models.stage import PARTNER_STAGES
from app.models.wave import Wave, WaveEvent, WavePartner, WaveStatus
from app.services.audit import record_audit
from app.services.decisions import ReasonCode, Verdict, decide
from app.services.errors import Conflict, InvalidInput
from app.services.moves import move_prospect
from app.services.onboarding.acceptances import record_acceptance
from app.services.onboarding.giving import ask_for_hand_over, least_busy_account_manager
from app.services.onboarding.mails import mail_person
from app.services.onboarding.people import NewPerson, add_person, holds_key, people_of
from app.services.onboarding.starting import partnership_of, plan_of, start_plan, template_for
from app.services.waves.addresses import Addressee, addressee_of
from app.services.waves.changes import By, company_of, record_status

_ACCEPTABLE = (WaveStatus.PLANNED, WaveStatus.INVITED, WaveStatus.OPENED, WaveStatus.REFUSED, WaveStatus.LOST)
_OFF_BOARD = (Stage.WITHDRAWN, Stage.DORMANT)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A partner's own word: the terms they accepted and the address they did it from."""

    terms: ProgramTerms
    address: str


def why_not_accept(partner: WavePartner, prospect: Prospect, *, by_partner: bool) -> str:
    """Return why a partner cannot be accepted now; "" where they can."""
    if partner.status not in _ACCEPTABLE:
        return _("They are “%(status)s” already.", status=_(partner.status.label))
    if prospect.stage is Stage.DECLINED:
        return _("Declined here. Bring them back to the board first.")
    if prospect.stage in _OFF_BOARD and not by_partner:
        return _("%(stage)s. Bring them back to the board first.", stage=_(prospect.stage.label))
    return ""


def accept_partner(
    session: Session, partner: WavePartner, by: By, *, word: Acceptance | None = None
) -> PartnerPerson | None:
    """Make a partner of the other platform one of ours; returns who acts for them, None where nobody can yet.

    `word` is there when they accepted themselves. Raises Conflict saying why it cannot be done.
    """
    prospect = session.get_one(Prospect, partner.prospect_id)
    problem = why_not_accept(partner, prospect, by_partner=word is not None)
    if problem:
        raise Conflict(f"{company_of(session, partner)}: {problem}")
    known = partnership_of(session, prospect.id)
    partnership = known or _begin(session, prospect, partner)
    wave = session.get(Wave, partner.wave_id) if partner.wave_id else None
    _keep_promise(partnership, partner, wave)
    if word is not None:
        record_acceptance(session, partnership, word.terms, person_id=None, address=word.address)
    change = _approve(session, prospect, by, reviewer_id=by.user_id or (wave.sent_by_id if wave else None))
    was_accepted = _was_accepted(session, partner)
    record_status(session, partner, WaveStatus.ACCEPTED, by, change=change)
    person = _settle(
        session, partnership, addressee_of(session, partner), has_acted=word is not None, was_accepted=was_accepted
    )
    if known is None and word is not None:
        ask_for_hand_over(session, partnership)
    _audit(session, partner, partnership, by)
    return person


def _begin(session: Session, prospect: Prospect, partner: WavePartner) -> Partnership:
    partnership = Partnership(
        program_id=prospect.program_id,
        prospect_id=prospect.id,
        account_manager_id=least_busy_account_manager(session, prospect.program_id),
        external_id=partner.external_id,
        tier="",
        promised="",
        terms_address="",
    )
    session.add(partnership)
    session.flush()
    return partnership


def _keep_promise(partnership: Partnership, partner: WavePartner, wave: Wave | None) -> None:
    """Write the incentive into what was promised, where they came along in time."""
    in_time = partner.incentive_until is not None and today() <= partner.incentive_until
    if wave is not None and wave.incentive and in_time and wave.incentive not in partnership.promised:
        partnership.promised = "\n".join(filter(None, (partnership.promised, f"For moving over: {wave.incentive}")))


def _approve(session: Session, prospect: Prospect, by: By, *, reviewer_id: int | None) -> StageChange | None:
    """Let the prospect pass its Decision; who went off the board comes back by their own word first."""
    if prospect.stage in PARTNER_STAGES:
        return None
    if prospect.stage in _OFF_BOARD:
        move_prospect(
            session,
            prospect,
            to_stage=Stage.APPLIED,
            event=MoveEvent.APPLICATION,
            by_user_id=by.user_id,
            reason="Accepted the invitation to move over",
        )
    verdict = Verdict(
        outcome=DecisionOutcome.APPROVE,
        reason_codes=(ReasonCode.KNOWN_PARTNER.value,),
        note="A partner moving over from another platform.",
    )
    decision = decide(session, prospect, verdict, by_user_id=reviewer_id)
    return session.get_one(StageChange, decision.stage_change_id)


def _settle(
    session: Session, partnership: Partnership, to: Addressee, *, has_acted: bool, was_accepted: bool
) -> PartnerPerson | None:
    """Start the onboarding and let the invited person in.

    Who must not be mailed gets no welcome, and comes in only where they acted themselves: the onboarding writes on.
    Who was accepted before and still holds the key of that mail is not welcomed again.
    """
    may_mail = bool(to.email) and not to.why_not
    person = _person(session, partnership, to) if may_mail else None
    template = template_for(session, partnership.program_id, partnership.tier)
    if plan_of(session, partnership.id) is None and template is not None:
        start_plan(session, partnership, template, by_user_id=None)
    elif person is not None and not (was_accepted and holds_key(session, person)):
        mail_person(session, person, "welcome")
    return person or (_person(session, partnership, to) if to.email and has_acted else None)


def _was_accepted(session: Session, partner: WavePartner) -> bool:
    """Say whether they were accepted before, be it taken back since: the mail of that time is not."""
    earlier = select(WaveEvent.id).where(WaveEvent.partner_id == partner.id, WaveEvent.to_status == WaveStatus.ACCEPTED)
    return session.scalar(earlier.limit(1)) is not None


def _person(session: Session, partnership: Partnership, to: Addressee) -> PartnerPerson | None:
    known = next((person for person in people_of(session, partnership.id) if person.email == to.email), None)
    if known is not None:
        return known
    name = to.name or to.email.partition("@")[0]
    try:
        with session.begin_nested():
            return add_person(
                session, partnership, NewPerson(name=name[:120], email=to.email), provenance=Provenance.IMPORT
            )
    except InvalidInput:
        # Ten people act for them already, or the name cannot be shown: the account manager adds whom they want.
        return None


def _audit(session: Session, partner: WavePartner, partnership: Partnership, by: By) -> None:
    record_audit(
        session,
        "wave_partner.accepted",
        subject=f"wave_partner:{partner.id}",
        actor_id=by.user_id,
        program_id=partner.program_id,
        details={"partnership_id": partnership.id, "source": by.source.value},
    )
