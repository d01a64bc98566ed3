"""The int8 variant of the shipped model: made once, told apart, and ranking like its original."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from scoring.__main__ import main
from scoring.embedder import load_embedder
from scoring.errors import ModelMissing
from scoring.int8 import MODEL_FILE

TEXTS = [
    "We build online shops for small brands.",
    "A bakery in the old town.",
    "We build online shops for small brands.",
    "Affiliate marketing for software companies, with a weekly newsletter that reviews tools for shop owners. " * 20,
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("models") / "small-int8"
    assert main(["quantize", "--out", str(target)]) == 0
    return target


@pytest.mark.slow
def test_vectors_are_near_the_original_ones_and_under_a_name_of_their_own(folder: Path) -> None:
    exact, quick = load_embedder(), load_embedder(str(folder))
    assert quick.model_id == "small-int8"
    assert quick.dimension == exact.dimension
    ours = quick.encode(TEXTS).astype(np.float64)
    assert np.allclose(np.linalg.norm(ours, axis=1), 1, atol=0.002)
    assert (ours * exact.encode(TEXTS).astype(np.float64)).sum(axis=1).min() > 0.97
    assert (ours[0] == ours[2]).all()
    assert quick.encode([]).shape == (0, exact.dimension)


@pytest.mark.slow
def test_a_folder_called_like_the_original_has_a_name_of_its_own(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "all-MiniLM-L6-v2")
    assert load_embedder(str(tmp_path / "all-MiniLM-L6-v2")).model_id == "all-MiniLM-L6-v2-int8"


@pytest.mark.slow
def test_a_folder_that_exists_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / MODEL_FILE).read_bytes()
    assert main(["quantize", "--out", str(folder)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert (folder / MODEL_FILE).read_bytes() == before


def test_a_broken_model_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / MODEL_FILE).write_bytes(b"not a model")
    with pytest.raises(ModelMissing, match=r"cannot be read .* python -m scoring quantize"):
        load_embedder(str(tmp_path))
