"""A decline rests on the terms too: their sentences are ticked beside the site's, and found for several at once."""

import re
from dataclasses import dataclass
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.db import engine, reading, transaction
from app.models import Application, ApplicationState, Crawl, Notice, Program, ProgramTerms, Prospect, Signal
from app.queries.site_quotes import MAX_QUOTE
from app.services.decline_quotes import MAX_SENTENCES, TermsQuote, terms_quotes
from tests.application_world import make_application, make_open_page
from tests.prospect_world import make_worked_prospect
from tests.web.conftest import SignIn
from tests.world import make_prospect

pytestmark = pytest.mark.any_servers
PAY, RULE, MORE = "We pay by the tenth.", "You may not place coupons <here>.", "You never bid on our name."
CODES, URL = "50 codes today", "https://shop.liftwell.example/deals"


@dataclass
class Case:
    reviewer: FlaskClient
    root: str
    program: Program
    application: Application

    def sentences(self) -> tuple[TermsQuote, ...]:
        with reading() as session:
            return terms_quotes(session, session.get_one(Application, self.application.id))

    def kept(self) -> Application:
        with reading() as session:
            return session.get_one(Application, self.application.id)


@pytest.fixture
def case(app: Flask, sign_in: SignIn) -> Case:
    with transaction() as session:
        world = make_worked_prospect(session)
        make_open_page(session, world.program)
        accepted = session.scalars(select(ProgramTerms)).one()
        accepted.text = f"{PAY} {RULE}\n\nYes."
        application = make_application(session, world.prospect, accepted)
        newer = f"{RULE} {MORE} {PAY} Readers are told " + "very " * 80 + "often."
        session.add(ProgramTerms(program_id=world.program.id, version=2, text=newer))
        crawl_id = session.scalars(select(Crawl.id)).first() or 0
    add_signal(crawl_id, world.prospect, CODES, URL)
    return Case(sign_in(world.user), f"/p/{world.program.slug}/applications", world.program, application)


def add_signal(crawl_id: int, prospect: Prospect, quote: str, url: str) -> None:
    with transaction() as session:
        session.add(
            Signal(
                company_id=prospect.company_id, crawl_id=crawl_id, name="coupons", value="yes", quote=quote, url=url
            )
        )  # fmt: skip


def mail() -> str:
    with reading() as session:
        return session.scalars(select(Notice.text).where(Notice.kind == "application_declined")).one()


def test_what_the_site_goes_against_comes_first_then_rules_then_the_rest(case: Case) -> None:
    found = case.sentences()
    assert [(each.quote, each.version, each.is_broken) for each in found[:3]] == [
        (RULE, 1, True), (MORE, 2, False), (PAY, 1, False),
    ]  # fmt: skip
    assert len(found) == 4, "what stands in both versions is of the accepted one, a word alone is no sentence"
    assert len(found[3].quote) == MAX_QUOTE
    assert len({each.key for each in found}) == 4
    page = case.reviewer.get(f"{case.root}/{case.application.id}").text
    assert all(f'name="quotes" value="{each.key}"' in page for each in found)
    assert "You may not place coupons &lt;here&gt;." in page
    assert page.count("the site goes against it") == 1


def test_long_terms_offer_a_screen_and_every_sentence_shown_can_be_ticked(case: Case) -> None:
    with transaction() as session:
        text = " ".join(f"Sentence number {number} here." for number in range(99)) + f" {MORE}"
        session.scalars(select(ProgramTerms).where(ProgramTerms.version == 2)).one().text = text
    found = case.sentences()
    assert (len(found), found[1].quote) == (MAX_SENTENCES, MORE)


def test_ticked_sentences_are_told_with_the_version_in_mail_and_on_the_status_page(
    case: Case, client: FlaskClient
) -> None:
    rule, more = case.sentences()[:2]
    form = {"version": 1, "reason_codes": ["coupon_traffic"], "quotes": [rule.key, more.key]}
    own = f"{case.root}/{case.application.id}"
    assert case.reviewer.post(f"{own}/decline", data=form).status_code == 303
    assert case.kept().evidence == [
        {"quote": RULE, "url": "", "terms": "1"}, {"quote": MORE, "url": "", "terms": "2"},
    ]  # fmt: skip
    assert f"This is what the terms say:\n- “{RULE}” (version 1)\n- “{MORE}” (version 2)" in mail()
    assert "This is what we read on your site:" not in mail()
    link = re.search(r"/application/\S+", mail())
    assert link is not None
    for page in (client.get(link[0]).text, client.get(f"{link[0]}/again").text):
        assert "This is what the terms say:" in page
        assert "<bdi>You may not place coupons &lt;here&gt;.</bdi></blockquote><small>version 1</small>" in page
        assert "This is what we read on your site:" not in page
    assert "terms, version 2" in case.reviewer.get(own).text


def test_a_sentence_of_terms_that_are_in_force_no_more_is_not_told(case: Case) -> None:
    more = case.sentences()[1]
    with transaction() as session:
        session.add(ProgramTerms(program_id=case.program.id, version=3, text=PAY))
    form = {"version": 1, "reason_codes": ["coupon_traffic"], "quotes": [more.key]}
    assert case.reviewer.post(f"{case.root}/{case.application.id}/decline", data=form).status_code == 422
    assert case.kept().state is ApplicationState.SUBMITTED


def bulk(case: Case, *applications: Application, **more: object) -> dict[str, object]:
    chosen = [f"{each.id}:{each.version}" for each in applications]
    return {
        "chosen": chosen,
        "outcome": "decline",
        "reason_codes": ["coupon_traffic"],
        "found_for": ["coupon_traffic"],
    } | more


def names_on(page: str) -> list[str]:
    return re.findall(r'type="checkbox" name="quotes" value="([^"]+)" checked', page)


def test_several_are_declined_each_with_what_was_found_and_shown_for_the_reason(case: Case) -> None:
    with transaction() as session:
        terms = session.get_one(ProgramTerms, case.application.terms_id)
        prospect = make_prospect(session, case.program, "clean.example")
        clean = make_application(session, prospect, terms, email="bo@clean.example", language="de")
    page = unescape(case.reviewer.post(f"{case.root}/bulk", data=bulk(case, case.application, clean)).text)
    names = names_on(page)
    assert [name.partition(":")[0] for name in names] == [str(case.application.id)] * 2
    assert f"- “{CODES}”\n  {URL}" in page
    assert f"- “{RULE}” (version 1)" in page
    again = bulk(case, case.application, clean, shown=names, quotes=names[:1])
    page = unescape(case.reviewer.post(f"{case.root}/bulk", data=again).text)
    assert names_on(page) == names[:1], "what was unticked stays so"
    assert f"“{RULE}” (version 1)" not in page
    assert case.reviewer.post(f"{case.root}/bulk/apply", data=again).status_code == 303
    assert case.kept().evidence == [{"quote": CODES, "url": URL}]
    with reading() as session:
        assert session.get_one(Application, clean.id).evidence == []


def test_quotes_of_one_reason_are_not_told_under_another(case: Case) -> None:
    seen = bulk(case, case.application)
    page = unescape(case.reviewer.post(f"{case.root}/bulk", data=seen).text)
    assert 'name="found_for" value="coupon_traffic"' in page
    changed = seen | {"quotes": names_on(page), "shown": names_on(page), "reason_codes": ["wrong_type"]}
    answer = case.reviewer.post(f"{case.root}/bulk/apply", data=changed)
    assert answer.status_code == 422
    assert "The quotes were found for other reasons" in answer.text
    assert names_on(answer.text) == []
    assert 'name="found_for" value="wrong_type"' in answer.text
    assert case.kept().state is ApplicationState.SUBMITTED


def test_without_the_preview_no_quote_is_told(case: Case) -> None:
    assert case.reviewer.post(f"{case.root}/bulk/apply", data=bulk(case, case.application)).status_code == 303
    assert case.kept().evidence == []
    assert CODES not in mail()


def test_a_reason_that_no_signal_speaks_for_brings_no_quotes(case: Case) -> None:
    form = bulk(case, case.application, reason_codes=["wrong_type"])
    assert names_on(case.reviewer.post(f"{case.root}/bulk", data=form).text) == []


def test_many_applications_cost_as_many_statements_as_one(case: Case) -> None:
    with transaction() as session:
        terms = session.get_one(ProgramTerms, case.application.terms_id)
        crawl_id = session.scalars(select(Crawl.id)).first() or 0
        domains = [f"many{number}.example" for number in range(5)]
        known = {domain: make_prospect(session, case.program, domain) for domain in domains}
        many = [make_application(session, prospect, terms) for prospect in known.values()]
    for domain, prospect in known.items():
        add_signal(crawl_id, prospect, CODES, f"https://{domain}/deals")
    statements: list[str] = []
    event.listen(engine(), "before_cursor_execute", lambda *args: statements.append(args[2]))
    counts = []
    for chosen in ([case.application], [case.application, *many]):
        statements.clear()
        assert case.reviewer.post(f"{case.root}/bulk", data=bulk(case, *chosen)).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
