"""Sentences that are there in English already, said again in the language of who reads them.

The engines know no languages, and what a row keeps (why an enrollment waits, what a check of a domain found) was
written by a job in English. Where all of it is words of ours it is shown in the reader's language; what people wrote,
or a server answered, stays as it is.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from gettext import NullTranslations

from app.languages import SOURCE, catalog_in_force, current_language
from app.services.engine_sentences import PATTERNS
from app.services.site_sentences import SITE_PATTERNS

_PLACE = re.compile(r"%\\\((\w+)\\\)s")
# These may run over the end of a sentence; what stands in another place is a name, a number or an address.
_LONG = ("problem", "text", "cause")
# What stands here is one of the product's own names, unless the program gave it another.
_STAGES = frozenset({"stage", "to_stage"})
_SHORT = r"(?:(?![.!?] ).)+?"
_Patterns = Sequence[tuple[str, re.Pattern[str]]]


def _shape(pattern: str) -> re.Pattern[str]:
    def place(found: re.Match[str]) -> str:
        return f"(?P<{found[1]}>{'.+?' if found[1] in _LONG else _SHORT})"

    return re.compile(_PLACE.sub(place, re.escape(pattern.replace("%%", "%"))), re.DOTALL)


def _sign(pattern: str) -> str:
    """Return the longest run of a pattern's own letters: a text without it needs no closer look."""
    return max(re.split(r"%\(\w+\)s", pattern.replace("%%", "%")), key=len)


# The sites' first: a short one of the others, with a value at its end, would take their words for that value.
_KNOWN = tuple((each, _shape(each), _sign(each)) for each in (*SITE_PATTERNS, *PATTERNS))
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…]) ")
# What somebody typed may be long; nothing of ours has more sentences than this.
_MOST_SENTENCES = 24


def retold(words: object) -> str:
    """Return English words with every sentence of ours in the language in force, all others as they stand."""
    text = str(words or "")
    return text if not text or current_language() == SOURCE else _retold(text, catalog_in_force())


@lru_cache(maxsize=512)
def _retold(text: str, catalog: NullTranslations) -> str:
    parts = _BETWEEN_SENTENCES.split(text)
    if len(parts) > _MOST_SENTENCES:
        return text
    known = [(pattern, shape) for pattern, shape, sign in _KNOWN if sign in text]
    told, start = [], 0
    while start < len(parts):
        for end in range(len(parts), start, -1):
            said = _said(" ".join(parts[start:end]), catalog, known)
            if said:
                break
        told.append(said or parts[start])
        start = end if said else start + 1
    return " ".join(told)


def _said(text: str, catalog: NullTranslations, known: _Patterns) -> str:
    """Return one text of ours in a language, "" for any other."""
    plain = catalog.gettext(text)
    if plain != text:
        return plain.replace("%%", "%")
    for pattern, shape in known:
        found = shape.fullmatch(text)
        if found:
            values = found.groupdict()
            for name in _STAGES & values.keys():
                values[name] = catalog.gettext(values[name])
            if "problem" in values:
                values["problem"] = _retold(values["problem"], catalog)
            return catalog.gettext(pattern) % values
    # An engine's words have no full stop; where they are kept as a sentence they have been given one.
    said = _said(text[:-1], catalog, known) if text.endswith(".") else ""
    return f"{said}." if said else ""
