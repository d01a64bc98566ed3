"""The pages of the documentation, readable inside the product."""

import re
from functools import cache
from pathlib import Path

from flask import render_template, url_for
from markupsafe import Markup

import app
from app.languages import gettext as _
from app.services.errors import NotFound
from app.web.guide.blueprint import blueprint
from app.web.guide.markdown import to_html

# docs/ stands beside the package; engineering and decisions are for those who build, and stay there.
FOLDER = Path(app.__file__).parents[1] / "docs"
_TITLE = re.compile(r"^# +(.+)$", re.MULTILINE)


@blueprint.get("/help")
@blueprint.get("/help/<help_page>")
def page(help_page: str = "index") -> str:
    """Show a page of the documentation."""
    text = _texts().get(help_page)
    if text is None:
        raise NotFound(_("There is no such page in the documentation; /help lists all of them."))
    return render_template(
        "guide/page.html", name=help_page, title=_title(text), body=_body(text), contents=_contents()
    )


@cache
def _texts() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))}


def _contents() -> list[tuple[str, str]]:
    texts = _texts()
    return sorted(((name, _title(text)) for name, text in texts.items() if name != "index"), key=lambda row: row[1])


def _title(text: str) -> str:
    found = _TITLE.search(text)
    return re.sub(r"[`*]", "", found[1]) if found else "Help"


def _body(text: str) -> Markup:
    return to_html(_TITLE.sub("", text, count=1), link_of=_link)


def _link(target: str) -> str:
    """Return the address of what a page links to; "" for what is readable in the repository only."""
    if target.startswith(("https://", "http://")):
        return target
    name, _hash, anchor = target.partition("#")
    stem = name.removesuffix(".md")
    known = name.endswith(".md") and stem in _texts()
    return url_for(".page", help_page=stem, _anchor=anchor or None) if known else ""
