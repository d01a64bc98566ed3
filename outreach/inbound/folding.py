"""Texts folded to a plain form, so that one pattern meets every spelling, case, accent and broken line.

Mail loses accents on its way ("prosze mnie usunac"), so patterns are compared without them, on both sides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LETTERS = str.maketrans(
    {
        "ß": "ss", "ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d",
        "ð": "d", "þ": "th", "æ": "ae", "Æ": "ae",
        "œ": "oe", "ı": "i", "’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "\u00a0": " ", "\u202f": " ", "\u200b": None,
        "\u200c": None, "\u200d": None, "\u200e": None, "\u200f": None, "\ufeff": None, "\u00ad": None,
    }
)  # fmt: skip
_SPACE = re.compile(r"\s+")
_SENTENCE_END = re.compile(r"(?<=[!?。！？])\s+|(?<=[^\d\s]\.)\s+|\n+|(?<=[。！？])")


def fold(text: str) -> str:
    """Return the text in lower case, without accents, typographic marks or runs of white space."""
    return _SPACE.sub(" ", _strip_marks(text).casefold()).strip()


def one_of(patterns: Iterable[str], *, start: bool = False) -> re.Pattern[str]:
    """Compile alternatives to be searched in folded text; `start` ties them to its beginning.

    Patterns are written in lower case; their accents are taken off here, as `fold` does with the text. A pattern
    that begins with a Latin letter matches at the start of a word only.
    """
    joined = "|".join(_at_word(_strip_marks(pattern)) for pattern in patterns)
    return re.compile(rf"^(?:{joined})" if start else rf"(?:{joined})")


def folded_sentences(text: str) -> list[str]:
    """Split a text into folded sentences and lines; wrapped lines are joined first, "bis 5. August" stays whole."""
    unwrapped = re.sub(r"(?<=[^\n.!?:。])\n(?=[^\W\d_A-Z])", " ", text)
    return [folded for piece in _SENTENCE_END.split(unwrapped) if (folded := fold(piece or ""))]


def _strip_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(char for char in decomposed if not unicodedata.combining(char)).translate(_LETTERS)


def _at_word(pattern: str) -> str:
    return rf"\b{pattern}" if pattern[:1].isalpha() and pattern[:1].isascii() else pattern
