"""Try a mailbox's SMTP and IMAP servers: sign in and leave, so that a wrong password is found before mail meets it."""

from __future__ import annotations

import imaplib
import smtplib
import ssl
from dataclasses import dataclass, field

from outreach.transports.smtp import SmtpServer

TIMEOUT_S = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapAccount:
    """A mailbox that replies and bounces are fetched from. The password stays out of the representation."""

    host: str
    port: int = 993
    username: str = ""
    password: str = field(default="", repr=False)
    folder: str = "INBOX"


def try_smtp(server: SmtpServer, *, tls: ssl.SSLContext | None = None) -> str:
    """Sign in to an SMTP server; return "" where that works, else in a sentence what went wrong and what to do."""
    tls = tls or ssl.create_default_context()
    place = f"{server.host}:{server.port}"
    try:
        smtp = (
            smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=tls)
            if server.uses_tls_from_start
            else smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
        )
        with smtp:
            return _signed_in(smtp, server, tls)
    except smtplib.SMTPAuthenticationError as error:
        return (
            f"{place} did not accept the user name and password ({error.smtp_code}). If the password was changed, or "
            "the account asks for an app password, type the new one in."
        )
    except ssl.SSLError as error:
        return f"{place} could not be reached with encryption ({error.reason}). Try the other encryption or port."
    except smtplib.SMTPException as error:
        return f"{place} broke the conversation off: {error}. Check the port and the encryption."
    except OSError as error:
        return f"{place} cannot be reached: {error}. Check the name and the port."


def _signed_in(smtp: smtplib.SMTP, server: SmtpServer, tls: ssl.SSLContext) -> str:
    smtp.ehlo()
    is_private = server.uses_tls_from_start
    if not is_private and smtp.has_extn("starttls"):
        smtp.starttls(context=tls)
        smtp.ehlo()
        is_private = True
    if not server.username:
        return ""
    if not is_private and not server.is_this_machine:
        return f"{server.host} offers no encryption, so it was not given the password. Use encryption from the start."
    smtp.login(server.username, server.password)
    return ""


def try_imap(account: ImapAccount, *, tls: ssl.SSLContext | None = None) -> str:
    """Open a mailbox's folder for reading; return "" where that works, else what went wrong and what to do."""
    place = f"{account.host}:{account.port}"
    try:
        with imaplib.IMAP4_SSL(
            account.host, account.port, ssl_context=tls or ssl.create_default_context(), timeout=TIMEOUT_S
        ) as box:
            box.login(account.username, account.password)
            status, _ = box.select(_quoted(account.folder), readonly=True)
            return "" if status == "OK" else f"{place} has no folder {account.folder!r}. Name one that it has."
    except imaplib.IMAP4.error as error:
        return f"{place} did not accept the user name and password ({_words(error)}). Type the current password in."
    except OSError as error:
        return f"{place} cannot be reached: {error}. Check the name and the port (993 is usual)."


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _words(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)[:200]
