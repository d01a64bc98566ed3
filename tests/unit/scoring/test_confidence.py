"""Confidence means something: what it calls firm moves less when a page goes away, or one that was never seen comes."""

from __future__ import annotations

import random
from statistics import fmean

from scoring.confidence import confidence_of
from scoring.rules import quick_score
from scoring.score import Scorer
from tests.unit.scoring.worlds import AGENCY, BAKERY, make_scorer, make_site, write


def sites_of_pages(count: int) -> list[list[str]]:
    """Sites of two to seven pages; some speak of one thing throughout, some on one page only."""
    draw = random.Random(11)
    sites = []
    for number in range(count):
        pages = draw.randint(2, 7)
        agreeing = draw.random()
        words = [AGENCY if draw.random() < agreeing else BAKERY for _ in range(pages)]
        length = draw.choice((12, 30, 55))
        sites.append([write(w, seed=100 * number + page, length=length) for page, w in enumerate(words)])
    return sites


def judged(scorer: Scorer, pages: list[str]) -> tuple[float, float]:
    view = scorer.view(make_site(*pages))
    assert view is not None
    return confidence_of(scorer.rules, view), quick_score(scorer.rules, view)


def movements() -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Return (confidence, points moved) where a page is taken away, and where an unseen one is added."""
    scorer = make_scorer()
    removed, added = [], []
    for pages in sites_of_pages(60):
        firm, score = judged(scorer, pages)
        fewer, without = judged(scorer, pages[:-1])
        removed.append((firm, abs(score - without)))
        added.append((fewer, abs(score - without)))
    return removed, added


def thirds(rows: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the mean movement of the third with the lowest and of the third with the highest confidence."""
    ordered = [moved for _, moved in sorted(rows)]
    size = len(ordered) // 3
    return fmean(ordered[:size]), fmean(ordered[-size:])


def test_firm_scores_move_less_when_a_page_is_removed_or_a_new_one_is_read() -> None:
    for rows in movements():
        low, high = thirds(rows)
        assert high < 0.6 * low, (low, high)


def test_one_short_passage_is_never_firm() -> None:
    confidence, _ = judged(make_scorer(), [write(AGENCY, seed=1, length=200)])
    assert confidence <= 0.9
    short, _ = judged(make_scorer(), [write(AGENCY, seed=1, length=12)])
    assert short < 0.1
