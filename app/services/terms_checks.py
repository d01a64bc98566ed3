"""What an applicant's site shows that the terms they accepted forbid, or lacks that they ask for.

Both sides are quoted, the sentence of the terms and what was read on the site: a reviewer judges, not a word list.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_FORBIDS = re.compile(
    r"\b(?:may not|must not|mustn't|do not|don't|never|no|not|without|prohibit\w*|forbid\w*|forbidden"
    r"|nie|zakaz\w*|zabron\w*|bez|nicht|keine?[nrms]?|verboten|untersagt|ohne)\b",
    re.IGNORECASE,
)
_TOPICS = {
    "coupons": re.compile(r"coupon|voucher|cashback|promo ?code|discount code|kupon|kod\w* rabat|gutschein", re.I),
    "gambling": re.compile(r"gambl|betting|casino|hazard|bukmach|glücksspiel|wett(?:en|büro)|kasyn", re.I),
    "adult": re.compile(r"\badult|porn|erot|dorosłych|jugendgefährdend", re.I),
}
_ASKS_DISCLOSURE = re.compile(
    r"disclos|tell (?:your )?\w+(?: or \w+)? .{0,40}earn|label\w* (?:links|ads|advert)|mark .{0,40}(?:ad|advert)"
    r"|oznacz|informuj|ujawni|kennzeichn|offenleg",
    re.IGNORECASE,
)
# How much of a sentence is shown, in characters.
SHOWN = 200


@dataclass(frozen=True, slots=True)
class BrokenTerm:
    """A sentence of the terms, what was read on the site, and whether that is there or what is asked for is missing.

    `signal` names what `on_site` is the quote of.
    """

    sentence: str
    on_site: str
    is_shown: bool
    signal: str


def broken_terms(terms: str, signals: Mapping[str, str]) -> tuple[BrokenTerm, ...]:
    """Return what a site breaks; `signals` maps the names of the signals found on it to their quotes."""
    return tuple(_broken(terms, signals))


def sentences_of(terms: str) -> list[str]:
    """Return the sentences of terms in their order, empty ones left out."""
    return [sentence.strip() for sentence in _SENTENCE.split(terms) if sentence.strip()]


def is_rule(sentence: str) -> bool:
    """Say whether a sentence of terms forbids something, or asks that earning by a link is told."""
    return bool(_FORBIDS.search(sentence) or _ASKS_DISCLOSURE.search(sentence))


def _broken(terms: str, signals: Mapping[str, str]) -> Iterator[BrokenTerm]:
    sentences = sentences_of(terms)
    for name, topic in _TOPICS.items():
        forbidding = next((each for each in sentences if topic.search(each) and _FORBIDS.search(each)), None)
        if forbidding and name in signals:
            yield BrokenTerm(forbidding[:SHOWN], signals[name], True, name)
    asking = next((each for each in sentences if _ASKS_DISCLOSURE.search(each)), None)
    if asking and "affiliate_link" in signals and "affiliate_disclosure" not in signals:
        yield BrokenTerm(asking[:SHOWN], signals["affiliate_link"], False, "affiliate_link")
