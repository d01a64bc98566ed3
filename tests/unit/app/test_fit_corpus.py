"""A saved profile is scored as `rank` scores it: among the program's own companies, the same ones until many more."""

import math

import pytest
from sqlalchemy.orm import Session

from app.models import Adoption, FitState
from app.queries.fit_corpus import AMONG, among_of, corpus_size, program_corpus, scorer_among, texts_in
from app.queries.fit_preview import profile_preview
from app.queries.site_evidence import load_evidence
from app.services.fit_rules import find_rules, keep_rules, profile_in_force, rules_of
from scoring.score import Scorer
from tests.fit_world import EMBEDDER, FitWorld, make_fit_world
from tests.world import make_prospect

MODEL = EMBEDDER.model_id
COMPANIES = 50


@pytest.fixture
def world(session: Session) -> FitWorld:
    return make_fit_world(session, size=COMPANIES)


def size(session: Session, world: FitWorld) -> int:
    return corpus_size(session, world.program.id, model_id=MODEL, learned=None)


def test_app_and_rank_score_alike_and_the_rules_stay(session: Session, world: FitWorld) -> None:
    found = profile_in_force(session, world.program.id, embedding_model=MODEL)
    corpus = found.corpus(session)
    scorer = found.compile(EMBEDDER, corpus, texts=texts_in(session, model_id=MODEL))
    ids = [prospect.company_id for prospect in world.prospects]
    sites = [seen.site for seen in load_evidence(session, ids, model_id=MODEL).values()]
    rank = Scorer.for_corpus(found.parsed, sites, embedder=EMBEDDER)
    ours, theirs = scorer.score_many(sites), rank.score_many(sites)
    assert [one.score for one in ours] == pytest.approx([one.score for one in theirs], abs=1e-6)
    assert ours[0].score != pytest.approx(Scorer(found.parsed, embedder=EMBEDDER).score(sites[0]).score, abs=1e-3)
    assert math.fsum(part.points for part in ours[0].parts) == pytest.approx(ours[0].score, abs=1e-6)
    assert ours[0].model.endswith(f"@{COMPANIES}")
    keep_rules(session, found.basis, scorer.rules)
    again = profile_in_force(session, world.program.id, embedding_model=MODEL)
    stored = find_rules(session, again.basis)
    assert stored is not None
    assert scorer.with_rules(rules_of(stored)).score(sites[0]).score == ours[0].score
    # A preview ranks as saving would.
    content = {"topics": [{"id": "bread", "text": "Bakeries that sell bread and coffee", "weight": 1.0}]}
    shown = profile_preview(session, world.program.id, content, embedder=EMBEDDER)
    world.profile.content = content
    session.flush()
    found = profile_in_force(session, world.program.id, embedding_model=MODEL)
    scorer = scorer_among(
        found.parsed, found.corpus(session), texts=texts_in(session, model_id=MODEL), embedder=EMBEDDER, exemplars=()
    )
    best = next(p for p in world.prospects if p.id == shown.best[0].prospect_id)
    site = load_evidence(session, [best.company_id], model_id=MODEL)[best.company_id].site
    assert scorer.score(site).score == pytest.approx(shown.best[0].after, abs=0.01)


def test_a_program_is_read_anew_when_half_as_many_again_are_known(session: Session, world: FitWorld) -> None:
    found = profile_in_force(session, world.program.id, embedding_model=MODEL)
    assert found.basis.among == COMPANIES
    scorer = found.compile(EMBEDDER, found.corpus(session), texts=texts_in(session, model_id=MODEL))
    assert {among_of(scorer.model), among_of(f"{scorer.model}+42"), among_of("plain/fit-2+42")} == {COMPANIES, 0}
    row = keep_rules(session, found.basis, scorer.rules)
    for before, now in ((34, 34), (33, COMPANIES), (74, 74), (75, COMPANIES), (COMPANIES, COMPANIES)):
        row.content = {**row.content, "model": f"hashing-test/fit-2@{before}"}
        session.flush()
        assert size(session, world) == now
    # Adopted weights keep the companies they were learned among; older ones were learned by the profile alone.
    world.prospects[4].fit_state = FitState.NO_EVIDENCE
    make_prospect(session, world.program, "unread.example", fit_state=FitState.WAITING)
    held = program_corpus(session, world.program.id, model_id=MODEL, size=COMPANIES)
    assert held is not None
    assert held.company_ids == [p.company_id for p in world.prospects if p is not world.prospects[4]]
    adoption = Adoption(
        program_id=world.program.id, embedding_model=MODEL, head={AMONG: 20}, decisions=9, approved=4
    )  # fmt: skip
    session.add(adoption)
    session.flush()
    assert profile_in_force(session, world.program.id, embedding_model=MODEL).basis.among == 20
    assert corpus_size(session, world.program.id, model_id=MODEL, learned={}) == 0


def test_too_few_companies_leave_the_profile_alone(session: Session) -> None:
    small = make_fit_world(session, size=3, slug="small")
    assert size(session, small) == 0
    assert program_corpus(session, small.program.id, model_id=MODEL, size=0) is None
