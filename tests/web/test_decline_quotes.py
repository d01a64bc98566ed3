"""A decline rests on what was read: the reviewer ticks sentences of the applicant's site, the applicant reads those."""

import re
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import reading, transaction
from app.models import Application, ApplicationState, Contact, Crawl, Notice, Page, ProgramTerms, Signal
from app.queries.site_quotes import MAX_QUOTE, SiteQuote, site_quotes
from app.services.erased_words import Words, scrub_applications, scrub_history
from tests.application_world import make_application, make_open_page
from tests.prospect_world import make_worked_prospect
from tests.web.conftest import SignIn

pytestmark = pytest.mark.any_servers
CODES = "50 codes <b>today</b>"


@dataclass
class Case:
    reviewer: FlaskClient
    path: str
    application_id: int
    home: Page

    def quotes(self) -> tuple[SiteQuote, ...]:
        with reading() as session:
            return site_quotes(session, session.get_one(Application, self.application_id))

    def decline(self, *keys: str) -> int:
        form = {"version": 1, "reason_codes": ["coupon_traffic"], "quotes": list(keys)}
        return self.reviewer.post(f"{self.path}/decline", data=form).status_code

    def application(self) -> Application:
        with reading() as session:
            return session.get_one(Application, self.application_id)


@pytest.fixture
def case(app: Flask, sign_in: SignIn) -> Case:
    with transaction() as session:
        world = make_worked_prospect(session)
        make_open_page(session, world.program)
        terms = session.scalars(select(ProgramTerms)).one()
        application = make_application(session, world.prospect, terms, language="pl")
        crawl_id = session.scalars(select(Crawl.id).where(Crawl.company_id == world.company.id)).first()
        for name, quote, url in (
            ("coupons", CODES, "https://shop.liftwell.example/deals?a=1&b=2"),
            ("gambling", "Bets of another house", "https://notliftwell.example/"),
            ("adult", "Odd address", "javascript:alert(1)"),
            ("affiliate_link", "  ", "https://liftwell.example/"),
        ):
            session.add(
                Signal(
                    company_id=world.company.id, crawl_id=crawl_id, name=name, value="yes", quote=quote, url=url
                )
            )  # fmt: skip
    path = f"/p/{world.program.slug}/applications/{application.id}"
    return Case(sign_in(world.user), path, application.id, world.home)


def test_only_the_applicants_own_pages_are_offered_and_what_is_flagged_comes_first(case: Case) -> None:
    offered = case.quotes()
    assert offered[0] == SiteQuote(CODES, "https://shop.liftwell.example/deals?a=1&b=2")
    assert {"liftwell.example", "shop.liftwell.example"} == {each.url.split("/")[2] for each in offered}
    assert case.home.text.split("\n")[6] in [each.quote for each in offered], "what counted against them"
    assert len(set(offered)) == len(offered)
    assert max(len(each.quote) for each in offered) <= MAX_QUOTE
    page = case.reviewer.get(case.path).text
    assert all(f'name="quotes" value="{each.key}"' in page for each in offered)
    assert "50 codes &lt;b&gt;today&lt;/b&gt;" in page


def test_what_was_ticked_is_kept_mailed_and_shown_under_the_reasons(case: Case, client: FlaskClient) -> None:
    codes, passage = case.quotes()[0], case.quotes()[2]
    assert case.decline(passage.key, codes.key) == 303
    assert case.application().evidence == [{"quote": each.quote, "url": each.url} for each in (codes, passage)]
    with reading() as session:
        mail = session.scalars(select(Notice).where(Notice.kind == "application_declined")).one().text
    assert f"To przeczytaliśmy na Państwa stronie:\n- “{CODES}”\n  {codes.url}\n- “{passage.quote}”" in mail
    link = re.search(r"/application/\S+", mail)
    assert link is not None
    for page in (client.get(link[0]).text, client.get(f"{link[0]}/again").text):
        assert "To przeczytaliśmy na Państwa stronie:" in page
        assert "<bdi>50 codes &lt;b&gt;today&lt;/b&gt;</bdi>" in page
        assert (
            'href="https://shop.liftwell.example/deals?a=1&amp;b=2" target="_blank" rel="nofollow noopener noreferrer"'
            in page
        )
        assert "31.2" not in page, "nothing of the score"
    assert "50 codes &lt;b&gt;today" in case.reviewer.get(case.path).text, "and the reviewer sees what they read"


def test_a_quote_that_is_gone_is_never_told(case: Case) -> None:
    codes = case.quotes()[0]
    with transaction() as session:
        session.scalars(select(Signal).where(Signal.quote == CODES)).one().quote = "No codes any more"
    answer = case.reviewer.post(
        f"{case.path}/decline", data={"version": 1, "reason_codes": ["coupon_traffic"], "quotes": [codes.key]}
    )
    assert (answer.status_code, "The site was read again meanwhile" in answer.text) == (422, True)
    assert case.application().state is ApplicationState.SUBMITTED
    assert case.decline() == 303
    assert case.application().evidence == []


def test_quotes_go_with_a_person_who_is_erased(case: Case) -> None:
    assert case.decline(*(each.key for each in case.quotes()[:2])) == 303
    with transaction() as session:
        contact_ids = session.scalars(select(Contact.id)).all()
        scrub_history(session, contact_ids, Words(["50 codes"]))
    (left,) = case.application().evidence
    assert "codes" not in left["quote"]
    with transaction() as session:
        scrub_applications(session, [case.application().email], sentinel="gone@erased.invalid")
    assert case.application().evidence == []
