"""Words of a search: how they are read from what a person typed, found again in a text, and compared with typos.

Folding is the same as in the index (migration 0017): marks are taken off letters, case does not matter, and letters
that only some keyboards have stand for their plain ones. So `lodz` finds Łódź.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

MAX_TYPED_CHARS = 200
MAX_WORDS = 8
_MAX_WORD_CHARS = 40
# How much of a long text is looked through for the place to show.
_SCANNED_CHARS = 60_000
_BEFORE, _AFTER = 30, 150
_WORD = re.compile(r"[^\W_]+")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `is_hit` where it is a word that was searched for."""

    text: str
    is_hit: bool = False


def fold(text: str) -> str:
    """Return a text as it is compared: lower case, without marks on its letters."""
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    split = unicodedata.normalize("NFKD", lowered)
    return "".join(letter for letter in split if not unicodedata.combining(letter)).translate(_LETTERS)


def words_of(typed: str) -> tuple[str, ...]:
    """Return the words a person typed, folded, at most MAX_WORDS; whatever is no letter or digit only parts them."""
    found = _WORD.findall(fold(typed[:MAX_TYPED_CHARS]))
    return tuple(dict.fromkeys(word[:_MAX_WORD_CHARS] for word in found))[:MAX_WORDS]


def marked(text: str, words: Sequence[str]) -> tuple[Piece, ...]:
    """Return a text in pieces, with the words that begin with one of those searched for marked."""
    return _pieces(text, list(_hits(text, words)))


def excerpt(text: str, words: Sequence[str], place: tuple[int, int] | None = None) -> tuple[Piece, ...]:
    """Return the stretch of a text where most of the words stand close together, marked; its beginning if nowhere.

    `place` is what place_of said of them, where it was asked already.
    """
    start, end = place or place_of(text, words)
    first = max(0, start - _BEFORE)
    first = text.rfind(" ", 0, first) + 1 if first else 0
    last = min(len(text), max(end, start + _AFTER))
    last = text.find(" ", last) if " " in text[last : last + 30] else last
    shown = " ".join(text[first:last].split())
    pieces = marked(shown, words)
    opening = (Piece("… "),) if first else ()
    return (*opening, *pieces, *((Piece(" …"),) if last < len(text) else ()))


def place_of(text: str, words: Sequence[str]) -> tuple[int, int]:
    """Return the span of the hit after which most different words follow soonest; (0, 0) for none."""
    hits = list(_hits(text[:_SCANNED_CHARS], words))
    best, span = (0, 0), (0, 0)
    for number, (start, end, _) in enumerate(hits):
        near: dict[str, int] = {}
        for from_, _, word in hits[number : number + 24]:
            if from_ - start <= _AFTER:
                near.setdefault(word, from_ - start)
        closeness = (len(near), -max(near.values()))
        if closeness > best or span == (0, 0):
            best, span = closeness, (start, end)
        if len(words) == 1:
            break
    return span


def similarity(typed: str, name: str) -> float:
    """Return how much of what was typed stands in a name, from 0 to 1, whatever stands beside it.

    Both are cut into trigrams of their words; swapped, missing and wrong letters cost the two or three they touch.
    """
    wanted, there = trigrams(typed), trigrams(name)
    if not wanted or not there:
        return 0.0
    shared = len(wanted & there)
    return 0.8 * shared / len(wanted) + 0.2 * 2 * shared / (len(wanted) + len(there))


def trigrams(text: str) -> frozenset[str]:
    """Return the trigrams of a text's words, each word padded so that its beginning counts more than its end."""
    found: set[str] = set()
    for word in _WORD.findall(fold(text)):
        padded = f"  {word} "
        found.update(padded[at : at + 3] for at in range(len(padded) - 2))
    return frozenset(found)


def inner_trigrams(words: Collection[str]) -> list[str]:
    """Return the trigrams inside the words, without padding, as an index over substrings holds them."""
    return sorted({word[at : at + 3] for word in words for at in range(len(word) - 2)})


def _hits(text: str, words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    if text.isascii():
        # Most pages: one pass of the pattern engine instead of folding word by word.
        wanted = "|".join(sorted(words, key=len, reverse=True))
        for match in re.finditer(rf"(?<![a-z0-9])({wanted})[a-z0-9]*", text, re.IGNORECASE) if words else ():
            yield match.start(), match.end(), match.group(1).lower()
        return
    for match in _WORD.finditer(text):
        folded = fold(match.group())
        word = next((word for word in words if folded.startswith(word)), None)
        if word is not None:
            yield match.start(), match.end(), word


def _pieces(text: str, hits: Sequence[tuple[int, int, str]]) -> tuple[Piece, ...]:
    pieces, at = [], 0
    for start, end, _ in hits:
        pieces += [Piece(text[at:start]), Piece(text[start:end], is_hit=True)]
        at = end
    return tuple(piece for piece in (*pieces, Piece(text[at:])) if piece.text)
