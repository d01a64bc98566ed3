"""Signing in to the portal by password: who gets in where, what proves a change, and how sessions end."""

from datetime import timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.clock import now
from app.db import reading, transaction
from app.extensions import limiter
from app.models import AuditEvent, Notice, PartnerLink, PartnerPerson, Partnership, Program, Provenance, Role
from app.queries.partner_access import access_of
from app.services import passwords
from app.services.onboarding.people import NewPerson, add_person
from app.web.portal.signed_in import page_after
from tests.onboarding_world import make_partner, portal_path
from tests.web.conftest import without_tokens
from tests.world import make_program, make_user

pytestmark = pytest.mark.any_servers
FIRST, SECOND = "copper lantern orchard", "violet harbor engine"
REFUSED = "E-mail and password do not fit together"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with next to no work: how much it takes by rights is the sign-in's own test."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def program(app: Flask) -> Program:
    with transaction() as session:
        return make_program(session)


def partner(program: Program, email: str = "ada@partner.example") -> tuple[Partnership, PartnerPerson, str]:
    """Add a partner with this main contact; return them, the person and the path of a mailed link."""
    with transaction() as session:
        partnership, person = make_partner(session, program, None)
        person.email = email
        session.flush()
        return partnership, person, portal_path(session, person)


def choose(client: FlaskClient, path: str, password: str, current: str = "") -> int:
    form = {"password": password, "current_password": current}
    return client.post(f"{path}/password", data=form).status_code


def sign_in(client: FlaskClient, email: str, password: str, **more: str) -> tuple[int, str]:
    answer = client.post("/partner/sign-in", data={"email": email, "password": password, **more})
    return answer.status_code, answer.headers.get("Location", "") or without_tokens(answer.text)


def test_staff_see_how_somebody_can_sign_in(app: Flask, program: Program, request: pytest.FixtureRequest) -> None:
    client = app.test_client()
    partnership, person, path = partner(program)
    with transaction() as session:
        staff = make_user(session, Role.ADMIN)
    page = f"/p/{program.slug}/onboarding/partners/{partnership.id}"
    browser = request.getfixturevalue("sign_in")(staff)
    before = browser.get(page).text
    assert "works until" in before
    assert "No password" in before
    assert choose(client, path, FIRST) == 303
    assert "Never signed in" in browser.get(page).text
    assert sign_in(client, person.email, FIRST)[0] == 303
    assert "Signed in just now</time>, now in 1 browser" in browser.get(page).text
    with transaction() as session:
        session.execute(update(PartnerLink).values(expires_at=now()))
    assert "No link that works" in browser.get(page).text
    assert browser.post(f"{page}/people/{person.id}/link").status_code == 303
    with reading() as session:
        assert session.scalars(select(Notice).order_by(Notice.id.desc())).first().kind == "partner_link"  # type: ignore[union-attr]
        assert access_of(session, partnership.id)[person.id].link_until is not None


def test_a_password_of_ones_own_opens_the_page_in_this_browser_alone(app: Flask, program: Program) -> None:
    client, elsewhere = app.test_client(), app.test_client()
    _, person, path = partner(program)
    assert "Choose a password" in client.get(f"{path}/profile").text
    for weak in ("", "short", "aaaaaaaaaaaaaaaa", "x" * 300, "ada@partner.example"):
        assert choose(client, path, weak) == 422
    assert choose(client, path, FIRST) == 303
    with reading() as session:
        mail = session.scalars(select(Notice)).one()
        assert (mail.kind, mail.to_address) == ("partner_password", person.email)
        assert FIRST not in str(session.scalars(select(AuditEvent.details)).all())

    wrong, nobody = sign_in(elsewhere, person.email, SECOND), sign_in(elsewhere, "nobody@partner.example", FIRST)
    assert wrong[0] == nobody[0] == 422
    assert REFUSED in wrong[1]
    assert wrong[1].replace(person.email, "nobody@partner.example") == nobody[1]
    assert sign_in(client, f" {person.email.upper()}", FIRST) == (303, f"/partner/me-{person.id}")
    home = client.get(f"/partner/me-{person.id}").text
    assert f'href="/partner/me-{person.id}/goals"' in home
    assert f"Signed in as {person.email}" in home
    with client.session_transaction() as cookie:
        assert cookie["partner"][str(person.id)] not in home
    messages = f"/partner/me-{person.id}/messages"
    assert client.post(messages, data={"text": "Hello"}).headers["Location"] == messages
    other = client.post(f"/partner/me-{person.id}/language", data={"language": "de", "page": messages})
    assert other.headers["Location"] == messages
    assert f"Angemeldet als {person.email}" in client.get(messages).text

    assert elsewhere.get(messages).headers["Location"] == f"/partner/sign-in?next={messages}"
    assert sign_in(elsewhere, person.email, FIRST, next=messages) == (303, messages)
    with app.test_request_context():
        for foreign in ("https://evil.example/", "/p/x/board", f"/partner/me-{person.id}0", "//evil.example"):
            assert page_after(foreign, [person.id]) == f"/partner/me-{person.id}"
    assert elsewhere.post("/partner/sign-out").status_code == 303
    assert elsewhere.get(f"/partner/me-{person.id}").status_code == 303
    assert client.get(f"/partner/me-{person.id}").status_code == 200
    with time_machine.travel(now() + timedelta(hours=13)):
        assert client.get(f"/partner/me-{person.id}").headers["Location"].startswith("/partner/sign-in")


def test_who_was_taken_out_is_out_at_once(app: Flask, program: Program) -> None:
    client, hers = app.test_client(), app.test_client()
    partnership, _, path = partner(program)
    with transaction() as session:
        found = session.get_one(Partnership, partnership.id)
        bea = add_person(session, found, NewPerson(name="Bea", email="bea@p.example"), provenance=Provenance.HAND)
        her_path = portal_path(session, bea)
    assert choose(hers, her_path, FIRST) == 303
    assert sign_in(hers, bea.email, FIRST)[0] == 303
    assert hers.get(f"/partner/me-{bea.id}/goals").status_code == 200
    assert client.post(f"{path}/people/{bea.id}/remove").status_code == 303
    assert hers.get(f"/partner/me-{bea.id}/goals").headers["Location"].startswith("/partner/sign-in")
    assert sign_in(hers, bea.email, FIRST)[0] == 422
    with transaction() as session:  # who comes back begins without the old password
        found = session.get_one(Partnership, partnership.id)
        add_person(session, found, NewPerson(name="Bea", email="bea@p.example"), provenance=Provenance.HAND)
    assert sign_in(hers, bea.email, FIRST)[0] == 422


def test_an_old_link_alone_changes_no_password_and_a_change_ends_other_sessions(app: Flask, program: Program) -> None:
    client, elsewhere = app.test_client(), app.test_client()
    _, person, path = partner(program)
    assert choose(client, path, FIRST) == 303
    assert sign_in(elsewhere, person.email, FIRST)[0] == 303
    with time_machine.travel(now() + timedelta(hours=2)):
        assert choose(client, path, SECOND) == 422
        assert choose(client, path, SECOND, current="not the password") == 422
        assert client.post(f"{path}/password/remove", data={}).status_code == 422
        assert elsewhere.get(f"/partner/me-{person.id}").status_code == 200
        assert choose(client, path, SECOND, current=FIRST) == 303
        assert elsewhere.get(f"/partner/me-{person.id}").status_code == 303
        with transaction() as session:  # forgotten: a link that was mailed just now is enough
            fresh = portal_path(session, session.get_one(PartnerPerson, person.id))
        assert choose(client, fresh, FIRST) == 303
        assert sign_in(elsewhere, person.email, SECOND)[0] == 422
        assert client.post(f"{fresh}/password/remove", data={}).status_code == 303
        assert sign_in(elsewhere, person.email, FIRST)[0] == 422


def test_one_address_at_two_partners_chooses_and_a_password_of_one_opens_no_other(app: Flask, program: Program) -> None:
    client = app.test_client()
    _, first, path = partner(program)
    _, second, other_path = partner(program)
    assert choose(client, path, FIRST) == 303
    assert sign_in(client, first.email, FIRST) == (303, f"/partner/me-{first.id}")
    assert client.get(f"/partner/me-{second.id}").status_code == 303
    assert choose(client, other_path, FIRST) == 303
    assert sign_in(client, first.email, FIRST) == (303, "/partner/pages")
    page = client.get("/partner/pages").text
    assert page.count('href="/partner/me-') == 2
    assert "Your other pages" in client.get(f"/partner/me-{second.id}").text
    with transaction() as session:
        session.execute(update(Program).where(Program.id == program.id).values(archived_at=now()))
    assert client.get("/partner/pages").status_code == 303
    assert client.get(f"/partner/me-{first.id}").status_code == 303
    assert app.test_client().get("/partner/pages").status_code == 303


def test_guesses_are_few_and_a_sign_in_gives_them_back(client: FlaskClient, program: Program) -> None:
    _, person, path = partner(program)
    limiter.enabled = True
    # An address of its own, for a process counts on from test to test.
    client.environ_base["REMOTE_ADDR"] = "198.51.100.77"
    assert choose(client, path, FIRST) == 303
    assert [sign_in(client, person.email, "wrong")[0] for _ in range(4)] == [422] * 4
    assert sign_in(client, person.email, FIRST)[0] == 303
    assert [sign_in(client, f"p{number}@x.example", "wrong")[0] for number in range(11)] == [422] * 10 + [429]
