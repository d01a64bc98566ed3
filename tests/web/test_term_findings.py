"""A partner's site beside the terms they accepted: both sides quoted, and a case of the right kind filled in."""

import pytest
from flask import Flask

from app.clock import now
from app.db import transaction
from app.models import Crawl, CrawlState, ProgramTerms, Prospect, Signal, TermsAcceptance
from tests.onboarding_world import make_partner
from tests.web.conftest import SignIn
from tests.world import make_program, make_user

pytestmark = pytest.mark.any_servers


def test_both_sides_are_quoted_and_the_kind_is_filled_in(app: Flask, sign_in: SignIn) -> None:
    with transaction() as session:
        user = make_user(session)
        program = make_program(session, user)
        partnership, person = make_partner(session, program, None, account_manager_id=user.id)
        terms = ProgramTerms(program_id=program.id, version=7, text="You may not place coupons. You disclose links.")
        company_id = session.get_one(Prospect, partnership.prospect_id).company_id
        crawl = Crawl(company_id=company_id, state=CrawlState.DONE)
        session.add_all([terms, crawl])
        session.flush()
        session.add(TermsAcceptance(partnership_id=partnership.id, terms_id=terms.id, person_id=person.id, at=now()))
        for name, quote in (("coupons", "All <codes>"), ("affiliate_link", "https://amzn.example/x")):
            session.add(
                Signal(company_id=company_id, crawl_id=crawl.id, name=name, value="1", quote=quote,
                       url=f"https://a.example/{name}")
            )  # fmt: skip
    client, path = sign_in(user), f"/p/{program.slug}/care/partners/{partnership.id}"
    page = client.get(path).text
    assert "<blockquote>You may not place coupons.</blockquote>" in page
    assert "<blockquote>All &lt;codes&gt;</blockquote>" in page
    for place, kind, name in ((0, "banned_claim", "coupons"), (1, "missing_disclosure", "affiliate_link")):
        form = client.get(f"{path}/cases/new?broken={place}").text
        assert f'value="{kind}" checked' in form
        assert f'value="https://a.example/{name}"' in form
    assert client.get(f"{path}/cases/new?broken=9").status_code == 200
