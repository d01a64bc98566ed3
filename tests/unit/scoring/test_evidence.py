"""Silence has a reason, confidence means something, and one company's score ignores the others."""

from __future__ import annotations

import pytest

from scoring.confidence import confidence_of
from scoring.evidence import SiteEvidence
from scoring.passages import PageText, cut_passages
from scoring.silence import reason_for_silence
from tests.unit.scoring.worlds import AGENCY, BAKERY, make_scorer, make_site, make_world, write

ENGLISH_MODEL = "all-MiniLM-L6-v2"
GERMAN = "Wir sind eine Agentur und bauen für Händler in der ganzen Region schöne Läden im Netz, seit zehn Jahren."
POLISH = "Jesteśmy agencją, która od lat tworzy sklepy internetowe dla firm w Polsce oraz dba o ich wyniki."


def page(text: str) -> SiteEvidence:
    return SiteEvidence("a.test", cut_passages([PageText("https://a.test/", None, text)]))


@pytest.mark.parametrize("text", [GERMAN * 2, POLISH * 2, "我们为商家建立网上商店并提供营销服务"])
def test_an_english_model_says_it_cannot_read_this(text: str) -> None:
    for model_id in (ENGLISH_MODEL, f"{ENGLISH_MODEL}-int8"):
        assert "reads English only" in (reason_for_silence(page(text), model_id=model_id) or "")
    assert reason_for_silence(page(text), model_id="paraphrase-multilingual") is None


@pytest.mark.parametrize(
    "text",
    [
        "Payments for African merchants.",
        "Shopify agency, Berlin",
        "Voucher codes checked by hand.",
        "Shops – don’t wait • we’re fast • you’ll sell more shoes online",
    ],
)
def test_a_short_text_that_says_something_gets_a_number(text: str) -> None:
    assert reason_for_silence(page(text), model_id=ENGLISH_MODEL) is None


@pytest.mark.parametrize(
    ("site", "words"),
    [
        (SiteEvidence("a.test"), "no readable text"),
        (page("Welcome to our company"), "too little text"),
        (SiteEvidence("a.test", unreadable="the domain is parked"), "parked"),
    ],
)
def test_too_little_is_said_in_words(site: SiteEvidence, words: str) -> None:
    assert words in (reason_for_silence(site, model_id=ENGLISH_MODEL) or "")


def test_confidence_means_the_score_moves_little_when_a_page_is_lost() -> None:
    """Companies with high confidence move less when re-crawled with one page fewer."""
    scorer, moves = make_scorer(), []
    for seed in range(60):
        mixed = [write(AGENCY if (seed + n) % (2 + seed % 4) == 0 else BAKERY, seed=seed * 9 + n) for n in range(5)]
        whole, less = make_site(*mixed), make_site(*mixed[:-1])
        view = scorer.view(whole)
        assert view is not None
        moved = abs((scorer.score(whole).score or 0) - (scorer.score(less).score or 0))
        moves.append((confidence_of(scorer.rules, view), moved))
    moves.sort()
    low, high = [m for _, m in moves[:20]], [m for _, m in moves[-20:]]
    assert sum(high) / 20 < sum(low) / 20 / 2


def test_more_text_of_one_mind_is_more_confidence() -> None:
    scorer = make_scorer()
    text = write(BAKERY, seed=3)
    short = scorer.score(make_site(" ".join(text.split()[:8]))).confidence
    long = scorer.score(make_site(*[write(BAKERY, seed=n) for n in range(6)])).confidence
    assert short is not None
    assert long is not None
    assert short < 0.2 < 0.5 < long


def test_a_score_ignores_who_else_is_scored() -> None:
    scorer, sites = make_scorer(), make_world(12)
    assert scorer.score(sites[5]).score == scorer.score_many(sites)[5].score == scorer.score_many(sites[5:])[0].score


def test_a_site_of_five_thousand_passages_gets_a_score() -> None:
    site = make_site(*[write(AGENCY, seed=n, length=50) for n in range(5_000)])
    assert len(site.passages) >= 5_000
    result = make_scorer().score(site)
    assert result.score is not None
    assert len(result.parts[0].citations) == 3
