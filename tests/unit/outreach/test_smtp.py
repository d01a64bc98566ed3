"""Mail over real SMTP connections on loopback: accepted, refused, and every way of breaking off."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from outreach.transports.message import Mailbox, Message, NotSent, Refused, TransportError, Uncertain
from outreach.transports.smtp import SmtpServer, SmtpTransport

MESSAGE = Message(
    sender=Mailbox("hello@example.com", "Scoutboard"),
    to=Mailbox("ada@example.net"),
    subject="Grüße",
    text="First line\n.a line that begins with a dot\n..two dots\n",
)


@dataclass
class Receiver:
    """A mailbox that answers as told."""

    envelopes: list[Envelope] = field(default_factory=list)
    rcpt_answer: str = ""
    data_answer: str = "250 taken"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if self.rcpt_answer:
            return self.rcpt_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        self.envelopes.append(envelope)
        return self.data_answer


@contextmanager
def serving(receiver: Receiver, **options: object) -> Iterator[SmtpTransport]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]  # the controller cannot choose a free one by itself
    controller = Controller(receiver, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield SmtpTransport(SmtpServer(host="127.0.0.1", port=port, timeout_s=2))
    finally:
        controller.stop()


def test_mail_arrives_whole() -> None:
    receiver = Receiver()
    with serving(receiver) as transport:
        accepted = transport.send(MESSAGE)
    (envelope,) = receiver.envelopes
    mail = message_from_bytes(envelope.content, policy=default)
    assert envelope.mail_from == "hello@example.com"
    assert envelope.rcpt_tos == ["ada@example.net"]
    assert mail["Subject"] == "Grüße"
    assert mail["Message-ID"] == accepted.provider_id
    assert mail.get_content().replace("\r\n", "\n") == MESSAGE.text
    assert not accepted.is_kept


@pytest.mark.parametrize(
    ("receiver", "outcome", "words"),
    [
        (Receiver(rcpt_answer="550 no such mailbox"), Refused, "550 no such mailbox"),
        (Receiver(rcpt_answer="451 greylisted"), NotSent, "451 greylisted"),
        (Receiver(data_answer="554 looks like spam"), Refused, "554 looks like spam"),
        (Receiver(data_answer="452 disk full"), NotSent, "452 disk full"),
    ],
)
def test_answers_are_told_apart(receiver: Receiver, outcome: type[TransportError], words: str) -> None:
    with serving(receiver) as transport, pytest.raises(outcome, match=words):
        transport.send(MESSAGE)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_right_password_is_given_and_a_wrong_one_is_never_repeated_in_words() -> None:
    def judge(_server, _session, _envelope, _mechanism, auth_data: LoginPassword) -> AuthResult:
        return AuthResult(success=auth_data.password == b"s3cret/pass", handled=False)

    options = {"authenticator": judge, "auth_required": True, "auth_require_tls": False}
    receiver = Receiver()
    with serving(receiver, **options) as transport:
        port = transport._server.port
        good = SmtpServer.from_url(f"smtp://ada:s3cret%2Fpass@127.0.0.1:{port}")
        SmtpTransport(good).send(MESSAGE)
        bad = SmtpServer.from_url(f"smtp://ada:planted-word@127.0.0.1:{port}")
        with pytest.raises(NotSent, match="did not accept") as caught:
            SmtpTransport(bad).send(MESSAGE)
    assert len(receiver.envelopes) == 1
    assert "planted-word" not in f"{caught.value} {caught.value!r} {bad!r}"


class Script(threading.Thread):
    """A server that answers line by line from a script, then hangs up: what no polite server does."""

    def __init__(self, *answers: str) -> None:
        super().__init__(daemon=True)
        self.answers = answers
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(10)
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self) -> None:
        connection, _ = self.listener.accept()
        with self.listener, connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 here\r\n")
            for answer in self.answers:
                line = lines.readline()
                connection.sendall(answer.encode() + b"\r\n")
                if answer.startswith("354"):
                    while line not in (b".\r\n", b""):
                        line = lines.readline()
                    return


def send_to(server: Script) -> None:
    try:
        SmtpTransport(SmtpServer(host="127.0.0.1", port=server.port, timeout_s=2)).send(MESSAGE)
    finally:
        server.join(5)


def test_silence_before_the_mail_was_given_is_certain() -> None:
    with pytest.raises(NotSent):
        send_to(Script("250 hi", "250 sender fine"))


def test_silence_after_the_mail_was_given_is_uncertain() -> None:
    with pytest.raises(Uncertain, match="may have been sent"):
        send_to(Script("250 hi", "250 sender fine", "250 receiver fine", "354 go on"))


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotSent, match="cannot be reached"):
        SmtpTransport(SmtpServer(host="127.0.0.1", port=port, timeout_s=2)).send(MESSAGE)


def test_password_is_not_given_without_encryption_to_a_far_host() -> None:
    server = Script("250 hi")
    far = SmtpServer(host="127.0.0.1.nip.example", port=1, username="ada", password="p")
    assert not far.is_this_machine

    class Elsewhere(SmtpServer):
        @property
        def is_this_machine(self) -> bool:
            return False

    with pytest.raises(NotSent, match="offers no encryption"):
        SmtpTransport(Elsewhere(host="127.0.0.1", port=server.port, username="a", password="b", timeout_s=2)).send(
            MESSAGE
        )
    server.join(5)


def test_non_ascii_mailbox_needs_a_server_that_takes_it() -> None:
    receiver = Receiver()
    message = Message(sender=MESSAGE.sender, to=Mailbox("zażółć@example.net"), subject="Hi", text="x")
    with serving(receiver, enable_SMTPUTF8=True) as transport:
        transport.send(message)
    assert receiver.envelopes[0].rcpt_tos == ["zażółć@example.net"]
    with serving(Receiver(), enable_SMTPUTF8=False) as transport, pytest.raises(Refused, match="SMTPUTF8"):
        transport.send(message)


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("smtp://mail.example.com", "mail.example.com", 587, False),
        ("smtps://u:p@mail.example.com", "mail.example.com", 465, True),
        ("smtp://u:p%40ss@mail.example.com:2525", "mail.example.com", 2525, False),
    ],
)
def test_url_is_read(url: str, host: str, port: int, tls: bool) -> None:
    server = SmtpServer.from_url(url)
    assert (server.host, server.port, server.uses_tls_from_start) == (host, port, tls)


@pytest.mark.parametrize("url", ["http://mail.example.com", "smtp://", "smtp://u:hush@host:99999", "mail.example.com"])
def test_bad_url_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL") as caught:
        SmtpServer.from_url(url)
    assert "hush" not in str(caught.value)
