"""Bring the catalogs of what applicants read up to date with the code: `python -m tools.catalogs`.

New texts appear empty and wait for a translator, texts that are gone disappear; nothing is guessed. A test compares.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
CATALOGS = ROOT / "app" / "translations"
KEYWORDS = {"_": None, "gettext": None, "mark": None, "ngettext": (1, 2)}
WIDTH = 110
# What a file that has something translated holds; taking every file of the product apart takes seconds.
_SIGN = {".py": b"app.services.languages", ".html": b"_("}


def texts_in_code() -> Catalog:
    """Return every text that the code and the templates have translated, with the files it stands in."""
    found = Catalog(fuzzy=False)
    for path in _sources():
        method = "python" if path.suffix == ".py" else "jinja2"
        for _line, text, _comments, _context in extract(method, BytesIO(path.read_bytes()), KEYWORDS):
            found.add(text, locations=[(str(path.relative_to(ROOT)), 0)])
    return found


def catalog_paths() -> list[Path]:
    """Return the catalogs, one a language."""
    return sorted(CATALOGS.glob("*/LC_MESSAGES/applicants.po"))


def main() -> int:
    """Write every catalog anew and say how many of its texts wait for a translator; 1 where any does."""
    waiting = 0
    for path in catalog_paths():
        language = path.parents[1].name
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
        catalog.update(texts_in_code(), no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalog, width=WIDTH, sort_by_file=True, no_location=False, include_lineno=False)
        empty = len([message for message in catalog if message.id and not _is_said(message.string)])
        sys.stdout.write(f"{path.relative_to(ROOT)}: {len(catalog)} texts, {empty} to translate\n")
        waiting += empty
    return 1 if waiting else 0


def _is_said(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(string) and (isinstance(string, str) or all(string or ()))


def _sources() -> Iterator[Path]:
    for path in sorted((ROOT / "app").rglob("*.*")):
        if path.suffix in _SIGN and _SIGN[path.suffix] in path.read_bytes():
            yield path


if __name__ == "__main__":
    sys.exit(main())
