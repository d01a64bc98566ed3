"""`python -m scrapers`: a line in, a line out, whatever the line holds; bad usage in words."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from scrapers.__main__ import main

PAGE = {"url": "https://acme.pl/", "html": "<p>Zażółć</p>"}


def extract(monkeypatch: pytest.MonkeyPatch, *lines: bytes) -> list[dict[str, Any]]:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\n".join(lines)), encoding="utf-8"))
    monkeypatch.setattr(sys, "stdout", out)
    assert main(["extract"]) == 0
    return [json.loads(line) for line in out.buffer.getvalue().decode("utf-8").splitlines()]


def test_a_bad_line_gives_a_line_and_never_stops_the_rest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cut = tmp_path / "cut.html.gz"
    cut.write_bytes(b"\x1f\x8b\x08\x00")
    bad = {
        b"nope": "not JSON",
        b"\xff\xfe{": "not JSON",
        b"[" * 100_000: "line 3",
        b"[]": '"url" is none',
        b'{"html": "x"}': '"url" is none',
        b'{"url": "x", "html": null}': '"html" is none',
        b'{"url": "x"}': '"file" is none',
        b'{"url": "http://[", "html": "x"}': "Invalid IPv6",
        json.dumps({"url": "x", "file": str(cut)}).encode(): "cannot be read",
        json.dumps({"url": "x", "file": str(tmp_path)}).encode(): "cannot be read",
    }
    rows = extract(monkeypatch, *bad, b'{"url": "\\ud800", "html": "x"}', json.dumps(PAGE).encode())
    assert [words in row["error"] for row, words in zip(rows, bad.values(), strict=False)] == [True] * len(bad)
    assert rows[-1]["main_text"] == "Zażółć"
    assert len(rows) == len(bad) + 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--max-pages", "0"], "at least 1"),
        (["--delay-s", "nan"], "number of seconds"),
        (["--host-map", "/nowhere/x.json"], "cannot be read"),
    ],
)
def test_bad_usage_is_told_in_words(capsys: pytest.CaptureFixture[str], options: list[str], words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["crawl", "acme.com", *options])
    assert ended.value.code == 2
    assert words in capsys.readouterr().err
