"""The word lists of the engine: `words/<name>.txt`, one pattern a line under `[section]`, `#` for comments.

Files, not code, so that somebody who speaks a language can add to it. Patterns are regular expressions over folded
text (see `folding`): lower case, accents optional.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from outreach.inbound.folding import one_of


def load_words(name: str) -> dict[str, list[str]]:
    """Return the patterns of a word file by section, sections in the file's order."""
    sections: dict[str, list[str]] = {}
    text = files("outreach.inbound").joinpath("words", f"{name}.txt").read_text(encoding="utf-8")
    current: list[str] = []
    for line in (raw.strip() for raw in text.splitlines()):
        if line.startswith("[") and line.endswith("]") and re.fullmatch(r"[\w -]+", line[1:-1]):
            current = sections.setdefault(line[1:-1], [])
        elif line and not line.startswith("#"):
            current.append(line)
    return sections


@cache
def load_patterns(name: str, *, start: bool = False) -> dict[str, re.Pattern[str]]:
    """Return each section of a word file compiled; `start` ties the patterns to the beginning of the text."""
    return {section: one_of(words, start=start) for section, words in load_words(name).items()}
