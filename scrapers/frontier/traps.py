"""Addresses not worth a request: files, sessions, calendars, filters, and other ways to have endless pages."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_FILES = re.compile(
    r"\.(?:pdf|jpe?g|png|gif|svg|webp|avif|ico|bmp|zip|rar|7z|gz|tar|mp[34]|m4[av]|avi|mov|webm|wav|ogg|css|js|mjs|json|xml"
    r"|rss|atom|docx?|xlsx?|pptx?|odt|csv|txt|exe|dmg|apk|msi|ics|vcf|woff2?|ttf|eot|epub)$",
    re.IGNORECASE,
)
_NOT_FOR_US = re.compile(
    r"/(?:cart|basket|checkout|koszyk|warenkorb|panier|carrito|account|my-account|konto|login|log-in|signin|sign-in|logout"
    r"|register|signup|sign-up|wp-admin|wp-login\.php|wp-json|xmlrpc\.php|cdn-cgi|admin|search|suche|szukaj|recherche|buscar"
    r"|wishlist|compare|print|feed|rss|comments?|reply|share|tag|tags|author|attachment|amp|unsubscribe|password|forgot"
    r"|privacy|privacy-policy|terms|terms-of-service|terms-and-conditions|datenschutz|agb|cookie-policy|cookies|regulamin"
    r"|polityka-prywatnosci|politique-de-confidentialite|cgv|returns?|shipping|faq-shipping|jobs?|careers?|karriere|kariera"
    r"|stellenangebote|praca|download|downloads|calendar|events?/\d{4})(?:/|$|\?)",
    re.IGNORECASE,
)
_CALENDAR = re.compile(
    r"/(?:19|20)\d\d[/-](?:0?[1-9]|1[0-2])(?:[/-]\d{1,2})?/?$|/page/\d+/?$|/p/\d+/?$|/week/\d+", re.IGNORECASE
)
# Days of a calendar, filters and orders of a shop, further pages, and acts: each makes many addresses of one page.
_FACETS = re.compile(
    r"[?&](?:date|day|month|year|week|tribe-bar-date|eventdisplay|ical|colou?r|size|sort|sort_?by|order|order_?by|dir"
    r"|filter\w*|min_?price|max_?price|price|brand|limit|per_?page|currency|variant|replytocom|add-to-cart|add_to_wishlist"
    r"|share|print)=|[?&](?:page|paged|start|offset)=\d",
    re.IGNORECASE,
)
_TRACKING = re.compile(
    r"^(?:utm_\w+|gclid|fbclid|msclkid|dclid|srsltid|mc_[ce]id|_ga|_gl|ref|source|igshid|hsa_\w+|trk|spm|yclid|pds)$",
    re.IGNORECASE,
)
_SESSION = re.compile(
    r"^(?:phpsessid|jsessionid|sid|sessionid|session_id|s|osCsid|cfid|cftoken|token|nonce)$", re.IGNORECASE
)
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?]*", re.IGNORECASE)
_MAX_DEPTH, _MAX_PARAMETERS, _MAX_CHARS = 6, 2, 300


def clean_url(url: str) -> str:
    """Return the address without session ids and tracking parameters, the rest in a fixed order."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=50) if parts.query.count("&") < 50 else []
    kept = sorted((name, value) for name, value in pairs if not _TRACKING.match(name) and not _SESSION.match(name))
    return urlunsplit((parts.scheme, parts.netloc, _SESSION_PATH.sub("", parts.path) or "/", urlencode(kept), ""))


def is_trap(url: str) -> bool:
    """Tell whether a cleaned address leads to a file, a form, a calendar, a facet or a maze."""
    parts = urlsplit(url)
    path = parts.path
    if len(url) > _MAX_CHARS or _FILES.search(path) or _NOT_FOR_US.search(path) or _CALENDAR.search(path):
        return True
    steps = [step for step in path.split("/") if step]
    if len(steps) > _MAX_DEPTH or len(steps) - len(set(steps)) >= 2:
        return True
    if _FACETS.search("?" + parts.query):
        return True
    return parts.query.count("=") > _MAX_PARAMETERS or "%5B" in parts.query.upper() or "[" in parts.query
