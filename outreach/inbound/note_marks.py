"""What marks a sentence as one of a note that goes out to whoever writes, or as somebody's who answers us.

Dates and addresses are found in any language; the words are in `words/notes.txt`, a line a language. Only the two
languages that a mail has most function words of are asked: "ma" is "but" in one and "my" in the other.
"""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from functools import cache
from itertools import islice, pairwise

from outreach.inbound.folding import one_of
from outreach.inbound.mail import ADDRESS, Mail
from outreach.inbound.words import load_patterns, load_words

MAX_CHARS = 600
_MAX_DATES = 10
_WORDS = load_words("notes")
_PHRASES = load_patterns("auto")
_MONTH = (
    r"(?:jan|feb|fev|mar|mrt|apr|avr|abr|mai|may|maj|mag|jun|juin|jul|juil|lug|giu|aug|aou|ago|sep|set|okt|oct|out|ott"
    r"|nov|dec|dez|des|dic|gen|ene|sty|lut|kwi|cze|lip|sie|wrz|paz|lis|gru|led|uno|bre|dub|kve|cer|srp|zar|rij|pro"
    r"|tammi|helmi|maalis|huhti|touko|kesa|heina|elo|syys|loka|marras|joulu)"
)
_DATE = re.compile(
    rf"\d{{1,2}}\s?[./-]\s?\d{{1,2}}\b|\d{{4}}-\d\d-\d\d|\b\d{{1,2}}(?:st|nd|rd|th|er|:?e)\b"
    rf"|\b\d{{1,2}}\.?\s(?:de |of |og )?{_MONTH}|\b{_MONTH}[a-z]*\.?\s\d{{1,2}}\b|\b\d{{1,2}}\.(?=\s|$)"
)
_UNTIL = re.compile(
    r"\b(?:until|till?|through|thru|bis|jusqu\W?a?u?|hasta|fino|al|do|tot|t/m|ate|til|to|au)\b[^.!?]{0,25}?$"
)
_UNTIL_AFTER = re.compile(r"^[^.!?]{0,8}?(?:-?ig|asti|saakka)\b")
_REACHABLE = re.compile(r"(?:\d[\s/().-]?){6,}|https?://|www\.")
# A share or a price: matter of a talk, in any language.
_TERMS = re.compile(
    r"\d\s?(?:%|€|\$|£|eur|usd|zl|kr|chf|gbp)|[€$£]\s?\d|\b(?:percent|prozent|procent|pour cent|por ciento)\b"
)
_LINK = re.compile(r"https?://\S+")


class Mark(StrEnum):
    """What a sentence has; the first ones are sections of the word file, which says what they mean."""

    AWAY = "away"
    GONE = "gone"
    TAKEN_IN = "taken in"
    DELEGATE = "delegate"
    FATE = "fate"
    MANNERS = "manners"
    WHEN = "when"
    TALK = "talk"
    SOON = "soon"
    DATE = "date"
    SPAN = "span"  # until a date
    RANGE = "range"  # two dates
    REACHABLE = "reachable"
    NAMED = "named"  # somebody else to turn to, and where
    URGENT = "urgent"
    STATEMENT = "statement"  # says of itself that it is automatic
    PHRASE = "phrase"  # nothing of these, but a phrase of words/auto.txt
    QUESTION = "question"


_EXPLAINING = {Mark.AWAY, Mark.GONE, Mark.TAKEN_IN, Mark.DELEGATE, Mark.FATE, Mark.MANNERS, Mark.STATEMENT}
_BY_WORDS = (
    Mark.AWAY, Mark.GONE, Mark.TAKEN_IN, Mark.DELEGATE, Mark.FATE, Mark.MANNERS, Mark.WHEN, Mark.TALK, Mark.SOON
)  # fmt: skip


def speaks_of_matter(sentences: list[str]) -> bool:
    """Return whether any sentence has what a note is about; most mails of people do not, and need no weighing."""
    languages = _languages_of(" ".join(sentences))
    patterns = [_patterns(mark)[code] for mark in (Mark.AWAY, Mark.GONE, Mark.TAKEN_IN) for code in languages]
    cut = [sentence[:MAX_CHARS] for sentence in sentences]
    return any(_DATE.search(sentence) or any(each.search(sentence) for each in patterns) for sentence in cut)


def marks_of(sentences: list[str], mail: Mail) -> list[set[Mark]]:
    """Return the marks of each folded sentence of a mail."""
    languages = _languages_of(" ".join(sentences))
    own = set(mail.addresses("from", "reply-to", "sender", "to"))
    found = [_of_sentence(sentence[:MAX_CHARS], languages, own) for sentence in sentences]
    for marks, below in pairwise([*found, set()]):
        if Mark.DELEGATE in marks and Mark.REACHABLE in marks | below:
            marks.add(Mark.NAMED)
    return found


def _of_sentence(sentence: str, languages: tuple[str, ...], own: set[str]) -> set[Mark]:
    marks = {mark for mark in _BY_WORDS if any(_patterns(mark)[code].search(sentence) for code in languages)}
    marks |= _dates(sentence)
    if _TERMS.search(sentence):
        marks.add(Mark.TALK)
    addresses = ADDRESS.findall(sentence)
    if addresses or _REACHABLE.search(sentence):
        marks.add(Mark.REACHABLE)
    if any(address.lower() not in own for address in addresses):
        marks.add(Mark.NAMED)
    if _PHRASES["statement"].search(sentence):
        marks.add(Mark.STATEMENT)
    if _PHRASES["urgent"].search(sentence):
        marks.add(Mark.URGENT)
        if Mark.REACHABLE in marks:
            marks.discard(Mark.TALK)  # "In urgent cases call me on …" is what notes say too.
    if not marks & _EXPLAINING and any(
        _PHRASES[kind].search(sentence) for kind in ("absence", "left", "detail", "receipt", "ticket")
    ):
        marks.add(Mark.PHRASE)
    if "?" in _LINK.sub("", sentence):
        marks.add(Mark.QUESTION)
    return marks


def _dates(sentence: str) -> set[Mark]:
    found = list(islice(_DATE.finditer(sentence), _MAX_DATES))
    marks = {Mark.DATE, Mark.WHEN} if found else set()
    if len(found) > 1:
        marks.add(Mark.RANGE)
    if any(_UNTIL.search(_before(sentence, each)) or _UNTIL_AFTER.search(sentence[each.end() :]) for each in found):
        marks.add(Mark.SPAN)
    return marks


def _before(sentence: str, date: re.Match[str]) -> str:
    return sentence[max(0, date.start() - 40) : date.start()]


def _languages_of(text: str) -> tuple[str, ...]:
    """Return the two languages most of whose function words a folded text has; notes are often in two."""
    scores: Counter[str] = Counter()
    for word in re.findall(r"[a-z']+", text):
        codes = _function_words().get(word, ())
        for code in codes:
            scores[code] += 12 // len(codes)
    return tuple(code for code, _ in scores.most_common(2)) or ("en",)


@cache
def _function_words() -> dict[str, list[str]]:
    lines = [line.partition(": ") for line in _WORDS["language"]]
    words = {word for _, _, listed in lines for word in listed.split()}
    return {word: [code for code, _, listed in lines if word in listed.split()] for word in words}


@cache
def _patterns(mark: Mark) -> dict[str, re.Pattern[str]]:
    lines = (line.partition(": ") for line in _WORDS[mark.value])
    return {code: one_of([pattern]) for code, _, pattern in lines}
