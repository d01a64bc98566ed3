"""From the bytes of one page to what it says: title, language, main text, people to reach, links and signals.

`extract_page` parses the page once and never raises for what the page holds: a page that cannot be read has an empty
`main_text`. No network, no state.
"""

from __future__ import annotations

from scrapers.extract.contacts import find_emails, find_phones
from scrapers.extract.language import detect_language
from scrapers.extract.links import find_links, find_socials
from scrapers.extract.maintext import main_text
from scrapers.extract.page import ExtractedPage, FoundEmail, FoundPhone, FoundSocial, PageLink, PageSignal
from scrapers.extract.parse import parse_html
from scrapers.extract.title import find_headings, find_title

__all__ = ["ExtractedPage", "FoundEmail", "FoundPhone", "FoundSocial", "PageLink", "PageSignal", "extract_page"]


def extract_page(url: str, body: bytes | str, content_type: str | None = None) -> ExtractedPage:
    """Read one page. `content_type` is the header as received; it may name the character set, and may lie."""
    tree = parse_html(body, content_type)
    if tree is None:
        return ExtractedPage(url=url)
    links = find_links(tree, url)
    text = main_text(tree)
    return ExtractedPage(
        url=url,
        title=find_title(tree),
        language=detect_language(tree, text),
        main_text=text,
        headings=find_headings(tree),
        emails=find_emails(tree),
        phones=find_phones(tree),
        socials=find_socials(links),
        links=links,
    )
