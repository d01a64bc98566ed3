"""Mails written for the tests, in compact files: `@@ kind name recipients` on a line, then the mail.

A case without To, Date or content type gets one, so that a case shows only what matters in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parents[2] / "data" / "outreach"
_DEFAULTS = {
    "to": "To: Me <me@sender.example>",
    "date": "Date: Mon, 3 Mar 2025 12:00:00 +0100",
    "mime-version": "MIME-Version: 1.0",
    "content-type": "Content-Type: text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class MailCase:
    """One mail with the kind it is and whom it is about."""

    name: str
    kind: str
    recipients: list[str]
    raw: bytes


def cases_of(folder: str) -> list[MailCase]:
    """Return the cases of all files in a folder below tests/data/outreach."""
    return [case for path in sorted((DATA / folder).glob("*.txt")) for case in _cases(path)]


def _cases(path: Path) -> Iterator[MailCase]:
    for block in path.read_text(encoding="utf-8").split("\n@@ "):
        head, _, body = block.removeprefix("@@ ").partition("\n")
        kind, name, *rest = head.split()
        recipients = [word for word in " ".join(rest).split(",") if "@" in word]
        yield MailCase(f"{path.stem}/{name}", kind, recipients, _completed(body).encode("utf-8"))


def _completed(text: str) -> str:
    head, _, body = text.partition("\n\n")
    present = {line.partition(":")[0].lower() for line in head.splitlines() if not line.startswith((" ", "\t"))}
    added = [line for name, line in _DEFAULTS.items() if name not in present]
    return "\n".join([head.rstrip("\n"), *added]) + "\n\n" + body
