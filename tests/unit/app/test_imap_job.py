"""Fetching mailboxes over IMAP from a real server on loopback: nothing lost, nothing twice, every failure in words."""

import imaplib
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, select

from app.db import transaction
from app.jobs.imap import fetch_imap
from app.models import Mailbox, ReceivedMail, Sender, SenderTransport
from app.queries.work import doorbells_to_ring
from app.services.sealing import seal
from outreach.connection_check import ImapAccount
from tests.imap_server import Folder, ImapServer
from tests.mail_world import mail_bytes
from tests.outreach_world import make_sender
from tests.world import make_program

pytestmark = pytest.mark.usefixtures("database")


def connect(account: ImapAccount) -> imaplib.IMAP4:
    return imaplib.IMAP4(account.host, account.port, timeout=5)


@pytest.fixture
def folder() -> Folder:
    return Folder({number: mail_bytes(f"old {number}") for number in (1, 2)})


@pytest.fixture
def sender(database: Engine, folder: Folder) -> Iterator[int]:
    server = ImapServer(folder)
    with transaction() as session:
        imap = {"host": "127.0.0.1", "port": server.port, "username": "theo", "password": seal("secret")}
        row = make_sender(session, make_program(session), transport=SenderTransport.SMTP, connection={"imap": imap})
    yield row.id
    server.close()


@pytest.fixture
def fetch(sender: int) -> Callable[[], int]:
    def run() -> int:
        with transaction() as session:
            mailbox = session.scalar(select(Mailbox).where(Mailbox.sender_id == sender))
            if mailbox is not None:
                mailbox.not_before_at = None
        return fetch_imap(connect=connect)

    return run


def mailbox() -> Mailbox:
    with transaction() as session:
        return session.scalars(select(Mailbox)).one()


def kept() -> list[bytes]:
    with transaction() as session:
        return list(session.scalars(select(ReceivedMail.raw).order_by(ReceivedMail.id)))


def test_only_what_came_after_the_first_look_is_kept_and_once(folder: Folder, fetch: Callable[[], int]) -> None:
    assert fetch() == 0
    folder.mails |= {number: mail_bytes(f"new {number}") for number in (3, 5)}
    assert fetch() == 2
    assert fetch() == 0
    assert kept() == [folder.mails[3], folder.mails[5]]
    assert (mailbox().last_uid, mailbox().failure) == (5, "")
    assert all("PEEK" in command for command in folder.fetched)
    assert fetch_imap(connect=connect) == 0, "it waits for its next time"


def test_a_connection_that_breaks_halfway_goes_on_where_it_was(folder: Folder, fetch: Callable[[], int]) -> None:
    fetch()
    folder.mails |= {number: mail_bytes(f"new {number}") for number in (3, 4, 5)}
    folder.drop_after_fetches = 2
    fetch()
    assert len(kept()) == 2
    assert "tried again by itself" in mailbox().failure
    folder.drop_after_fetches = None
    assert fetch() == 1
    assert (len(kept()), mailbox().failure, mailbox().failures) == (3, "", 0)


def test_a_folder_numbered_anew_repeats_nothing_and_loses_nothing(folder: Folder, fetch: Callable[[], int]) -> None:
    fetch()
    folder.mails[3] = mail_bytes("new 3")
    fetch()
    folder.uid_validity, folder.mails = 8, {1: folder.mails[3], 2: mail_bytes("after")}
    assert fetch() == 1
    assert (mailbox().uid_validity, mailbox().last_uid) == (8, 2)


def test_a_changed_password_is_said_and_tried_less_and_less(folder: Folder, fetch: Callable[[], int]) -> None:
    folder.password = "changed"
    assert fetch() == 0
    first = mailbox().not_before_at
    fetch()
    row = mailbox()
    assert "did not accept the user name and password" in row.failure
    assert (row.failures, row.not_before_at is not None and first is not None) == (2, True)


def test_an_unreachable_server_and_an_unreadable_secret_are_said(sender: int, fetch: Callable[[], int]) -> None:
    with transaction() as session:
        row = session.get_one(Sender, sender)
        row.connection = {"imap": row.connection["imap"] | {"port": 1}}
    fetch()
    assert "cannot be reached" in mailbox().failure
    with transaction() as session:
        row = session.get_one(Sender, sender)
        row.connection = {"imap": row.connection["imap"] | {"password": "not sealed"}}
    fetch()
    assert "SECRET_KEY" in mailbox().failure


@pytest.mark.usefixtures("sender")
def test_the_sweep_rings_for_a_mailbox_that_is_due() -> None:
    with transaction() as session:
        assert "FETCH_IMAP" in {job.name for job in doorbells_to_ring(session)}
    fetch_imap(connect=connect)
    with transaction() as session:
        assert "FETCH_IMAP" not in {job.name for job in doorbells_to_ring(session)}
