"""The engine on its own: `python -m outreach classify|render|plan`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from outreach.commands import classify_command, plan_command, render_command
from outreach.errors import OutreachError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns 0, 1 when a file could not be read, 2 when the input cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m outreach", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    classify = commands.add_parser("classify", help="what kind of mail each file is, a JSON line per file")
    classify.add_argument("files", type=Path, nargs="+", metavar="FILE.eml")
    classify.set_defaults(run=classify_command)
    render = commands.add_parser("render", help="the text of a template for one recipient, or its problems by line")
    render.add_argument("template", type=Path, metavar="FILE.liquid")
    render.add_argument("--data", type=Path, required=True, metavar="D.json", help="the values, nested by name")
    render.add_argument("--html", action="store_true", help="escape the values for HTML")
    render.set_defaults(run=render_command)
    plan = commands.add_parser("plan", help="the next step of an enrollment, its time, and what blocks it")
    plan.add_argument("sequence", type=Path, metavar="SEQUENCE.json")
    plan.add_argument("enrollment", type=Path, metavar="ENROLLMENT.json")
    plan.add_argument("--now", required=True, metavar="ISO", help="the moment to plan from, with its zone")
    plan.set_defaults(run=plan_command)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except OutreachError as problem:
        print(f"outreach: {problem}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
