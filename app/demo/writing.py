"""What happens inside one line of a demo site's text: links, stress, addresses and dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from app.demo.addresses import print_address
from app.demo.catalog import Site
from app.demo.labels import LABELS, written_date

_ADDRESS = re.compile(r"&lt;([\w.+-]+)@(?:\|(\w+))?&gt;")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_STRESS = re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])")
_DATE = re.compile(r"\{date:(-?\d+)\}")


@dataclass(frozen=True, slots=True)
class Context:
    """Whose text is rendered and on which day."""

    site: Site
    today: date

    def label(self, key: str) -> str:
        """Return a word of the site's frame in the site's language."""
        return LABELS[self.site.language][key]

    def day(self, days_ago: int) -> date:
        """Return the day that lies ``days_ago`` before today."""
        return self.today - timedelta(days=days_ago)


def write_dates(text: str, context: Context) -> str:
    """Return ``text`` with ``{date:40}`` and ``{year}`` written out for the context's day and language."""
    dated = _DATE.sub(lambda m: written_date(context.day(int(m[1])), context.site.language), text)
    return dated.replace("{year}", str(context.today.year))


def inline(text: str, context: Context) -> str:
    """Return one run of text as HTML: escaped, with links, stress and addresses."""

    def address(match: re.Match[str]) -> str:
        return print_address(f"{match[1]}@{context.site.host}", style=match[2] or context.site.email_style)

    html = escape(text, quote=False)
    html = _LINK.sub(_link, html)
    html = _STRONG.sub(r"<strong>\1</strong>", html)
    html = _STRESS.sub(r"<em>\1</em>", html)
    return _ADDRESS.sub(address, html)


def plain_text(text: str, limit: int = 160) -> str:
    """Return the first words of a page's first paragraph, for descriptions and excerpts."""
    blocks = [block for block in re.split(r"\n\s*\n", text) if block and block[0] not in "#!<|>-"]
    flat = _LINK.sub(r"\1", " ".join(blocks[0].split()) if blocks else "")
    flat = " ".join(re.sub(r"\*+|\{date:-?\d+\}|<[\w.+-]+@[^>]*>", "", flat).split())
    return flat if len(flat) <= limit else flat[:limit].rsplit(" ", 1)[0] + "…"


def _link(match: re.Match[str]) -> str:
    paid = "/go/" in match[2] or "awin1.com" in match[2] or "tag=" in match[2] or "/c/" in match[2]
    rel = ' rel="sponsored nofollow"' if paid else ""
    return f'<a href="{match[2]}"{rel}>{match[1]}</a>'
