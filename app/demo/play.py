"""Decide about some of the demo's prospects once their real scores are there, as its people would.

What the score says is compared with what people decide, so decisions without a score show nothing. The reviewers'
opinions stand here; the scores they see are those that the product computed of the demo's sites.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.program import AFTERGLOW_PARTNERS
from app.models import Company, DecisionOutcome, FitState, Program, Prospect, Stage, User
from app.services.decisions import Verdict, decide

_YES, _NO = DecisionOutcome.APPROVE, DecisionOutcome.DECLINE
_THEO, _AMARA = "theo@example.com", "amara@example.com"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a reviewer says of a company as soon as it has a score."""

    domain: str
    outcome: DecisionOutcome
    reason: str
    note: str = ""
    reviewer: str = _THEO


OPINIONS = (
    Opinion("saas-shelf.demo.test", _YES, "right_audience", "Store owners read them before they install anything."),
    Opinion("evergreen-subscriptions.demo.test", _YES, "right_audience", "Their merchants ask us anyway.", _AMARA),
    Opinion("slowpoke-digital.demo.test", _YES, "proven_work"),
    Opinion("threadbare-and-co.demo.test", _YES, "proven_work", "The score misses their best page.", _AMARA),
    Opinion("agency-atlas.demo.test", _NO, "wrong_type", "A directory. We buy a listing instead."),
    Opinion("twelve-oaks-digital.demo.test", _NO, "competitor", "They resell the other one."),
    Opinion("brightledger-systems.demo.test", _NO, "wrong_type"),
    Opinion("cloudport-hosting.demo.test", _NO, "wrong_type", "A host. Nice people.", _AMARA),
    Opinion("trailgear-tested.demo.test", _NO, "not_a_fit", "", _AMARA),
    Opinion("deal-drummer.demo.test", _NO, "coupon_traffic"),
    Opinion("lucky-juniper.demo.test", _NO, "brand_risk"),
    Opinion("link-foundry.demo.test", _NO, "brand_risk", "Sells links, on the first page."),
    Opinion("bright-smile-dental.demo.test", _NO, "not_a_fit"),
    Opinion("aldous-pike-law.demo.test", _NO, "not_a_fit", "", _AMARA),
    Opinion("kessler-precision.demo.test", _NO, "not_a_fit"),
    Opinion("crumb-and-hearth.demo.test", _NO, "not_a_fit", "", _AMARA),
)
_UNDECIDED = (Stage.SOURCED, Stage.QUALIFIED, Stage.CONTACTED, Stage.ENGAGED, Stage.APPLIED, Stage.IN_REVIEW)


def decide_scored(session: Session) -> int:
    """Decide about whoever has a score by now; return how many opinions still wait for one.

    Whom somebody decided about meanwhile, or moved off the board, is left alone.
    """
    by_domain = {opinion.domain: opinion for opinion in OPINIONS}
    rows = session.execute(
        select(Company.domain, Prospect)
        .join(Company, Company.id == Prospect.company_id)
        .join(Program, Program.id == Prospect.program_id)
        .where(Program.slug == AFTERGLOW_PARTNERS.slug, Company.domain.in_(by_domain), Prospect.stage.in_(_UNDECIDED))
        .order_by(Prospect.id)
    ).all()
    people = dict(session.execute(select(User.email, User.id).where(User.email.in_((_THEO, _AMARA)))).all())
    waiting = 0
    for domain, prospect in rows:
        opinion = by_domain[domain]
        if prospect.fit_state is not FitState.SCORED:
            # Where a site said too little there is no score to wait for, and nobody decides.
            waiting += prospect.fit_state not in (FitState.NO_EVIDENCE, FitState.FAILED)
            continue
        verdict = Verdict(outcome=opinion.outcome, reason_codes=(opinion.reason,), note=opinion.note)
        decide(session, prospect, verdict, by_user_id=people[opinion.reviewer])
    return waiting
