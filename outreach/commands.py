"""The command lines of the engine: files in, JSON or text out. `docs/engineering/outreach-engine.md` has the shapes."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from outreach.errors import InputProblem
from outreach.inbound import classify
from outreach.plan_json import enrollment_of, plan_to_json, sequence_of
from outreach.planning import plan_next
from outreach.reading import instant_of
from outreach.templates import TemplateError, render_template

MAX_MAIL_BYTES = 50 * 1024 * 1024


def classify_command(options: argparse.Namespace) -> int:
    """Write a JSON line per file; an unreadable one gets a line with "error" and never stops the rest."""
    failed = False
    for path in options.files:
        line = _classified(path)
        failed = failed or "error" in line
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    return 1 if failed else 0


def _classified(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_MAIL_BYTES)
    except OSError as error:
        return {"file": str(path), "error": f"the file cannot be read: {error.strerror or error}"}
    return {"file": str(path), **asdict(classify(raw))}


def render_command(options: argparse.Namespace) -> int:
    """Write the rendered text, or every problem with its line; returns 2 then."""
    text = _read_text(options.template)
    data = read_json(options.data)
    try:
        sys.stdout.write(render_template(text, data, escape_html=options.html))
    except TemplateError as error:
        for problem in error.problems:
            sys.stdout.write(f"{options.template}: {problem}\n")
        return 2
    return 0


def plan_command(options: argparse.Namespace) -> int:
    """Write the plan of an enrollment's next step as one JSON line."""
    now = instant_of(options.now)
    if now is None:
        raise InputProblem("--now", [f"{options.now!r} is no time with a zone, such as 2025-03-03T09:00:00+01:00"])
    sequence = sequence_of(read_json(options.sequence), str(options.sequence))
    enrollment = enrollment_of(read_json(options.enrollment), sequence, str(options.enrollment))
    sys.stdout.write(json.dumps(plan_to_json(plan_next(sequence, enrollment, now))) + "\n")
    return 0


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object of a file; raises InputProblem with the place of the first error."""
    try:
        value = json.loads(_read_text(path))
    except json.JSONDecodeError as error:
        raise InputProblem(str(path), [f"line {error.lineno} is not JSON: {error.msg}"]) from error
    if not isinstance(value, dict):
        raise InputProblem(str(path), ["it holds no JSON object; the docs show its shape"])
    return value


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputProblem(str(path), [error.strerror or str(error)]) from error
    except UnicodeDecodeError as error:
        raise InputProblem(str(path), [f"byte {error.start} is not UTF-8; save the file as UTF-8"]) from error
