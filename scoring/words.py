"""Words of a text: how they are counted, folded and told from filler.

One place decides what a word is, because passage lengths, the lexical part of a score and the "too little text"
rule must all mean the same thing by it.
"""

from __future__ import annotations

import re
from functools import lru_cache

# A Han, kana or Thai character counts as one word: those scripts put no space between words.
_CJK = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
TOKEN = re.compile(rf"[{_CJK}]|[^\s{_CJK}]+")
_TERM = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+(?:[&+#'’][^\W_{_CJK}]+)*")

STOPWORDS = frozenset(
    """a about above after again all also am an and any are as at back be because been before being below best better
    between both but by can come could did do does down each either else ever every few find first for from full
    further get give go good great had has have having he her here hers him his how i if in into is it its it's
    itself just keep know let like look made make many may me might more most much must my need new no nor not now
    of off on once one only or other our ours out over own part per place please really same see she should since
    so some such take than that the their them then there these they thing this those through to together too two
    under until up upon us use very via want was way we well were what when where whether which while who whom whose
    why will with within without won't would year yes yet you your yours don't we're you're they're we'll i'm we've
    company companies partner partners business businesses offer offers offering provide provides providing provider
    providers based help helps helping work works working inc ltd llc gmbh""".split()
)


def count_words(text: str) -> int:
    """Return the number of whitespace-separated words, each CJK or Thai character being one."""
    return sum(1 for _ in TOKEN.finditer(text))


def terms(text: str) -> list[str]:
    """Return the meaningful words of a text in order, folded and stemmed, filler words left out."""
    return [term for term, _ in spoken_terms(text)]


def spoken_terms(text: str) -> list[tuple[str, str]]:
    """Return the same terms, each with the folded word as it stands in the text."""
    found = (match.group().casefold().replace("’", "'") for match in _TERM.finditer(text))
    return [(_stem(word), word) for word in found if word not in STOPWORDS and (len(word) > 1 or not word.isascii())]


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    """Cut English endings so that "agencies" meets "agency" and "designing" meets "design".

    A short suffix list rather than a full Porter stemmer: it is applied to both sides alike, and a wrong cut
    costs only a missed lexical match that the dense part makes up for.
    """
    if len(word) <= 3 or not word.isascii() or not word.isalpha():
        return word
    for suffix, replacement in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: len(word) - len(suffix)] + replacement
    return word


_SUFFIXES = (
    ("izations", "iz"),
    ("ization", "iz"),
    ("ations", "at"),
    ("ation", "at"),
    ("ators", "at"),
    ("ator", "at"),
    ("ating", "at"),
    ("ated", "at"),
    ("ates", "at"),
    ("ate", "at"),
    ("ings", ""),
    ("ing", ""),
    ("ies", "y"),
    ("ied", "y"),
    ("ments", ""),
    ("ment", ""),
    ("sses", "ss"),
    ("ness", ""),
    ("ers", ""),
    ("er", ""),
    ("ors", ""),
    ("or", ""),
    ("ed", ""),
    ("es", ""),
    ("ss", "ss"),
    ("us", "us"),
    ("s", ""),
    ("e", ""),
)
