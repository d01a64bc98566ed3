"""When a company gets no number: too little to read, or a language the model does not read."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.evidence import SiteEvidence
from scoring.passages import Passage
from scoring.words import terms

MIN_DISTINCT_TERMS = 3
# Below this many words a language cannot be told reliably, and short English slogans have no function words at all.
MIN_WORDS_FOR_LANGUAGE = 8
MIN_FOREIGN_WORDS = 3
# Running English is about a third function words; "in" and "an" are German too, so foreign ones must clearly win.
MAX_ENGLISH_SHARE = 0.12
FOREIGN_TO_ENGLISH = 2.0
# By the beginning of their names: an int8 variant of a model reads what the model reads.
ENGLISH_ONLY_MODELS = ("all-MiniLM-L6-v2",)
_ENGLISH_FUNCTION_WORDS = frozenset(
    """the and of to in for is are with that on your our you we by from as it at be or this have an can more has
    its""".split()
)
_ENOUGH_TEXT_WORDS = 2_000


def reason_for_silence(site: SiteEvidence, *, model_id: str) -> str | None:
    """Return in words why a company gets no number and what would help, or None when there is enough to read."""
    if site.unreadable:
        return site.unreadable
    if not site.passages:
        return (
            "no readable text was found (the site may be empty or built by JavaScript); crawl it again or add a page "
            "that says what the company does"
        )
    found = _distinct_terms(site.passages)
    if found < MIN_DISTINCT_TERMS:
        return (
            f"too little text: {found} meaningful words, at least {MIN_DISTINCT_TERMS} are needed; "
            "add a page that says what the company does"
        )
    return _foreign(site, model_id)


def _distinct_terms(passages: Sequence[Passage]) -> int:
    distinct: set[str] = set()
    for passage in passages:
        distinct.update(terms(passage.text))
        if len(distinct) >= MIN_DISTINCT_TERMS:
            break
    return len(distinct)


def _foreign(site: SiteEvidence, model_id: str) -> str | None:
    if not model_id.startswith(ENGLISH_ONLY_MODELS) or not _reads_foreign(site.passages):
        return None
    language = f"language {site.language}" if site.language and site.language != "en" else "another language"
    return (
        f"the text is in {language}, and the model {model_id} reads English only; add an English page, or set "
        "EMBEDDING_MODEL to a multilingual model"
    )


def _reads_foreign(passages: Sequence[Passage]) -> bool:
    """Return whether a text of some length has almost none of the words every English text is full of.

    The words decide, not the language a page declares: half the web declares English and writes something else.
    """
    words: list[str] = []
    for passage in passages:
        words.extend(word.strip(".,;:!?()\"'").casefold() for word in passage.text.split())
        if len(words) > _ENOUGH_TEXT_WORDS:
            break
    if len(words) < MIN_WORDS_FOR_LANGUAGE:
        return sum(not char.isascii() for word in words for char in word) > sum(map(len, words)) / 2
    english = sum(word in _ENGLISH_FUNCTION_WORDS for word in words) / len(words)
    foreign = sum(word in _FOREIGN_FUNCTION_WORDS or _has_foreign_letter(word) for word in words)
    clear = foreign >= MIN_FOREIGN_WORDS and foreign / len(words) > FOREIGN_TO_ENGLISH * english
    return clear and english < MAX_ENGLISH_SHARE


def _has_foreign_letter(word: str) -> bool:
    """Return whether a word has a letter English lacks; curly quotes and dashes are not letters."""
    return any(char.isalpha() and not char.isascii() for char in word)


_FOREIGN_FUNCTION_WORDS = frozenset(
    """und der die das für mit ist wir sie von zu den ein eine auf im nicht oder i w z na się jest dla nie oraz
    że po od le la les des et pour une dans sur nous vous est avec el los las para con una y que en por del nuestro
    de het een van voor met wij och för som att med den är vi til af og er på di il che gli e da os em
    """.split()
)
