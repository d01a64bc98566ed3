"""The engine on its own: `python -m scoring rank|backtest`, JSON lines in, JSON lines out; `quantize` makes a model."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from scoring.commands import backtest_command, quantize_command, rank_command
from scoring.errors import ScoringError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns 0, or 2 when the input cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m scoring", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, run, text in (
        ("rank", rank_command, "score sites against a profile, best first"),
        ("backtest", backtest_command, "what the score would have been worth on past decisions"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--profile", type=Path, required=True, help="JSON file with topics, exemplars, languages")
        command.add_argument("--sites", type=Path, required=True, help="JSON lines, a site each")
        command.add_argument("--labels", type=Path, required=name == "backtest", help="JSON lines, a decision each")
        command.add_argument("--cache", type=Path, help="folder that keeps embeddings by content and model")
        command.add_argument("--model", help="sentence-transformers folder or id; default: the one shipped")
        command.add_argument("--k", type=int, default=10, help="mails the team sends in a week, for precision")
        command.set_defaults(run=run)
    text = "write the int8 variant of the model to a new folder, for EMBEDDING_MODEL: twice the speed"
    command = commands.add_parser("quantize", help=text, description=text)
    command.add_argument("--out", type=Path, required=True, help="the new folder; its name is the model's id")
    command.add_argument("--model", type=Path, help="sentence-transformers folder; default: the one shipped")
    command.set_defaults(run=quantize_command)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    options = parser.parse_args(arguments)
    try:
        for line in options.run(options):
            print(line)
    except ScoringError as problem:
        print(f"scoring: {problem}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
