"""Bring the catalogs up to date with the code: `python -m tools.catalogs`.

What applicants and partners see stands in `applicants.po`, what staff see in `staff.po`. New texts appear empty and
wait for a translator, texts that are gone disappear; nothing is guessed. A test compares.
"""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from enum import StrEnum
from io import BytesIO
from pathlib import Path

import jinja2
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2 import nodes

import app.models
import app.queries

ROOT = Path(__file__).resolve().parents[1]
CATALOGS = ROOT / "app" / "translations"
DOMAINS = ("applicants", "staff")
KEYWORDS = {"_": None, "gettext": None, "mark": None, "ngettext": (1, 2), "counted": (1, 2)}
SCRIPT_KEYWORDS = {"say": None, "sayCount": (1, 2)}
WIDTH = 110
# The pages of strangers and partners; of the modules, those that take their words from app.services.languages.
_PUBLIC_TEMPLATES = ("apply/", "portal/", "unsubscribe/news.html", "waves/moving.html", "waves/moving_gone.html")
_PUBLIC_IMPORT = b"from app.services.languages import"
# What a file that has something translated holds; taking every file of the product apart takes seconds.
_SIGNS = {
    ".py": (_PUBLIC_IMPORT, b"from app.languages import"),
    ".html": (b"_(", b"counted(", b"plural("),
    ".js": (b"say",),
}
_METHODS = {".py": "python", ".html": "jinja2", ".js": "javascript"}


def texts_in_code(domain: str = "applicants") -> Catalog:
    """Return every text of a domain that the code and the templates have translated, with the files it stands in."""
    found = Catalog(fuzzy=False)
    for path in _sources():
        if _is_public(path) == (domain == "applicants"):
            for text in _texts_of(path):
                found.add(text, locations=[(str(path.relative_to(ROOT)), 0)])
    for label, place in _labels() if domain == "staff" else ():
        found.add(label, locations=[(place, 0)])
    return found


def catalog_paths(domain: str = "applicants") -> list[Path]:
    """Return the catalogs of a domain, one a language."""
    return sorted(CATALOGS.glob(f"*/LC_MESSAGES/{domain}.po"))


def main() -> int:
    """Write every catalog anew and say how many of its texts wait for a translator; 1 where any does."""
    return 1 if sum(_bring_up_to_date(domain) for domain in DOMAINS) else 0


def _bring_up_to_date(domain: str) -> int:
    waiting, in_code = 0, texts_in_code(domain)
    for path in catalog_paths(domain):
        language = path.parents[1].name
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
        catalog.update(in_code, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        with path.open("wb") as file:
            write_po(file, catalog, width=WIDTH, sort_by_file=True, no_location=False, include_lineno=False)
        empty = len([message for message in catalog if message.id and not is_said(message.string)])
        sys.stdout.write(f"{path.relative_to(ROOT)}: {len(catalog)} texts, {empty} to translate\n")
        waiting += empty
    return waiting


def is_said(string: str | tuple[str, ...] | list[str] | None) -> bool:
    """Say whether a translation is there, of a text with a count in every form."""
    return bool(string) and (isinstance(string, str) or all(string or ()))


def _is_public(path: Path) -> bool:
    if path.suffix == ".py":
        return _PUBLIC_IMPORT in path.read_bytes()
    return str(path.relative_to(ROOT)).removeprefix("app/templates/").startswith(_PUBLIC_TEMPLATES)


def _sources() -> Iterator[Path]:
    vendor = ROOT / "app" / "static" / "vendor"
    for path in sorted((ROOT / "app").rglob("*.*")):
        if path.suffix in _SIGNS and vendor not in path.parents:
            content = path.read_bytes()
            if any(sign in content for sign in _SIGNS[path.suffix]):
                yield path


def _texts_of(path: Path) -> Iterator[str | tuple[str, ...]]:
    content = path.read_bytes()
    keywords = SCRIPT_KEYWORDS if path.suffix == ".js" else KEYWORDS
    for _line, text, _comments, _context in extract(_METHODS[path.suffix], BytesIO(content), keywords):
        yield text
    if path.suffix == ".html" and b"plural(" in content:
        yield from _counts_of(content.decode())


def _counts_of(template: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of the filter `plural`, as app.web.filters looks them up."""
    parsed = jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(template)
    for call in parsed.find_all(nodes.Filter):
        if call.name == "plural":
            words = [each.value for each in call.args if isinstance(each, nodes.Const)]
            if words:
                yield f"%(num)s {words[0]}", f"%(num)s {words[-1] if len(words) > 1 else words[0] + 's'}"


def _labels() -> Iterator[tuple[str, str]]:
    """Yield the labels of all kinds and states, with the module each stands in: a new one cannot be forgotten."""
    for package in (app.models, app.queries):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            for _name, kind in inspect.getmembers(module, inspect.isclass):
                if issubclass(kind, StrEnum) and hasattr(kind, "label") and kind.__module__ == module.__name__:
                    place = module.__name__.replace(".", "/") + ".py"
                    yield from ((each.label, place) for each in kind)


if __name__ == "__main__":
    sys.exit(main())
