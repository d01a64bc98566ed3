"""Adding by address: what is known is said first, a GET writes nothing, and what is no company's site is refused."""

import pytest
from sqlalchemy import func, select

from app.db import reading, transaction
from app.models import Company, Prospect
from tests.web.conftest import SignIn
from tests.world import make_program, make_prospect, make_user


def count() -> int:
    with reading() as session:
        return session.scalar(select(func.count(Prospect.id))) or 0


def test_several_addresses_are_judged_one_by_one_and_only_new_ones_are_added(sign_in: SignIn) -> None:
    with transaction() as session:
        person = make_user(session)
        here = make_program(session, person, name="Here")
        there, hidden = make_program(session, person, name="There"), make_program(session)
        make_prospect(session, here, "known.example")
        make_prospect(session, there, "elsewhere.example")
        make_prospect(session, hidden, "hidden.example")
        make_prospect(session, here, "fabrikam.example")
        slug = here.slug
    text = (
        "https://known.example/about, new.example\nnew.example 10.0.0.1 https://www.linkedin.com/company/acme "
        "elsewhere.example hidden.example fabrikam.test"
    )
    browser = sign_in(person)
    page = browser.get("/add", query_string={"url": text, "p": slug}).text
    assert count() == 4
    for words in (
        "Already known as", "Sourced in Here", "is an IP address", "linkedin.com is a social network",
        "new.example stands in the list already", "Sourced in There", "Looks like", "Add 4 prospects to Here",
    ):  # fmt: skip
        assert words in page, words
    assert ">Hidden<" not in page  # a company of others' programs is new here
    answer = browser.post("/add", data={"url": text, "p": slug})
    assert (answer.status_code, count()) == (303, 8)
    again = browser.post("/add", data={"url": text, "p": slug})
    assert (again.status_code, count()) == (422, 8)
    assert "None of these can be added" in again.text
    with reading() as session:
        assert session.scalar(select(func.count(Company.id)).where(Company.domain == "new.example")) == 1


@pytest.mark.any_servers
def test_too_many_and_empty_are_said_and_a_program_of_others_is_none(sign_in: SignIn) -> None:
    with transaction() as session:
        person = make_user(session)
        slug, other = make_program(session, person).slug, make_program(session).slug
    browser = sign_in(person)
    many = browser.get("/add", query_string={"url": " ".join(f"c{n}.example" for n in range(51)), "p": slug})
    assert many.status_code == 422
    assert "At most 50 addresses fit at once, these are 51" in many.text
    assert browser.post("/add", data={"url": "x.example", "p": other}).status_code == 404
    assert browser.post("/add", data={"url": " ", "p": slug}).status_code == 422
    assert browser.post("/add", data={"url": "a" * 30_000, "p": slug}).status_code == 422
    page = browser.get("/add/bookmark").text
    assert "javascript:(()=&gt;{window.open(&#39;http://localhost/add?url=&#39;" in page
