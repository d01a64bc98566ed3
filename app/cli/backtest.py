"""The backtest of a program's score, for a terminal: the same computation as the screen, nothing stored."""

import json
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from app.config import Settings
from app.db import reading
from app.models import Program
from app.services.backtests import MAX_MAILS, compute_backtest, load_backtest
from app.services.errors import ServiceError
from scoring.embedder import load_embedder
from scoring.errors import ScoringError

NAMES = {
    "learned": "Learned from decisions",
    "current_weights": "Today's weights",
    "keyword_count": "Keyword count",
    "newest_first": "Newest first",
}


@click.command("backtest")
@click.option("--program", "slug", required=True, help="Short name of the program, as in its addresses.")
@click.option("--mails", type=click.IntRange(1, MAX_MAILS), default=20, show_default=True, help="Mails sent in a week.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
@with_appcontext
def backtest_command(*, slug: str, mails: int, as_json: bool) -> None:
    """Say what the score would have been worth on the program's own later decisions."""
    settings: Settings = current_app.extensions["scoutboard_settings"]
    try:
        embedder = load_embedder(settings.embedding_model or None)
        with reading() as session:
            program = session.scalar(select(Program).where(Program.slug == slug))
            if program is None:
                raise click.ClickException(f"There is no program {slug!r}; its short name stands in its addresses.")
            given = load_backtest(session, program.id, embedder)
        result = compute_backtest(given, weekly_mails=mails).result
    except (ServiceError, ScoringError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else _in_words(result))


def _in_words(result: dict[str, Any]) -> str:
    lines: list[str] = [result["verdict"]]
    if not result["enough"]:
        return lines[0]
    lines.append(f"Learned from the first {result['trained_on']} decisions, judged on the later {result['tested_on']}.")
    lines.append(f"{'':24} AUC (95 % interval)      precision at {result['k']}")
    for row in result["rankings"]:
        area, precision = row["auc"], row["precision"]
        said = f"{area['value']:.3f} ({area['low']:.3f}-{area['high']:.3f})" if area else "-"
        lines.append(f"{NAMES[row['name']]:24} {said:24} {'-' if precision is None else format(precision, '.2f')}")
    if result["calibration_error"] is not None:
        lines.append(f"Calibration error {result['calibration_error']:.3f}")
    if result["missed"]:
        lines.append("Approved but not among the best: " + ", ".join(row["domain"] for row in result["missed"]))
    return "\n".join(lines)
