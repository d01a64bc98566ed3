"""The measuring itself: who is labeled, how far chances are off, and a folder of pages that is not there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.quality import draw, error_of, from_files, real_sites
from tests.unit.scoring.worlds import EMBEDDER

TRUTH = np.arange(100) < 20


def test_labels_are_drawn_in_balance_or_at_random_and_by_seed() -> None:
    half = draw(TRUTH, count=10, how="balanced", seed=3)
    assert (len(set(half.tolist())), int(TRUTH[half].sum())) == (10, 5)
    assert int(TRUTH[draw(TRUTH, count=60, how="balanced", seed=3)].sum()) == 10
    assert draw(TRUTH, count=30, how="random", seed=3).tolist() == draw(TRUTH, count=30, how="random", seed=3).tolist()


def test_the_calibration_error_is_weighted_to_the_labels_share() -> None:
    chances = np.where(TRUTH, 0.75, 0.25)
    # Half of what is judged is approved: everybody's chance is off by a quarter, whatever the shares.
    assert error_of(chances, TRUTH, share=0.5) == pytest.approx(0.25)
    assert error_of(np.full(100, 0.5), TRUTH, share=0.5) == pytest.approx(0.0)
    assert error_of(np.full(100, 0.5), TRUTH, share=0.2) == pytest.approx(0.3)
    assert error_of(np.full(100, -1.0), TRUTH, share=0.5) is None


def test_absent_pages_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert real_sites(tmp_path, EMBEDDER) is None
    assert str(tmp_path) in capsys.readouterr().out


def test_only_the_held_back_are_read_where_asked(tmp_path: Path) -> None:
    companies, kinds = tmp_path / "c.jsonl", tmp_path / "k.json"
    companies.write_text(
        '{"domain": "a.test", "text": "We bake bread.", "kinds": ["food"], "held_back": true}\n'
        '{"domain": "b.test", "text": "We weld steel.", "kinds": [], "held_back": false}\n',
        encoding="utf-8",
    )
    kinds.write_text('{"food": "Bakeries"}', encoding="utf-8")
    found = from_files("own", companies, kinds, EMBEDDER, held_back=True)
    assert [site.domain for site in found.sites] == ["a.test"]
    assert found.kinds["food"][1].tolist() == [True]
    assert len(from_files("own", companies, kinds, EMBEDDER).sites) == 2
