"""Trying a mailbox's servers: what a person is told about a wrong password, a wrong port, a wrong name."""

import socket

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import AuthResult, LoginPassword

from outreach.connection_check import ImapAccount, try_imap, try_smtp
from outreach.transports.smtp import SmtpServer


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def judge(_server, _session, _envelope, _mechanism, login) -> AuthResult:  # type: ignore[no-untyped-def]
    return AuthResult(success=isinstance(login, LoginPassword) and login.password == b"right", handled=False)


def test_a_changed_password_is_said_in_words() -> None:
    port = free_port()
    server = Controller(Sink(), hostname="127.0.0.1", port=port, authenticator=judge, auth_require_tls=False)
    server.start()
    try:
        good = SmtpServer(host="127.0.0.1", port=port, username="theo", password="right")
        assert try_smtp(good) == ""
        wrong = SmtpServer(host="127.0.0.1", port=port, username="theo", password="old")
        said = try_smtp(wrong)
    finally:
        server.stop()
    assert "did not accept the user name and password (535)" in said
    assert "type the new one in" in said
    assert "old" not in said.replace("did not", "")


def test_servers_that_are_not_there_are_named() -> None:
    port = free_port()
    assert f"127.0.0.1:{port} cannot be reached" in try_smtp(SmtpServer(host="127.0.0.1", port=port))
    assert "cannot be reached" in try_imap(ImapAccount(host="127.0.0.1", port=port, username="theo"))
