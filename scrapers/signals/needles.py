"""Fast search for many phrases: a regular expression runs only on lines that hold a literal it cannot match without.

Alternations of a hundred phrases cost Python's `re` a hundred attempts at every character; looking for a literal costs
next to nothing. The literals (needles) are read off the pattern itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_LINE_CHARS = 3_000
_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern, compiled without regard to case, and the needles of which every match holds one."""

    pattern: re.Pattern[str]
    needles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """Texts of a page with their lower-case forms, made once and searched often."""

    texts: tuple[str, ...]
    lowered: tuple[str, ...]
    joined: str

    @classmethod
    def of(cls, texts: Iterable[str]) -> Lines:
        """Prepare texts for searching; each counts once, however often it stands on the page."""
        kept = tuple(dict.fromkeys(texts))
        lowered = tuple(text.lower() for text in kept)
        return cls(kept, lowered, "\n".join(lowered))


def phrase(pattern: str, *, needles: tuple[str, ...] | None = None) -> Phrase:
    """Compile a pattern; give `needles` where its alternatives hold no literal of three characters or more."""
    return Phrase(
        re.compile(pattern, re.IGNORECASE), needles or tuple(needle_of(part) for part in _alternatives(pattern))
    )


def matches(lines: Lines, wanted: Phrase) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield each line the phrase matches, with the first match, in page order."""
    present = [needle for needle in wanted.needles if needle in lines.joined]
    if not present:
        return
    for text, lowered in zip(lines.texts, lines.lowered, strict=True):
        if any(needle in lowered for needle in present):
            found = wanted.pattern.search(text, 0, MAX_LINE_CHARS)
            if found:
                yield text, found


def _alternatives(pattern: str) -> list[str]:
    """Cut a pattern at the bars that stand outside all groups and classes."""
    parts, depth, in_class, start, place = [], 0, False, 0, 0
    while place < len(pattern):
        letter = pattern[place]
        if letter == "\\":
            place += 1
        elif in_class:
            in_class = letter != "]"
        elif letter == "[":
            in_class = True
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "|" and depth == 0:
            parts.append(pattern[start:place])
            start = place + 1
        place += 1
    return [*parts, pattern[start:]]


# A group or class, an escape, or a literal letter, each with what may follow it.
_TOKEN = re.compile(r"(\\.|\[[^\]]*\]|[^\\\[\](){}?*+.^$|])([?*]|\{0|\+|\{\d)?")


def needle_of(alternative: str) -> str:
    """The longest literal outside groups that every match of an alternative holds, in lower case; may be empty."""
    plain = _without_groups(alternative)
    runs, run, place = [""], "", 0
    while place < len(plain):
        token = _TOKEN.match(plain, place)
        literal = token and (len(token.group(1)) == 1 or re.fullmatch(r"\\[^\w]", token.group(1)))
        if token is None or not literal or token.group(2):
            runs.append(run)
            run = ""
        else:
            run += token.group(1)[-1]
        place = token.end() if token else place + 1
    longest = max([*runs, run], key=len).lower()
    if len(longest) < _SHORTEST:
        raise ValueError(f"no literal in {alternative!r}: name the needles")
    return longest


def _without_groups(pattern: str) -> str:
    """Replace every group, with its quantifier, by a class, which ends a literal run."""
    kept, depth, place = [], 0, 0
    while place < len(pattern):
        letter = pattern[place]
        if letter == "\\":
            if depth == 0:
                kept.append(pattern[place : place + 2])
            place += 2
            continue
        if letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            kept.append("[x]" if depth == 0 else "")
        elif depth == 0:
            kept.append(letter)
        place += 1
    return "".join(kept)
