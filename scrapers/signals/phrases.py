"""Signals that are a phrase on the page: disclosure, invitations to partner, parked domains, newsletters, warnings."""

from __future__ import annotations

from collections.abc import Iterator

from scrapers.signals.needles import Lines, Phrase, matches, phrase
from scrapers.signals.view import PageSignal, PageView, quote_around

_DISCLOSURE = phrase(
    r"affiliate (?:links?|commissions?|disclosure|partner(?:s|ships?)? (?:links?|and earn))"
    r"|(?:may|might|will|could) (?:earn|receive|get) (?:a |an )?(?:small )?(?:affiliate )?commissions?"
    r"|earn(?:s|ed)? (?:a |an )?(?:small )?(?:affiliate )?commissions?|amazon associate"
    r"|we (?:may )?earn from qualifying"
    r"|affiliate-links?|affiliatelinks?|provisions?-?links?|werbelinks?|partnerlinks?"
    r"|linki? (?:afiliacyjn|partnersk)\w+|otrzyma\w* prowizj|liens? affili[ée]s?|touch\w+ une commission"
    r"|enlaces? de afiliad|recib\w+ una comisi[óo]n"
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
_INVITATION = {name: phrase(pattern) for name, pattern in _INVITATIONS.items()}
_NEWSLETTER = phrase(
    r"newsletter|subscribe (?:to|now|for)|join (?:our|the) (?:mailing )?list|get .{0,40} (?:in|to) your inbox"
    r"|zapisz si[ęe]|abonnez-vous|suscr[íi]bete"
)
_PARKED = phrase(
    r"(?:this )?domain (?:name )?(?:is|may be) (?:for sale|available|parked)|buy this domain|domain parking"
    r"|(?:diese |die )?domain (?:steht zum verkauf|kaufen)|ta domena jest na sprzeda[żz]|domena (?:jest )?zaparkowana"
    r"|ce (?:nom de )?domaine est (?:[àa] vendre)|este dominio (?:est[áa] en venta)|parked (?:free|by|domain)"
    r"|sedo(?:parking)?\.com|hugedomains|this site is (?:parked|under construction)|website coming soon|future home of"
)
_COUPONS = phrase(
    r"coupons?|promo ?codes?|discount codes?|voucher codes?|gutscheincodes?|gutscheine|kody? rabatow\w+|codes? promo"
    r"|c[óo]digos? (?:de )?descuento|cashback"
)
_ADULT = phrase(r"\bporn\w*|\bxxx\b|\bescorts?\b|\bnsfw\b|\b18\+ only|adults only|sex (?:cams?|chat|shop)")
_GAMBLING = phrase(
    r"\bonline casinos?|\bcasino bonus|\bsports? ?betting|\bslot(?:s| machines?) online|\bfree spins\b|\bpoker rooms?"
    r"|bukmacher|sportwetten|paris sportifs|apuestas deportivas"
)
_COUPONS_ENOUGH, _WARNING_ENOUGH = 6, 3
_PARKED_MAX_WORDS, _LABEL_CHARS = 250, 60


def find_phrases(view: PageView, lines: Lines) -> Iterator[PageSignal]:
    """Yield the signals that phrases of the page prove."""
    yield from _first(lines, "affiliate_disclosure", _DISCLOSURE, min_words=4)
    for name, invitation in _INVITATION.items():
        yield from _invitation(view, lines, name, invitation)
    yield from _first(lines, "newsletter", _NEWSLETTER, min_words=1)
    if sum(line.count(" ") + 1 for line in view.lines) <= _PARKED_MAX_WORDS:
        yield from _first(lines, "parked", _PARKED, min_words=1)
    for name, warning, enough in (
        ("coupons", _COUPONS, _COUPONS_ENOUGH),
        ("adult", _ADULT, _WARNING_ENOUGH),
        ("gambling", _GAMBLING, _WARNING_ENOUGH),
    ):
        yield from _frequent(view, lines, name=name, wanted=warning, enough=enough)


def _first(lines: Lines, name: str, wanted: Phrase, *, min_words: int) -> Iterator[PageSignal]:
    for line, found in matches(lines, wanted):
        if line.count(" ") + 1 >= min_words:
            yield PageSignal(name, "yes", quote_around(line, *found.span()))
            return


def _invitation(view: PageView, lines: Lines, name: str, wanted: Phrase) -> Iterator[PageSignal]:
    """An invitation is a link, a title or a heading-like line; prose about partners is not one."""
    found = [line for line, _ in matches(lines, wanted) if len(line) <= _LABEL_CHARS]
    if wanted.pattern.search(view.title):
        yield PageSignal(name, view.url, view.title[:240])
        return
    for link in view.links:
        if len(link.text) <= _LABEL_CHARS and wanted.pattern.search(link.text):
            yield PageSignal(name, link.url, link.text)
            return
    if found:
        yield PageSignal(name, view.url, found[0])


def _frequent(view: PageView, lines: Lines, *, name: str, wanted: Phrase, enough: int) -> Iterator[PageSignal]:
    """A word in passing proves nothing: many lines must carry it, or the title and some lines."""
    found = list(matches(lines, wanted))
    titled = wanted.pattern.search(view.title) is not None
    if found and len(found) + titled >= (max(2, enough // 2) if titled else enough):
        line, first = found[0]
        yield PageSignal(name, f"{len(found)} lines", quote_around(line, *first.span()))
