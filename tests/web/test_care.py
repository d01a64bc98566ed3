"""Partner care on screens: the account manager's pages and the partner's, by plain forms, refused in words."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.clock import today
from app.db import engine, reading, transaction
from app.extensions import limiter
from app.models import (
    Broadcast,
    CaseState,
    ComplianceCase,
    JointActivity,
    Notice,
    PartnerResult,
    Partnership,
    Program,
    ResultSource,
    Role,
    TermsAcceptance,
    User,
)
from tests.care_world import make_case, make_terms
from tests.onboarding_world import make_partner, portal_path
from tests.web.conftest import SignIn
from tests.world import make_program, make_user


@pytest.fixture
def manager(app: Flask) -> User:
    with transaction() as session:
        return make_user(session, Role.ACCOUNT_MANAGER)


@pytest.fixture
def program(manager: User) -> Program:
    with transaction() as session:
        return make_program(session, manager)


@pytest.fixture
def browser(manager: User, sign_in: SignIn) -> FlaskClient:
    return sign_in(manager)


@pytest.fixture
def partner(program: Program, manager: User) -> tuple[Partnership, str]:
    """A partner, and the path of their portal."""
    with transaction() as session:
        partnership, person = make_partner(session, program, None, account_manager_id=manager.id)
        return partnership, portal_path(session, person)


def test_results_by_hand_by_file_and_by_the_partner(
    browser: FlaskClient, client: FlaskClient, program: Program, partner: tuple[Partnership, str]
) -> None:
    partnership, portal = partner
    page = f"/p/{program.slug}/care/partners/{partnership.id}"
    refused = browser.post(f"{page}/results", data={"month": "2026-01", "amount": "lots", "note": "kept"})
    assert refused.status_code == 422
    assert "is no amount" in refused.text
    assert 'value="kept"' in refused.text
    sent = {"month": "2026-01", "amount": "1,200.50", "currency": "eur", "leads": "7"}
    assert browser.post(f"{page}/results", data=sent).status_code == 303
    assert "1,200.50 EUR" in browser.get(page).text
    assert "We have figures for this month" in client.post(f"{portal}/results", data=sent).text
    assert client.post(f"{portal}/results", data={"month": "2026-02", "leads": "3"}).status_code == 303
    assert "February 2026" in client.get(f"{portal}/results").text
    home = f"/p/{program.slug}/care/results"
    csv = f"partner,month,leads\n{company(browser, page)},2026-01,9\nnobody,2026-01,1\n".encode()
    checked = browser.post(f"{home}/import", data={"file": (io.BytesIO(csv), "r.csv")})
    assert checked.status_code == 200
    assert "Replaces 1,200.50 EUR, 7 leads, entered here." in checked.text
    text = re.search(r"readonly>(.*?)</textarea>", checked.text, re.S)
    assert text is not None
    done = browser.post(f"{home}/import/confirm", data={"pasted": text[1]}, follow_redirects=True)
    assert "0 new, 1 replaced, 1 could not be read." in done.text
    undo = re.search(r'action="([^"]+/undo)"', done.text)
    assert undo is not None
    assert browser.post(undo[1]).status_code == 303
    with reading() as session:
        row = session.scalars(select(PartnerResult).where(PartnerResult.source == ResultSource.HAND)).one()
        assert row.amount_cents == 120_050
    assert browser.post(f"{page}/results/{row.id}/remove").status_code == 303
    after = browser.get(page).text
    assert "1,200.50" not in after
    fields = dict(re.findall(r'name="(put_back|note)" value="([^"]*)"', after))
    assert browser.post(f"{page}/results", data=fields).status_code == 303
    assert browser.post(f"{page}/results", data=fields).status_code == 409
    assert "1,200.50 EUR" in browser.get(page).text
    assert "Choose a file" in browser.post(f"{home}/import", data={}).text


def company(browser: FlaskClient, page: str) -> str:
    found = re.search(r'<div class="pr-name">([^<]+)<', browser.get(page).text)
    assert found is not None
    return found[1]


def test_new_terms_are_told_read_and_accepted(
    browser: FlaskClient, client: FlaskClient, program: Program, partner: tuple[Partnership, str]
) -> None:
    partnership, portal = partner
    with transaction() as session:
        first, second = make_terms(session, program, 1), make_terms(session, program, 2)
        session.get_one(Partnership, partnership.id).terms_id = first.id
    page = f"/p/{program.slug}/care/terms"
    assert "Write to 1 partner" in browser.get(page).text
    wrong = browser.post(f"{page}/tell", data={"terms_id": second.id, "accept_by": "soon"})
    assert (wrong.status_code, "Choose a day" in wrong.text) == (422, True)
    assert browser.post(f"{page}/tell", data={"terms_id": first.id, "accept_by": "2027-01-01"}).status_code == 409
    by = (today() + timedelta(days=9)).isoformat()
    assert browser.post(f"{page}/tell", data={"terms_id": second.id, "accept_by": by}).status_code == 303
    assert "Write to" not in browser.get(page).text
    assert "version 2 of the terms waits" in client.get(portal).text
    assert client.post(f"{portal}/terms", data={"terms_id": second.id}).status_code == 422
    stale = client.post(f"{portal}/terms", data={"terms_id": first.id, "done": "y"})
    assert (stale.status_code, "this is version 2" in stale.text) == (422, True)
    assert client.post(f"{portal}/terms", data={"terms_id": second.id, "done": "y"}).status_code == 303
    with reading() as session:
        kept = session.scalars(select(TermsAcceptance).where(TermsAcceptance.terms_id == second.id)).one()
        assert kept.address == "127.0.0.1"
    assert "of the terms waits" not in client.get(portal).text
    assert browser.post(f"{page}/remind", data={"terms_id": second.id}).status_code == 303
    assert len(notices("partner_terms")) == 1


def notices(kind: str) -> list[Notice]:
    with reading() as session:
        return list(session.scalars(select(Notice).where(Notice.kind == kind)))


def test_a_case_goes_to_and_fro(
    browser: FlaskClient, client: FlaskClient, program: Program, partner: tuple[Partnership, str]
) -> None:
    partnership, portal = partner
    page = f"/p/{program.slug}/care/partners/{partnership.id}"
    assert browser.post(f"{page}/cases", data={"kind": "banned_claim"}).status_code == 422
    sent = {"kind": "banned_claim", "quote": "<b>Doubles</b> sales", "wanted": "Take it off."}
    assert browser.post(f"{page}/cases", data=sent).status_code == 303
    with reading() as session:
        case = session.scalars(select(ComplianceCase)).one()
    assert "&lt;b&gt;Doubles&lt;/b&gt; sales" in browser.get(page).text
    assert "Doubles" not in client.get(f"{portal}/requests").text
    assert browser.post(f"{page}/cases/{case.id}/notify", data={"version": 1, "fix_by": "x"}).status_code == 409
    by = (today() + timedelta(days=3)).isoformat()
    assert (
        browser.post(f"{page}/cases/{case.id}/notify", data={"version": case.version, "fix_by": by}).status_code == 303
    )
    assert len(notices("partner_case")) == 1
    assert "asks you to change" in client.get(portal).text
    told = client.get(f"{portal}/requests").text
    version = re.search(r'name="version" value="(\d+)"', told)
    assert version is not None
    answer = f"{portal}/requests/{case.id}"
    assert client.post(answer, data={"version": version[1], "text": " "}).status_code == 422
    assert client.post(answer, data={"version": version[1], "text": "Gone."}).status_code == 303
    assert "look at it" in browser.get(f"/p/{program.slug}/onboarding").text
    closed = browser.post(f"{page}/cases/{case.id}/close", data={"state": "terminated", "note": "Enough."})
    assert closed.location.endswith(f"/prospects/{partnership.prospect_id}")
    assert client.post(answer, data={"version": version[1], "text": "Again"}).status_code == 409
    assert client.get(portal).status_code == 200, "the portal stays open: a case ends no partnership"
    assert browser.post(f"{page}/cases/{case.id}/reopen").status_code == 303
    with reading() as session:
        assert session.get_one(ComplianceCase, case.id).state is CaseState.ANSWERED


def test_a_portal_reaches_no_case_of_another_partner(client: FlaskClient, program: Program, manager: User) -> None:
    with transaction() as session:
        _, person = make_partner(session, program, None)
        other, _ = make_partner(session, program, None)
        case = make_case(session, program, other.id, state=CaseState.NOTIFIED)
        path = portal_path(session, person)
    assert client.post(f"{path}/requests/{case.id}", data={"version": 1, "text": "Mine?"}).status_code == 404


def test_a_broadcast_is_previewed_and_sent_once(
    browser: FlaskClient, program: Program, partner: tuple[Partnership, str]
) -> None:
    home = f"/p/{program.slug}/care/broadcasts"
    bad = browser.post(f"{home}/new", data={"subject": "", "text": "Keep these words", "stages": "approved"})
    assert (bad.status_code, "Keep these words" in bad.text, "Give a subject" in bad.text) == (422, True, True)
    assert 'value="approved" checked' in bad.text
    made = browser.post(f"{home}/new", data={"subject": "News", "text": "Words", "stages": "approved"})
    preview = browser.get(made.location)
    assert "Send to 1 person" in preview.text
    seen = seen_in(browser, f"{made.location}/edit")
    sent = {"subject": "News 2", "text": "Words", "seen": seen}
    assert browser.post(f"{made.location}/edit", data=sent).status_code == 303
    stale = browser.post(f"{made.location}/edit", data=sent)
    assert (stale.status_code, "changed this draft meanwhile" in stale.text) == (422, True)
    assert browser.post(f"{made.location}/send", data={"expected": "1", "seen": seen}).status_code == 409
    seen = seen_in(browser, made.location)
    assert browser.post(f"{made.location}/send", data={"expected": "7", "seen": seen}).status_code == 409
    assert browser.post(f"{made.location}/send", data={"expected": "1", "seen": seen}).status_code == 303
    assert browser.post(f"{made.location}/send", data={"expected": "1", "seen": seen}).status_code == 409
    assert browser.post(f"{made.location}/drop").status_code == 409
    assert len(notices("partner_broadcast")) == 1
    assert "waiting" in browser.get(made.location).text
    with reading() as session:
        assert session.scalars(select(Broadcast)).one().subject == "News 2"


def seen_in(browser: FlaskClient, page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', browser.get(page).text)
    assert found is not None
    return found[1]


def test_together_and_tags(browser: FlaskClient, program: Program, partner: tuple[Partnership, str]) -> None:
    page = f"/p/{program.slug}/care/partners/{partner[0].id}"
    assert browser.post(f"{page}/joint", data={"title": "Talk", "planned_on": "x"}).status_code == 422
    assert browser.post(f"{page}/joint", data={"title": "Talk", "planned_on": "2026-12-01"}).status_code == 303
    with reading() as session:
        joint = session.scalars(select(JointActivity)).one()
    assert browser.post(f"{page}/joint/{joint.id}/cancel").status_code == 303
    assert browser.post(f"{page}/joint/{joint.id}/finish", data={"outcome": "Good"}).status_code == 409
    assert browser.post(f"{page}/joint/{joint.id}/restore").status_code == 303
    assert browser.post(f"{page}/joint/{joint.id}/finish", data={"outcome": "Good", "leads": "-"}).status_code == 422
    assert browser.post(f"{page}/joint/{joint.id}/finish", data={"outcome": "Good", "leads": "4"}).status_code == 303
    assert "4 leads" in browser.get(page).text
    assert browser.post(f"{page}/tags", data={"tags": "x" * 50}).status_code == 422
    assert browser.post(f"{page}/tags", data={"tags": "One, two"}).status_code == 303
    assert 'value="one, two"' in browser.get(page).text


def test_lists_ask_the_same_number_of_statements_for_any_number_of_partners(
    browser: FlaskClient, program: Program, manager: User
) -> None:
    with transaction() as session:
        make_terms(session, program, 1)
    paths = [f"/p/{program.slug}/care{part}" for part in ("", "/results", "/terms", "/broadcasts/new")]
    assert statements_for(browser, paths, lambda: add_partners(program, 1)) == statements_for(
        browser, paths, lambda: add_partners(program, 8)
    )


def add_partners(program: Program, count: int) -> None:
    with transaction() as session:
        for _ in range(count):
            partnership, _person = make_partner(session, program, None)
            make_case(session, program, partnership.id, fix_by=today())
            session.add(
                PartnerResult(
                    program_id=program.id,
                    partnership_id=partnership.id,
                    month=today().replace(day=1),
                    amount_cents=100,
                    currency="EUR",
                    source=ResultSource.HAND,
                )
            )


def statements_for(browser: FlaskClient, paths: list[str], prepare: Callable[[], None]) -> list[int]:
    prepare()
    seen: list[str] = []
    listener = (engine(), "before_cursor_execute", lambda *values: seen.append(values[2]))
    event.listen(*listener)
    try:
        counts = []
        for path in paths:
            seen.clear()
            assert browser.get(f"{path}?view=everyone").status_code == 200
            counts.append(len(seen))
        return counts
    finally:
        event.remove(*listener)


def test_what_a_partner_sends_is_limited(app: Flask) -> None:
    for endpoint in ("accept", "report_month", "answer_request"):
        _, found = limiter.limit_manager.resolve_limits(app, endpoint=f"portal.{endpoint}")
        assert "30 per 1 hour" in [str(each.limit) for each in found], endpoint


def test_the_text_of_a_whole_file_comes_back_in_the_form(app: Flask, browser: FlaskClient, program: Program) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    # Refused for its missing token, not for its size: the check of the token reads the whole form first.
    answer = browser.post(f"/p/{program.slug}/care/results/import/confirm", data={"pasted": "x" * 1_500_000})
    app.config["WTF_CSRF_ENABLED"] = False
    assert (answer.status_code, "came from elsewhere" in answer.text) == (400, True)
