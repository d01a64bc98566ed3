"""Facts a page states about itself in JSON-LD (schema.org): who, where, how to reach, since when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

_MAX_SCRIPT_CHARS = 300_000
_MAX_NODES = 3_000


@dataclass(slots=True)
class Structured:
    """Values in page order, as written; `types` are the schema.org types seen."""

    types: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    profiles: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)


_FIELDS = {
    "email": "emails",
    "telephone": "phones",
    "addressCountry": "countries",
    "sameAs": "profiles",
    "datePublished": "dates",
}


def read_structured(tree: etree._Element) -> Structured:
    """Read every JSON-LD script of a page; one that does not parse is passed over, as browsers do."""
    found = Structured()
    for script in tree.iter("script"):
        text = script.text
        if not text or "ld+json" not in (script.get("type") or "") or len(text) > _MAX_SCRIPT_CHARS:
            continue
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue  # broken or hostile JSON says nothing about the company
        for node in _nodes(data):
            _take(found, node)
    return found


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    waiting, seen = [data], 0
    while waiting and seen < _MAX_NODES:
        node = waiting.pop()
        seen += 1
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _take(found: Structured, node: dict[str, Any]) -> None:
    types = _texts(node.get("@type"))
    found.types.extend(types)
    if any("Organization" in kind or "Business" in kind or kind == "Corporation" for kind in types):
        found.names.extend(_texts(node.get("name")))
    for key, attribute in _FIELDS.items():
        value = node.get(key)
        if isinstance(value, dict):
            value = value.get("name")
        getattr(found, attribute).extend(_texts(value))


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text.strip()[:300] for text in values[:50] if isinstance(text, str) and text.strip()]
