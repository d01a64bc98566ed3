"""Scores as a work list: asked for, claimed once, written only while the claim holds."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.clock import now
from app.models import NO_SCORE_SORT, Company, FitProfile, FitScore, FitState, Program, Prospect
from app.services.fit import (
    MAX_ATTEMPTS,
    ScoreSource,
    claim_scores,
    record_score,
    request_company_scores,
    request_score,
    request_scores,
)
from scoring.result import Citation, Part
from scoring.result import FitScore as ScoredFit
from tests.world import make_profile, make_program, make_prospect

PARTS = (Part("shops", "Builds shops", 42.5, 60.0, (Citation("https://acme.example/", 0, 9, "We build ", 42.5),)),)
SCORED = ScoredFit(42.5, None, None, PARTS, 0.8, "hashing-test/fit-1", "acme.example")
SILENT = ScoredFit(None, "the domain is parked", None, (), None, "hashing-test/fit-1", "acme.example")


@pytest.fixture
def program(session: Session) -> Program:
    return make_program(session)


@pytest.fixture
def profile(session: Session, program: Program) -> FitProfile:
    return make_profile(session, program)


@pytest.fixture
def prospect(session: Session, program: Program) -> Prospect:
    return make_prospect(session, program, "acme.example")


def record(session: Session, prospect: Prospect, profile: FitProfile, scored: ScoredFit) -> FitScore | None:
    source = ScoreSource(profile_id=profile.id, page_hashes={"https://acme.example/": "ab"})
    return record_score(session, prospect.id, scored, source=source)


def test_a_score_is_shown_on_the_prospect(session: Session, prospect: Prospect, profile: FitProfile) -> None:
    request_score(session, prospect)
    assert [row.id for row in claim_scores(session, limit=10)] == [prospect.id]
    assert claim_scores(session, limit=10) == []
    row = record(session, prospect, profile, SCORED)
    assert row is not None
    assert row.parts[0]["citations"][0]["quote"] == "We build "
    assert (prospect.fit_state, prospect.fit_score, prospect.fit_sort) == (FitState.SCORED, 42.5, 42.5)


def test_no_evidence_is_no_low_score(session: Session, prospect: Prospect, profile: FitProfile) -> None:
    request_score(session, prospect)
    claim_scores(session, limit=10)
    row = record(session, prospect, profile, SILENT)
    assert row is not None
    assert row.why_null == "the domain is parked"
    assert (prospect.fit_state, prospect.fit_score) == (FitState.NO_EVIDENCE, None)
    assert prospect.fit_sort == NO_SCORE_SORT


def test_a_newer_request_beats_an_older_answer(session: Session, prospect: Prospect, profile: FitProfile) -> None:
    request_score(session, prospect)
    claim_scores(session, limit=10)
    request_score(session, prospect)
    assert record(session, prospect, profile, SCORED) is None
    session.refresh(prospect)
    assert prospect.fit_state is FitState.WAITING


def test_a_dead_workers_claim_runs_out_and_is_given_up_in_the_end(session: Session, prospect: Prospect) -> None:
    request_score(session, prospect)
    for _ in range(MAX_ATTEMPTS):
        assert claim_scores(session, limit=10)
        prospect.fit_lease_until = now() - timedelta(seconds=1)
        session.flush()
    assert claim_scores(session, limit=10) == []
    assert prospect.fit_state is FitState.FAILED
    assert "ended the worker" in prospect.fit_error


def test_a_company_is_scored_in_every_program(session: Session, prospect: Prospect) -> None:
    other = Prospect(program_id=make_program(session).id, company_id=prospect.company_id, rank="m")
    session.add(other)
    request_company_scores(session, prospect.company_id)
    assert {row.id for row in claim_scores(session, limit=10)} == {prospect.id, other.id}


def test_a_profile_edit_scores_again_only_what_was_looked_at(
    session: Session, program: Program, prospect: Prospect
) -> None:
    make_prospect(session, program, "unread.example")
    session.get_one(Company, prospect.company_id).read_at = now()
    assert request_scores(session, program.id) == 1
    assert [row.id for row in claim_scores(session, limit=10)] == [prospect.id]
