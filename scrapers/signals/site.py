"""From the signals of single pages to facts about the site: kind, posting, contact, each with its page and quote."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from statistics import median

from scrapers.report import PageKind, SitePage, SiteSignal
from scrapers.signals.view import quote_around

_KINDS = {
    "agency": r"\b(?:agency|agencies|agentur|agencja|agence|agencia)\b|we (?:help|work with) (?:brands"
    r"|companies|clients|businesses)"
    r"|our (?:clients|case studies)|case stud(?:y|ies)|nasi klienci|unsere kunden|nos clients|nuestros clientes",
    "content": r"\b(?:reviews?|best \d+|buying guide|comparison|vs\.?|hands.on|we tested|testbericht|recenzj\w+"
    r"|comparatif)\b",
    "creator": r"\b(?:my (?:youtube|channel|podcast|blog|videos|newsletter)|i(?:'|’)?m a (?:blogger|creator"
    r"|youtuber|photographer)"
    r"|youtuber|vlog|podcast host|influencer)\b",
    "reseller": r"\b(?:authori[sz]ed (?:dealer|reseller|distributor)|value.added reseller|reseller|distributor"
    r"|h[äa]ndler|wholesale"
    r"|dystrybutor|revendeur|distribuidor)\b",
    "technology": r"\b(?:saas|software platform|api docs|integrations?|free trial|book a demo"
    r"|start (?:your )?free|developers?"
    r"|our (?:app|platform|software))\b",
    "shop": r"\b(?:add to cart|add to basket|in den warenkorb|do koszyka|ajouter au panier|a[ñn]adir al carrito"
    r"|free shipping"
    r"|checkout|kostenloser versand|darmowa dostawa)\b",
    "directory": r"\b(?:directory|listings?|browse (?:all )?(?:agencies|companies|vendors)|verzeichnis"
    r"|katalog firm|annuaire"
    r"|directorio|submit your (?:site|business))\b",
}
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _KINDS.items()}
_ENOUGH = 2.0
_MAX_LINE_HITS = 6


def site_signals(pages: Sequence[SitePage]) -> tuple[SiteSignal, ...]:
    """Return the signals of a whole site: those of its pages, merged, then what they add up to."""
    merged: dict[tuple[str, str], SiteSignal] = {}
    for page in pages:
        for signal in page.signals:
            if signal.name != "post_date":
                merged.setdefault(
                    (signal.name, signal.value), SiteSignal(signal.name, signal.value, signal.quote, page.url)
                )
    derived = [*_kind(pages, merged), *_posting(pages), *_contact(pages), *_languages(pages)]
    return (*merged.values(), *derived)


def _kind(pages: Sequence[SitePage], merged: dict[tuple[str, str], SiteSignal]) -> Iterator[SiteSignal]:
    """The kinds the evidence speaks for, strongest first; a decisive signal (parked, coupons…) stands alone."""
    named = {name: signal for (name, _), signal in merged.items()}
    for name, kind in (("parked", "parked"), ("adult", "adult"), ("gambling", "gambling"), ("coupons", "coupon")):
        if name in named:
            yield SiteSignal("kind_of_site", kind, named[name].quote, named[name].url)
            return
    scores: dict[str, float] = {}
    proof: dict[str, SiteSignal] = {}
    for kind, pattern in _PATTERNS.items():
        for page in pages:
            weight = 0.5 if page.kind is PageKind.POST else 1.0
            for points, quote in _hits(page, pattern):
                scores[kind] = scores.get(kind, 0.0) + points * weight
                proof.setdefault(kind, SiteSignal("kind_of_site", kind, quote, page.url))
    for name, kind, points in (("service", "agency", 0.7), ("affiliate_disclosure", "content", 3.0),
                               ("affiliate_link", "content", 2.0), ("partner_badge", "agency", 1.0)):  # fmt: skip
        found = [signal for (signal_name, _), signal in merged.items() if signal_name == name]
        if found:
            scores[kind] = scores.get(kind, 0.0) + points * min(len(found), 4)
            proof.setdefault(kind, SiteSignal("kind_of_site", kind, found[0].quote, found[0].url))
    ranked = sorted(scores, key=lambda kind: -scores[kind])
    for kind in ranked[:2]:
        if scores[kind] >= _ENOUGH and scores[kind] >= 0.6 * scores[ranked[0]]:
            yield proof[kind]


def _hits(page: SitePage, pattern: re.Pattern[str]) -> Iterator[tuple[float, str]]:
    found = pattern.search(page.title)
    if found:
        yield 2.0, page.title[:240]
    hits = 0
    for line in page.main_text.split("\n"):
        found = pattern.search(line)
        if found and hits < _MAX_LINE_HITS:
            hits += 1
            yield 0.5, quote_around(line, *found.span())


def _posting(pages: Sequence[SitePage]) -> Iterator[SiteSignal]:
    """The newest post, and the median days between posts when five or more are dated."""
    today = max((page.fetched_at.date() for page in pages), default=None)
    dated: dict[date, tuple[str, str]] = {}
    for page in pages:
        for signal in page.signals:
            if signal.name == "post_date" and page.kind in (
                PageKind.BLOG,
                PageKind.POST,
                PageKind.HOME,
                PageKind.OTHER,
            ):
                dated.setdefault(date.fromisoformat(signal.value), (signal.quote, page.url))
    days = sorted((day for day in dated if today is None or day <= today), reverse=True)
    if not days:
        return
    yield SiteSignal("newest_post", days[0].isoformat(), *dated[days[0]])
    if len(days) >= 5:
        gaps = [(later - earlier).days for later, earlier in pairwise(days)]
        yield SiteSignal("posting_rhythm", f"every {median(gaps):g} days", *dated[days[-1]])


def _contact(pages: Sequence[SitePage]) -> Iterator[SiteSignal]:
    for page in pages:
        if page.emails:
            yield SiteSignal("contactable", "email", page.emails[0].address, page.url)
            break
    for page in pages:
        if page.phones:
            yield SiteSignal("contactable", "phone", page.phones[0].number, page.url)
            break
    for page in pages:
        if page.kind is PageKind.CONTACT:
            yield SiteSignal("contactable", "contact page", page.title[:240], page.url)
            break


def _languages(pages: Sequence[SitePage]) -> Iterator[SiteSignal]:
    seen: set[str] = set()
    for page in pages:
        if page.language and page.language not in seen and len(page.main_text) > 200:
            seen.add(page.language)
            yield SiteSignal("language", page.language, page.main_text[:120].replace("\n", " "), page.url)


def main_language(pages: Sequence[SitePage]) -> str | None:
    """Return the language most of the site's text is in, or None."""
    weight: Counter[str] = Counter()
    for page in pages:
        if page.language:
            weight[page.language] += len(page.main_text)
    return weight.most_common(1)[0][0] if weight else None
