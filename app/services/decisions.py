"""Decisions: approve or decline with reasons, and the receipt of what the reviewer saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.languages import gettext as _
from app.languages import mark, number
from app.models import (
    Decision,
    DecisionOutcome,
    FitProfile,
    FitScore,
    MoveEvent,
    Prospect,
    Stage,
)
from app.models.program_settings import ReasonKind
from app.services.errors import InvalidInput
from app.services.moves import move_prospect
from app.services.own_reasons import own_reasons, reasons_by_code
from app.services.receipts import freeze_evidence

MAX_NOTE_LENGTH = 4000


class ReasonCode(StrEnum):
    """Why somebody was approved or declined; counted in reports, and told to the prospect in words."""

    STRONG_FIT = "strong_fit"
    RIGHT_AUDIENCE = "right_audience"
    PROVEN_WORK = "proven_work"
    NEW_MARKET = "new_market"
    KNOWN_PARTNER = "known_partner"
    NOT_A_FIT = "not_a_fit"
    WRONG_TYPE = "wrong_type"
    MARKET_NOT_SERVED = "market_not_served"
    TOO_LITTLE_CONTENT = "too_little_content"
    COUPON_TRAFFIC = "coupon_traffic"
    BRAND_RISK = "brand_risk"
    COMPETITOR = "competitor"
    CANNOT_VERIFY = "cannot_verify"
    OTHER = "other"

    @property
    def label(self) -> str:
        """Return the reason as people read it."""
        return _LABELS[self]


_LABELS = {
    ReasonCode.STRONG_FIT: mark("Strong fit with the profile"),
    ReasonCode.RIGHT_AUDIENCE: mark("Reaches the merchants we want"),
    ReasonCode.PROVEN_WORK: mark("Proven work or references"),
    ReasonCode.NEW_MARKET: mark("Opens a market or language"),
    ReasonCode.KNOWN_PARTNER: mark("Known or recommended partner"),
    ReasonCode.NOT_A_FIT: mark("Does not match the profile"),
    ReasonCode.WRONG_TYPE: mark("Wrong kind of partner for this program"),
    ReasonCode.MARKET_NOT_SERVED: mark("Country or language we do not serve"),
    ReasonCode.TOO_LITTLE_CONTENT: mark("Too little own content or reach"),
    ReasonCode.COUPON_TRAFFIC: mark("Coupon, cashback or incentive traffic"),
    ReasonCode.BRAND_RISK: mark("Risk for the brand"),
    ReasonCode.COMPETITOR: mark("Competes with us or a partner"),
    ReasonCode.CANNOT_VERIFY: mark("Business could not be verified"),
    ReasonCode.OTHER: mark("Another reason (say it in the note)"),
}

APPROVE_REASONS = (
    ReasonCode.STRONG_FIT,
    ReasonCode.RIGHT_AUDIENCE,
    ReasonCode.PROVEN_WORK,
    ReasonCode.NEW_MARKET,
    ReasonCode.KNOWN_PARTNER,
    ReasonCode.OTHER,
)
DECLINE_REASONS = (
    ReasonCode.NOT_A_FIT,
    ReasonCode.WRONG_TYPE,
    ReasonCode.MARKET_NOT_SERVED,
    ReasonCode.TOO_LITTLE_CONTENT,
    ReasonCode.COUPON_TRAFFIC,
    ReasonCode.BRAND_RISK,
    ReasonCode.COMPETITOR,
    ReasonCode.CANNOT_VERIFY,
    ReasonCode.OTHER,
)
REASONS = {DecisionOutcome.APPROVE: APPROVE_REASONS, DecisionOutcome.DECLINE: DECLINE_REASONS}
STAGE_OF = {DecisionOutcome.APPROVE: Stage.APPROVED, DecisionOutcome.DECLINE: Stage.DECLINED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a reviewer says: the outcome, at least one reason code, and a note in their own words.

    `written_to` is the applicant whose answer brings them to their first steps, so that no second mail does;
    `tier` is of the partner that an approval makes.
    """

    outcome: DecisionOutcome
    reason_codes: tuple[str, ...]
    note: str = ""
    written_to: str = ""
    tier: str = ""


def outcome_for(stage: Stage) -> DecisionOutcome | None:
    """Return the outcome that leads to a stage; None for stages that need no decision."""
    return next((outcome for outcome, target in STAGE_OF.items() if target is stage), None)


def decide(
    session: Session,
    prospect: Prospect,
    verdict: Verdict,
    *,
    by_user_id: int | None,
    version: int | None = None,
    after_id: int | None = None,
) -> Decision:
    """Approve or decline a prospect: it moves, and a receipt freezes the score, model, profile and pages seen.

    Raises InvalidInput without a reason, with a reason of the other outcome, or for "other" without a note; and
    Conflict and InvalidInput as move_prospect does.
    """
    labels = _checked_reasons(session, prospect.program_id, verdict)
    change = move_prospect(
        session,
        prospect,
        to_stage=STAGE_OF[verdict.outcome],
        event=MoveEvent.DECISION,
        by_user_id=by_user_id,
        version=version,
        after_id=after_id,
        written_to=verdict.written_to,
        tier=verdict.tier,
        reason="; ".join(labels.values()),
    )
    decision = Decision(
        prospect_id=prospect.id,
        stage_change_id=change.id,
        outcome=verdict.outcome,
        reason_codes=list(labels),
        note=verdict.note.strip(),
        reviewer_id=by_user_id,
        at=change.at,
    )
    score = _freeze(session, decision)
    session.add(decision)
    session.flush()
    if score is not None:
        freeze_evidence(session, decision, score)
    return decision


def check_verdict(session: Session, program_id: int, verdict: Verdict) -> None:
    """Raise InvalidInput where a verdict would be refused for what it says, whomever of a program it is about."""
    _checked_reasons(session, program_id, verdict)


def reasons_offered(session: Session, program_id: int, outcome: DecisionOutcome) -> dict[str, str]:
    """Return what may be given for an outcome, code to label: built in, of the program's own, and at last "other"."""
    own = own_reasons(session, program_id, ReasonKind(outcome.value))
    built_in = {code.value: code.label for code in REASONS[outcome] if code is not ReasonCode.OTHER}
    return built_in | {each.code: each.label for each in own} | {ReasonCode.OTHER.value: ReasonCode.OTHER.label}


def reason_labels(session: Session, program_id: int, codes: Sequence[str]) -> list[str]:
    """Return reasons that were given as people read them, retired ones too."""
    own = reasons_by_code(session, program_id, codes)
    known = {code.value: code.label for code in ReasonCode} | {code: row.label for code, row in own.items()}
    return [known[code] for code in codes if code in known]


def _checked_reasons(session: Session, program_id: int, verdict: Verdict) -> dict[str, str]:
    """Return the reasons of a verdict, code to label, each once; raise InvalidInput for what cannot be given."""
    offered = reasons_offered(session, program_id, verdict.outcome)
    problems = {}
    if not verdict.reason_codes:
        problems["reason_codes"] = _("Choose at least one reason.")
    elif unknown := [code for code in verdict.reason_codes if code not in offered]:
        no_reason = {
            DecisionOutcome.APPROVE: _("%(code)s is no reason to approve; choose from the list."),
            DecisionOutcome.DECLINE: _("%(code)s is no reason to decline; choose from the list."),
        }
        problems["reason_codes"] = no_reason[verdict.outcome] % {"code": repr(unknown[0])}
    elif ReasonCode.OTHER in verdict.reason_codes and not verdict.note.strip():
        problems["note"] = _("Say in the note what the other reason is.")
    if len(verdict.note) > MAX_NOTE_LENGTH:
        problems["note"] = _(
            "The note has %(count)s characters; keep it to %(most)s.",
            count=number(len(verdict.note)),
            most=number(MAX_NOTE_LENGTH),
        )
    if problems:
        raise InvalidInput(problems)
    return {str(code): offered[code] for code in verdict.reason_codes}


def _freeze(session: Session, decision: Decision) -> FitScore | None:
    """Copy what the newest score was computed from, and return it; what comes later does not change the receipt."""
    seen = session.execute(
        select(FitScore, FitProfile.version)
        .join(FitProfile, FitProfile.id == FitScore.profile_id)
        .where(FitScore.prospect_id == decision.prospect_id)
        .order_by(FitScore.id.desc())
        .limit(1)
    ).first()
    if seen is None:
        return None
    score, profile_version = seen
    decision.fit_score_id = score.id
    decision.score = score.score
    decision.model_id = score.model_id
    decision.profile_version = profile_version
    decision.page_hashes = dict(score.page_hashes)
    return score
