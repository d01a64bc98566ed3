"""Help in place, the documentation inside the product, and the tour: asked once, gone through, closed for good."""

import re

import pytest
from flask import Flask
from markupsafe import Markup

from app.db import transaction
from app.web.guide.markdown import to_html
from app.web.guide.sentences import all_help
from app.web.guide.steps import STEPS
from app.web.guide.views import FOLDER
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user

pytestmark = pytest.mark.any_servers


def test_each_help_is_short_and_leads_to_a_page_that_exists() -> None:
    for each in all_help():
        assert (FOLDER / f"{each.page}.md").exists(), each.title
        assert len(each.sentences) <= 5
    assert all(len(each.sentences) >= 3 for each in all_help()[:-1])


def test_markdown_becomes_html_and_foreign_signs_stay_text() -> None:
    made = to_html(
        "## A *b* <i>\n\nSee [here](x.md), `a<b` and **[c](y.md)**.\n\n- one\n  more\n- two\n\n1. first\n\n"
        "| A | B |\n| --- | --- |\n| `x` | y |\n\n```\n<pre>\n\n# no\n```",
        link_of=lambda target: "/to?a=1&b" if target == "x.md" else "",
    )
    assert isinstance(made, Markup)
    assert "<h2>A *b* &lt;i&gt;</h2>" in made
    assert '<p>See <a href="/to?a=1&amp;b">here</a>, <code>a&lt;b</code> and <strong>c</strong>.</p>' in made
    assert "<ul><li>one more</li><li>two</li></ul>" in made
    assert "<ol><li>first</li></ol>" in made
    assert "<tr><td><code>x</code></td><td>y</td></tr>" in made
    assert '<pre tabindex="0"><code>&lt;pre&gt;\n\n# no</code></pre>' in made


def test_every_page_of_the_documentation_shows_and_links_to_pages_that_exist(sign_in: SignIn) -> None:
    with transaction() as session:
        user = make_user(session)
    client = sign_in(user)
    for name in [path.stem for path in FOLDER.glob("*.md")]:
        page = client.get(f"/help/{name}").text
        body = page.partition('<article class="gd-text">')[2].partition("</article>")[0]
        assert "<p>" in body
        for linked in re.findall(r'href="/help/?([\w-]*)', body):
            assert not linked or (FOLDER / f"{linked}.md").exists(), f"{name} leads to {linked}"
    assert client.get("/help/../operators").status_code == 404
    assert client.get("/help/nothing").status_code == 404


def test_the_tour_leads_over_its_screens_and_stays_closed(app: Flask, sign_in: SignIn) -> None:
    with transaction() as session:
        user = make_user(session)
        make_prospect(session, make_program(session, user, slug="north"))
    client = sign_in(user)
    assert 'id="tour"' not in client.get("/p/north/board?sort=rank").text
    app.config["SCOUTBOARD_DEMO_LOGINS"] = [(user.email, "secret", "about")]
    try:
        assert "New here?" in client.get("/p/north/board?sort=rank").text
        client.post("/tour/close", data={"next": "/today"})
        assert 'id="tour"' not in client.get("/p/north/board?sort=rank").text
    finally:
        del app.config["SCOUTBOARD_DEMO_LOGINS"]
    for number, step in enumerate(STEPS):
        page = client.post("/tour", data={"step": str(number), "program": "north"}, follow_redirects=True)
        assert f"{number + 1} of {len(STEPS)}" in page.text
        assert step.title in page.text or step.endpoint == "outreach.campaign"
    assert "Go on with the tour, 6 of 6" in client.get("/p/north/tasks").text
    assert client.post("/tour/close", data={"next": "/today"}).location == "/today"
    assert 'id="tour"' not in client.get("/today").text
    assert client.post("/tour", data={"step": "6"}).status_code == 422
