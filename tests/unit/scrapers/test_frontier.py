"""Which pages are read, in which order, and which never."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.extract.page import PageLink
from scrapers.frontier.choose import Frontier, same_page
from scrapers.frontier.kinds import kind_of_link
from scrapers.frontier.listed import read_feed, read_sitemap
from scrapers.frontier.traps import clean_url, is_trap
from scrapers.report import PageKind

SITE = "https://acme.com"


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("/", "Home", PageKind.HOME),
        ("/de/", "", PageKind.HOME),
        ("/about-us", "", PageKind.ABOUT),
        ("/x1", "O nas", PageKind.ABOUT),
        ("/x1", "Über uns", PageKind.ABOUT),
        ("/x1", "Qui sommes-nous ?", PageKind.ABOUT),
        ("/x1", "Quiénes somos", PageKind.ABOUT),
        ("/x1", "Usługi", PageKind.SERVICES),
        ("/leistungen/", "", PageKind.SERVICES),
        ("/x1", "Nos prestations", PageKind.SERVICES),
        ("/servicios", "", PageKind.SERVICES),
        ("/x1", "Become a partner", PageKind.PARTNERS),
        ("/wspolpraca", "", PageKind.PARTNERS),
        ("/x1", "Media kit", PageKind.PARTNERS),
        ("/affiliate-disclosure", "", PageKind.DISCLOSURE),
        ("/x1", "How we make money", PageKind.DISCLOSURE),
        ("/kontakt.html", "", PageKind.CONTACT),
        ("/services/contact", "", PageKind.CONTACT),
        ("/impressum", "", PageKind.IMPRINT),
        ("/mentions-legales", "", PageKind.IMPRINT),
        ("/blog", "", PageKind.BLOG),
        ("/x1", "Aktualności", PageKind.BLOG),
        ("/blog/how-to-sell-more", "Our services", PageKind.POST),
        ("/2024/05/a-good-post", "", PageKind.POST),
        ("/zebra", "Zebra", PageKind.OTHER),
    ],
)
def test_words_and_addresses_tell_the_kind(path: str, text: str, kind: PageKind) -> None:
    assert kind_of_link(SITE + path, text) is kind


@pytest.mark.parametrize(
    "path",
    ["/brochure.pdf", "/cart", "/wp-login.php", "/calendar/2024", "/2024/05/", "/2024/05/17", "/page/7", "/tag/shoes",
     "/shop?color=red&size=9&sort=asc", "/list?filter%5B0%5D=a", "/a/b/a/b/a/b", "/a/b/c/d/e/f/g", "/search?q=x",
     "/" + "x" * 400, "/feed/", "/author/jan", "/privacy-policy", "/photo.JPG",
     "/events?date=2024-01-01", "/termine/2030-12", "/events/2024-05-01/", "/shop?color=red", "/blog?page=3",
     "/?add-to-cart=5", "/blog/post?replytocom=5"],
)  # fmt: skip
def test_traps_are_not_entered(path: str) -> None:
    assert is_trap(clean_url(SITE + path))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/services",
        "/uslugi/sklepy-internetowe",
        "/p?id=7",
        "/partners/apply",
        "/blog/post-1",
        "/?page=about",
        "/x?a=1",
    ],
)
def test_ordinary_pages_are_no_traps(path: str) -> None:
    assert not is_trap(clean_url(SITE + path))


def test_sessions_and_tracking_are_cleaned_off() -> None:
    assert clean_url(SITE + "/a;jsessionid=9F?utm_source=x&b=2&PHPSESSID=1&a=1#top") == SITE + "/a?a=1&b=2"
    assert same_page("http://www.acme.com/a/index.html") == same_page(SITE + "/a/?gclid=7")


def frontier_of(*links: PageLink) -> Frontier:
    frontier = Frontier(frozenset({"acme.com"}))
    frontier.add(links)
    return frontier


def order_of(frontier: Frontier) -> list[str]:
    found = []
    while (entry := frontier.next()) is not None:
        frontier.mark_read(*entry)
        found.append(entry[0].removeprefix(SITE))
    return found


def test_one_of_each_kind_comes_before_more_of_one() -> None:
    links = [PageLink(f"{SITE}/services/{n}", f"Service {n}") for n in range(4)]
    links += [PageLink(SITE + path, "") for path in ("/zebra", "/contact", "/blog", "/partners", "/about")]
    order = order_of(frontier_of(*links))
    assert order[:6] == ["/about", "/services/0", "/services/1", "/partners", "/blog", "/contact"]
    assert order[6] == "/zebra"


def test_other_sites_and_known_pages_stay_out() -> None:
    frontier = frontier_of(PageLink("https://other.com/about", ""), PageLink("https://www.acme.com/about/", ""))
    frontier.add([PageLink(SITE + "/about?utm_source=x", ""), PageLink("http://acme.com/about", "")])
    assert order_of(frontier) == ["https://www.acme.com/about/"]


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=30))
def test_any_links_are_lined_up_once_and_only_of_the_site(pairs: list[tuple[str, str]]) -> None:
    frontier = frontier_of(*(PageLink(f"{SITE}/{path}", text) for path, text in pairs))
    keys = [same_page(SITE + path if path.startswith("/") else path) for path in order_of(frontier)]
    assert len(keys) == len(set(keys))
    assert all(key.startswith("acme.com/") for key in keys)


def test_a_sitemap_and_an_index_of_sitemaps() -> None:
    space = b"xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
    pages = b"<urlset " + space + b"><url><loc> https://acme.com/a </loc></url></urlset>"
    index = b"<sitemapindex><sitemap><loc>https://acme.com/s1.xml</loc></sitemap></sitemapindex>"
    assert read_sitemap(pages) == (("https://acme.com/a",), ())
    assert read_sitemap(index) == ((), ("https://acme.com/s1.xml",))


def test_feeds_are_read_newest_first() -> None:
    rss = b"""<rss><channel>
    <item><link>https://acme.com/old</link><pubDate>Mon, 01 Jan 2024 10:00:00 GMT</pubDate></item>
    <item><link>https://acme.com/new</link><title>New</title><pubDate>Tue, 03 Feb 2026 10:00:00 GMT</pubDate></item>
    </channel></rss>"""
    atom = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="https://acme.com/p"/>
    <updated>2026-01-01T00:00:00Z</updated></entry></feed>"""
    assert [address for address, _, _ in read_feed(rss)] == ["https://acme.com/new", "https://acme.com/old"]
    assert read_feed(atom)[0][0] == "https://acme.com/p"


@given(st.binary(max_size=200))
def test_any_bytes_are_a_list_of_addresses(body: bytes) -> None:
    assert isinstance(read_sitemap(body), tuple)
    assert isinstance(read_feed(b"<rss>" + body), tuple)


def test_an_xml_bomb_is_no_list() -> None:
    bomb = b"""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
    <!ENTITY f SYSTEM "file:///etc/passwd">]>
    <urlset><url><loc>&b;&f;</loc></url></urlset>"""
    pages, _ = read_sitemap(bomb)
    assert all("root:" not in page and len(page) < 100 for page in pages)
