"""How hard a text is to read, by the LIX figure: words a sentence plus the percentage of words over six letters.

LIX counts letters, not syllables, so it serves English, Polish and German alike (C. H. Björnsson, Läsbarhet, 1968).
"""

import re
from dataclasses import dataclass

from app.languages import mark

_SENTENCE = re.compile(r"[.!?:;]+(?=\s|$)|\n+")
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_LONG = 6
# Björnsson's own bands: children's books, fiction, newspapers, official texts.
_BANDS = ((30, mark("very easy")), (40, mark("easy")), (50, mark("medium")), (60, mark("hard")))
PLAIN_BELOW = 50


@dataclass(frozen=True, slots=True)
class Readability:
    """The LIX of a text, what it was computed from, and its band in words."""

    lix: int
    words: int
    sentences: int

    @property
    def band(self) -> str:
        """Return how such a text reads."""
        return next((name for most, name in _BANDS if self.lix < most), mark("very hard"))

    @property
    def is_plain(self) -> bool:
        """Say whether most adults read it with ease."""
        return self.lix < PLAIN_BELOW


def readability(text: str) -> Readability | None:
    """Return how hard a text is to read; None for one without words."""
    sentences = [words for part in _SENTENCE.split(text) if (words := _WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return None
    long = sum(len(word) > _LONG for word in words)
    return Readability(round(len(words) / len(sentences) + 100 * long / len(words)), len(words), len(sentences))
