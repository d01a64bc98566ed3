"""Which links are the page's own business: its menus, footers and side columns, its tools, its maker, its group."""

from __future__ import annotations

from lxml import etree

from scrapers.sources.surroundings import parents

_ALWAYS = frozenset(("nav", "aside"))
# A card may have a header and a footer of its own; only those of the page are frames.
_UNLESS_IN_CARD = frozenset(("header", "footer"))
_OWN_CARDS = frozenset(("article", "li", "tr", "td"))
_ROLES = frozenset(("navigation", "contentinfo", "banner", "complementary", "menu", "menubar"))
_NAMES = frozenset(
    """
    footer site-footer page-footer main-footer global-footer footer-links footer-menu footer-nav footer-widgets colophon
    nav navbar navbar-nav main-nav site-nav main-navigation navigation menu main-menu mega-menu mobile-menu top-menu
    sidebar breadcrumb breadcrumbs social-links social-share share-buttons social-icons cookie-banner cookie-notice
    comments comment-list navfooter
    """.split()
)


def in_frame(link: etree._Element) -> bool:
    """Tell whether a link stands in a frame of the page rather than in what the page is about."""
    around = list(parents(link))
    for place, parent in enumerate(around):
        if parent.tag in _ALWAYS or (parent.get("role") or "").lower() in _ROLES or _is_named_frame(parent):
            return True
        if parent.tag in _UNLESS_IN_CARD and not any(outer.tag in _OWN_CARDS for outer in around[place + 1 :]):
            return True
    return False


def _is_named_frame(node: etree._Element) -> bool:
    names = f"{node.get('class') or ''} {node.get('id') or ''}".lower().split()
    return any(name in _NAMES for name in names)
