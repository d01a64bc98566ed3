"""The command lines of the engine: files in, JSON or text out. `docs/engineering/outreach-engine.md` has the shapes."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from outreach.inbound import classify

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
