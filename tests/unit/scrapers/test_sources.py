"""Candidates out of directories, lists and pasted text."""

from hypothesis import given
from hypothesis import strategies as st

from scrapers.fetcher import Fetcher
from scrapers.pacing import InProcessTurns
from scrapers.sources import DiscoverPolicy, candidates_from_page, candidates_from_text, discover
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
