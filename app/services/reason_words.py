"""Reason codes in words for the applicant: why, and what to change before coming back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.services.decisions import ReasonCode
from app.services.languages import current_language, mark
from app.services.languages import gettext as _
from app.services.own_reasons import reasons_by_code


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


def reasons_for_applicant(session: Session, program_id: int, codes: Sequence[str]) -> tuple[ReasonWords, ...]:
    """Return the reasons of a decline that have words for applicants, in the language of the moment.

    "Other" speaks through the reviewer's message; a program's own reason through its words, in English where it has
    none in that language.
    """
    own = reasons_by_code(session, program_id, codes)
    found = []
    for code in codes:
        if code in _WORDS:
            words = _WORDS[ReasonCode(code)]
            found.append(ReasonWords(_(words.why), _(words.change) if words.change else ""))
        elif code in own and (why := own[code].words.get(current_language()) or own[code].words.get("en")):
            changes = own[code].changes
            found.append(ReasonWords(why, changes.get(current_language()) or changes.get("en", "")))
    return tuple(found)


def has_words(session: Session, program_id: int, codes: Sequence[str]) -> bool:
    """Say whether an applicant would read anything of these reasons."""
    return bool(reasons_for_applicant(session, program_id, codes))


def built_in_words() -> dict[str, str]:
    """Return what applicants read of each built-in reason, by its code, in the language of the moment."""
    return {
        code.value: " ".join(_(part) for part in (words.why, words.change) if part) for code, words in _WORDS.items()
    }
