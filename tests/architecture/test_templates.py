"""Templates obey the strict content policy by construction, and never trust foreign text."""

import re

import pytest

from tests.architecture.tree import files, name_of

TEMPLATES = files("app/templates", suffix=".html")
FORBIDDEN = {
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc\s*=)", re.IGNORECASE),
    "an event handler attribute": re.compile(r"<[^>{%]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script address": re.compile(r"(?:href|src|action)\s*=\s*[\"']?\s*javascript:", re.IGNORECASE),
    "a file from another server": re.compile(
        r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)\s*=\s*[\"']?(?:https?:)?//"
    ),
    "an unescaped value": re.compile(r"\|\s*safe\b|\{%-?\s*autoescape\s+false"),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has(what: str) -> None:
    assert TEMPLATES, "no templates found: is this test looking in the right folder?"
    found = [
        f"{name_of(path)}:{text.count(chr(10), 0, match.start()) + 1}"
        for path in TEMPLATES
        for text in [path.read_text(encoding="utf-8")]
        for match in FORBIDDEN[what].finditer(text)
    ]
    assert found == []


def test_every_icon_in_use_is_in_the_sprite_list() -> None:
    listed = set(re.findall(r"^[a-z0-9-]+", (files("app/static", suffix=".txt")[0]).read_text(encoding="utf-8"), re.M))
    used = {
        (name_of(path), icon)
        for path in TEMPLATES
        for icon in re.findall(r"\bicon\(\s*[\"']([a-z0-9-]+)[\"']", path.read_text(encoding="utf-8"))
    }
    assert used, "no icon found in any template: has the macro another name?"
    assert {(name, icon) for name, icon in used if icon not in listed} == set()


def test_no_style_says_words_that_nobody_translates() -> None:
    styles = files("app/static/css", suffix=".css")
    assert styles
    said = re.compile(r"content:\s*[\"'][^\"']*(?<!\\)\b[A-Za-z]{2,}")
    assert [name_of(path) for path in styles if said.search(path.read_text(encoding="utf-8"))] == []
