"""Terms that a site breaks before it is a partner's: both sides quoted, and nothing where nothing is forbidden."""

import pytest

from app.queries.application_risk import RiskFacts
from app.services.application_risks import Risk, risk_flags
from app.services.terms_checks import broken_terms


@pytest.mark.parametrize(
    ("terms", "signals", "sentence"),
    [
        ("We pay monthly. You may not place coupons or cashback offers.", {"coupons": "50 codes"}, "You may not place"),
        ("Nie wolno publikować kodów rabatowych.", {"coupons": "kody"}, "Nie wolno"),
        ("Gutscheine sind nicht erlaubt!", {"coupons": "x"}, "Gutscheine sind nicht"),
        ("No gambling sites.", {"gambling": "casino"}, "No gambling"),
        ("You tell your reader or client each time that you earn.", {"affiliate_link": "amzn.to/x"}, "You tell your"),
        ("Links müssen gekennzeichnet werden.", {"affiliate_link": "x"}, "Links müssen"),
    ],
)
def test_what_the_terms_forbid_is_found_on_the_site(terms: str, signals: dict[str, str], sentence: str) -> None:
    (broken,) = broken_terms(terms, signals)
    assert broken.sentence.startswith(sentence)
    assert broken.on_site in signals.values()


@pytest.mark.parametrize(
    ("terms", "signals"),
    [
        ("You may place coupons. You may not bid on our name.", {"coupons": "x"}),
        ("You may not place coupons.", {"gambling": "x"}),
        ("You may not place coupons.", {}),
        ("You disclose each link.", {"affiliate_link": "x", "affiliate_disclosure": "we earn"}),
        ("", {"coupons": "x", "adult": "x"}),
    ],
)
def test_nothing_is_broken_that_is_not_forbidden(terms: str, signals: dict[str, str]) -> None:
    assert broken_terms(terms, signals) == ()


def test_flag_quotes_both_sides_and_is_high_for_what_is_shown() -> None:
    facts = RiskFacts(
        email="a@b.example",
        domain="b.example",
        was_known=False,
        is_partner=False,
        open_elsewhere=0,
        declined_before=0,
        came_for_domain="",
        site_problem="",
        signals={"coupons": "Codes!", "affiliate_link": "x"},
        terms="You may not place coupons. You disclose your links.",
    )
    flags = risk_flags(facts)
    found = [(flag.risk, flag.detail) for flag in flags if flag.name == "terms_broken"]
    assert [risk for risk, _ in found] == [Risk.HIGH, Risk.MEDIUM]
    assert "“You may not place coupons.”" in found[0][1]
    assert "“Codes!”" in found[0][1]
