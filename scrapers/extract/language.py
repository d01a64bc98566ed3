"""The language of a page: what its text is in, else what its markup claims."""

from __future__ import annotations

import re
from functools import cache

from lxml import etree
from py3langid.langid import MODEL_FILE, LanguageIdentifier

_ENOUGH_CHARS = 60
_SAMPLE_CHARS = 2_000


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect_language(tree: etree._Element, text: str) -> str | None:
    """Return a two-letter code, or None when there is neither text nor claim."""
    if len(text) >= _ENOUGH_CHARS:
        return str(_identifier().classify(text[:_SAMPLE_CHARS])[0])
    claim = re.match(r"[a-z]{2}\b", (tree.get("lang") or "").strip().lower())
    return claim.group() if claim else None
