"""Read the engine's input files: a bad line is named and left out, it never stops the rest."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scoring.errors import InputProblem
from scoring.passages import PageText
from scoring.profile import FitProfile, parse_profile

log = logging.getLogger(__name__)


def read_profile(path: Path) -> FitProfile:
    """Return the profile in a JSON file; raises InputProblem or ProfileError."""
    try:
        data = json.loads(_text(path))
    except json.JSONDecodeError as problem:
        raise InputProblem(f"{path}: not JSON ({problem.msg} in line {problem.lineno})") from problem
    return parse_profile(data)


def read_sites(path: Path) -> dict[str, list[PageText]]:
    """Return the pages of each domain; a domain on several lines keeps the pages of all of them."""
    sites: dict[str, list[PageText]] = {}
    for number, row in _rows(path):
        domain, pages = row.get("domain"), row.get("pages")
        if not isinstance(domain, str) or not domain.strip() or not isinstance(pages, list):
            log.warning("%s line %d: needs a domain and a list of pages; left out", path, number)
            continue
        key = domain.strip().casefold()
        if key in sites:
            log.warning("%s line %d: %s is there already, its pages are joined", path, number, key)
        kept = sites.setdefault(key, [])
        known = {(page.url, page.text) for page in kept}
        kept.extend(page for page in map(_page, pages) if page and (page.url, page.text) not in known)
    if not sites:
        raise InputProblem(f"{path}: holds no usable site; each line must be {{'domain', 'pages': [...]}}")
    return sites


def read_labels(path: Path) -> dict[str, bool]:
    """Return the label of each domain in file order; a domain labeled both ways is named and left out."""
    labels: dict[str, bool] = {}
    torn: set[str] = set()
    for number, row in _rows(path):
        domain, label = row.get("domain"), row.get("label")
        if not isinstance(domain, str) or not isinstance(label, bool):
            log.warning("%s line %d: needs a domain and a label true or false; left out", path, number)
            continue
        key = domain.strip().casefold()
        if labels.setdefault(key, label) is not label:
            torn.add(key)
    for key in sorted(torn):
        log.warning("%s: %s is labeled both true and false; left out until one is removed", path, key)
        del labels[key]
    return labels


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as problem:
            log.warning("%s line %d: not JSON (%s); left out", path, number, problem.msg)
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            log.warning("%s line %d: not an object; left out", path, number)


def _page(raw: object) -> PageText | None:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("text"), str):
        log.warning("a page without text was left out: %r", str(raw)[:80])
        return None
    url, title = raw.get("url"), raw.get("title")
    return PageText(url if isinstance(url, str) else "", title if isinstance(title, str) else None, raw["text"])


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise InputProblem(f"{path}: cannot be read ({problem.strerror})") from problem
    except UnicodeDecodeError as problem:
        raise InputProblem(f"{path}: is not UTF-8 (byte {problem.start}); save it as UTF-8") from problem
