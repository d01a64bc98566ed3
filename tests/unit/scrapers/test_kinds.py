"""What kind of site it is, from what it says of itself; `bench/kinds.py` measures it on whole sites."""

import pytest

from scrapers.report import PageKind
from scrapers.signals.site import site_signals
from tests.unit.scrapers.test_signals import URL, site_page

SITES = {
    "agency": "<title>Nord, Agentur für Onlineshops</title><p>Wir betreuen Händler seit 2016.</p><h2>Leistungen</h2>",
    "technology": "<title>Fern: returns app for Shopify</title><p>Plans start at $29 a month, with an API.</p>",
    "reseller": "<title>Tills for the north</title><p>We are a reseller who sells and installs tills.</p>",
    "content": "<title>Boots reviewed</title><p>We tested nine pairs.</p><p>Our pick, with pros and cons.</p>",
    "creator": "<title>Ada bakes</title><p>I'm Ada Byron and I film my kitchen. 31,000 people watch my channel each "
    "week and I read all that my viewers write to me, which is why I answer late and why my tea is always cold.</p>",
    "shop": "<title>Candles poured in Astoria</title><ul><li>Fog</li><li>$28</li><li>Add to cart</li><li>Cedar</li>"
    "<li>$30</li><li>Add to cart</li></ul>",
    "directory": "<title>A directory of bookkeepers</title><p>Add your company: a free listing is sorted by name.</p>",
}  # fmt: skip


@pytest.mark.parametrize("kind", SITES)
def test_a_site_is_what_it_says_it_is(kind: str) -> None:
    signal = next(found for found in site_signals([site_page(SITES[kind])]) if found.name == "kind_of_site")
    assert signal.value == kind
    assert signal.quote


@pytest.mark.parametrize(
    "body",
    [
        "<title>Bright Smile Dental</title><p>Cleanings, crowns and calm. New patients are seen within a week.</p>",
        "<title>Aldous Pike, attorneys</title><p>Wills and estates in Ohio since 1961.</p>",
        "<title>Westbrook Primary School</title><p>Term dates, lunches and the school newsletter.</p>",
    ],
)
def test_a_business_of_another_sort_is_none_of_them(body: str) -> None:
    assert not [found for found in site_signals([site_page(body)]) if found.name == "kind_of_site"]


def test_an_article_about_agencies_does_not_make_one() -> None:
    home = site_page("<title>Old Mill</title><p>Flour from the valley, ground by water, sold on Saturdays.</p>")
    post = site_page(
        "<title>How to choose an agency</title>" + "<p>Ask about their clients and retainers.</p>" * 3,
        url=URL + "blog/choose", kind=PageKind.POST,
    )  # fmt: skip
    assert not [found for found in site_signals([home, post]) if found.name == "kind_of_site"]
