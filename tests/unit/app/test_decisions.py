"""Decisions: reasons are asked for, and the receipt keeps what was seen."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Decision, DecisionOutcome, FitScore, MoveEvent, Stage, StageChange
from app.services.decisions import APPROVE_REASONS, DECLINE_REASONS, REASONS, ReasonCode, Verdict, decide, outcome_for
from app.services.errors import Conflict, InvalidInput
from tests.world import make_profile, make_program, make_prospect, make_user

APPROVE = Verdict(outcome=DecisionOutcome.APPROVE, reason_codes=("strong_fit", "proven_work"), note=" Saw the case. ")


def test_an_approval_moves_and_freezes_the_newest_score(session: Session) -> None:
    user = make_user(session)
    program = make_program(session, user)
    profile = make_profile(session, program, version=3)
    prospect = make_prospect(session, program, stage=Stage.IN_REVIEW)
    pages = {"https://a.example/": "hash-a"}
    for value in (12.5, 81.25):
        session.add(
            FitScore(prospect_id=prospect.id, profile_id=profile.id, score=value, model_id="mini-lm", page_hashes=pages)
        )
        session.flush()
    decision = decide(session, prospect, APPROVE, by_user_id=user.id, version=1)
    assert prospect.stage is Stage.APPROVED
    assert (decision.score, decision.model_id, decision.profile_version) == (81.25, "mini-lm", 3)
    assert decision.page_hashes == pages
    assert (decision.reason_codes, decision.note) == (["strong_fit", "proven_work"], "Saw the case.")
    change = session.get_one(StageChange, decision.stage_change_id)
    assert (change.event, change.by_user_id, decision.reviewer_id) == (MoveEvent.DECISION, user.id, user.id)
    assert change.reason == "Strong fit with the profile; Proven work or references"


def test_later_scores_leave_the_receipt_alone(session: Session) -> None:
    program = make_program(session)
    profile = make_profile(session, program)
    prospect = make_prospect(session, program)
    session.add(FitScore(prospect_id=prospect.id, profile_id=profile.id, score=40.0, model_id="m"))
    session.flush()
    decision = decide(session, prospect, APPROVE, by_user_id=None)
    session.add(FitScore(prospect_id=prospect.id, profile_id=profile.id, score=90.0, model_id="m2"))
    session.flush()
    session.refresh(decision)
    assert (decision.score, decision.model_id) == (40.0, "m")


def test_a_prospect_never_scored_is_decided_without_a_number(session: Session) -> None:
    prospect = make_prospect(session, make_program(session))
    decision = decide(session, prospect, APPROVE, by_user_id=None)
    assert (decision.score, decision.fit_score_id, decision.page_hashes) == (None, None, {})


@pytest.mark.parametrize(
    ("codes", "note", "field"),
    [((), "", "reason_codes"), (("strong_fit",), "", "reason_codes"), (("other",), "  ", "note")],
)
def test_a_decline_needs_a_reason_of_its_own(session: Session, codes: tuple[str, ...], note: str, field: str) -> None:
    prospect = make_prospect(session, make_program(session))
    with pytest.raises(InvalidInput) as refusal:
        decide(
            session,
            prospect,
            Verdict(outcome=DecisionOutcome.DECLINE, reason_codes=codes, note=note),
            by_user_id=None,
        )
    assert set(refusal.value.fields) == {field}
    assert prospect.stage is Stage.SOURCED
    assert not session.scalars(select(Decision)).all()


def test_a_note_has_an_end(session: Session) -> None:
    verdict = Verdict(outcome=DecisionOutcome.DECLINE, reason_codes=("not_a_fit",), note="x" * 4001)
    with pytest.raises(InvalidInput, match="4,001 characters; keep it to 4,000"):
        decide(session, make_prospect(session, make_program(session)), verdict, by_user_id=None)


def test_a_stale_reviewer_decides_nothing(session: Session) -> None:
    prospect = make_prospect(session, make_program(session), version=4)
    with pytest.raises(Conflict):
        decide(session, prospect, APPROVE, by_user_id=None, version=3)
    assert not session.scalars(select(Decision)).all()


def test_every_reason_has_words_and_a_side() -> None:
    assert set(APPROVE_REASONS) | set(DECLINE_REASONS) == set(ReasonCode)
    assert all(code.label for code in ReasonCode)
    assert set(REASONS) == set(DecisionOutcome)


def test_only_two_stages_ask_for_a_decision() -> None:
    asking = {stage: outcome_for(stage) for stage in Stage if outcome_for(stage)}
    assert asking == {Stage.APPROVED: DecisionOutcome.APPROVE, Stage.DECLINED: DecisionOutcome.DECLINE}
