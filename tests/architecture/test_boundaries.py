"""Some things happen in one place only: committing, reading the clock, reading the environment."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.architecture.tree import ENGINES, ROOT, calls_of, files, name_of, parsed

CATCH_ALL = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}


def test_only_the_database_module_commits() -> None:
    committing = [name_of(path) for path in files("app") if calls_of(path, "commit")]
    assert committing == ["app/db.py"]


def test_only_the_clock_module_reads_the_clock() -> None:
    reading = [
        f"{name_of(path)}:{node.lineno}"
        for path in files("app")
        if name_of(path) != "app/clock.py" and not name_of(path).startswith("app/demo/")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr)
        in {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
    ]
    assert reading == []


def _environment_reads(path: Path) -> list[str]:
    """Return where a file touches os.environ, but for handing all of it to Settings.from_env."""
    tree = parsed(path)
    handed_over = {
        id(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "from_env"
        for argument in node.args
    }
    return [
        f"{name_of(path)}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and node.attr in {"environ", "getenv", "putenv"}
        and id(node) not in handed_over
    ]


def test_settings_are_the_only_reader_of_the_environment() -> None:
    assert [read for path in files("app", *ENGINES) for read in _environment_reads(path)] == []


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = [name_of(path) for path in files() if CATCH_ALL & set(path.relative_to(ROOT).with_suffix("").parts)]
    assert drawers == []


def test_the_run_script_needs_nothing_but_the_standard_library() -> None:
    # -S leaves site-packages out, as on a machine where nothing is installed yet.
    program = "import tools.commands, app.demo.people, app.demo.server"
    done = subprocess.run(
        [sys.executable, "-S", "-B", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
