"""What a company offers and to whom: services and industries named where companies name them.

A service counts when a heading, a link, a list item or a sentence about "us" names it, not when an article mentions it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from scrapers.signals.needles import Lines, Phrase, matches, phrase
from scrapers.signals.view import PageSignal, PageView, quote_around

_SERVICES = {
    "seo": r"\bseo\b|search engine optimi[sz]ation|suchmaschinenoptimierung|pozycjonowani\w+"
    r"|r[ée]f[ée]rencement|posicionamiento",
    "paid_ads": r"\bppc\b|pay.per.click|paid (?:search|social|media|ads)|google ads|performance marketing|\bsem\b",
    "email_marketing": r"e-?mail (?:marketing|automation)|klaviyo|lifecycle marketing|retention marketing|e-?mailing",
    "conversion": r"conversion (?:rate )?optimi[sz]ation|\bcro\b|a/b testing|upsell\w*|post.purchase",
    "ecommerce_development": r"(?:shopify|woocommerce|magento|e-?commerce|online) ?(?:shop\w* )?(?:development"
    r"|agency|agentur)"
    r"|(?:shopify|woocommerce|magento|e-?commerce) ?(?:stores?|websites?|setup|migration|design|experts?|plus|partner)"
    r"|(?:shopify|woocommerce|magento|shop)-?(?:entwicklung|agentur)|sklepy internetowe|boutiques? en ligne"
    r"|tiendas online",
    "web_design": r"web ?design|website (?:design|development)|web development|webentwicklung"
    r"|strony internetowe|projektowanie stron"
    r"|cr[ée]ation de sites?|dise[ñn]o web|desarrollo web|ui/ux|ui / ux|ux design",
    "branding": r"\bbranding\b|brand (?:strategy|identity|design)|corporate design|identyfikacj\w+ wizualn\w+"
    r"|identit[ée] visuelle",
    "content_marketing": r"content (?:marketing|strategy|creation)|copywriting|blog writing",
    "social_media": r"social media (?:marketing|management|ads)|community management|media spo[łl]eczno[śs]ciowe",
    "influencer": r"influencer (?:marketing|campaigns?)|creator (?:marketing|campaigns?)|\bugc\b",
    "affiliate_management": r"affiliate (?:management|program management|marketing)|partnership management",
    "analytics": r"(?:web |data |marketing |digital )analytics|data (?:science|engineering|warehous\w+)"
    r"|business intelligence",
    "app_development": r"(?:mobile )?app development|software development|custom software|saas development"
    r"|aplikacj\w+ mobiln\w+",
    "marketing_strategy": r"(?:digital|growth|online) marketing|growth strategy|marketing strategy"
    r"|online-marketing|strategi\w+ marketing\w+",
    "pr": r"public relations|digital pr\b|media relations|pressearbeit",
    "consulting": r"(?:e-?commerce|business|it|technology|strategy|management) consult(?:ing|ants?)"
    r"|unternehmensberatung|doradztwo",
    "integration": r"(?:systems?|erp|crm|api|pim) integrations?|implementation services|managed services",
    "video": r"video (?:production|marketing)|videoproduktion|produkcj\w+ wideo",
    "fulfillment": r"fulfil?lment|3pl\b|warehousing|logistics services",
}
_INDUSTRIES = {
    "ecommerce": r"e-?commerce|online (?:retail|merchants?|stores?)|dtc\b|d2c\b|direct.to.consumer|onlinehandel"
    r"|handel internetowy",
    "fashion": r"\bfashion\b|apparel|\bmode\b|\bmoda\b",
    "beauty": r"\bbeauty\b|cosmetics|skincare|kosmeti\w+",
    "food": r"food (?:and|&) (?:beverage|drink)|restaurants?|\bcpg\b|lebensmittel|gastronomi\w+",
    "health": r"healthcare|health (?:and|&) wellness|medical practices?|gesundheitswesen|supplements",
    "saas": r"\bsaas\b|software companies|b2b tech",
    "finance": r"financial services|fintech|banking|insurance",
    "real_estate": r"real estate|immobilien|nieruchomo[śs]ci",
    "education": r"education|e-?learning|universities",
    "travel": r"travel|hospitality|tourism|hotels?",
    "home": r"home (?:and|&) garden|furniture|home decor",
    "manufacturing": r"manufactur\w+|industrial|maschinenbau",
    "nonprofit": r"non-?profits?|charit(?:y|ies)",
}
_OFFERS = re.compile(
    r"\b(?:we|our|us|wir|unsere?|nasz\w*|oferuj\w+|zajmujemy|nous|notre|nos|nosotros|nuestr\w+|ofrecemos)\b",
    re.IGNORECASE,
)
_SERVES = re.compile(
    r"\b(?:for|serv\w+|help\w*|industr\w+|clients?|sectors?|brands?|specializ\w+|specialis\w+|f[üu]r|branchen?"
    r"|dla|bran[żz]\w*"
    r"|pour|secteurs?|para|sectores)\b",
    re.IGNORECASE,
)
# Alternatives that are all groups hold no literal of their own.
_ODD_NEEDLES = {"ecommerce_development": ("shop", "commerce", "magento", "online", "sklepy", "boutique")}
_SERVICE = {name: phrase(pattern, needles=_ODD_NEEDLES.get(name)) for name, pattern in _SERVICES.items()}
_INDUSTRY = {name: phrase(pattern) for name, pattern in _INDUSTRIES.items()}
_LABEL_CHARS, _SENTENCE_CHARS = 60, 1_000
_ARTICLE_TYPES = ("Article", "BlogPosting", "NewsArticle")


def find_offer(view: PageView, lines: Lines) -> Iterator[PageSignal]:
    """Yield services offered and industries served; articles are about a subject, not an offer."""
    if any(kind in _ARTICLE_TYPES for kind in view.types):
        return
    for name, wanted in _SERVICE.items():
        yield from _named(lines, PageSignal("service", name, ""), wanted, _OFFERS)
    for name, wanted in _INDUSTRY.items():
        yield from _named(lines, PageSignal("industry", name, ""), wanted, _SERVES)


def _named(lines: Lines, signal: PageSignal, wanted: Phrase, sentence: re.Pattern[str]) -> Iterator[PageSignal]:
    """Yield the first line that names it: a label for services, else a sentence of the right kind."""
    for line, found in matches(lines, wanted):
        if len(line) <= _SENTENCE_CHARS:
            quote = quote_around(line, *found.span())
            if (signal.name == "service" and len(line) <= _LABEL_CHARS) or sentence.search(quote):
                yield replace(signal, quote=quote)
                return
