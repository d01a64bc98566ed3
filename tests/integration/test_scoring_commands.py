"""`python -m scoring` from files to lines, with the model-free embedder: bad lines are named, the rest is scored."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from scoring.__main__ import main
from tests.unit.scoring.worlds import make_world

PROFILE = {"topics": [{"id": "shops", "text": "Agency that builds online shops for merchants", "weight": 1}]}


class Files:
    """A folder with the three input files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("profile.json", json.dumps(PROFILE))
        self.sites = [
            {"domain": s.domain, "pages": [{"url": p.url, "title": "", "text": p.text} for p in s.passages]}
            for s in make_world(60)
        ]
        self.write("sites.jsonl", "\n".join(map(json.dumps, self.sites)))
        labels = [{"domain": s["domain"], "label": n % 3 == 0} for n, s in enumerate(self.sites)]
        self.write("labels.jsonl", "\n".join(map(json.dumps, labels)))

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    def run(self, command: str, *more: str) -> int:
        paths = ["--profile", str(self.folder / "profile.json"), "--sites", str(self.folder / "sites.jsonl")]
        return main([command, *paths, "--model", "hashing-test", *more])


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_rank_is_best_first_and_adds_up(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert files.run("rank", "--cache", str(files.folder / "cache")) == 0
    rows = lines(capsys)
    scores = [row["score"] for row in rows]
    assert len(rows) == 60
    assert scores == sorted(scores, key=lambda score: -float(str(score)))
    texts = {page["url"]: page["text"] for site in files.sites for page in site["pages"]}  # type: ignore[index]
    for row in rows:
        parts = row["parts"]
        assert isinstance(parts, list)
        assert math.fsum(part["points"] for part in parts) == pytest.approx(row["score"], abs=1e-6)
        for part in parts:
            assert math.fsum(p["points"] for p in part["passages"]) == pytest.approx(part["points"], abs=1e-6)
            assert all(texts[p["url"]][p["start"] : p["end"]] == p["quote"] for p in part["passages"])
    best = [int(str(row["domain"]).split("-")[1].split(".")[0]) % 3 for row in rows[:15]]
    assert best == [0] * 15


def test_a_second_run_reads_the_cache_and_says_the_same(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    cache = str(files.folder / "cache")
    files.run("rank", "--cache", cache)
    first = capsys.readouterr().out
    files.run("rank", "--cache", cache)
    assert capsys.readouterr().out == first
    assert list((files.folder / "cache").glob("vectors-hashing-test.npz"))


def test_labels_give_probabilities(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert files.run("rank", "--labels", str(files.folder / "labels.jsonl")) == 0
    rows = lines(capsys)
    assert all(0 < float(str(row["probability"])) < 1 for row in rows)


def test_bad_lines_are_named_and_the_rest_is_scored(
    files: Files, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    good = json.dumps(files.sites[0])
    again = json.dumps({"domain": files.sites[0]["domain"], "pages": [{"url": "u", "text": "More words here"}]})
    empty = json.dumps({"domain": "empty.test", "pages": []})
    files.write("sites.jsonl", "\n".join([good, "{not json", '["list"]', '{"domain": 3}', again, empty, good]))
    files.write("labels.jsonl", '{"domain":"a.test","label":true}\n{"domain":"a.test","label":false}\nnope')
    assert files.run("rank", "--labels", str(files.folder / "labels.jsonl")) == 0
    rows = lines(capsys)
    assert [row["domain"] for row in rows] == [files.sites[0]["domain"], "empty.test"]
    assert "no readable text" in str(rows[1]["why_null"])
    for words in (
        "line 2: not JSON",
        "line 3: not an object",
        "line 4: needs a domain",
        "line 5",
        "both true and false",
    ):
        assert words in caplog.text
    assert "not learned" in caplog.text


def test_backtest_prints_one_object(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert files.run("backtest", "--labels", str(files.folder / "labels.jsonl"), "--k", "5") == 0
    (result,) = lines(capsys)
    assert result["enough"] is True
    assert {"learned", "current_weights", "keyword_count", "newest_first"} == {r["name"] for r in result["rankings"]}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("profile.json", '{"topics": []}', "add at least one topic"),
        ("profile.json", "{", "not JSON"),
        ("sites.jsonl", "", "no usable site"),
    ],
)
def test_unusable_input_is_exit_2_with_the_cause(
    files: Files, capsys: pytest.CaptureFixture[str], name: str, text: str, words: str
) -> None:
    files.write(name, text)
    assert files.run("rank") == 2
    assert words in capsys.readouterr().err


def test_a_missing_model_folder_is_named(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    assert files.run("rank", "--model", str(files.folder / "nowhere")) == 2
    err = capsys.readouterr().err
    assert "nowhere" in err
    assert "EMBEDDING_MODEL" in err
