"""What the markup around a text says about it: tags, roles and the words that authors put into class and id.

Each element gets a set of marks as bits of one number; a block of text inherits the marks of all its ancestors.
"""

from __future__ import annotations

import re
from functools import lru_cache

TAG_MARKS = {
    "main": "main",
    "article": "article",
    "section": "section",
    "header": "header",
    "footer": "footer",
    "nav": "nav",
    "aside": "aside",
    "form": "form",
    "fieldset": "form",
    "table": "table",
    "ul": "list",
    "ol": "list",
    "dl": "list",
    "menu": "nav",
    "dialog": "popup",
    "figure": "figure",
    "blockquote": "quote",
    "details": "fold",
    "button": "button",
    "label": "label",
    "select": "form",
    "address": "address",
}
_ROLE_MARKS = {
    "main": "main",
    "article": "article",
    "banner": "header",
    "contentinfo": "footer",
    "navigation": "nav",
    "menu": "nav",
    "menubar": "nav",
    "complementary": "aside",
    "search": "search",
    "form": "form",
    "dialog": "popup",
    "alertdialog": "popup",
    "tabpanel": "fold",
    "button": "button",
}
# Words as authors write them in class and id, cut at hyphens, underscores and capitals.
_WORD_MARKS: dict[str, str] = {
    "nav": "nav|navbar|navigation|menu|menus|submenu|megamenu|topbar|toolbar|offcanvas|drawer|flyout|dropdown"
    "|hamburger",
    "header": "header|masthead|topbar|hdr",
    "footer": "footer|foot|colophon|bottombar|copyright|subfooter|prefooter|ftr",
    "aside": "sidebar|aside|rail|secondary|widget|widgets|sidenav|side",
    "popup": "cookie|cookies|consent|gdpr|popup|modal|overlay|lightbox|onetrust|dialog|notification|toast|alert|notice"
    "|cmp|interstitial|paywall",
    "crumbs": "breadcrumb|breadcrumbs|crumb|crumbs",
    "share": "share|sharing|social|socials|follow|addtoany|sharedaddy|addthis|facebook|twitter|whatsapp",
    "related": "related|recommended|recommendation|recommendations|similar|suggested|more|trending|popular|recirc"
    "|upnext|readnext|latest|recent|also|mostread",
    "comments": "comment|comments|disqus|respond|reply|replies|discussion",
    "signup": "newsletter|subscribe|subscription|signup|optin|mailchimp|mailing|register|login|signin|account"
    "|cart|basket",
    "ad": "ad|ads|advert|advertisement|advertising|sponsor|sponsored|promo|promotion|promotional|adslot|banner|dfp|gpt"
    "|taboola|outbrain|teaser",
    "meta": "meta|byline|author|authors|date|time|timestamp|published|posted|tag|tags|category|categories|label|labels"
    "|badge|credit|credits|bio|info|eyebrow|kicker",
    "pager": "pagination|pager|paging|prev|next|previous|loadmore",
    "search": "search|filter|filters|facet|facets|sort|sorting|refine|searchbox",
    "skip": "skip|sr|screenreader|visuallyhidden|assistive|srt|offscreen",
    "hidden": "hidden|hide|invisible|none|collapse|collapsed",
    "cta": "cta|btn|button|buttons|action|actions|link|links",
    "toc": "toc|contents|jump|anchors|anchor|tablist|tabs|tab",
    "content": "content|article|entry|post|story|body|text|main|copy|prose|rte|richtext|rich|wysiwyg|markdown|editor",
    "block": "hero|section|intro|feature|features|service|services|faq|faqs|accordion|testimonial|testimonials|about"
    "|description|summary|benefit|benefits|column|columns|col|row|grid",
    "card": "card|cards|item|items|product|products|tile|tiles|listing|result|results|list|teasers|entry|grid",
    "price": "price|prices|pricing|rating|ratings|review|reviews|stars|stock|swatch|variant",
    "caption": "caption|figcaption|credit|copyright|legend",
    "gallery": "carousel|slider|slide|slides|swiper|slick|gallery|marquee|logos|logo",
    "legal": "legal|disclaimer|terms|privacy|policy|footnote|footnotes|fineprint",
    "lang": "language|languages|lang|locale|country|region|currency|switcher|selector",
}
MARKS: tuple[str, ...] = tuple(dict.fromkeys((*TAG_MARKS.values(), *_ROLE_MARKS.values(), *_WORD_MARKS)))
BIT = {name: 1 << place for place, name in enumerate(MARKS)}
_BIT_OF_WORD: dict[str, int] = {}
for _mark, _words in _WORD_MARKS.items():
    for _word in _words.split("|"):
        _BIT_OF_WORD[_word] = _BIT_OF_WORD.get(_word, 0) | BIT[_mark]
_CUT = re.compile(r"[^a-zA-Z]+|(?<=[a-z])(?=[A-Z])")
_MAX_NAME_CHARS = 300


@lru_cache(maxsize=50_000)
def marks_of_name(name: str) -> int:
    """Marks of one class or id attribute."""
    bits = 0
    for word in _CUT.split(name[:_MAX_NAME_CHARS]):
        bits |= _BIT_OF_WORD.get(word.lower(), 0)
    return bits


def marks_of_role(role: str) -> int:
    """Marks of one role attribute."""
    name = _ROLE_MARKS.get(role.strip().lower())
    return BIT[name] if name else 0


def marks_of_tag(tag: str) -> int:
    """Marks of one tag name."""
    name = TAG_MARKS.get(tag)
    return BIT[name] if name else 0
