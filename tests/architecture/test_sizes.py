"""Files and functions stay small enough to read in one sitting (DESIGN, section 10)."""

from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, files, functions, name_of, tracked, within

# Migrations are generated from the models and read once.
PYTHON = [path for path in files() if not within(path, "migrations/versions")]
FILE_LINES, FUNCTION_LINES, TEMPLATE_LINES, CONTROLLER_LINES = 300, 60, 150, 100


def _too_long(paths: list[Path], limit: int) -> list[str]:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    return [f"{name}: {length} lines, at most {limit}" for name, length in lengths.items() if length > limit]


def test_python_files_are_at_most_300_lines() -> None:
    assert _too_long([*PYTHON, ROOT / "run"], FILE_LINES) == []


def test_functions_are_at_most_60_lines() -> None:
    long = [
        f"{name_of(path)}:{function.lineno} {function.name}: {length} lines"
        for path in PYTHON
        for function in functions(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES
    ]
    assert long == []


@pytest.mark.parametrize(
    ("folder", "suffix", "limit"),
    [("app/templates", ".html", TEMPLATE_LINES), ("app/static/js/controllers", ".js", CONTROLLER_LINES),
     ("app/static", ".css", FILE_LINES), ("app/static/js", ".js", FILE_LINES)],
)  # fmt: skip
def test_front_end_files_are_small(folder: str, suffix: str, limit: int) -> None:
    assert _too_long([path for path in tracked() if path.suffix == suffix and within(path, folder)], limit) == []
