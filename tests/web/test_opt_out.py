"""A site's owner keeps the crawler away: asked by form, proved by mail, done by a button, undone by an admin only."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import db, dispatch
from app.clock import now
from app.config import Settings
from app.db import reading, transaction
from app.extensions import limiter
from app.factory import create_app
from app.models import AuditEvent, Company, Notice, OptOutRequest, Page, Role, User
from app.services.notices import without_links
from app.services.optout_requests import MAILS_PER_DOMAIN, revoke_opt_out
from app.web.public import views
from tests.conftest import NO_QUEUE
from tests.prospect_world import make_worked_prospect
from tests.web.conftest import SignIn
from tests.world import make_user

GOOD = {"domain": "https://www.Liftwell.com/about", "email": "Owner@liftwell.com"}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "ANSWER_AFTER_S", 0.0)


def mails() -> list[Notice]:
    with reading() as session:
        return list(session.scalars(select(Notice).order_by(Notice.id)))


def link_of(notice: Notice) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/bot/opt-out/\S+)", notice.text)
    assert found is not None
    return found.group(1)


def opted_out() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(Company.domain).where(Company.opted_out_at.is_not(None))))


def test_the_mailed_link_shows_a_button_and_only_the_button_acts(client: FlaskClient) -> None:
    with transaction() as session:
        worked = make_worked_prospect(session)
        worked.company.domain = "liftwell.com"
    asked = client.post("/bot/opt-out", data=GOOD)
    assert (asked.status_code, asked.location) == (303, "/bot/opt-out")
    (mail,) = mails()
    assert mail.to_address == "owner@liftwell.com"
    link = link_of(mail)
    assert "Yes, stay away" in client.get(link).text
    assert opted_out() == []
    done = client.post(link)
    assert done.status_code == 200
    assert "We stay away from liftwell.com" in done.text
    assert opted_out() == ["liftwell.com"]
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Page)) == 0
    assert "We stay away from liftwell.com" in client.get(link).text
    assert "/bot/opt-out/(removed" in without_links(mail.text)


def test_the_prospects_page_says_that_the_owner_opted_out(client: FlaskClient, sign_in: SignIn) -> None:
    with transaction() as session:
        worked = make_worked_prospect(session)
        worked.company.domain = "liftwell.com"
        path = f"/p/{worked.program.slug}/prospects/{worked.prospect.id}"
        owner = session.get_one(User, worked.prospect.owner_id)
    browser = sign_in(owner)
    assert "asked us not to read it" not in browser.get(path).text
    client.post("/bot/opt-out", data=GOOD)
    client.post(link_of(mails()[0]))
    page = browser.get(path).text
    assert "The site's owner asked us not to read it. What was read of it is deleted." in page
    assert "read-again" not in page
    with transaction() as session:
        revoke_opt_out(session, worked.company.id, reason="Owner wrote", actor_id=owner.id)
    page = browser.get(path).text
    assert "asked us not to read it" not in page
    assert "read-again" in page


def test_the_answer_does_not_tell_whether_we_know_the_domain(client: FlaskClient) -> None:
    with transaction() as session:
        make_worked_prospect(session).company.domain = "liftwell.com"
    known = client.post("/bot/opt-out", data=GOOD)
    unknown = client.post("/bot/opt-out", data={"domain": "stranger.com", "email": "me@stranger.com"})
    assert (known.status_code, known.location, known.data) == (unknown.status_code, unknown.location, unknown.data)


@pytest.mark.parametrize(
    ("domain", "email", "words"),
    [
        ("liftwell.com", "me@elsewhere.com", "We need an address at liftwell.com"),
        ("gmail.com", "me@gmail.com", "gmail.com is shared by many people"),
        ("localhost", "me@liftwell.com", "local network"),
        ("10.0.0.1", "me@liftwell.com", "IP address"),
        ("liftwell.com", "no address", "liftwell"),
        ("", "me@liftwell.com", "Type your site"),
        ("liftwell.com", "", "Type an e-mail address"),
        ("x" * 301, "me@liftwell.com", "longer than 300"),
    ],
)
def test_what_cannot_be_proved_is_refused_in_words(client: FlaskClient, domain: str, email: str, words: str) -> None:
    answer = client.post("/bot/opt-out", data={"domain": domain, "email": email})
    assert answer.status_code == 422
    assert words in answer.text
    assert mails() == []


def test_no_domain_gets_more_than_a_few_mails_and_programs_get_none(client: FlaskClient) -> None:
    for number in range(MAILS_PER_DOMAIN + 2):
        assert client.post("/bot/opt-out", data=GOOD | {"email": f"p{number}@liftwell.com"}).status_code == 303
    assert len(mails()) == MAILS_PER_DOMAIN
    trapped = client.post(
        "/bot/opt-out", data={"domain": "b.com", "email": "a@b.com", "website": "https://spam.example"}
    )
    assert trapped.status_code == 303
    assert len(mails()) == MAILS_PER_DOMAIN


def test_old_and_made_up_links_do_nothing(client: FlaskClient) -> None:
    client.post("/bot/opt-out", data=GOOD)
    link = link_of(mails()[0])
    with transaction() as session:
        session.scalars(select(OptOutRequest)).one().expires_at = now()
    for path in (link, "/bot/opt-out/" + "x" * 43, "/bot/opt-out/" + "x" * 900):
        assert client.get(path).status_code == 410
        assert client.post(path).status_code == 410
    assert opted_out() == []


def test_the_form_and_the_button_carry_a_csrf_token(app: Flask, client: FlaskClient) -> None:
    client.post("/bot/opt-out", data=GOOD)
    link = link_of(mails()[0])
    app.config["WTF_CSRF_ENABLED"] = True
    assert client.post("/bot/opt-out", data=GOOD).status_code in (400, 422)
    client.post(link)
    assert (opted_out(), len(mails())) == ([], 1)
    assert 'name="csrf_token"' in client.get(link).text


def test_an_admin_may_undo_it_with_a_reason_that_is_kept(client: FlaskClient, sign_in: SignIn) -> None:
    client.post("/bot/opt-out", data=GOOD)
    client.post(link_of(mails()[0]))
    with transaction() as session:
        admin, worker = make_user(session, Role.ADMIN), make_user(session, Role.DIRECTOR)
    with reading() as session:
        company_id = session.scalars(select(Company.id).where(Company.domain == "liftwell.com")).one()
    assert sign_in(worker).get("/settings/opt-outs").status_code == 403
    browser = sign_in(admin)
    page = browser.get("/settings/opt-outs").text
    assert "liftwell.com" in page
    assert "confirmed by owner@liftwell.com" in page
    path = f"/settings/opt-outs/{company_id}/revoke"
    assert browser.post(path, data={"reason": " "}).status_code == 422
    assert browser.post(path, data={"reason": "Owner wrote on 3 May"}).status_code == 303
    assert opted_out() == []
    assert browser.post(path, data={"reason": "Again"}).status_code == 409
    with reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "site.opt_out_revoked")).one()
    assert (event.actor_id, event.details) == (
        admin.id, {"domain": "liftwell.com", "reason": "Owner wrote on 3 May"},
    )  # fmt: skip


def test_one_address_cannot_ask_for_many_domains(database_url: str) -> None:
    limiter.enabled = True
    app = create_app(Settings(database_url=database_url, redis_url=NO_QUEUE))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = app.test_client()
    statuses = [
        client.post("/bot/opt-out", data={"domain": f"d{number}.com", "email": f"a@d{number}.com"}).status_code
        for number in range(6)
    ]
    limiter._storage_dead = False
    db.dispose()
    dispatch.dispose()
    assert statuses == [303] * 5 + [429]
