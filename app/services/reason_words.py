"""Reason codes in words for the applicant: why, and what to change before coming back."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.services.decisions import DECLINE_REASONS, ReasonCode
from app.services.languages import gettext as _
from app.services.languages import mark


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """A reason as the applicant reads it."""

    why: str
    change: str


_WORDS = {
    ReasonCode.NOT_A_FIT: ReasonWords(
        mark("What we read on your site does not match whom this program looks for."),
        mark("If part of your work does match, give it a page of its own and apply again."),
    ),
    ReasonCode.WRONG_TYPE: ReasonWords(
        mark("This program is made for another kind of partner."),
        mark("Look at our other programs, or ask us which one fits."),
    ),
    ReasonCode.MARKET_NOT_SERVED: ReasonWords(
        mark("We do not serve your country or language yet."),
        mark("Apply again once we do, or if you work in other markets too."),
    ),
    ReasonCode.TOO_LITTLE_CONTENT: ReasonWords(
        mark("There is too little content of your own on your site to judge."),
        mark("Publish a few pieces of your own work, then apply again."),
    ),
    ReasonCode.COUPON_TRAFFIC: ReasonWords(
        mark("We do not work with coupon, cashback or incentive traffic."),
        mark("If that is only part of what you do, tell us which part is not."),
    ),
    ReasonCode.BRAND_RISK: ReasonWords(
        mark("Some of what stands on your site does not go together with our brand."),
        mark("Ask us which pages, and apply again."),
    ),
    ReasonCode.COMPETITOR: ReasonWords(
        mark("You offer much the same as we or a partner of ours do."),
        "",
    ),
    ReasonCode.CANNOT_VERIFY: ReasonWords(
        mark("We could not see that this business and this site are yours."),
        mark("Apply with an address at your own domain, and put an imprint or contact page on the site."),
    ),
}


def reasons_for_applicant(codes: Iterable[str]) -> tuple[ReasonWords, ...]:
    """Return the reasons of a decline that have words for applicants; "other" speaks through the reviewer's message."""
    known = [ReasonCode(code) for code in codes if code in DECLINE_REASONS]
    found = [_WORDS[code] for code in known if code in _WORDS]
    return tuple(ReasonWords(_(words.why), _(words.change) if words.change else "") for words in found)
