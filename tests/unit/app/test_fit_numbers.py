"""New numbers for all who wait, long before their breakdowns: the same as the scores that follow, to a hundredth."""

import pytest
from sqlalchemy.orm import Session

from app.models import FitState
from app.queries.fit_corpus import texts_in
from app.queries.site_evidence import load_evidence
from app.services.fit import request_scores
from app.services.fit_numbers import next_block, numbers_of, programs_waiting, show_numbers
from app.services.fit_rules import profile_in_force
from tests.fit_world import EMBEDDER, make_fit_world

MODEL = EMBEDDER.model_id


def test_waiting_prospects_are_numbered_as_they_will_be_scored(session: Session) -> None:
    world = make_fit_world(session, size=6)
    for prospect in world.prospects[:5]:
        prospect.fit_score = prospect.fit_sort = 1.0
    request_scores(session, world.program.id)
    assert programs_waiting(session, at_least=5) == [world.program.id]
    assert programs_waiting(session, at_least=6) == []
    first = next_block(session, world.program.id, model_id=MODEL, after_id=0, limit=3)
    assert first is not None
    second = next_block(session, world.program.id, model_id=MODEL, after_id=first.last_id)
    assert second is not None
    assert first.prospect_ids + second.prospect_ids == [prospect.id for prospect in world.prospects[:5]]
    assert next_block(session, world.program.id, model_id=MODEL, after_id=second.last_id) is None
    found = profile_in_force(session, world.program.id, embedding_model=MODEL)
    scorer = found.compile(EMBEDDER, None, texts=texts_in(session, model_id=MODEL))
    numbers = numbers_of(first, scorer.rules)
    world.prospects[2].fit_state = FitState.SCORING
    session.flush()
    show_numbers(session, numbers)
    session.expire_all()
    for prospect in world.prospects[:2]:
        site = load_evidence(session, [prospect.company_id], model_id=MODEL)[prospect.company_id].site
        assert prospect.fit_score == prospect.fit_sort == pytest.approx(scorer.score(site).score, abs=0.01)
        assert prospect.fit_state is FitState.WAITING
    assert world.prospects[2].fit_score == 1.0, "a prospect that is being scored keeps what it has"
    assert world.prospects[5].fit_score is None
