"""The demo sites are whole: no dead link, no foreign address, enough to read, and dates that move with today."""

import re
from collections import Counter
from datetime import date, timedelta
from functools import cache
from itertools import chain
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from app.demo.catalog import Expected, Page, Site, load_sites
from app.demo.rendering import render_feed, render_page, render_sitemap
from app.demo.server import answer_request

TODAY = date(2026, 3, 14)
SITES = load_sites()
ORDINARY = {host: site for host, site in SITES.items() if site.expected is not Expected.NO_EVIDENCE}
# Paths a browser asks for by itself; the sites have no pictures, styles or scripts to send.
ASSETS = ("/assets/", "/wp-", "/static/", "//")


def words_of(page: Page) -> int:
    """Count the words a reader sees in a page's own writing."""
    text = re.sub(r"\{date:-?\d+\}|\]\([^)]*\)|<[^>]+>|[#|>*\[\]!]", " ", page.body)
    return sum(1 for word in text.split() if re.search(r"\w", word))


def main_pages(site: Site) -> list[Page]:
    """Return the pages that carry writing: not the contact page, not the imprint, not a bare list of posts."""
    short = ("contact", "kontakt", "impressum", "journal", "blog", "notes", "sklepy", "shops", "stores")
    return [page for page in site.pages.values() if page.path.strip("/") not in short]


@cache
def read(host: str, path: str) -> BeautifulSoup:
    """Return a page as it reads on TODAY, parsed once for all tests."""
    return BeautifulSoup(render_page(SITES[host], SITES[host].pages[path], today=TODAY), "lxml")


def every_page() -> list[tuple[Site, Page]]:
    return [(site, page) for site in SITES.values() for page in site.pages.values()]


def test_there_are_sites_of_every_kind_and_language() -> None:
    assert len(SITES) >= 60
    assert set(Counter(site.expected for site in SITES.values())) == set(Expected)
    assert {site.language for site in SITES.values()} == {"en", "de", "pl"}
    assert len({site.layout for site in SITES.values()}) >= 8
    styles = {site.email_style for site in SITES.values()}
    assert styles == {"mailto", "plain", "at", "entity", "cloudflare"}


@pytest.mark.parametrize("site", ORDINARY.values(), ids=ORDINARY.keys())
def test_an_ordinary_site_has_several_pages_worth_reading(site: Site) -> None:
    assert 3 <= len(site.pages) <= 9
    lengths = [words_of(page) for page in main_pages(site)]
    assert sum(lengths) / len(lengths) >= 80
    assert max(lengths) <= 350


@pytest.mark.parametrize("site", SITES.values(), ids=SITES.keys())
def test_no_internal_link_of_a_site_is_dead(site: Site) -> None:
    for page in site.pages.values():
        soup = read(site.host, page.path)
        links = {str(tag["href"]) for tag in soup.select("a[href], link[rel=alternate]")}
        inside = {link for link in links if link.startswith("/") and not link.startswith(ASSETS)} - {"/cart"}
        dead = [link for link in inside if answer_request(site, link, today=TODAY).status not in (200, 302)]
        assert not dead, f"{page.path} of {site.host} links to {dead}"


@pytest.mark.parametrize("site", ORDINARY.values(), ids=ORDINARY.keys())
def test_every_page_of_a_site_can_be_reached_from_its_home_page(site: Site) -> None:
    reached, waiting = set(), ["/"]
    while waiting:
        path = waiting.pop()
        reached.add(path)
        soup = read(site.host, path)
        links = {str(tag["href"]) for tag in soup.select("a[href]")}
        waiting += [link for link in links & set(site.pages) if link not in reached]
    assert reached == set(site.pages)


def test_crawlers_are_kept_out_of_links_that_leave_for_a_real_shop() -> None:
    for site in SITES.values():
        assert not site.redirects or "Disallow: /go/" in (site.robots or "")


def test_links_between_demo_sites_lead_to_pages_that_exist() -> None:
    for site, page in every_page():
        for host, path in re.findall(r"https://([\w-]+\.demo\.test)(/[\w/-]*)", page.body):
            assert answer_request(SITES[host], path, today=TODAY).status == 200, f"{site.host} links to {host}{path}"


@pytest.mark.parametrize("site", SITES.values(), ids=SITES.keys())
def test_every_page_is_a_document_with_title_and_one_heading(site: Site) -> None:
    for page in site.pages.values():
        if site.content_type.startswith("text/html") and page.body and site.layout != "script":
            soup = read(site.host, page.path)
            assert soup.html is not None
            assert soup.html["lang"] == site.language
            assert soup.title is not None
            assert soup.title.get_text(strip=True)
            assert len(soup.find_all("h1")) == 1, f"{site.host}{page.path}"


def test_every_address_on_a_page_is_at_the_sites_own_host() -> None:
    for site, page in every_page():
        found = re.findall(r"[\w.+-]+@([\w-]+\.[\w.-]*\w)", read(site.host, page.path).get_text(" "))
        assert set(found) <= {site.host}, f"{site.host}{page.path}: {found}"


def test_nothing_of_the_markup_is_left_in_a_page() -> None:
    for site, page in every_page():
        text = read(site.host, page.path).get_text("\n")
        assert not re.search(r"\*\*|\]\(/|\{date:|\{year\}|<\w+@|^#+ |\$[a-z_]+", text, re.M), f"{site.host}{page.path}"


def test_navigation_paths_are_unique_and_the_home_page_comes_first() -> None:
    for site in SITES.values():
        assert not site.pages or next(iter(site.pages)) == "/"
        labels = [page.nav for page in site.pages.values() if page.nav]
        assert len(labels) == len(set(labels)), site.host


def test_post_dates_move_with_today() -> None:
    dated = [(site, post) for site in SITES.values() for post in site.posts if site.layout not in ("bare", "script")]
    assert len(dated) >= 40
    for site, post in dated:
        for today in (TODAY, TODAY + timedelta(days=400)):
            shown = BeautifulSoup(render_page(site, post, today=today), "lxml").select_one("time[datetime]")
            assert shown is not None, f"{site.host}{post.path} shows no date"
            assert shown["datetime"] == (today - timedelta(days=post.days_ago or 0)).isoformat()


def test_posts_are_listed_newest_first() -> None:
    for site in SITES.values():
        ages = [post.days_ago for post in site.posts if post.days_ago is not None]
        assert ages == sorted(ages)


def test_sitemaps_and_feeds_name_pages_that_exist() -> None:
    with_map = [site for site in SITES.values() if site.sitemap]
    with_feed = [site for site in SITES.values() if site.feed]
    assert len(with_map) >= 15
    assert len(with_feed) >= 12
    for site in with_map:
        root = ElementTree.fromstring(render_sitemap(site, today=TODAY))
        paths = [loc.text.removeprefix(site.origin) for loc in root.findall(".//{*}loc") if loc.text]
        assert paths == list(site.pages)
    for site in with_feed:
        root = ElementTree.fromstring(render_feed(site, today=TODAY))
        links = [link.text for link in chain.from_iterable(item.iter("link") for item in root.iter("item"))]
        assert links == [site.origin + post.path for post in site.posts]


def test_no_two_sites_share_a_paragraph() -> None:
    seen: dict[str, str] = {}
    for site, page in every_page():
        for block in page.body.split("\n\n"):
            if len(block.split()) > 12:
                assert seen.setdefault(block, site.host) == site.host, f"{site.host} repeats {block[:60]!r}"
