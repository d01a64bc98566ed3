"""The command line of `./run`."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.assets import ensure_assets
from tools.console import Refused, say
from tools.environment import ensure_environment
from tools.serve import Options, serve

ROOT = Path(__file__).resolve().parents[1]
# What pyproject.toml leaves out as well: given here again because a second -m replaces the first.
QUICK = "not slow and not browser and not services and not exhaustive"
CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
)
HELP = """\
  ./run                     set up what is missing, then start everything
  ./run --port 8100 --data DIR --no-demo --host 0.0.0.0 --verbose
  ./run test [--quick] [--full]   run the tests; further arguments go to pytest
  ./run lint                ruff, mypy and import-linter
  ./run bench [NAME]        measure speed and memory; without a name: everything there is to measure
"""


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks. Returns the exit code: 1 for a refusal or failure, 2 for a wrong command line."""
    commands = {"test": _test, "lint": _lint, "bench": _bench}
    try:
        if arguments and arguments[0] in commands:
            return commands[arguments[0]](list(arguments[1:]))
        return serve(ROOT, parse_options(arguments))
    except Refused as refusal:
        sys.stderr.write(f"\n{refusal}\n")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130


def parse_options(arguments: Sequence[str]) -> Options:
    """Return the options of a plain `./run`; exits with code 2 and a message where they are wrong."""
    parser = argparse.ArgumentParser(
        prog="./run", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter, add_help=True
    )
    parser.add_argument("--port", type=_port, default=8000, help="where the pages are served (default: 8000)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1, this machine)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="data folder (default: DATA_DIR, else var)")
    parser.add_argument("--no-demo", action="store_true", help="do not load the demo or serve its prospect sites")
    parser.add_argument("--verbose", action="store_true", help="show every part's log here instead of in files")
    given = parser.parse_args(arguments)
    return Options(
        host=given.host, port=given.port, data_dir=given.data, with_demo=not given.no_demo, verbose=given.verbose
    )


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port number from 1 to 65535")
    return int(text)


def _test(arguments: list[str]) -> int:
    """Run pytest on two processes; a module's tests stay together, so that its servers and models start once.

    Modules start in the order of their names, which puts the browser and the real workers first: the two processes
    end together when the small ones come last. Each computes on one thread: more of them than there are processors
    wait for each other in busy loops, which takes four times as long as the work.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    python = ensure_environment(ROOT, with_development=True)
    ensure_assets(ROOT)
    marks = {"--quick": QUICK, "--full": ""}
    chosen = [part for option, mark in marks.items() if option in arguments for part in ("-m", mark)]
    rest = [argument for argument in arguments if argument not in marks]
    return _run(python, "-m", "pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", *chosen, *rest)


def _lint(arguments: list[str]) -> int:
    """Run every check even after one fails: a person wants to see all of it at once."""
    if arguments:
        raise Refused("./run lint takes no arguments")
    python = ensure_environment(ROOT, with_development=True)
    failed = []
    for check in CHECKS:
        say(f"• {' '.join(check)}")
        if _run(python.parent / check[0], *check[1:]):
            failed.append(" ".join(check))
    say(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def _bench(arguments: list[str]) -> int:
    """Run one measurement with its arguments, or all of them in turn."""
    known = sorted(path.stem for path in (ROOT / "bench").glob("[a-z]*.py"))
    if arguments and arguments[0] not in known:
        raise Refused(f"There is no measurement {arguments[0]!r}. There are: {', '.join(known) or 'none yet'}")
    python = ensure_environment(ROOT, with_development=True)
    names = arguments[:1] or known
    codes = []
    for name in names:
        say(f"• bench {name}")
        codes.append(_run(python, "-m", f"bench.{name}", *arguments[1:]))
    return max(codes, default=0)


def _run(program: Path, *arguments: str) -> int:
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    return subprocess.run([str(program), *arguments], cwd=ROOT, env=environment, check=False).returncode
