"""What a corpus and decisions add to rules: words and look-alikes, frozen, adding up, the same in a matrix."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from scoring.compile import heard
from scoring.corpus import Corpus, texts_of
from scoring.decisions import Decision
from scoring.evidence import SiteEvidence
from scoring.lexicon import term_ids
from scoring.matrix import SiteMatrix
from scoring.profile import parse_profile
from scoring.receipt import freeze_head, make_receipt, recompute, thaw_head
from scoring.rescore import measured_strengths, rescore
from scoring.score import Scorer
from scoring.vocabulary import Vocabulary
from tests.unit.scoring.worlds import EMBEDDER, PROFILE, make_scorer, make_site, make_world

COMPANIES = 200


@pytest.fixture(scope="module")
def world() -> list[SiteEvidence]:
    return make_world(COMPANIES, pages=1)


@pytest.fixture(scope="module")
def tuned(world: list[SiteEvidence]) -> Scorer:
    return Scorer.for_corpus(PROFILE, world, embedder=EMBEDDER)


@pytest.fixture(scope="module")
def learned(tuned: Scorer, world: list[SiteEvidence]) -> Scorer:
    decisions = [Decision(site, number % 3 == 0) for number, site in enumerate(world[:24])]
    return tuned.learned(decisions, corpus=world[24:])


def test_first_hits_teach_words_the_topic_does_not_say(tuned: Scorer) -> None:
    shops = tuned.rules.readers[0]
    said = dict(shops.terms)
    (checkout,), (flour,) = term_ids("checkout"), term_ids("flour")
    assert said[checkout] > 0
    assert flour not in said
    plain = Scorer(PROFILE, embedder=EMBEDDER).rules.readers[0]
    assert checkout not in dict(plain.terms)


def test_the_usual_company_covers_what_is_usual(tuned: Scorer, world: list[SiteEvidence]) -> None:
    for reader in tuned.rules.readers[:2]:
        covered = [reader.coverage(view) for site in world if (view := tuned.view(site))]
        assert reader.usual_coverage == pytest.approx(float(np.mean(covered)))


def test_a_number_keeps_its_meaning_among_the_corpus(tuned: Scorer, world: list[SiteEvidence]) -> None:
    plain, matrix = Scorer(PROFILE, embedder=EMBEDDER).rules, SiteMatrix.of(world)
    by_itself, among = measured_strengths(plain, matrix), measured_strengths(tuned.rules, matrix)
    assert among.mean(axis=0) == pytest.approx(by_itself.mean(axis=0), abs=1e-6)
    assert among.std(axis=0) == pytest.approx(by_itself.std(axis=0), rel=1e-6)
    assert not np.allclose(among, by_itself, atol=0.01)


def test_exemplars_learn_the_words_of_their_look_alikes(world: list[SiteEvidence]) -> None:
    profile = parse_profile({"exemplars": [world[0].domain, world[3].domain]})
    exemplars = Scorer.for_corpus(profile, world, embedder=EMBEDDER, exemplars=[world[0], world[3]]).rules.readers[0]
    (checkout, flour) = term_ids("checkout flour")
    assert dict(exemplars.terms)[checkout] > 0
    assert flour not in dict(exemplars.terms)


def test_few_exemplars_count_little_beside_topics(world: list[SiteEvidence]) -> None:
    data = {"topics": [{"id": "shops", "text": "Online shops", "weight": 1}], "exemplars": [world[0].domain]}
    rules = Scorer(parse_profile(data), embedder=EMBEDDER, exemplars=[world[0]]).rules
    assert [reader.weight for reader in rules.readers] == [1.0, heard(1)]
    assert heard(1) < heard(5) < 1.0


def test_a_topic_read_before_is_not_read_again(world: list[SiteEvidence]) -> None:
    corpus = Corpus.of(world, model_id=EMBEDDER.model_id)
    first = Scorer.among(PROFILE, corpus, texts=texts_of(world), embedder=EMBEDDER).rules
    again = Scorer.among(PROFILE, corpus, texts=lambda rows: pytest.fail(str(rows)), embedder=EMBEDDER).rules
    assert [reader.terms for reader in again.readers] == [reader.terms for reader in first.readers]


def test_avoided_topics_are_not_spread_to_look_alikes(tuned: Scorer) -> None:
    avoided = [reader for reader in tuned.rules.readers if not reader.wants]
    assert [len(reader.terms) for reader in avoided] == [len(set(term_ids(reader.label))) for reader in avoided]


def test_learned_words_add_up_freeze_and_hold_in_a_matrix(learned: Scorer, world: list[SiteEvidence]) -> None:
    head = learned.rules.head
    assert head is not None
    assert 0 < len(head.terms) <= 100
    results = learned.score_many(world[:40])
    for site, result in zip(world, results, strict=False):
        assert math.fsum(part.points for part in result.parts) == pytest.approx(result.score, abs=1e-6)
        receipt = json.loads(json.dumps(make_receipt(learned.rules, site, result)))
        assert recompute(receipt, site) == result.score
    matrix = rescore(learned.rules, SiteMatrix.of(world[:40]))
    assert matrix.scores == pytest.approx([result.score for result in results], abs=0.01)


def test_words_of_the_head_are_part_of_what_a_matrix_remembers(learned: Scorer, world: list[SiteEvidence]) -> None:
    head, matrix = learned.rules.head, SiteMatrix.of(world[:9])
    assert head is not None
    silent = replace(learned.rules, head=replace(head, terms=()))
    known: dict[bytes, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    with_words = rescore(learned.rules, matrix, known=known).scores
    assert not np.allclose(with_words, rescore(silent, matrix, known=known).scores, atol=0.01)


def test_a_head_frozen_before_heads_had_words_still_thaws(learned: Scorer) -> None:
    assert learned.rules.head is not None
    frozen = freeze_head(learned.rules.head)
    beside = {**frozen, "among": 200}
    assert thaw_head(json.loads(json.dumps(beside))).terms == learned.rules.head.terms
    del frozen["terms"], frozen["mean_length"]
    assert thaw_head(frozen).terms == ()


def test_the_clearest_words_mark_those_who_stand_out() -> None:
    scorer = make_scorer()
    texts = ["alpha beta shared"] * 6 + ["gamma delta shared"] * 6 + ["alpha rare shared"]
    sites = [make_site(text, domain=f"{number}.test") for number, text in enumerate(texts)]
    vocabulary = Vocabulary.of([view for site in sites if (view := scorer.view(site))])
    target = np.array([1.0] * 6 + [0.0] * 6 + [1.0])
    weights = dict(vocabulary.terms(vocabulary.clearest(target)))
    (alpha, beta, shared, gamma, rare) = term_ids("alpha beta shared gamma rare")
    assert weights[alpha] > weights[beta] > weights.get(shared, 0.0)
    assert gamma not in weights
    assert rare not in weights
