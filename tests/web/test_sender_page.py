"""A sender's page: its own hours, the state of its domain, way out and mailbox, and what to do about each."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from app.config import AppEnv, Settings
from app.db import reading, transaction
from app.models import Program, Role, Sender
from app.queries.mailboxes import mailbox_state
from app.services import links
from app.services.links import own_addresses
from app.services.mailboxes import record_fetch_failure, record_fetched
from app.services.preflight import look_at_way_out, look_up, record_preflight
from app.services.sender_changes import ServerDetails, connect_sender
from outreach.imap import Watermark
from outreach.preflight import Verdict
from outreach.way_out import PageAnswer
from tests.outreach_world import make_sender
from tests.unit.outreach.test_preflight import GOOD, resolver
from tests.web.conftest import SignIn
from tests.world import make_program, make_user


class Page:
    """A program with a sender, and an admin who looks at it."""

    def __init__(self, client: FlaskClient, program: Program, sender_id: int) -> None:
        self.client, self.program, self.sender_id = client, program, sender_id
        self.path = f"/p/{program.slug}/outreach/senders/{sender_id}"

    def row(self) -> Sender:
        with reading() as session:
            return session.get_one(Sender, self.sender_id)

    def save(self, **changes: str | list[str]) -> tuple[int, str]:
        row = self.row()
        form = {
            "version": str(row.version),
            "name": row.name,
            "address": row.address,
            "postal_address": row.postal_address,
            "transport": row.transport.value,
            "time_zone": row.time_zone,
            "opens": "09:00",
            "closes": "17:00",
        }
        answer = self.client.post(self.path, data=form | changes)
        return answer.status_code, answer.text


@pytest.fixture
def page(sign_in: SignIn) -> Page:
    with transaction() as session:
        admin, program = make_user(session, Role.ADMIN), make_program(session)
        sender = make_sender(session, program)
    return Page(sign_in(admin), program, sender.id)


def test_hours_of_its_own_are_set_shown_and_taken_away(page: Page) -> None:
    nights: dict[str, str | list[str]] = {"has_hours": "y", "days": ["mon", "tue"], "opens": "20:00", "closes": "22:30"}
    assert page.save(time_zone="Europe/Warsaw", **nights)[0] == 303
    assert page.row().hours == {"days": ["mon", "tue"], "from": "20:00", "to": "22:30"}
    assert 'selected value="22:30"' in page.client.get(page.path).text
    assert page.save()[0] == 303
    assert page.row().hours == {}


def test_hours_that_never_open_are_refused_and_kept_on_the_form(page: Page) -> None:
    status, text = page.save(has_hours="y", days=[], opens="10:00", closes="10:00")
    assert status == 422
    assert "Choose at least one day." in text
    assert "It must close later than it opens" in text
    assert page.row().hours == {}


def through(client: FlaskClient) -> Callable[[str], PageAnswer]:
    """Ask for a page of the product itself, as if it stood under https."""

    def ask(url: str) -> PageAnswer:
        answer = client.get(urlsplit(url).path)
        return PageAnswer(answer.status_code, "", answer.text)

    return ask


def test_in_production_the_unsubscribe_page_is_looked_at_and_locks_the_sender(page: Page) -> None:
    production = Settings(app_env=AppEnv.PRODUCTION)
    assert look_at_way_out("theo@agency.example", Settings()) is None
    own = own_addresses()
    links.configure("https://partners.example")
    found = look_at_way_out("theo@agency.example", production, ask=through(page.client))
    assert found is not None
    assert found.verdict is Verdict.GOOD, found.sentence
    links.configure("http://partners.example")
    found = look_at_way_out("theo@agency.example", production)
    links.configure(own.public_url, own.inbound_domain)
    with transaction() as session:
        row = session.get_one(Sender, page.sender_id)
        row.transport = row.transport.SMTP
        actor = make_user(session)
        in_dns = look_up("theo@agency.example", ["s1"], resolver(GOOD), way_out=found)
        assert not record_preflight(session, row, in_dns, actor=actor)
    text = page.client.get(page.path).text
    assert "Unsubscribe page" in text
    assert "is not https" in text


def test_a_mailbox_that_cannot_be_read_is_said_with_cause_and_next_step(page: Page) -> None:
    with transaction() as session:
        row = session.get_one(Sender, page.sender_id)
        row.transport = row.transport.SMTP
    assert "No IMAP server is entered" in page.client.get(page.path).text
    with transaction() as session:
        session.get_one(Sender, page.sender_id).connection = {"imap": {"host": "imap.agency.example", "port": 993}}
    assert "It is read for the first time" in page.client.get(page.path).text
    cause = "imap.agency.example:993 did not accept the user name and password. Type the new one in."
    with transaction() as session:
        record_fetch_failure(session, page.sender_id, cause=cause)
    text = page.client.get(page.path).text
    assert cause in text
    assert "Tried 1 time in a row" in text
    senders = page.client.get(f"/p/{page.program.slug}/outreach/senders").text
    assert "answers not fetched" in senders
    assert cause in senders
    # Whatever it was, a person who saves the mailbox anew does not wait for the next try.
    with transaction() as session:
        row = session.get_one(Sender, page.sender_id)
        connect_sender(session, row, smtp=None, imap=ServerDetails(host="127.0.0.1", port=9), actor=make_user(session))
        state = mailbox_state(session, page.sender_id)
    assert state is not None
    assert state.next_at is None
    with transaction() as session:
        record_fetched(session, page.sender_id, Watermark(1, 1))
    assert "Read just now" in page.client.get(page.path).text
    assert "answers not fetched" not in page.client.get(f"/p/{page.program.slug}/outreach/senders").text
