"""The sentences of a mail in which its sender says something: no greeting, no closing, no signature, no lawyers."""

from __future__ import annotations

import re

from outreach.inbound.folding import fold, folded_sentences
from outreach.inbound.mail import Mail
from outreach.inbound.words import load_patterns

MAX_CHARS = 6_000
MAX_SENTENCES = 80
_HUMAN = load_patterns("human")
_STARTS = load_patterns("human", start=True)
_SHORT_LINE_WORDS = 6
# "Tel. …", "Brandt & Partner | Hauptstr. 12 | 50667 Köln", "www.agency.example": a card, nothing that is said.
_CARD = re.compile(
    r"\||^(?:tel|phone|fon|mob|fax|t:|m:|www\.|https?:)|^[\W\d]+$|\b\d{4,5} [a-z]+$|\bgmbh\b|\bltd\b|\bs\.?r\.?o\b"
)


def said_sentences(text: str) -> list[str]:
    """Return the folded sentences of a text up to its closing or a company's notice, without greetings."""
    kept: list[str] = []
    for sentence in folded_sentences(text[:MAX_CHARS])[:MAX_SENTENCES]:
        if kept and len(sentence.split()) <= _SHORT_LINE_WORDS and _STARTS["closing"].search(sentence):
            break
        if _HUMAN["notice"].search(sentence):
            if kept:
                break
            continue
        if len(sentence) > 3 and not _HUMAN["boilerplate"].search(sentence) and not _STARTS["opening"].match(sentence):
            kept.append(sentence)
    return kept


def up_to_the_name(sentences: list[str], mail: Mail) -> list[str]:
    """Return what is said before the sender's own name stands alone on a line, as it does above a signature."""
    own = set(re.findall(r"[^\W\d_]{2,}", fold(mail.header("from"))))
    for index, sentence in enumerate(sentences):
        words = re.findall(r"[^\W\d_]{2,}", sentence)
        if index and 0 < len(words) <= 4 and own.issuperset(words):
            return sentences[:index]
    return sentences


def is_card(sentence: str) -> bool:
    """Whether a line is of a visiting card: a number, an address, a company's name."""
    return bool(_CARD.search(sentence)) and len(sentence.split()) <= 2 * _SHORT_LINE_WORDS
