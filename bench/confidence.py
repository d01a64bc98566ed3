"""Does confidence mean anything on real text? `python -m bench.confidence [--real FOLDER] [--seed 7]`.

Each public site is read twice: once with everything, once as a crawl that missed one part of it. The page of a site is
cut into parts of about 80 words, which stand for its pages (the collection has one page of most sites). Confidence is
always that of the smaller reading, which has not seen the part; printed is how far the score moves when it comes,
for the third of the readings with the lowest, the middle and the highest confidence, over all labeled kinds.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, median
from urllib.parse import urlsplit

from bench.quality import DATA, ROOT
from scoring.commands import corpus_scorer, gather
from scoring.confidence import confidence_of
from scoring.embedder import load_embedder
from scoring.evidence import SiteEvidence
from scoring.passages import PageText
from scoring.profile import parse_profile
from scoring.rules import quick_score
from scoring.view import keep_passages

WORDS_OF_PART = 80
MOST_PARTS = 8


def parts_of(text: str) -> list[str]:
    """Return the first parts of a page's text, about 80 words each, the last one left out where it is short."""
    words = text.split()
    starts = range(0, len(words) - WORDS_OF_PART // 2, WORDS_OF_PART)
    return [" ".join(words[start : start + WORDS_OF_PART]) for start in starts][:MOST_PARTS]


def sites_of(folder: Path) -> dict[str, list[PageText]]:
    """Return the parts of each public site that has at least three, as pages."""
    found: dict[str, list[PageText]] = {}
    for line in (folder / "pages.jsonl").read_text(encoding="utf-8").split("\n"):
        row = json.loads(line) if line else {"url": "", "main_content": ""}
        host = (urlsplit(row["url"]).hostname or "").removeprefix("www.")
        parts = parts_of(row["main_content"])
        if host and len(parts) >= 3 and host not in found:
            found[host] = [PageText(f"{host}/{number}", None, part) for number, part in enumerate(parts)]
    return found


def movements(sites: Sequence[SiteEvidence], *, seed: int) -> list[tuple[float, float]]:
    """Return (confidence without a part, points moved when it comes) of each site and kind."""
    kinds = json.loads((DATA / "real_sites.json").read_text(encoding="utf-8"))
    draw = random.Random(seed)
    rows = []
    embedder = load_embedder(None)
    for kind in kinds.values():
        scorer = corpus_scorer(parse_profile({"topics": [{"text": kind["topic"], "weight": 1}]}), sites, embedder)
        for site in sites:
            view = scorer.view(site)
            if view is None:
                continue
            unseen = draw.choice(sorted({passage.url for passage in view.passages}))
            kept = [row for row, passage in enumerate(view.passages) if passage.url != unseen]
            if not kept:
                continue
            fewer = keep_passages(view, kept, mean=scorer.rules.mean)
            moved = abs(quick_score(scorer.rules, view) - quick_score(scorer.rules, fewer))
            rows.append((confidence_of(scorer.rules, fewer), moved))
    return rows


def main() -> int:
    """Print the movement per third of confidence; 1 where the firmest third does not move less than the loosest."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared/realweb")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    if not (given.real / "pages.jsonl").is_file():
        print(f"skipped: {given.real.name}/pages.jsonl is absent (its pages are not part of the project)")
        return 0
    rows = sorted(movements(gather(sites_of(given.real), load_embedder(None)), seed=given.seed))
    size = len(rows) // 3
    thirds = {"lowest": rows[:size], "middle": rows[size:-size], "highest": rows[-size:]}
    for name, third in thirds.items():
        moves = [moved for _, moved in third]
        far = sum(move > 10 for move in moves) / len(moves)
        print(
            f"{name} confidence ({third[0][0]:.2f} to {third[-1][0]:.2f}), {len(third)} readings: a missed part moves"
        )
        print(f"    the score by {fmean(moves):.1f} points on average, {median(moves):.1f} median, {far:.0%} by > 10")
    return 0 if fmean(m for _, m in thirds["highest"]) < fmean(m for _, m in thirds["lowest"]) else 1


if __name__ == "__main__":
    raise SystemExit(main())
