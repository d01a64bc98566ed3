"""A corpus's own words for what a topic says: near by the model and by who says them, either alone is not enough."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from scoring.corpus import Corpus, texts_of
from scoring.embedder import HashingEmbedder
from scoring.evidence import SiteEvidence
from scoring.kindred import MAX_KINDRED, kindred_words
from scoring.lexicon import term_ids
from scoring.passages import PageText, cut_passages
from scoring.profile import parse_profile
from scoring.score import Scorer
from tests.unit.scoring.worlds import AGENCY, BAKERY, make_site, write

PROFILE = parse_profile({"topics": [{"id": "shops", "text": "Online shops for merchants"}]})
SYNONYMS = {"storefront": "shops", "boutique": "shops", "workbench": "shops"}


class SynonymEmbedder(HashingEmbedder):
    """A model to which some single words mean the same as another, as a real one knows them to."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float16]:
        return super().encode([SYNONYMS.get(text, re.sub(r"^(shops)\d+$", r"\1", text)) for text in texts])


EMBEDDER = SynonymEmbedder()


def sites() -> list[SiteEvidence]:
    """Sixty agencies that say storefront, two of them boutique and four zest; sixty bakeries that say workbench."""
    found = []
    for number in range(120):
        words = f"{AGENCY} storefront" if number % 2 else f"{BAKERY} workbench"
        text = write(words, seed=number, length=40)
        text += " Storefront." if number % 2 else " Workbench."
        text += " Boutique." if number in {1, 3} else ""
        text += " Zest." if number in {1, 3, 5, 7} else ""
        passages = cut_passages([PageText("https://a.test", None, text)])
        vectors = EMBEDDER.encode([passage.text for passage in passages])
        found.append(SiteEvidence(f"site-{number}.test", passages, vectors))
    return found


def kindred(scorer: Scorer, companies: list[SiteEvidence]) -> tuple[Corpus, NDArray[np.float64]]:
    corpus = Corpus.of(companies, model_id=EMBEDDER.model_id)
    (found,) = kindred_words(scorer.rules.readers, corpus, texts=texts_of(companies), embedder=EMBEDDER)
    return corpus, found


@pytest.fixture(scope="module")
def weights() -> dict[int, float]:
    scorer = Scorer(PROFILE, embedder=EMBEDDER)
    corpus, found = kindred(scorer, sites())
    return dict(corpus.vocabulary.terms(found))


def test_a_word_the_model_and_the_companies_hold_near_is_kindred(weights: dict[int, float]) -> None:
    (storefront, flour) = term_ids("storefront flour")
    assert weights[storefront] > 0
    assert weights.get(flour, 0.0) < weights[storefront] / 10


def test_near_by_the_model_alone_is_not_enough(weights: dict[int, float]) -> None:
    (workbench, storefront) = term_ids("workbench storefront")
    assert weights.get(workbench, 0.0) < weights[storefront] / 10


def test_near_by_the_companies_alone_is_not_enough(weights: dict[int, float]) -> None:
    (zest, storefront) = term_ids("zest storefront")
    assert weights.get(zest, 0.0) < weights[storefront] / 10


def test_a_word_of_fewer_than_four_companies_is_not_trusted(weights: dict[int, float]) -> None:
    (boutique,) = term_ids("boutique")
    assert boutique not in weights


def test_no_more_than_forty_words_are_kept() -> None:
    scorer = Scorer(PROFILE, embedder=EMBEDDER)
    many = " ".join(f"shops{number}" for number in range(60))
    texts = [f"{many} merchants online"] * 5 + [write(BAKERY, seed=number) for number in range(20)]
    _, found = kindred(scorer, [make_site(text) for text in texts])
    assert np.count_nonzero(found) == MAX_KINDRED


def test_a_topic_none_of_whose_words_is_known_adds_nothing() -> None:
    scorer = Scorer(PROFILE, embedder=EMBEDDER)
    silent = replace(scorer.rules.readers[0], label="For the best", terms=())
    _, found = kindred(scorer.with_rules(replace(scorer.rules, readers=(silent,))), sites())
    assert not found.any()
