"""The repository's own files, as the architecture tests look at them."""

import ast
import gc
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("app", "scoring", "outreach", "scrapers")
ENGINES = ("scoring", "outreach", "scrapers")


@cache
def tracked() -> tuple[Path, ...]:
    """Return every file that is or would be committed: what git knows, and what it does not ignore."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(sorted(ROOT / name for name in set(listed) if name and (ROOT / name).is_file()))


def files(*folders: str, suffix: str = ".py") -> list[Path]:
    """Return the files with this suffix under these folders of the repository; all folders when none is named."""
    return [path for path in tracked() if path.suffix == suffix and (not folders or within(path, *folders))]


def within(path: Path, *folders: str) -> bool:
    """Return whether a file lies in one of these folders of the repository."""
    return any(path.is_relative_to(ROOT / folder) for folder in folders)


def name_of(path: Path) -> str:
    """Return a file's path inside the repository, for messages."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """Return a Python file's syntax tree.

    Nothing in a tree is garbage: looking for it among all the trees so far would take most of the time.
    """
    gc.disable()
    try:
        return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    finally:
        gc.enable()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a file, methods and inner ones too."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def calls_of(path: Path, method: str) -> list[int]:
    """Return the lines where a method of this name is called on something."""
    return [
        node.lineno
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method
    ]
