"""Needles never hide a match."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.extract.features import _CUT
from scrapers.signals.kind import _HINTS
from scrapers.signals.needles import Lines, Phrase, matches, needle_of, phrase
from scrapers.signals.offer import _INDUSTRY, _SERVICE
from scrapers.signals.phrases import _COUPONS, _DISCLOSURE, _INVITATION, _NEWSLETTER, _PARKED

PHRASES = {
    **_SERVICE,
    **_INDUSTRY,
    **_INVITATION,
    **{f"{kind} {place}": wanted for kind, each in _HINTS.items() for place, wanted in list(enumerate(each))[::6]},
    "d": _DISCLOSURE,
    "n": _NEWSLETTER,
    "p": _PARKED,
    "c": _COUPONS,
    "cut": _CUT,
}


@pytest.mark.parametrize(
    ("alternative", "needle"),
    [
        (r"affiliate (?:links?|commissions?)", "affiliate "),
        (r"coupons?", "coupon"),
        (r"promo ?codes?", "promo"),
        (r"zosta[ńn] partnerem", " partnerem"),
        (r"\bporn\w*", "porn"),
        (r"(?:page|site) (?:was )?(?:not) found", " found"),
        (r"sedo(?:parking)?\.com", "sedo"),
    ],
)
def test_the_longest_sure_literal(alternative: str, needle: str) -> None:
    assert needle_of(alternative) == needle


def test_an_alternative_without_a_literal_must_name_its_needles() -> None:
    with pytest.raises(ValueError, match="name the needles"):
        phrase(r"(?:a|b)(?:c|d)")


@pytest.mark.parametrize("name", PHRASES)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_every_match_holds_a_needle(name: str, data: st.DataObject) -> None:
    wanted: Phrase = PHRASES[name]
    text = data.draw(st.from_regex(wanted.pattern))
    if len(text) == len(text.lower()) and text.lower().isascii():
        assert [line for line, _ in matches(Lines.of([text]), wanted)] == [text]
