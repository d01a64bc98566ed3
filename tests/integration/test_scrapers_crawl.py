"""Whole crawls of small sites on loopback."""

import pytest

from scrapers.crawl import CrawlPolicy, PageKind, Receipt, SiteOutcome, SiteReport, crawl_site
from scrapers.fetcher import Fetcher, FetchLimits
from scrapers.pacing import InProcessTurns
from tests.unit.scrapers.loopback import Site, answer, html_page, scripted_server

QUICK = CrawlPolicy(default_delay_s=0.0)
LIMITS = FetchLimits(connect_s=1, read_s=0.5, total_s=1)
TEXT = (
    "We are an agency of twelve people who build online shops for merchants. Since 2014 we have helped sixty brands "
    "to move, to grow and to keep their customers, with design, development and honest advice. "
)


def page(name: str, **links: str) -> bytes:
    menu = {path.replace("_", "/"): words for path, words in links.items()}
    text = f"{TEXT} This is what we have to say about {name}, and nobody else says it in quite this way."
    return answer(html_page(text, title=name, links=menu))


def crawl(pages: dict[str, bytes], start: str = "acme.test", *, policy: CrawlPolicy = QUICK) -> tuple[SiteReport, Site]:
    site = Site(pages)
    with scripted_server(site) as origin:
        fetcher = Fetcher(
            user_agent="Scoutboard/1 (+x)", limits=LIMITS, host_map={"*.test": origin, "acme.test": origin}
        )
        return crawl_site(start, fetcher=fetcher, turns=InProcessTurns(), policy=policy), site


def test_the_pages_that_matter_are_read_and_labelled() -> None:
    report, site = crawl(
        {
            "acme.test/": page(
                "Home", _zebra="Zebra", _services="Services", _about="About us", _contact="Contact", _cart="Cart"
            ),
            **{f"acme.test/{name}": page(name) for name in ("zebra", "services", "about", "contact", "cart")},
        }
    )
    assert report.outcome is SiteOutcome.READABLE
    assert [found.kind for found in report.pages] == [
        PageKind.HOME, PageKind.ABOUT, PageKind.SERVICES, PageKind.CONTACT, PageKind.OTHER,
    ]  # fmt: skip
    assert "acme.test/cart" not in site.asked
    assert site.asked[0] == "acme.test/robots.txt"
    assert [receipt.url for receipt in report.receipts][1] == "https://acme.test/"


def test_robots_is_obeyed_and_the_refusal_leaves_a_receipt() -> None:
    report, site = crawl(
        {
            "acme.test/robots.txt": answer(
                b"User-agent: scoutboard\nDisallow: /about", headers={"Content-Type": "text/plain"}
            ),
            "acme.test/": page("Home", _about="About us", _contact="Contact"),
            "acme.test/about": page("About"),
            "acme.test/contact": page("Contact"),
        }
    )
    assert "acme.test/about" not in site.asked
    refused = [receipt for receipt in report.receipts if receipt.outcome == "refused"]
    assert [(receipt.url, receipt.reason) for receipt in refused] == [
        ("https://acme.test/about", "forbidden_by_robots")
    ]
    assert len(report.pages) == 2


@pytest.mark.parametrize("kind", ["application/octet-stream", "image/png", "text/html"])
def test_robots_is_obeyed_whatever_type_its_server_gives_it(kind: str) -> None:
    rules = answer(b"User-agent: *\nDisallow: /", headers={"Content-Type": kind})
    report, site = crawl({"acme.test/robots.txt": rules, "acme.test/": page("Home")})
    assert (report.outcome, set(site.asked)) == (SiteOutcome.FORBIDDEN_BY_ROBOTS, {"acme.test/robots.txt"})


def outcome_of(home: bytes, **others: bytes) -> tuple[SiteOutcome, str]:
    report, _ = crawl({"acme.test/": home, **{f"acme.test/{name}": body for name, body in others.items()}})
    assert report.detail
    return report.outcome, report.detail


def test_each_way_to_be_unreadable_has_its_name() -> None:
    forbids = {"robots.txt": answer(b"User-agent: *\nDisallow: /", headers={"Content-Type": "text/plain"})}
    unwell = {"robots.txt": answer(b"", status="503 Busy")}
    script = b"<html><title>App</title><div id=root></div><script src=/a.js></script></html>"
    parked = b"<html><title>acme.test</title><h1>This domain is for sale</h1><p>Buy this domain today.</p></html>"
    challenge = b"<html><title>Just a moment...</title><p>Checking your browser</p></html>"
    missing = b"<html><title>404 Not Found</title><h1>Page not found</h1></html>"
    assert outcome_of(page("Home"), **forbids)[0] is SiteOutcome.FORBIDDEN_BY_ROBOTS
    assert outcome_of(page("Home"), **unwell)[0] is SiteOutcome.SERVER_ERROR
    assert outcome_of(answer(script)) == (SiteOutcome.NEEDS_BROWSER, "needs a browser; 0 words readable")
    assert outcome_of(answer(parked))[0] is SiteOutcome.PARKED
    assert outcome_of(answer(challenge))[0] is SiteOutcome.BLOCKED
    assert outcome_of(answer(missing))[0] is SiteOutcome.NOT_FOUND
    assert outcome_of(answer(b""))[1] == "the site answers with an empty page"
    assert outcome_of(answer(b"<p>Hello</p>"))[0] is SiteOutcome.TOO_LITTLE_TEXT
    assert outcome_of(answer(b"x", status="500 Oops"))[0] is SiteOutcome.SERVER_ERROR
    assert outcome_of(answer(b"x", status="403 No"))[0] is SiteOutcome.BLOCKED
    assert outcome_of(answer(b"%PDF", headers={"Content-Type": "application/pdf"}))[0] is SiteOutcome.NOT_HTML
    assert (
        outcome_of(answer(status="302 Found", headers={"Location": "http://10.0.0.1/"}))[0]
        is SiteOutcome.REFUSED_ADDRESS
    )
    assert outcome_of(answer(status="302 Found", headers={"Location": "/"}))[0] is SiteOutcome.SERVER_ERROR


def test_addresses_that_are_none_are_reported_not_raised() -> None:
    for start in ("", "localhost", "10.0.0.1", "http://[::1]/", "not a domain", "http://user@acme.test/"):
        report, site = crawl({}, start)
        assert report.outcome is SiteOutcome.BAD_ADDRESS
        assert site.asked == []


def test_the_bare_name_leads_to_www_and_counts_as_the_same_site() -> None:
    moved = answer(status="301 Moved", headers={"Location": "https://www.acme.test/"})
    report, _ = crawl(
        {"acme.test/": moved, "www.acme.test/": page("Home", _about="About"), "www.acme.test/about": page("About")}
    )
    assert [found.url for found in report.pages] == ["https://www.acme.test/", "https://www.acme.test/about"]


def test_a_site_that_only_has_www_is_found() -> None:
    site = Site({"www.acme.test/": page("Home")})
    with scripted_server(site) as origin:
        fetcher = Fetcher(user_agent="S/1", limits=LIMITS, host_map={"www.acme.test": origin})
        report = crawl_site("acme.test", fetcher=fetcher, turns=InProcessTurns(), policy=QUICK)
    assert report.outcome is SiteOutcome.READABLE


def test_missing_pages_end_the_crawl_early_and_soft_404s_are_not_kept() -> None:
    links = {f"_gone{n}": f"Gone {n}" for n in range(9)}
    soft = answer(html_page("Sorry.", title="Page not found"))
    report, site = crawl({"acme.test/": page("Home", _about="About", **links), "acme.test/about": soft})
    assert [found.kind for found in report.pages] == [PageKind.HOME]
    assert len([path for path in site.asked if "gone" in path]) == QUICK.max_misses - 1


def test_a_short_retry_after_is_waited_for_and_a_long_one_ends_the_crawl() -> None:
    busy = answer(b"", status="429 Slow", headers={"Retry-After": "900"})
    report, site = crawl({"acme.test/": busy})
    assert report.outcome is SiteOutcome.BLOCKED
    assert "900" in report.detail
    assert site.asked.count("acme.test/") == 1
    later = {"acme.test/": page("Home", _about="About", _contact="Contact"), "acme.test/about": busy}
    report, site = crawl(later)
    assert [receipt.reason for receipt in report.receipts][-1] == "asked_to_wait"
    assert "acme.test/contact" not in site.asked


def test_a_crawl_delay_beyond_our_patience_is_a_refusal() -> None:
    robots = answer(b"User-agent: *\nCrawl-delay: 120", headers={"Content-Type": "text/plain"})
    report, _ = crawl({"acme.test/robots.txt": robots, "acme.test/": page("Home")})
    assert report.outcome is SiteOutcome.FORBIDDEN_BY_ROBOTS
    assert "120 s" in report.detail


def test_the_frame_of_a_site_counts_once() -> None:
    frame = "Trusted by more than two hundred merchants in nine countries since the spring of 2014."
    pages = {}
    for name in ("", "about", "services", "contact"):
        text = f"{frame}</p><p>{TEXT} The {name or 'home'} page says something of its own that no other page has said."
        links = {"/about": "About", "/services": "Services", "/contact": "Contact"}
        pages[f"acme.test/{name}"] = answer(html_page(text, title=name or "home", links=links))
    report, _ = crawl(pages)
    assert sum(found.main_text.count(frame) for found in report.pages) == 1


def test_receipts_arrive_while_the_crawl_runs() -> None:
    seen: list[Receipt] = []
    site = Site({"acme.test/": page("Home", _about="About"), "acme.test/about": page("About")})
    with scripted_server(site) as origin:
        fetcher = Fetcher(user_agent="S/1", limits=LIMITS, host_map={"acme.test": origin})
        report = crawl_site("acme.test", fetcher=fetcher, turns=InProcessTurns(), policy=QUICK, on_receipt=seen.append)
    assert tuple(seen) == report.receipts
    assert [receipt.outcome for receipt in seen] == ["fetched"] * 3
    assert all(receipt.at.tzinfo is not None for receipt in seen)


def test_newest_posts_come_from_the_feed() -> None:
    home = html_page(TEXT * 2, title="Home", links={"/about": "About"}).replace(
        b"</head>", b"<link rel=alternate type='application/rss+xml' href='/rss'></head>"
    )
    rss = b"<rss><channel><item><link>https://acme.test/a-post</link></item></channel></rss>"
    report, _ = crawl(
        {
            "acme.test/": answer(home),
            "acme.test/rss": answer(rss, headers={"Content-Type": "application/rss+xml"}),
            "acme.test/a-post": page("A post"),
            "acme.test/about": page("About"),
        }
    )
    assert [found.kind for found in report.pages] == [PageKind.HOME, PageKind.ABOUT, PageKind.POST]
