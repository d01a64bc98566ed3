"""Signals that are a phrase on the page: disclosure, invitations to partner, parked domains, newsletters, warnings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapers.signals.view import PageSignal, PageView, quote_around

_MAX_LINE_CHARS = 3_000
_DISCLOSURE = re.compile(
    r"affiliate (?:links?|commissions?|disclosure|partner(?:s|ships?)? (?:links?|and earn))"
    r"|(?:may|might|will|could) (?:earn|receive|get) (?:a |an )?(?:small )?(?:affiliate )?commissions?"
    r"|earn(?:s|ed)? (?:a |an )?(?:small )?(?:affiliate )?commissions?|amazon associate"
    r"|we (?:may )?earn from qualifying"
    r"|affiliate-links?|affiliatelinks?|provisions?-?links?|werbelinks?|partnerlinks?"
    r"|linki? (?:afiliacyjn|partnersk)\w+|otrzyma\w* prowizj|liens? affili[ée]s?|touch\w+ une commission"
    r"|enlaces? de afiliad|recib\w+ una comisi[óo]n",
    re.IGNORECASE,
)
_INVITATIONS = {
    "partner_with_us": r"(?:partner|work) with us|become (?:a|an|our) (?:\w+ )?(?:partner|affiliate|reseller)"
    r"|(?:partner|affiliate|reseller|referral|ambassador) program(?:me)?s?|join our (?:partner|affiliate)"
    r"|partner werden|partnerprogramm|zosta[ńn] partnerem|program partnerski|wsp[óo][łl]prac\w+ z nami"
    r"|devenir partenaire|programme d.affiliation|hazte (?:socio|partner)|programa de afiliados",
    "media_kit": r"media ?kit|press kit|mediadaten|advertise (?:with|on)|sponsorship opportunities|reklama u nas"
    r"|annoncer sur|an[úu]nciate|publicidad en",
    "write_for_us": r"write for us|guest post(?:s|ing)?|become a contributor|contribute an article|gastbeitrag"
    r"|wpis go[śs]cinny|article invit[ée]|escribe para nosotros",
}
_INVITATION = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _INVITATIONS.items()}
_NEWSLETTER = re.compile(
    r"newsletter|subscribe (?:to|now|for)|join (?:our|the) (?:mailing )?list|get .{0,40} (?:in|to) your inbox"
    r"|zapisz si[ęe]|abonnez-vous|suscr[íi]bete",
    re.IGNORECASE,
)
_PARKED = re.compile(
    r"(?:this )?domain (?:name )?(?:is|may be) (?:for sale|available|parked)|buy this domain|domain parking"
    r"|(?:diese |die )?domain (?:steht zum verkauf|kaufen)|ta domena jest na sprzeda[żz]|domena (?:jest )?zaparkowana"
    r"|ce (?:nom de )?domaine est (?:[àa] vendre)|este dominio (?:est[áa] en venta)|parked (?:free|by|domain)"
    r"|sedo(?:parking)?\.com|hugedomains|this site is (?:parked|under construction)|website coming soon|future home of",
    re.IGNORECASE,
)
_COUPONS = re.compile(
    r"coupons?|promo ?codes?|discount codes?|voucher codes?|gutscheincodes?|gutscheine|kody? rabatow\w+|codes? promo"
    r"|c[óo]digos? (?:de )?descuento|cashback",
    re.IGNORECASE,
)
_ADULT = re.compile(
    r"\bporn\w*|\bxxx\b|\bescorts?\b|\bnsfw\b|\b18\+ only|adults only|sex (?:cams?|chat|shop)", re.IGNORECASE
)
_GAMBLING = re.compile(
    r"\bonline casinos?|\bcasino bonus|\bsports? ?betting|\bslot(?:s| machines?) online|\bfree spins\b|\bpoker rooms?"
    r"|bukmacher|sportwetten|paris sportifs|apuestas deportivas",
    re.IGNORECASE,
)
_COUPONS_ENOUGH, _WARNING_ENOUGH = 6, 3
_PARKED_MAX_WORDS = 250


def find_phrases(view: PageView) -> Iterator[PageSignal]:
    """Yield the signals that phrases of the page prove."""
    yield from _first(view, "affiliate_disclosure", _DISCLOSURE, min_words=4)
    for name, pattern in _INVITATION.items():
        yield from _invitation(view, name, pattern)
    yield from _first(view, "newsletter", _NEWSLETTER, min_words=1)
    if sum(line.count(" ") + 1 for line in view.lines) <= _PARKED_MAX_WORDS:
        yield from _first(view, "parked", _PARKED, min_words=1)
    for name, pattern, enough in (
        ("coupons", _COUPONS, _COUPONS_ENOUGH),
        ("adult", _ADULT, _WARNING_ENOUGH),
        ("gambling", _GAMBLING, _WARNING_ENOUGH),
    ):
        yield from _frequent(view, name, pattern, enough)


def _first(view: PageView, name: str, pattern: re.Pattern[str], *, min_words: int) -> Iterator[PageSignal]:
    for line in view.lines:
        found = pattern.search(line, 0, _MAX_LINE_CHARS)
        if found and line.count(" ") + 1 >= min_words:
            yield PageSignal(name, "yes", quote_around(line, *found.span()))
            return


def _invitation(view: PageView, name: str, pattern: re.Pattern[str]) -> Iterator[PageSignal]:
    """An invitation is a link, a title or a heading-like line; prose about partners is not one."""
    for link in view.links:
        if len(link.text) <= 60 and pattern.search(link.text):
            yield PageSignal(name, link.url, link.text)
            return
    if pattern.search(view.title):
        yield PageSignal(name, view.url, view.title[:240])
        return
    for line in view.lines:
        if len(line) <= 60 and pattern.search(line):
            yield PageSignal(name, view.url, line)
            return


def _frequent(view: PageView, name: str, pattern: re.Pattern[str], enough: int) -> Iterator[PageSignal]:
    """A word in passing proves nothing: many lines must carry it, or the title and some lines."""
    lines = [line for line in (view.title, *view.lines) if pattern.search(line, 0, _MAX_LINE_CHARS)]
    needed = max(2, enough // 2) if pattern.search(view.title) else enough
    if len(lines) >= needed:
        found = pattern.search(lines[0])
        if found:
            yield PageSignal(name, f"{len(lines)} lines", quote_around(lines[0], *found.span()))
