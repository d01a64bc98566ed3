"""Signals and the words that prove them."""

from datetime import UTC, datetime

import pytest

from scrapers.extract import extract_page
from scrapers.extract.blocks import cut_blocks
from scrapers.extract.links import find_links
from scrapers.extract.parse import parse_html
from scrapers.extract.title import find_title
from scrapers.reading import content_hash
from scrapers.report import PageKind, SitePage
from scrapers.signals import PageSignal, PageView, find_signals
from scrapers.signals.site import main_language, site_signals

URL = "https://acme.com/"


def signals_of(body: str, *, url: str = URL) -> dict[str, PageSignal]:
    tree = parse_html(f"<html>{body}</html>")
    lines = tuple(block.text for block in cut_blocks(tree).blocks)
    view = PageView(url, find_title(tree), tree, lines, "\n".join(lines), find_links(tree, url))
    return {f"{signal.name}={signal.value}": signal for signal in find_signals(view)}


@pytest.mark.parametrize(
    "sentence",
    ["This post contains affiliate links, which help us to keep the lights on.",
     "As an Amazon Associate we earn from qualifying purchases.",
     "Wir erhalten für Käufe über Affiliate-Links eine Provision von den Händlern.",
     "Artykuł zawiera linki afiliacyjne i możemy otrzymać prowizję.",
     "Cet article contient des liens affiliés vers des boutiques."],
)  # fmt: skip
def test_a_disclosure_is_quoted_word_for_word(sentence: str) -> None:
    found = signals_of(f"<p>Hello there. {sentence} Goodbye.</p>")
    assert found["affiliate_disclosure=yes"].quote == sentence


@pytest.mark.parametrize(
    ("href", "network"),
    [
        ("https://www.awin1.com/cread.php?awinmid=1", "awin"),
        ("https://acme.sjv.io/x", "impact"),
        ("https://www.anrdoezrs.net/click-1", "cj"),
        ("https://www.shareasale.com/r.cfm?b=1", "shareasale"),
        ("https://click.linksynergy.com/deeplink?id=1", "rakuten"),
        ("https://www.amazon.de/dp/B0?tag=acme-21", "amazon"),
        ("https://amzn.to/3x", "amazon"),
        ("/go/shopify", "own redirect"),
    ],
)
def test_affiliate_links_name_their_network(href: str, network: str) -> None:
    assert f"affiliate_link={network}" in signals_of(f'<p><a href="{href}">Buy</a></p>')


def test_ordinary_links_are_no_affiliate_links() -> None:
    found = signals_of(
        '<a href="https://www.amazon.de/dp/B0">a</a><a href="https://other.com/go/x">b</a><a href="/goods">c</a>'
    )
    assert not [name for name in found if name.startswith("affiliate_link")]


def test_platforms_badges_and_languages() -> None:
    found = signals_of(
        "<head><link rel=alternate hreflang=de href=/de><link rel=alternate hreflang=pl-PL href=/pl></head>"
        '<script src="https://cdn.shopify.com/s/x.js"></script><p>We are a Klaviyo Gold Partner since 2020.</p>'
        '<img alt="Shopify Plus Partner" src="/a.png">'
    )
    assert found["platform=shopify"].quote == "https://cdn.shopify.com/s/x.js"
    assert found["partner_badge=Klaviyo Gold Partner"].quote == "We are a Klaviyo Gold Partner since 2020."
    assert "partner_badge=Shopify Plus Partner" in found
    assert "languages=de,pl" in found


def test_invitations_are_links_or_headings_not_prose() -> None:
    found = signals_of('<a href="/partners">Become a partner</a><a href="/kit">Media Kit</a><h2>Write for us</h2>')
    assert found["partner_with_us=https://acme.com/partners"].quote == "Become a partner"
    assert found["media_kit=https://acme.com/kit"].quote == "Media Kit"
    assert found[f"write_for_us={URL}"].quote == "Write for us"
    prose = "<p>In this long article we explain how a brand may think about whether to become a partner of a shop.</p>"
    assert not [name for name in signals_of(prose) if name.startswith("partner_with_us")]


def test_services_are_offers_and_not_subjects() -> None:
    found = signals_of("<h2>Email marketing</h2><p>We offer SEO and web design for fashion brands.</p>")
    assert {"service=email_marketing", "service=seo", "service=web_design", "industry=fashion"} <= set(found)
    assert found["service=seo"].quote == "We offer SEO and web design for fashion brands."
    aside = (
        "<p>The history of email marketing goes back to 1978, when a manager wrote to four hundred people at once.</p>"
    )
    assert "service=email_marketing" not in signals_of(aside)


def test_parked_domains_and_coupon_sites() -> None:
    assert (
        signals_of("<h1>acme.com</h1><p>This domain is for sale!</p>")["parked=yes"].quote == "This domain is for sale!"
    )
    rows = "".join(f"<li>Shop {n}: coupon code SAVE{n}</li>" for n in range(8))
    assert any(name.startswith("coupons") for name in signals_of(f"<title>Coupons</title><ul>{rows}</ul>"))
    assert not any(name.startswith("coupons") for name in signals_of("<p>Use the coupon code X at checkout.</p>"))


@pytest.mark.parametrize(
    ("body", "day"),
    [
        ('<time datetime="2026-02-03T10:00:00Z">x</time>', "2026-02-03"),
        ("<p>Posted on March 5th, 2026</p>", "2026-03-05"),
        ("<p>5. März 2026</p>", "2026-03-05"),
        ("<p>7 października 2025</p>", "2025-10-07"),
        ("<p>le 14 février 2026</p>", "2026-02-14"),
        ("<p>3 de enero de 2026</p>", "2026-01-03"),
    ],
)
def test_dates_of_posts(body: str, day: str) -> None:
    assert f"post_date={day}" in signals_of(body)


def test_impossible_dates_are_passed_over() -> None:
    assert not [name for name in signals_of("<p>February 31, 2026</p>") if name.startswith("post_date")]


def site_page(body: str, *, url: str = URL, kind: PageKind = PageKind.HOME) -> SitePage:
    page = extract_page(url, f"<html><body><main>{body}</main></body></html>")
    return SitePage(
        url, kind, page.title, page.language, page.main_text, content_hash(page.main_text), page.emails, page.phones,
        page.socials, page.links, page.signals, datetime(2026, 6, 1, tzinfo=UTC), 200, page.headings,
    )  # fmt: skip


def test_a_site_adds_up_to_its_kind_its_rhythm_and_ways_to_reach_it() -> None:
    home = site_page(
        "<title>Acme, a Shopify agency</title><h1>We are a Shopify agency</h1><p>We help brands to grow with email "
        "marketing, SEO and web design. See our case studies and our clients.</p><p>Write to hello@acme.com</p>"
    )
    dates = "".join(f"<p>May {day}, 2026</p>" for day in (2, 9, 16, 23, 30)) + "<p>July 1, 2027</p>"
    blog = site_page(dates, url=URL + "blog", kind=PageKind.BLOG)
    found = {(signal.name, signal.value): signal for signal in site_signals([home, blog])}
    assert ("kind_of_site", "agency") in found
    assert found["newest_post", "2026-05-30"].url == URL + "blog"
    assert ("posting_rhythm", "every 7 days") in found
    assert found["contactable", "email"].quote == "hello@acme.com"
    assert main_language([home]) == "en"
