"""Candidates out of directories, lists and pasted text."""

import time
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from scrapers.extract.page import PageLink
from scrapers.fetcher import Fetcher
from scrapers.pacing import InProcessTurns
from scrapers.report import PageKind, SitePage
from scrapers.sources import (
    DiscoverPolicy,
    Discovery,
    DiscoveryProgress,
    candidates_from_page,
    candidates_from_text,
    discover,
    find_in_text,
    find_on_page,
    outbound_links,
    who_links_to,
)
from tests.unit.scrapers.loopback import Site, answer, scripted_server

LIST = """<html><body>
<nav><a href="https://menu.com/">Menu</a></nav>
<article><h3>Acme Studio</h3><p>Shopify agency from Berlin with twelve people.</p>
<a href="https://www.acme.de/?ref=x">Visit website</a></article>
<ol><li><a href="https://bolt.agency/en">Bolt Agency</a>: retention and e-mail for beauty brands</li>
<li><a href="https://bolt.agency/contact">Contact</a></li>
<li><a href="https://www.facebook.com/acme">Facebook</a> <a href="/about">About</a> <a href="https://list.com/x">Own</a></li>
<li><a href="https://crisp.pl"><img alt="Crisp logo"></a></li></ol>
<footer><a href="https://maker.com/">Site by Maker</a></footer></body></html>"""


def test_a_list_gives_companies_with_name_and_context() -> None:
    found = {entry.domain: entry for entry in candidates_from_page("https://list.com/best", LIST)}
    assert list(found) == ["acme.de", "bolt.agency", "crisp.pl"]
    assert found["acme.de"].name == "Acme Studio"
    assert "Shopify agency from Berlin" in found["acme.de"].context
    assert found["bolt.agency"].name == "Bolt Agency"
    assert found["bolt.agency"].context.endswith("retention and e-mail for beauty brands")
    assert found["crisp.pl"].name == "Crisp"
    assert found["acme.de"].found_on == "https://list.com/best"


def test_pasted_text_of_any_shape() -> None:
    text = "Acme Studio - https://www.acme.de/team\nbolt.agency, crisp.pl\nhttps://facebook.com/x\nbrief.pdf\njan@dot.com\n10.0.0.1"
    found = {entry.domain: entry for entry in candidates_from_text(text)}
    assert list(found) == ["acme.de", "bolt.agency", "crisp.pl", "dot.com"]
    assert found["acme.de"].name == "Acme Studio"
    assert found["crisp.pl"].name == "Crisp"


@given(st.text(max_size=200))
def test_any_text_gives_candidates_or_none(text: str) -> None:
    for entry in candidates_from_text(text):
        assert entry.domain
        assert entry.name


def test_a_directory_of_profiles_is_followed_politely() -> None:
    rows = "".join(f'<li><a href="/agency/{n}">Agency {n}</a></li>' for n in range(8))
    pages = {
        f"dir.test/agency/{n}": answer(f'<h1>A{n}</h1><a href="https://agency{n}.com">Site</a>'.encode())
        for n in range(8)
    }
    site = Site({"dir.test/": answer(f"<ul>{rows}</ul>".encode()), **pages})
    with scripted_server(site) as origin:
        fetcher = Fetcher(user_agent="S/1", host_map={"dir.test": origin})
        policy = DiscoverPolicy(max_profiles=5, default_delay_s=0)
        found = discover("dir.test", fetcher=fetcher, turns=InProcessTurns(), policy=policy)
    assert [entry.domain for entry in found.candidates] == [f"agency{n}.com" for n in range(5)]
    assert found.candidates[0].name == "A0"
    assert site.most_open == {"dir.test": 1}


def test_a_source_that_cannot_be_read_says_why() -> None:
    with scripted_server(Site({"dir.test/": answer(b"<p>Nothing</p>")})) as origin:
        fetcher = Fetcher(user_agent="S/1", host_map={"dir.test": origin})
        policy = DiscoverPolicy(default_delay_s=0)
        assert discover("https://dir.test/", fetcher=fetcher, turns=InProcessTurns(), policy=policy).problem == (
            "the page links to no company outside its own site"
        )
        gone = discover("https://dir.test/gone", fetcher=fetcher, turns=InProcessTurns(), policy=policy)
    assert gone.problem == "the page answers with status 404"
    refused = discover("http://10.0.0.1/", fetcher=Fetcher(user_agent="S/1"), turns=InProcessTurns())
    assert "10.0.0.1" in (refused.problem or "")


def _names(page: str, url: str = "https://list.com/best") -> dict[str, str]:
    return {entry.domain: entry.name for entry in candidates_from_page(url, page)}


def test_names_are_told_from_the_words_of_buttons() -> None:
    page = """<main>
    <p><a href="https://seerinteractive.com">Seer Interactive</a> and <a href="https://moreland.io">Moreland</a></p>
    <h3>1. Bolt Agency</h3><p>Twelve people. <a href="https://getbolt.io">Visit website</a></p>
    <h3>2. Crisp</h3><p>Three people. <a href="https://crispy.pl">Visit website</a></p>
    <table><tr><td>Dune GmbH</td><td>Ulm</td><td><a href="https://d-u-n-e.de">Zur Website</a></td></tr></table>
    <p>We like <a href="https://talend.com">data security</a> and <a href="https://www.emberly.co">www.emberly.co</a></p>
    </main>"""
    assert _names(page) == {
        "seerinteractive.com": "Seer Interactive",
        "moreland.io": "Moreland",
        "getbolt.io": "Bolt Agency",
        "crispy.pl": "Crisp",
        "d-u-n-e.de": "Dune GmbH",
        "talend.com": "Talend",
        "emberly.co": "Emberly",
    }


def test_a_heading_over_many_links_names_none_of_them() -> None:
    rows = "".join(f'<p>Text <a href="https://one{n}.com">Visit website</a></p>' for n in range(2))
    assert _names(f"<h2>Agencies in Berlin</h2>{rows}") == {"one0.com": "One0", "one1.com": "One1"}


def test_the_best_name_of_several_links_to_one_company_counts() -> None:
    page = '<p><a href="https://acme.de/case">Our work for Nike</a> <a href="https://acme.de">Acme Studio</a></p>'
    assert _names(page) == {"acme.de": "Acme Studio"}


def test_frames_of_the_page_are_left_out_but_not_those_of_a_card() -> None:
    page = """<div class="site-footer"><a href="https://maker.com">Maker</a></div>
    <div role="navigation"><a href="https://menu.com">Menu</a></div>
    <article><header><h3><a href="https://acme.de">Acme</a></h3></header>
    <footer class="card-footer"><a href="https://bolt.io">Bolt</a></footer></article>"""
    assert _names(page) == {"acme.de": "Acme", "bolt.io": "Bolt"}


def test_a_link_that_carries_its_target_leads_there() -> None:
    page = """<a href="/out?to=https%3A%2F%2Facme.de%2Fhome">Acme</a>
    <a href="https://www.awin1.com/cread.php?ued=https://bolt.io/">Bolt</a> <a href="https://bit.ly/3x">Short</a>
    <a href="/login?next=https://list.com/me">Login</a>"""
    found = find_on_page("https://list.com/best", page)
    assert {entry.domain: entry.url for entry in found.companies.values()} == {
        "acme.de": "https://acme.de/home",
        "bolt.io": "https://bolt.io/",
    }
    assert found.skipped["bit.ly"].skipped == "a short link or a tracking link"


def test_what_is_no_company_is_kept_with_the_reason() -> None:
    page = """<p><a href="https://list.de">List in Germany</a> <a href="https://facebook.com/acme">Facebook</a>
    <a href="https://www.irs.gov">IRS</a></p>"""
    skipped = {entry.domain: entry.skipped for entry in find_on_page("https://list.com/best", page).skipped.values()}
    assert skipped == {
        "list.de": "the site itself under another ending",
        "facebook.com": "a social network",
        "irs.gov": "a public body",
    }


def test_the_context_of_a_link_in_a_long_text_is_what_stands_around_it() -> None:
    words = "word " * 200
    page = f'<div>{words}Then there is <a href="https://acme.de">Acme</a>, a studio of twelve. {words}</div>'
    context = candidates_from_page("https://list.com/", page)[0].context
    row = "<table><tr><td>Dune</td><td>Ulm</td><td><a href='https://dune.de'>Visit</a></td></tr></table>"
    assert candidates_from_page("https://list.com/", row)[0].context == "Dune · Ulm · Visit"
    assert context.startswith("… ")
    assert context.endswith(" …")
    assert "Then there is Acme, a studio of twelve." in context
    assert len(context) <= 310


def test_pasted_markdown_source_and_prose() -> None:
    assert [(each.name, each.url) for each in candidates_from_text("- [Acme Studio](https://acme.de/x)")] == [
        ("Acme Studio", "https://acme.de/x")
    ]
    source = '<ul><li><a href="https://bolt.agency">Bolt</a> does mail</li></ul>'
    assert [(each.name, each.found_on) for each in candidates_from_text(source)] == [("Bolt", "pasted list")]
    prose = "We are done.So we went to node.js and saw acme.de. Then jan@gmail.com wrote; https://x.com/acme too"
    found = find_in_text(prose)
    assert list(found.companies) == ["acme.de"]
    assert set(found.skipped) == {"gmail.com", "x.com"}
    assert found.companies["acme.de"].url == "https://acme.de/"


def test_a_pasted_list_has_a_limit() -> None:
    found = find_in_text("\n".join(f"https://company{n}.com/" for n in range(10_000)))
    assert len(found.companies) == 2_000
    assert len(found.left_out) == 8_000


def _discover(pages: dict[str, bytes], address: str, **limits: int) -> tuple[Discovery, list[DiscoveryProgress]]:
    seen: list[DiscoveryProgress] = []
    with scripted_server(Site({name: answer(body) for name, body in pages.items()})) as origin:
        fetcher = Fetcher(user_agent="S/1", host_map={"dir.test": origin})
        policy = DiscoverPolicy(default_delay_s=0, **limits)
        found = discover(address, fetcher=fetcher, turns=InProcessTurns(), policy=policy, on_progress=seen.append)
    return found, seen


def _list_page(number: int, *, following: str) -> bytes:
    links = "".join(f'<li><a href="https://c{number}{n}.com">C{number}{n}</a></li>' for n in range(3))
    return f"<title>Agencies</title><ul>{links}</ul>{following}".encode()


def test_a_list_is_followed_over_its_pages() -> None:
    pages = {
        "dir.test/a": _list_page(1, following='<a href="/a?page=2">2</a>'),
        "dir.test/a?page=2": _list_page(2, following='<a href="/a?page=3">Next ›</a>'),
        "dir.test/a?page=3": _list_page(3, following='<a rel="next" href="/a?page=4">more</a>'),
    }
    found, seen = _discover(pages, "https://dir.test/a")
    assert len(found.candidates) == 9
    assert found.candidates[8].found_on == "https://dir.test/a?page=3"
    assert found.title == "Agencies"
    assert [(each.pages_read, each.found) for each in seen] == [(1, 3), (2, 6), (3, 9)]
    short, _ = _discover(pages, "https://dir.test/a", max_pages=2)
    assert len(short.candidates) == 6
    assert "Start again at https://dir.test/a?page=3" in short.remark


def test_a_list_that_leads_in_circles_ends() -> None:
    pages = {
        "dir.test/a": _list_page(1, following='<a rel="next" href="/b">next</a>'),
        "dir.test/b": _list_page(2, following='<a rel="next" href="/a">next</a>'),
    }
    found, seen = _discover(pages, "https://dir.test/a")
    assert len(found.candidates) == 6
    assert len(seen) == 2


def test_a_sitemap_leads_to_the_profiles_it_lists() -> None:
    index = b"<?xml version='1.0'?><sitemapindex><sitemap><loc>https://dir.test/p.xml</loc></sitemap></sitemapindex>"
    places = "".join(f"<url><loc>https://dir.test/partners/{n}</loc></url>" for n in range(6))
    posts = "".join(f"<url><loc>https://dir.test/blog/{n}</loc></url>" for n in range(9))
    pages = {f"dir.test/partners/{n}": f'<h1>A{n}</h1><a href="https://a{n}.com">Site</a>'.encode() for n in range(6)}
    xml = {"Content-Type": "application/xml"}
    site = Site(
        {name: answer(body) for name, body in pages.items()}
        | {
            "dir.test/s.xml": answer(index, headers=xml),
            "dir.test/p.xml": answer(f"<urlset>{posts}{places}</urlset>".encode(), headers=xml),
        }
    )
    with scripted_server(site) as origin:
        fetcher = Fetcher(user_agent="S/1", host_map={"dir.test": origin})
        policy = DiscoverPolicy(default_delay_s=0, max_profiles=4)
        found = discover("https://dir.test/s.xml", fetcher=fetcher, turns=InProcessTurns(), policy=policy)
    assert [entry.domain for entry in found.candidates] == ["a0.com", "a1.com", "a2.com", "a3.com"]
    assert "lists 6 profiles" in found.remark


def test_who_links_where_is_read_off_crawled_pages() -> None:
    def page(url: str, text: str, *links: PageLink) -> SitePage:
        return SitePage(
            url, PageKind.OTHER, "", None, text, "h", (), (), (), links, (), datetime(2026, 1, 1, tzinfo=UTC), 200, ()
        )

    pages = [
        page("https://a.com/", "", PageLink("https://rival.com/", "Rival", "", in_menu=True)),
        page(
            "https://a.com/work",
            "First line\nWe are a Rival partner since 2019.",
            PageLink("https://rival.com/p", "Rival"),
            PageLink("https://a.com/x", "Own"),
            PageLink("https://facebook.com/a", "Facebook"),
            PageLink("https://www.awin1.com/c?ued=https://other.com/", "Other"),
        ),
    ]
    assert [(link.target, link.page_url, link.quote) for link in outbound_links(pages)] == [
        ("rival.com", "https://a.com/work", "We are a Rival partner since 2019."),
        ("other.com", "https://a.com/work", "Other"),
    ]
    assert [found.link_url for found in who_links_to(["www.rival.com"], pages)] == ["https://rival.com/p"]


def test_a_page_of_one_card_with_thousands_of_links_is_read_in_seconds() -> None:
    links = "".join(f'<b></b><a href="https://c{n}.com">Visit</a> ' for n in range(8_000))
    started = time.process_time()
    found = candidates_from_page("https://list.com/", f"<ul><li>{links}</li></ul>")
    assert len(found) == 2_000
    assert time.process_time() - started < 25
