"""Reason codes in words for the applicant: why, and what to change before coming back."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.services.decisions import DECLINE_REASONS, ReasonCode


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """A reason as the applicant reads it."""

    why: str
    change: str


_WORDS = {
    ReasonCode.NOT_A_FIT: ReasonWords(
        "What we read on your site does not match whom this program looks for.",
        "If part of your work does match, give it a page of its own and apply again.",
    ),
    ReasonCode.WRONG_TYPE: ReasonWords(
        "This program is made for another kind of partner.", "Look at our other programs, or ask us which one fits."
    ),
    ReasonCode.MARKET_NOT_SERVED: ReasonWords(
        "We do not serve your country or language yet.", "Apply again once we do, or if you work in other markets too."
    ),
    ReasonCode.TOO_LITTLE_CONTENT: ReasonWords(
        "There is too little content of your own on your site to judge.",
        "Publish a few pieces of your own work, then apply again.",
    ),
    ReasonCode.COUPON_TRAFFIC: ReasonWords(
        "We do not work with coupon, cashback or incentive traffic.",
        "If that is only part of what you do, tell us which part is not.",
    ),
    ReasonCode.BRAND_RISK: ReasonWords(
        "Some of what stands on your site does not go together with our brand.", "Ask us which pages, and apply again."
    ),
    ReasonCode.COMPETITOR: ReasonWords("You offer much the same as we or a partner of ours do.", ""),
    ReasonCode.CANNOT_VERIFY: ReasonWords(
        "We could not see that this business and this site are yours.",
        "Apply with an address at your own domain, and put an imprint or contact page on the site.",
    ),
}


def reasons_for_applicant(codes: Iterable[str]) -> tuple[ReasonWords, ...]:
    """Return the reasons of a decline that have words for applicants; "other" speaks through the reviewer's message."""
    known = [ReasonCode(code) for code in codes if code in DECLINE_REASONS]
    return tuple(_WORDS[code] for code in known if code in _WORDS)
