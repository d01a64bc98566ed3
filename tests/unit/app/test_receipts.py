"""A decision keeps what its score was made of, and the same score comes out again to the last bit."""

import json

import pytest
from sqlalchemy.orm import Session

from app.models import Company, Decision, DecisionEvidence, DecisionOutcome, FitRules, FitScore, Page, Prospect
from app.queries.fit_corpus import texts_in
from app.queries.site_evidence import load_evidence
from app.services.decisions import Verdict, decide
from app.services.fit import ScoreSource, claim_scores, record_score, request_score
from app.services.fit_rules import keep_rules, profile_in_force
from app.services.optouts import opt_out_site
from app.services.receipts import compute_again
from scoring.receipt import evidence_hash
from tests.fit_world import EMBEDDER, FitWorld, make_fit_world, read_site

APPROVE = Verdict(outcome=DecisionOutcome.APPROVE, reason_codes=("strong_fit",))


@pytest.fixture
def world(session: Session) -> FitWorld:
    return make_fit_world(session, size=2)


@pytest.fixture
def prospect(session: Session, world: FitWorld) -> Prospect:
    """A prospect scored the way the worker does it."""
    prospect = world.prospects[0]
    found = profile_in_force(session, world.program.id, embedding_model=EMBEDDER.model_id)
    scorer = found.compile(EMBEDDER, None, texts=texts_in(session, model_id=EMBEDDER.model_id))
    rules = keep_rules(session, found.basis, scorer.rules)
    seen = load_evidence(session, [prospect.company_id], model_id=EMBEDDER.model_id)[prospect.company_id]
    request_score(session, prospect)
    claim_scores(session, limit=1)
    source = ScoreSource(
        profile_id=world.profile.id,
        page_hashes=seen.page_hashes,
        rules_id=rules.id,
        evidence_hash=evidence_hash(seen.site),
    )
    assert record_score(session, prospect.id, scorer.score(seen.site), source=source) is not None
    return prospect


def test_the_score_comes_out_again_after_site_and_profile_changed(
    session: Session, world: FitWorld, prospect: Prospect
) -> None:
    decision = decide(session, prospect, APPROVE, by_user_id=world.user.id)
    company = session.get_one(Company, prospect.company_id)
    for page in session.query(Page).filter_by(company_id=company.id):
        session.delete(page)
    session.flush()
    read_site(session, company, {"/new": "Something else entirely: we repair bicycles and sell used tires in Ghent."})
    world.profile.content = {**world.profile.content, "topics": []}
    session.flush()
    session.expire_all()
    again = compute_again(session, session.get_one(Decision, decision.id))
    assert again.is_equal, again.words
    assert again.score == decision.score


def test_another_number_is_noticed(session: Session, world: FitWorld, prospect: Prospect) -> None:
    decision = decide(session, prospect, APPROVE, by_user_id=world.user.id)
    assert decision.score is not None
    decision.score += 1e-12
    assert not compute_again(session, decision).is_equal
    kept = session.get_one(DecisionEvidence, decision.id)
    whole = kept.content
    kept.content = json.loads(json.dumps(whole).replace("online shops", "online shoes"))
    assert "damaged" in compute_again(session, decision).words
    kept.content, kept.vectors = whole, kept.vectors[:-2] + b"\1\1"
    assert "damaged" in compute_again(session, decision).words


def test_a_site_read_again_before_the_decision_is_not_passed_off(
    session: Session, world: FitWorld, prospect: Prospect
) -> None:
    company = session.get_one(Company, prospect.company_id)
    read_site(session, company, {"/more": "One more page about our bakery and the bread that we sell on Sundays."})
    decision = decide(session, prospect, APPROVE, by_user_id=world.user.id)
    assert session.get(DecisionEvidence, decision.id) is None
    assert "read again between the score and the decision" in compute_again(session, decision).words


def test_an_opt_out_deletes_what_was_kept_and_the_receipt_says_so(
    session: Session, world: FitWorld, prospect: Prospect
) -> None:
    decision = decide(session, prospect, APPROVE, by_user_id=world.user.id)
    opt_out_site(session, "shop-0.example", actor_id=None)
    session.expire_all()
    assert session.get(DecisionEvidence, decision.id) is None
    assert "asked us to forget the site" in compute_again(session, session.get_one(Decision, decision.id)).words


def test_rules_are_stored_once_for_the_same_basis(session: Session, world: FitWorld, prospect: Prospect) -> None:
    found = profile_in_force(session, world.program.id, embedding_model=EMBEDDER.model_id)
    row = keep_rules(
        session, found.basis, found.compile(EMBEDDER, None, texts=texts_in(session, model_id=EMBEDDER.model_id)).rules
    )
    assert session.query(FitRules).count() == 1
    assert session.query(FitScore).one().rules_id == row.id
