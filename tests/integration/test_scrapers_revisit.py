"""Reading a site again: which pages are gone, which only could not be looked at, and what a page's hash is made of."""

from scrapers.crawl import CrawlPolicy, SiteReport, crawl_site
from scrapers.fetcher import Fetcher, FetchLimits
from scrapers.pacing import InProcessTurns
from scrapers.reading import content_hash
from tests.unit.scrapers.loopback import Site, answer, html_page, scripted_server

TEXT = (
    "We are an agency of twelve people who build online shops for merchants. Since 2014 we have helped sixty brands "
    "to move, to grow and to keep their customers, with design, development and honest advice. "
)
ROOT = "https://acme.test"


def page(name: str, **links: str) -> bytes:
    menu = {path.replace("_", "/"): words for path, words in links.items()}
    return answer(html_page(f"{TEXT} This is what we say about {name}, and nobody else says.", title=name, links=menu))


def read_again(pages: dict[str, bytes], known: tuple[str, ...]) -> SiteReport:
    with scripted_server(Site({f"acme.test{path}": body for path, body in pages.items()})) as origin:
        limits = FetchLimits(connect_s=1, read_s=0.3, total_s=1)
        fetcher = Fetcher(user_agent="Scoutboard/1", limits=limits, host_map={"acme.test": origin})
        policy = CrawlPolicy(default_delay_s=0.0)
        return crawl_site("acme.test", fetcher=fetcher, turns=InProcessTurns(), policy=policy, known=known)


def test_a_page_is_gone_when_the_site_says_so() -> None:
    report = read_again(
        {
            "/": page("Home"),
            "/moved": answer(status="301 Moved", headers={"Location": "/new-place"}),
            "/new-place": page("New place"),
            "/soft": answer(html_page("Sorry.", title="Page not found")),
            "/folded": page("Home"),
            "/stays": page("Stays"),
            "/broken": answer(b"", status="500 Oops"),
        },
        tuple(f"{ROOT}/{name}" for name in ("removed", "moved", "soft", "folded", "stays", "broken")),
    )
    gone = {found.url.removeprefix(ROOT): found.why for found in report.gone}
    assert set(gone) == {"/removed", "/moved", "/soft", "/folded"}
    assert "404" in gone["/removed"]
    assert "/new-place" in gone["/moved"]
    assert "missing" in gone["/soft"]
    assert "the same as" in gone["/folded"]
    assert {found.url.removeprefix(ROOT) for found in report.pages} == {"/", "/new-place", "/stays"}


def test_a_site_in_trouble_says_nothing_about_its_pages() -> None:
    down = read_again({"/": answer(b"", status="503 Busy")}, (f"{ROOT}/about",))
    assert down.gone == ()
    busy = answer(b"", status="429 Slow", headers={"Retry-After": "900"})
    assert read_again({"/": page("Home"), "/about": busy}, (f"{ROOT}/about",)).gone == ()


def test_the_hash_of_a_page_does_not_depend_on_the_pages_beside_it() -> None:
    frame = "Trusted by more than two hundred merchants in nine countries since the spring of 2014."

    def site(*names: str) -> SiteReport:
        links = {f"/{name}": name.title() for name in ("about", "services", "contact")}
        pages = {
            f"/{name}": answer(
                html_page(f"{frame}</p><p>{TEXT} Only {name or 'home'} says this.", title=name or "home", links=links)
            )
            for name in ("", *names)
        }
        return read_again(pages, ())

    alone, among = site("about"), site("about", "services", "contact")
    hashes = [{page.url: page.content_hash for page in report.pages} for report in (alone, among)]
    assert hashes[0].items() <= hashes[1].items()
    assert sum(frame in page.main_text for page in among.pages) == 1
    assert all(content_hash(page.full_text) == page.content_hash for page in among.pages)
