"""From the bytes of one page to what it says: title, language, main text, people to reach, links and signals.

`extract_page` parses the page once and never raises for what the page holds: a page that cannot be read has an empty
`main_text`. No network, no state.
"""

from __future__ import annotations

from scrapers.extract.blocks import cut_blocks
from scrapers.extract.contacts import find_emails
from scrapers.extract.hints import read_hints
from scrapers.extract.language import detect_language
from scrapers.extract.links import base_url, find_canonical, find_feeds, find_links, find_socials
from scrapers.extract.maintext import main_blocks
from scrapers.extract.page import ExtractedPage, FoundEmail, FoundPhone, FoundSocial, PageLink, PageSignal
from scrapers.extract.parse import parse_html
from scrapers.extract.places import find_country, find_phones
from scrapers.extract.structured import read_structured
from scrapers.extract.title import find_description, find_headings, find_title
from scrapers.signals import PageView, find_signals

__all__ = ["ExtractedPage", "FoundEmail", "FoundPhone", "FoundSocial", "PageLink", "PageSignal", "extract_page"]


def extract_page(url: str, body: bytes | str, content_type: str | None = None) -> ExtractedPage:
    """Read one page. `content_type` is the header as received; it may name the character set, and may lie."""
    tree = parse_html(body, content_type)
    if tree is None:
        return ExtractedPage(url=url)
    title = find_title(tree)
    page = cut_blocks(tree)
    main = main_blocks(page, read_hints(tree, url, title))
    text = "\n".join(block.text for block in main)
    lines = [block.text for block in page.blocks]
    base = base_url(tree, url)
    links = find_links(tree, base)
    stated = read_structured(tree)
    country = find_country(url, stated=stated.countries, lines=lines, language_tag=tree.get("lang") or "")
    view = PageView(
        url=url,
        title=title,
        tree=tree,
        lines=tuple(lines),
        main_text=text,
        links=links,
        types=tuple(stated.types),
        dates=tuple(stated.dates),
    )
    return ExtractedPage(
        url=url,
        title=title,
        language=detect_language(tree, text),
        main_text=text,
        headings=find_headings(tree),
        emails=find_emails(tree, lines, stated.emails),
        phones=find_phones(tree, lines, stated=stated.phones, country=country),
        socials=find_socials(links, stated.profiles),
        links=links,
        signals=find_signals(view),
        canonical=find_canonical(tree, base),
        description=find_description(tree),
        country=country,
        feeds=find_feeds(tree, base),
    )
