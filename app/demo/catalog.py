"""The demo sites as values, read from one text file per site.

A file under ``sites/`` is TOML between two ``+++`` lines, then pages. A page starts with ``=== /path``, has
``key: value`` lines up to the first blank line, and the rest is its text in the markup of ``markup.py``. So the
writing can be read and edited without looking at HTML.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

SUFFIX = "demo.test"
SITES_FOLDER = Path(__file__).parent / "sites"


class SiteFileError(ValueError):
    """A site file cannot be read; the message names the file, the cause and what to write instead."""


class Expected(StrEnum):
    """Our own verdict on a site for the sample program: what a person would say after reading it."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"
    AVOID = "avoid"
    NO_EVIDENCE = "no_evidence"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a site; ``days_ago`` makes it a dated post, so that the demo never grows old."""

    path: str
    title: str
    body: str
    nav: str = ""
    description: str = ""
    author: str = ""
    days_ago: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One fictional company's site: what it says, how it looks and how its server behaves.

    ``delay_s`` is waited before every page, ``status`` answers every page, ``redirect_to`` sends every page
    elsewhere, ``drip`` never ends a page, ``redirects`` are single paths such as ``/go/app``.
    """

    slug: str
    name: str
    kind: str
    expected: Expected
    layout: str = "plain"
    language: str = "en"
    tagline: str = ""
    email: str = "hello"
    email_style: str = "mailto"
    phone: str = ""
    address: str = ""
    socials: tuple[str, ...] = ()
    badges: tuple[str, ...] = ()
    generator: str = ""
    jsonld: str = ""
    sitemap: bool = False
    feed: bool = False
    cookies: bool = False
    robots: str | None = "User-agent: *\nDisallow: /cart\nDisallow: /go/\nCrawl-delay: 0.5\n"
    delay_s: float = 0.0
    status: int = 200
    redirect_to: str = ""
    drip: bool = False
    content_type: str = "text/html; charset=utf-8"
    redirects: dict[str, str] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """The host name the site answers to."""
        return f"{self.slug}.{SUFFIX}"

    @property
    def origin(self) -> str:
        """What absolute links of the site start with."""
        return f"https://{self.host}"

    @property
    def posts(self) -> list[Page]:
        """The dated pages, newest first."""
        dated = [page for page in self.pages.values() if page.days_ago is not None]
        return sorted(dated, key=lambda page: page.days_ago or 0)


def load_sites(folder: Path = SITES_FOLDER) -> dict[str, Site]:
    """Return every site of ``folder`` by host name; raises SiteFileError on the first file that is wrong."""
    sites = [read_site(path) for path in sorted(folder.glob("*.md"))]
    return {site.host: site for site in sites}


def read_site(path: Path) -> Site:
    """Return the site in one file; its slug is the file's name without the ending."""
    parts = path.read_text(encoding="utf-8").split("+++\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise SiteFileError(f"{path.name}: no header; start the file with TOML between two +++ lines")
    try:
        header = tomllib.loads(parts[1])
    except tomllib.TOMLDecodeError as error:
        raise SiteFileError(f"{path.name}: the header is not TOML ({error})") from error
    return _build_site(path, header=header, pages=_read_pages(path, parts[2]))


def _build_site(path: Path, *, header: dict[str, Any], pages: dict[str, Page]) -> Site:
    known = {item.name for item in fields(Site)} - {"slug", "pages"}
    unknown = sorted(set(header) - known)
    if unknown:
        raise SiteFileError(f"{path.name}: unknown header key {unknown[0]!r}; known are {', '.join(sorted(known))}")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in header.items()}
    values["robots"] = _robots(header)
    try:
        values["expected"] = Expected(values["expected"])
        return Site(slug=path.stem, pages=pages, **values)
    except (KeyError, TypeError, ValueError) as error:
        raise SiteFileError(f"{path.name}: the header lacks or misspells a value ({error})") from error


def _robots(header: dict[str, Any]) -> str | None:
    """Return the robots.txt text; ``"none"`` in the header means the site has no such file."""
    default = Site.__dataclass_fields__["robots"].default
    text: str | None = header.get("robots", default)
    return None if text == "none" else text


def _read_pages(path: Path, text: str) -> dict[str, Page]:
    pages: dict[str, Page] = {}
    for chunk in ("\n" + text).split("\n=== ")[1:]:
        page = _read_page(path, chunk)
        if page.path in pages:
            raise SiteFileError(f"{path.name}: page {page.path} is there twice; give one of them another path")
        pages[page.path] = page
    return pages


def _read_page(path: Path, chunk: str) -> Page:
    head, _, body = chunk.partition("\n\n")
    first, *lines = head.splitlines()
    keys: dict[str, str] = {}
    for line in lines:
        key, colon, value = line.partition(": ")
        if not colon or key not in {"title", "nav", "description", "author", "days_ago"}:
            raise SiteFileError(f"{path.name}: page {first}: {line!r} is not a 'key: value' line of a page head")
        keys[key] = value.strip()
    if not first.startswith("/") or "title" not in keys:
        raise SiteFileError(f"{path.name}: page {first!r} needs a path that starts with / and a title line")
    days_ago = int(keys.pop("days_ago")) if "days_ago" in keys else None
    return Page(path=first.strip(), body=body.strip(), days_ago=days_ago, **keys)
