"""A small world of shops, agencies and bakeries for the engine's tests, scored with the model-free embedder."""

from __future__ import annotations

import random

from scoring.embedder import HashingEmbedder
from scoring.evidence import SiteEvidence
from scoring.passages import PageText, cut_passages
from scoring.profile import parse_profile
from scoring.score import Scorer

EMBEDDER = HashingEmbedder()
PROFILE = parse_profile(
    {
        "topics": [
            {"id": "shops", "text": "Agency that builds online shops for merchants", "weight": 2},
            {"id": "mail", "text": "Email marketing campaigns for retailers", "weight": 1},
            {"id": "casino", "text": "Casino, betting and gambling portal", "weight": 1, "stance": "avoids"},
        ],
        "signals": [{"name": "partner_page", "weight": 0.5}, {"name": "coupon", "weight": -1}],
    }
)
AGENCY = "agency builds online shops merchants stores checkout design email campaigns retailers theme launch brands"
BAKERY = "bakery bread cakes river coffee roaster village morning oven flour seasonal market family recipe rye"
CASINO = "casino betting gambling portal odds poker bonus slots"


def write(words: str, *, seed: int, length: int = 30) -> str:
    chosen = random.Random(seed)
    pool = words.split()
    return " ".join(chosen.choice(pool) for _ in range(length)).capitalize() + "."


def make_site(*texts: str, domain: str = "a.test", language: str | None = None) -> SiteEvidence:
    pages = [PageText(f"https://{domain}/{number}", None, text) for number, text in enumerate(texts)]
    passages = cut_passages(pages)
    vectors = EMBEDDER.encode([passage.text for passage in passages])
    return SiteEvidence(domain, passages, vectors, language=language)


def make_world(size: int, *, pages: int = 2) -> list[SiteEvidence]:
    """Every third company is an agency, every seventh of the others mentions betting."""
    sites = []
    for number in range(size):
        words = AGENCY if number % 3 == 0 else BAKERY + (" " + CASINO if number % 7 == 0 else "")
        texts = [write(words, seed=number * 10 + page) for page in range(pages)]
        sites.append(make_site(*texts, domain=f"site-{number}.test"))
    return sites


def make_scorer() -> Scorer:
    return Scorer(PROFILE, embedder=EMBEDDER)
