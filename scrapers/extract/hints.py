"""What a page says it is, outside its text: og:type, schema.org types and the shape of its address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from lxml import etree

_TYPES = {
    "article": re.compile(r'"(?:\w*Article|BlogPosting|Report|HowTo|Recipe)"'),
    "product": re.compile(r'"(?:Product|ProductGroup|Offer|AggregateOffer)"'),
    "list": re.compile(r'"(?:ItemList|CollectionPage|OfferCatalog|SearchResultsPage|Blog)"'),
    "business": re.compile(r'"(?:Organization|LocalBusiness|Service|ProfessionalService|Corporation|FAQPage)"'),
}
_PATHS = (
    re.compile(r"/(?:collections?|categor(?:y|ies)|shop|store|products?|c|browse|catalog)(?:/|$)"),
    re.compile(r"/(?:blogs?|news|articles?|posts?|stories|insights|learn|guides?|magazine|resources)(?:/|$)"),
    re.compile(r"/(?:services?|solutions?|features?|pricing|about|platform|company)(?:/|$)"),
    re.compile(r"/(?:19|20)\d\d(?:/|-|$)|\d{5,}"),
    re.compile(r"/(?:tags?|topics?|search|list|directory|authors?)(?:/|$)"),
)


@dataclass(frozen=True, slots=True)
class PageHints:
    """Facts about a page as a whole: `types` are shares of the four schema groups, `path` its decoded path."""

    title: str = ""
    og_article: bool = False
    types: tuple[bool, ...] = (False, False, False, False)
    path: str = "/"
    dated: bool = False

    def numbers(self) -> list[float]:
        """The hints as features, always the same count and order."""
        path = self.path.lower()
        slug = path.rstrip("/").rpartition("/")[2]
        return [
            float(self.og_article),
            float(self.dated),
            *(float(found) for found in self.types),
            *(float(bool(pattern.search(path))) for pattern in _PATHS),
            float(path.strip("/").count("/") + 1 if path.strip("/") else 0),
            float(slug.count("-") + slug.count("_")),
            float(len(self.title.split())),
        ]


def read_hints(tree: etree._Element, url: str, title: str) -> PageHints:
    """Collect the hints of a parsed page."""
    head = {
        str(node.get("property") or node.get("name") or ""): node.get("content") or "" for node in tree.iter("meta")
    }
    data = " ".join(str(node.text or "") for node in tree.iter("script") if "ld+json" in (node.get("type") or ""))
    types = tuple(bool(pattern.search(data)) for pattern in _TYPES.values())
    try:
        path = unquote(urlsplit(url).path) or "/"
    except ValueError:
        path = "/"
    dated = any(name in head for name in ("article:published_time", "datePublished", "date", "pubdate"))
    return PageHints(title, head.get("og:type", "").lower() == "article", types, path, dated)
