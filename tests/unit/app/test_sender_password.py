"""A mailbox whose password was changed elsewhere: nothing leaves, the reason leads to the sender, then it goes on."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from sqlalchemy import Engine

from app.clock import now
from app.config import Settings
from app.db import transaction
from app.jobs.sending import Sending
from app.models import MessageState, Sender, SenderTransport
from app.services.ledger.claiming import LEASE
from app.services.sender_changes import ServerDetails, connect_sender
from app.services.senders import transport_for
from tests.ledger_world import make_ledger, messages
from tests.unit.outreach.test_connection_check import free_port
from tests.world import make_user


class Mailbox:
    """A real SMTP server on this machine that takes mail from whoever knows the password of now."""

    def __init__(self) -> None:
        self.password, self.taken, self.tries = b"new", 0, 0

    def judge(self, _server, _session, _envelope, _mechanism, login) -> AuthResult:  # type: ignore[no-untyped-def]
        self.tries += 1
        return AuthResult(success=isinstance(login, LoginPassword) and login.password == self.password, handled=False)

    async def handle_DATA(self, _server, _session, _envelope: Envelope) -> str:  # type: ignore[no-untyped-def]
        self.taken += 1
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    port, found = free_port(), Mailbox()
    server = Controller(found, hostname="127.0.0.1", port=port, authenticator=found.judge, auth_require_tls=False)
    server.start()
    yield found, port
    server.stop()


@pytest.mark.slow
def test_a_changed_password_holds_the_mail_and_says_where_to_type_the_new_one(
    database: Engine, mailbox: tuple[Mailbox, int], settings: Settings
) -> None:
    server, port = mailbox
    with transaction() as session:
        ledger = make_ledger(session, transport=SenderTransport.SMTP)
        actor = make_user(session)
        old = ServerDetails(host="127.0.0.1", port=port, username="theo", password="old")
        connect_sender(session, session.get_one(Sender, ledger.sender.id), smtp=old, imap=None, actor=actor)
        ledger.enroll(session, 3)

    def send() -> None:
        ledger.plan()
        Sending(ledger.memory, lease=LEASE, transport_of=lambda sender: transport_for(sender, settings)).drain(lane=0)

    send()
    waiting = messages()
    assert [message.state for message in waiting] == [MessageState.RETRY_WAIT] * 3
    assert "(535)" in waiting[0].detail
    assert f"Open Senders, {ledger.sender.address}, and type the new one in." in waiting[0].detail
    assert server.taken == 0
    with transaction() as session:
        new = ServerDetails(host="127.0.0.1", port=port, username="theo", password="new")
        connect_sender(session, session.get_one(Sender, ledger.sender.id), smtp=new, imap=None, actor=actor)
    with time_machine.travel(now() + timedelta(minutes=30), tick=True):
        send()
    assert (server.taken, {message.state for message in messages()}) == (3, {MessageState.ACCEPTED})
