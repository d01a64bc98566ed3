"""The words of `words/quotes.txt`: how mail programs introduce what they quote, in their users' languages."""

from __future__ import annotations

from outreach.inbound.folding import fold, one_of
from outreach.inbound.words import load_words

_WORDS = load_words("quotes")
WROTE = one_of(_WORDS["wrote"])
DATED = one_of(_WORDS["dated"])
SEPARATORS = one_of(_WORDS["separator"])
SENT_FROM = one_of(_WORDS["sent from"], start=True)
HEADER_LABELS = {
    kind: frozenset(fold(word) for word in _WORDS[f"label {kind}"]) for kind in ("from", "sent", "to", "subject")
}
