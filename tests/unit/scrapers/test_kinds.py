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


MENUS = {
    "technology": ["Pricing", "Log in", "Start free trial", "Docs", "Integrations"],
    "agency": ["Our work", "Get a quote", "Web design", "Branding services"],
    "shop": ["Cart (0)", "Shipping & returns", "New arrivals", "/products/fog-candle"],
}


@pytest.mark.parametrize("kind", MENUS)
def test_a_menu_tells_where_the_words_of_the_page_do_not(kind: str) -> None:
    menu = "".join(f"<a href='{words if words[0] == '/' else number}'>{words}</a> " for number, words in
                   enumerate(MENUS[kind]))  # fmt: skip
    pages = [site_page(f"<title>Fern</title><nav>{menu}</nav><p>Made for people who like calm.</p>", url=URL + path)
             for path in ("", "a", "b")]  # fmt: skip
    (found,) = [signal for signal in site_signals(pages) if signal.name == "kind_of_site"]
    assert (found.value, found.quote) == (kind, MENUS[kind][0])


def test_two_words_of_a_menu_prove_nothing_however_many_pages_carry_them() -> None:
    menu = "<a href=/p>Pricing</a> <a href=/l>Log in</a>"
    pages = [
        site_page(f"<title>Fern</title><nav>{menu}</nav><p>Calm.</p>", url=f"{URL}{number}") for number in range(8)
    ]
    assert not [signal for signal in site_signals(pages) if signal.name == "kind_of_site"]


def test_a_directory_of_agencies_is_no_agency() -> None:
    listed = "".join(f"<p>Agency {number}: a Shopify agency that builds shops for brands.</p>" for number in range(9))
    (found, *_) = [signal for signal in site_signals([site_page(f"<title>A directory of agencies</title>{listed}")])
                   if signal.name == "kind_of_site"]  # fmt: skip
    assert found.value == "directory"


COUPONS = "".join(f"<p>Coupon code SAVE{number} for all of it</p>" for number in range(9))


@pytest.mark.parametrize(("path", "kind", "is_coupon"), [("", PageKind.HOME, True), ("deals", PageKind.OTHER, False)])
def test_one_page_of_coupons_does_not_make_a_coupon_site(path: str, kind: PageKind, is_coupon: bool) -> None:
    pages = [site_page("<title>Old Mill</title><p>Flour.</p>", url=URL + "mill", kind=PageKind.ABOUT)]
    pages.append(site_page(f"<title>Our coupons</title>{COUPONS}", url=URL + path, kind=kind))
    found = {signal.value for signal in site_signals(pages) if signal.name == "kind_of_site"}
    assert ("coupon" in found) is is_coupon


@pytest.mark.parametrize("line", ["4,300 reviews with an average rating of 4.5", "Parts tested to meet standards"])
def test_what_buyers_say_and_what_makers_test_is_no_review(line: str) -> None:
    assert not [found for found in site_signals([site_page(f"<title>{line}</title><p>{line}</p>")])
                if found.name == "kind_of_site"]  # fmt: skip
