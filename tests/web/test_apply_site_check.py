"""“Check my site” before the form is sent: what is said, what is asked of the site, what is kept, and how often."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.clock import now
from app.config import Settings
from app.db import transaction
from app.extensions import limiter
from app.models import Application, ApplicationDraft, Company, Program
from app.services import site_check
from app.services.program_pages import publish_terms
from app.web.apply.guards import new_start
from tests.application_world import make_open_page
from tests.unit.scrapers.loopback import Site, answer, html_page, scripted_server
from tests.web.test_apply import PATH, count_of, typed
from tests.world import make_program, make_user

TEXT = "We are an agency of twelve people who build online shops for merchants. " * 6
ROBOTS = {"Content-Type": "text/plain"}
Check = Callable[..., str]


@pytest.fixture
def site() -> Site:
    return Site({"harbor.example/": answer(html_page(TEXT, links={"/about": "About us"}))})


@pytest.fixture
def _reachable(app: Flask, settings: Settings, site: Site) -> Iterator[None]:
    with scripted_server(site) as origin:
        lead(app, settings, origin)
        yield


@pytest.fixture
def program(app: Flask, _reachable: None) -> Program:
    with transaction() as session:
        program = make_program(session)
        make_open_page(session, program, slug="harbor", embed_sites=["https://partner.example"])
    return program


def lead(app: Flask, settings: Settings, origin: str) -> None:
    """Have the site be read from this origin."""
    hosts = dict.fromkeys(("harbor.example", "www.harbor.example"), origin)
    app.extensions["scoutboard_settings"] = replace(settings, scraper_host_map=hosts)


@pytest.fixture
def check(client: FlaskClient, program: Program) -> Check:
    """Press the button where scripts run, and return the answer."""

    def press(website: str = "harbor.example", **values: str) -> str:
        form = {"action": "check", "answer_alone": "1", "website": website, "started": new_start(), **values}
        answered = client.post(f"{PATH}?lang=en", data=form)
        assert answered.status_code == 200
        return " ".join(answered.text.split())

    return press


def test_readable_site_costs_one_page_and_its_robots(check: Check, site: Site) -> None:
    assert "We can read harbor.example." in check()
    assert site.asked == ["harbor.example/robots.txt", "harbor.example/"]


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ({"/": answer(html_page("Hello."))}, "There is very little text on it."),
        ({"/": answer(html_page("Hello.") + b"<script src=/a.js></script>")}, "It shows its text only by scripts"),
        ({"/": answer(html_page("This domain is for sale. Buy this domain."))}, "The domain shows a parking page."),
        ({"/robots.txt": answer(b"User-agent: *\nDisallow: /", headers=ROBOTS)}, "Its robots.txt asks us to stay away"),
        ({"/": answer(b"", status="500 Oops")}, "Your server answered with an error."),
        (
            {"/": answer(b"", status="302 Found", headers={"Location": "http://127.0.0.1/"})},
            "does not lead to a public",
        ),
        ({"/": answer(b"", status="302 Found", headers={"Location": "http://[::1]/"})}, "does not lead to a public"),
    ],
)
def test_what_stops_us_is_said_with_what_to_change(
    check: Check, site: Site, pages: dict[str, bytes], words: str
) -> None:
    site.pages.update({f"harbor.example{path}": page for path, page in pages.items()})
    said = check()
    assert words in said
    assert "You can send the application all the same." in said
    assert "score" not in said.lower()


@pytest.mark.parametrize("website", ["127.0.0.1", "http://10.0.0.7/", "http://[::1]/", "localhost", "http://nas.local"])
def test_addresses_inside_a_network_get_one_friendly_refusal_and_no_request(
    check: Check, site: Site, website: str
) -> None:
    assert "<strong>Its address does not lead to a public website.</strong>" in check(website)
    assert site.asked == []


@pytest.mark.parametrize(
    ("website", "words"),
    [
        ("", "Give the address of your website."),
        ("linkedin.com/in/ada", "is a profile page on LinkedIn."),
        ("<b>nothing</b>", "“&lt;b&gt;nothing&lt;/b&gt;”"),
        ("x" * 600, "This address has more than 500 characters."),
    ],
)
def test_what_is_no_site_is_said_as_the_form_says_it(check: Check, site: Site, website: str, words: str) -> None:
    assert words in check(website)
    assert site.asked == []


def test_site_that_cannot_be_reached(check: Check, app: Flask, settings: Settings) -> None:
    lead(app, settings, "http://127.0.0.1:1")
    assert "We could not reach it." in check()


def test_pause_longer_than_a_person_waits_ends_the_look(check: Check, site: Site) -> None:
    site.pages["harbor.example/robots.txt"] = answer(b"User-agent: *\nCrawl-delay: 20", headers=ROBOTS)
    assert "We cannot look at harbor.example right now." in check()
    assert site.asked == ["harbor.example/robots.txt"]


def test_owner_who_opted_out_is_left_alone_and_nobody_is_told(check: Check, site: Site) -> None:
    with transaction() as session:
        session.add(
            Company(name="Harbor", domain="harbor.example", website="https://harbor.example", opted_out_at=now())
        )
    said = check()
    assert "We cannot look at harbor.example right now." in said
    assert "asked" not in said
    assert site.asked == []


def test_no_more_than_a_few_looks_at_the_same_moment(check: Check, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with site_check._PLACES, site_check._PLACES, site_check._PLACES:
        assert "We cannot look at harbor.example right now." in check()
    assert site.asked == []
    assert "We can read harbor.example." in check()


def test_without_scripts_the_form_comes_back_as_it_was_typed(client: FlaskClient, program: Program) -> None:
    form = typed(client, action="check", phone="+48 1", name="Ada <Byrne>", email="")
    answered = client.post(PATH, data=form)
    page = answered.text
    assert answered.status_code == 200
    assert "We can read harbor.example." in page
    for kept in ('value="Ada &lt;Byrne&gt;"', 'value="+48 1"', "checked", f'value="{form["submit_key"]}"'):
        assert kept in page
    assert 'aria-invalid="true"' not in page
    assert 'id="problems"' not in page
    assert count_of(Application) == count_of(ApplicationDraft) == count_of(Company) == 0


def test_new_terms_are_not_taken_for_accepted_by_a_check(client: FlaskClient, program: Program) -> None:
    form = typed(client, action="check")
    with transaction() as session:
        publish_terms(
            session,
            program,
            "Other terms, in so many words that they are taken for terms of a program.",
            actor=make_user(session),
            base_version=1,
        )
    assert "checked" not in re.findall(r'<input[^>]*id="accepts_terms"[^>]*>', client.post(PATH, data=form).text)[0]


@pytest.mark.parametrize(
    ("language", "hint", "button"),
    [
        ("pl", "Mimo to mogą Państwo wysłać zgłoszenie.", "Sprawdź moją stronę"),
        ("de", "Sie können die Bewerbung trotzdem abschicken.", "Meine Website prüfen"),
    ],
)
def test_language_of_the_visitor(
    client: FlaskClient, program: Program, site: Site, language: str, hint: str, button: str
) -> None:
    site.pages["harbor.example/robots.txt"] = answer(b"User-agent: *\nDisallow: /", headers=ROBOTS)
    answered = client.post(f"{PATH}?lang={language}", data=typed(client, action="check")).text
    assert hint in answered
    assert button in answered
    assert "asks us to stay away" not in answered


def test_form_in_a_frame_checks_too_but_only_one_that_was_shown(
    client: FlaskClient, program: Program, site: Site
) -> None:
    form = {"action": "check", "website": "harbor.example", "started": "1.forged"}
    client.post("/embed/harbor?lang=en", data=form)
    assert site.asked == []
    assert (
        "We can read harbor.example." in client.post("/embed/harbor?lang=en", data=form | {"started": new_start()}).text
    )


def test_trap_asks_no_site(client: FlaskClient, program: Program, site: Site) -> None:
    assert client.post(PATH, data=typed(client, action="check", homepage="x")).status_code == 303
    assert site.asked == []


def test_looks_are_counted_by_site_and_by_who_asks(check: Check, site: Site) -> None:
    limiter.enabled = True
    limiter._storage_dead = True  # counted in memory: the queue server is away
    try:
        said = [check() for _ in range(6)]
        assert ["We can read" in each for each in said] == [True] * 4 + [False] * 2
        assert "We cannot look at harbor.example right now." in said[-1]
        asked = [check(f"site{number}.invalid.example") for number in range(8)]
        assert "We cannot look at" in asked[-1]
    finally:
        limiter._storage_dead = False
