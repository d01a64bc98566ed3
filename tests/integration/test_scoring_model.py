"""The engine with its real model, without a network: held-back companies of our own writing, and three languages."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from scoring.background import built_in_background
from scoring.commands import gather
from scoring.embedder import Embedder, load_embedder
from scoring.evidence import SiteEvidence
from scoring.metrics import auc
from scoring.passages import PageText
from scoring.profile import parse_profile
from scoring.score import Scorer

DATA = Path(__file__).resolve().parent.parent / "data" / "scoring"
pytestmark = pytest.mark.slow
SHOP_SITE = {
    "en": "We design and build online shops for small brands. Our team moves stores, writes themes and runs tests.",
    "pl": "Projektujemy i budujemy sklepy internetowe dla małych marek. Nasz zespół przenosi sklepy oraz pisze motywy.",
    "de": "Wir entwerfen und bauen Onlineshops für kleine Marken. Unser Team zieht Läden um und schreibt Vorlagen.",
}


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder()


@pytest.fixture(scope="module")
def held_back(embedder: Embedder) -> list[tuple[SiteEvidence, list[str]]]:
    rows = [json.loads(line) for line in (DATA / "companies.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["held_back"]]
    sites = gather({row["domain"]: [PageText(row["domain"], None, row["text"])] for row in rows}, embedder)
    return [(site, row["kinds"]) for site, row in zip(sites, rows, strict=True)]


def test_held_back_companies_rank_by_kind(embedder: Embedder, held_back: list[tuple[SiteEvidence, list[str]]]) -> None:
    """The plain scorer, no corpus and no labels, over twenty kinds of partner."""
    kinds = json.loads((DATA / "kinds.json").read_text(encoding="utf-8"))
    areas, good, unrelated = [], [], []
    for kind, text in kinds.items():
        scorer = Scorer(parse_profile({"topics": [{"id": kind, "text": text}]}), embedder=embedder)
        scores = [scorer.score(site).score or 0.0 for site, _ in held_back]
        truth = [kind in own for _, own in held_back]
        area = auc(scores, truth)
        assert area is not None
        areas.append(area.value)
        good += [score for score, fits in zip(scores, truth, strict=True) if fits]
        unrelated += [score for score, fits in zip(scores, truth, strict=True) if not fits]
    assert sum(areas) / len(areas) > 0.91
    assert sorted(unrelated)[len(unrelated) * 9 // 10] < 30
    assert sorted(good)[len(good) // 2] > 45


def test_the_model_is_loaded_once_and_vectors_are_unit(embedder: Embedder) -> None:
    assert load_embedder() is embedder
    vectors = embedder.encode(["A bakery.", "A bakery.", "A law firm."]).astype(float)
    assert vectors.shape == (3, embedder.dimension)
    assert (vectors**2).sum(axis=1) == pytest.approx([1.0, 1.0, 1.0], abs=2e-3)
    assert (vectors[0] == vectors[1]).all()
    assert embedder.encode([]).shape == (0, embedder.dimension)
    assert built_in_background(embedder) is built_in_background(embedder)


def test_a_site_is_scored_by_a_fresh_model_with_every_socket_blocked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_named: object) -> None:
        raise AssertionError("the engine asked for the network")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr("scoring.embedder._loaded", {})
    fresh = load_embedder()
    profile = parse_profile({"topics": [{"id": "web", "text": "Agencies that build online shops"}]})
    [site] = gather({"shop.example": [PageText("shop.example", None, SHOP_SITE["en"] * 3)]}, fresh)
    assert (Scorer(profile, embedder=fresh).score(site).score or 0) > 50


def test_three_languages_with_an_english_model(embedder: Embedder) -> None:
    profile = parse_profile({"topics": [{"id": "web", "text": "Agencies that build online shops"}]})
    scorer = Scorer(profile, embedder=embedder)
    found = gather({code: [PageText(code, None, text)] for code, text in SHOP_SITE.items()}, embedder)
    results = {site.domain: scorer.score(site) for site in found}
    assert (results["en"].score or 0) > 60
    for code in ("pl", "de"):
        assert results[code].score is None
        assert "multilingual" in (results[code].why_null or "")
