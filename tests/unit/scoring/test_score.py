"""A score is the exact sum of what it cites, or no number with the reason."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scoring.embedder import HashingEmbedder
from scoring.errors import WrongModel
from scoring.passages import PageText, cut_passages
from scoring.profile import parse_profile
from scoring.score import Scorer, SiteEvidence

PROFILE = {
    "topics": [
        {"id": "shops", "text": "Agency that builds online shops for merchants", "weight": 2},
        {"id": "mail", "text": "Email marketing campaigns for retailers", "weight": 1},
        {"id": "casino", "text": "Casino, betting and gambling portal", "weight": 1, "stance": "avoids"},
    ]
}


def site(text: str, domain: str = "a.test") -> SiteEvidence:
    return SiteEvidence(domain, cut_passages([PageText(f"https://{domain}/", None, text)]))


@pytest.fixture
def scorer() -> Scorer:
    return Scorer(parse_profile(PROFILE), embedder=HashingEmbedder())


FITTING = "We are an agency that builds online shops for merchants and runs email marketing campaigns for retailers."
UNRELATED = "Our bakery sells bread and cakes every morning near the river, with coffee from a roaster."


def test_a_good_fit_is_above_an_unrelated_company(scorer: Scorer) -> None:
    good, bad = scorer.score(site(FITTING)), scorer.score(site(UNRELATED))
    assert good.score is not None
    assert bad.score is not None
    assert good.score > 60
    assert bad.score < 25


@pytest.mark.parametrize("text", [FITTING, UNRELATED, f"{FITTING}\n\nCasino and betting and gambling portal."])
def test_parts_and_citations_add_up(scorer: Scorer, text: str) -> None:
    result = scorer.score(site(text))
    assert result.score == pytest.approx(math.fsum(p.points for p in result.parts), abs=1e-6)
    for part in result.parts:
        assert part.points == pytest.approx(math.fsum(c.points for c in part.citations), abs=1e-6)
        assert all(text[c.start : c.end] == c.quote for c in part.citations)


def test_an_avoided_topic_takes_points_away(scorer: Scorer) -> None:
    plain = scorer.score(site(FITTING)).score
    tainted = scorer.score(site(f"{FITTING}\nCasino, betting and gambling portal with betting tips.")).score
    assert plain is not None
    assert tainted is not None
    assert tainted < plain


def test_no_evidence_is_no_number(scorer: Scorer) -> None:
    parked = scorer.score(SiteEvidence("b.test", unreadable="the domain is parked"))
    assert (parked.score, parked.why_null, parked.parts) == (None, "the domain is parked", ())
    assert "too little text" in (scorer.score(site("Welcome to our company")).why_null or "")
    assert "no readable text" in (scorer.score(SiteEvidence("c.test")).why_null or "")


def test_vectors_of_another_model_are_refused(scorer: Scorer) -> None:
    passages = site(FITTING).passages
    with pytest.raises(WrongModel, match=r"a\.test"):
        scorer.score(SiteEvidence("a.test", passages, np.ones((1, 256), np.float16), vector_model="other"))
    with pytest.raises(WrongModel, match="384"):
        scorer.score(SiteEvidence("a.test", passages, np.ones((1, 384), np.float16)))
