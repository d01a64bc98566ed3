"""The Discover screens, as a browser without JavaScript sees them."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import reading, transaction
from app.models import (
    Company,
    Competitor,
    Crawl,
    CrawlState,
    Discovery,
    DiscoveryCandidate,
    DiscoveryState,
    Membership,
    Page,
    PageLink,
    Program,
    Prospect,
    Role,
    Stage,
)
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

FIND = "/p/shops/discover"


@pytest.fixture
def browser(sign_in: SignIn) -> FlaskClient:
    """A specialist in the program `shops`."""
    with transaction() as session:
        user = make_user(session, name="Theo")
        make_program(session, user, slug="shops", name="Shops")
    return sign_in(user)


def find(browser: FlaskClient, **fields: str) -> str:
    """Search and return the address of the discovery that came of it."""
    answer = browser.post(FIND, data=fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def ids_of(path: str) -> dict[str, str]:
    with reading() as session:
        rows = session.execute(
            select(DiscoveryCandidate.domain, DiscoveryCandidate.id).where(
                DiscoveryCandidate.discovery_id == int(path.rpartition("/")[2])
            )
        )
        return {domain: str(candidate_id) for domain, candidate_id in rows}


def test_a_pasted_list_is_previewed_chosen_added_and_taken_back(browser: FlaskClient) -> None:
    path = find(browser, pasted="Acme Studio https://acme.example\nBolt https://bolt.example\nhttps://x.com/acme")
    page = browser.get(path).text
    assert "2 companies found" in page
    assert page.count("checked") == 2
    assert "a social network" in page
    ids = ids_of(path)
    answer = browser.post(f"{path}/import", data={"candidate": [ids["acme.example"]], "owner_id": ""})
    assert answer.status_code == 303
    page = browser.get(path).text
    assert "1 prospect added" in page
    assert "Added from here" in page
    with reading() as session:
        prospect = session.scalars(select(Prospect)).one()
    shown = browser.get(f"/p/shops/prospects/{prospect.id}").text
    assert "Discover: pasted list" in shown
    assert "Acme Studio https://acme.example" in shown
    assert browser.post(f"{path}/undo").status_code == 303
    assert "1 prospect taken back." in browser.get(path).text
    with reading() as session:
        assert session.scalar(select(Prospect.id)) is None


def test_an_address_waits_shows_how_far_it_is_and_can_be_canceled(browser: FlaskClient) -> None:
    path = find(browser, address="list.example/best")
    page = browser.get(path).text
    assert "Waiting for a free reader" in page
    assert 'hx-trigger="every 2s"' in page
    with transaction() as session:
        discovery = session.scalars(select(Discovery)).one()
        discovery.state, discovery.pages_read, discovery.pages_planned = DiscoveryState.READING, 2, 5
        discovery.found_count = 17
    status = browser.get(f"{path}/status?seen=waiting")
    assert status.headers["HX-Refresh"] == "true"
    assert "17 companies so far" in status.text
    assert "HX-Refresh" not in browser.get(f"{path}/status?seen=reading").headers
    assert browser.post(f"{path}/cancel").status_code == 303
    page = browser.get(path).text
    assert "Canceled after 2 pages: these are the companies found until then." in page
    assert "17 companies found" in page
    assert "hx-trigger" not in page.partition("discovery-status")[2]
    browser.post(f"{path}/cancel")
    assert "there is nothing left to cancel" in browser.get(path).text
    assert browser.post(f"{path}/retry").status_code == 303
    assert "Waiting for a free reader" in browser.get(path).text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Give the address of a page"),
        ({"address": "http://169.254.169.254/latest"}, "is an IP address"),
        ({"address": "http://localhost/"}, "localhost"),
        ({"pasted": "no link here"}, "no web address in this text"),
    ],
)
def test_a_source_that_cannot_be_used_is_answered_beside_its_field(
    browser: FlaskClient, fields: dict[str, str], words: str
) -> None:
    answer = browser.post(FIND, data=fields)
    assert answer.status_code == 422
    assert words in answer.text


def test_ten_thousand_pasted_links_are_taken_and_the_rest_named(browser: FlaskClient) -> None:
    links = "\n".join(f"https://www.company-number-{number}.example/partners/program" for number in range(10_000))
    page = browser.get(find(browser, pasted=links)).text
    assert "8,000 more were left out" in page


def test_verdicts_say_who_is_there_already(browser: FlaskClient) -> None:
    with transaction() as session:
        program = session.get_one(Prospect, make_prospect_in(session, "shops", "there.example")).program_id
        session.add(Competitor(program_id=program, domain="rival.example", name="Rival"))
        session.add(Company(domain="known.example", name="Known", website="https://known.example/"))
        session.add(Company(domain="shy.example", name="Shy", website="https://shy.example/", opted_out_at=now()))
    path = find(browser, pasted="there.example\nknown.example\nshy.example\nrival.example\nnew.example")
    page = browser.get(path).text
    for words in ("Engaged", "Known company", "its owner asked us to stay away", "named as a competitor", "New"):
        assert words in page
    ids = ids_of(path)
    assert page.count(" checked") == 1
    assert f'value="{ids["shy.example"]}"' not in page
    assert browser.get(f"{path}?tick=all").text.count(" checked") == 3
    assert browser.get(f"{path}?tick=none").text.count(" checked") == 0
    narrowed = browser.get(f"{path}?q=KNOWN").text
    assert "known.example" in narrowed
    assert "new.example" not in narrowed


def make_prospect_in(session: Session, slug: str, domain: str) -> int:
    program = session.scalars(select(Program).where(Program.slug == slug)).one()
    return make_prospect(session, program, domain, stage=Stage.ENGAGED).id


def test_nobody_chosen_is_said_and_nothing_is_added(browser: FlaskClient) -> None:
    path = find(browser, pasted="acme.example")
    answer = browser.post(f"{path}/import", data={"candidate": ["x", "999999", "9" * 40]})
    assert answer.status_code == 422
    assert "Choose at least one company first." in answer.text


def test_hostile_names_stay_text(browser: FlaskClient) -> None:
    path = find(
        browser, pasted='<script>alert(1)</script> \u202eevil https://acme.example/?"onload=1', title="<b>x</b>"
    )
    page = browser.get(path).text
    assert "<script>alert" not in page
    assert "<b>x</b>" not in page
    assert "<bdi>" in page


def test_another_programs_discovery_is_not_found(browser: FlaskClient) -> None:
    with transaction() as session:
        other = Discovery(program_id=make_program(session).id, address="https://a.example/")
        session.add(other)
        session.flush()
        other_id = other.id
    for method, path in (
        ("get", ""),
        ("get", "/status"),
        ("post", "/import"),
        ("post", "/undo"),
        ("post", "/cancel"),
        ("post", "/retry"),
    ):
        assert getattr(browser, method)(f"{FIND}/{other_id}{path}").status_code == 404


def test_a_reader_sees_discoveries_and_changes_nothing(sign_in: SignIn, browser: FlaskClient) -> None:
    path = find(browser, pasted="acme.example")
    with transaction() as session:
        analyst = make_user(session, Role.DATA_ANALYST)
        program_id = session.scalars(select(Program.id).where(Program.slug == "shops")).one()
        session.add(Membership(user_id=analyst.id, program_id=program_id))
    reader = sign_in(analyst)
    assert "Find companies for" not in reader.get(FIND).text
    page = reader.get(path).text
    assert "acme.example" in page
    assert "candidate" not in page.partition("<tbody>")[2].partition("</tbody>")[0].replace("ds-candidates", "")
    assert reader.post(f"{path}/import", data={}).status_code == 403


def test_one_company_is_added_by_its_address(browser: FlaskClient) -> None:
    assert "acme.example" in browser.get(f"{FIND}/add?address=https://acme.example/x").text
    answer = browser.post(f"{FIND}/add", data={"address": "https://acme.example/x"})
    assert answer.status_code == 303
    with reading() as session:
        prospect = session.scalars(select(Prospect)).one()
    assert answer.headers["Location"] == f"/p/shops/prospects/{prospect.id}"
    assert prospect.owner_id is not None
    browser.post(f"{FIND}/add", data={"address": "acme.example"})
    assert "in the program already, in Sourced" in browser.get("/p/shops/board").text
    refused = browser.post(f"{FIND}/add", data={"address": "https://linkedin.com/company/acme"})
    assert refused.status_code == 422
    assert "is a social network" in refused.text


def test_competitors_are_named_and_who_links_to_them_is_shown(browser: FlaskClient) -> None:
    assert browser.post(f"{FIND}/competitors", data={"competitor": "https://www.rival.example/x"}).status_code == 303
    again = browser.post(f"{FIND}/competitors", data={"competitor": "rival.example"})
    assert again.status_code == 422
    assert "rival.example is on the list already." in again.text
    assert browser.post(f"{FIND}/competitors", data={"competitor": "nonsense"}).status_code == 422
    with transaction() as session:
        linking = session.get_one(Prospect, make_prospect_in(session, "shops", "linker.example")).company_id
        crawl = Crawl(company_id=linking, state=CrawlState.DONE, requested_at=now() - timedelta(days=1))
        session.add(crawl)
        session.flush()
        page = Page(company_id=linking, crawl_id=crawl.id, url="https://linker.example/p", text="", content_hash="h")
        session.add(page)
        session.flush()
        session.add(
            PageLink(
                page_id=page.id,
                company_id=linking,
                target_domain="rival.example",
                url="https://rival.example/",
                quote="We are a Rival partner.",
            )
        )
        prospect_id, competitor_id = (
            session.scalars(select(Prospect.id)).one(),
            session.scalars(select(Competitor.id)).one(),
        )
    page = browser.get(FIND).text
    assert "We are a Rival partner." in page
    assert f"/p/shops/prospects/{prospect_id}" in page
    assert browser.post(f"{FIND}/competitors/{competitor_id}/remove").status_code == 303
    assert "We are a Rival partner." not in browser.get(FIND).text
