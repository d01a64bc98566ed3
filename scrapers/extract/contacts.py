"""E-mail addresses and phone numbers of a page."""

from __future__ import annotations

import re

from lxml import html

from scrapers.domains import EmailError, normalize_email
from scrapers.extract.page import FoundEmail, FoundPhone

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")


def find_emails(tree: html.HtmlElement) -> tuple[FoundEmail, ...]:
    """Return the addresses the page shows, each once."""
    found: dict[str, FoundEmail] = {}
    for how, text in _places(tree):
        for raw in _EMAIL.findall(text):
            try:
                address = normalize_email(raw)
            except EmailError:
                continue
            found.setdefault(address, FoundEmail(address, how))
    return tuple(found.values())


def _places(tree: html.HtmlElement) -> list[tuple[str, str]]:
    mailto = [("mailto", str(href)) for href in tree.xpath("//a[starts-with(@href,'mailto:')]/@href")]
    return [*mailto, ("text", str(tree.text_content()))]


def find_phones(tree: html.HtmlElement) -> tuple[FoundPhone, ...]:
    """Return the numbers the page offers to call."""
    found: dict[str, FoundPhone] = {}
    for href in tree.xpath("//a[starts-with(@href,'tel:')]/@href"):
        number = re.sub(r"[^\d+]", "", str(href))
        if re.fullmatch(r"\+\d{7,15}", number):
            found.setdefault(number, FoundPhone(number, "tel"))
    return tuple(found.values())
