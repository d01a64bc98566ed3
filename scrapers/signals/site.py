"""From the signals of single pages to facts about the site: kind, posting, contact, each with its page and quote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice, pairwise
from statistics import median

from scrapers.report import PageKind, SitePage, SiteSignal
from scrapers.signals.needles import Lines, Phrase, matches, phrase
from scrapers.signals.view import quote_around

_KINDS = {
    "agency": r"\bagency\b|\bagencies\b|\bagentur\b|\bagencja\b|\bagence\b|\bagencia\b|we help (?:brands"
    r"|companies|clients)"
    r"|we work with (?:brands|companies|clients)|our clients|case stud(?:y|ies)|nasi klienci|unsere kunden|nos clients"
    r"|nuestros clientes",
    "content": r"\breviews?\b|\bbest \d+\b|buying guide|comparison|hands.on|we tested|testbericht|recenzj\w+"
    r"|comparatif",
    "creator": r"\bmy (?:youtube )?channel|\bmy podcast|\bmy videos|\bmy blog\b|i.?m a (?:food |travel )?blogger"
    r"|i.?m a (?:content )?creator|youtuber|\bvlog|podcast host|\binfluencer\b",
    "reseller": r"authori[sz]ed (?:dealer|reseller|distributor)|value.added reseller|\bresellers?\b|\bdistributors?\b"
    r"|\bhändler\b|wholesale|dystrybutor|revendeur|distribuidor",
    "technology": r"\bsaas\b|software platform|\bapi docs|\bintegrations\b|free trial|book a demo"
    r"|start (?:your )?free\b"
    r"|\bdevelopers?\b|our app\b|our platform|our software",
    "shop": r"add to cart|add to basket|in den warenkorb|do koszyka|ajouter au panier|al carrito|free shipping"
    r"|\bcheckout\b|kostenloser versand|darmowa dostawa",
    "directory": r"\bdirectory\b|\blistings?\b|browse (?:all )?(?:agencies|companies|vendors)|verzeichnis|katalog firm"
    r"|annuaire|directorio|submit your (?:site|business)",
}
_PHRASES = {name: phrase(pattern) for name, pattern in _KINDS.items()}
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
    searchable = [Lines.of(page.main_text.split("\n")) for page in pages]
    for kind, wanted in _PHRASES.items():
        for page, lines in zip(pages, searchable, strict=True):
            weight = 0.5 if page.kind is PageKind.POST else 1.0
            for points, quote in _hits(page, lines, wanted):
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


def _hits(page: SitePage, lines: Lines, wanted: Phrase) -> Iterator[tuple[float, str]]:
    if wanted.pattern.search(page.title):
        yield 2.0, page.title[:240]
    for line, found in islice(matches(lines, wanted), _MAX_LINE_HITS):
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
