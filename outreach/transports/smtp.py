"""Hand mail to an SMTP server, step by step, so that it is known at which step a failure happened.

`smtplib.SMTP.sendmail` does the steps in one call and raises the same error for a connection lost before the mail was
given and after; only the second one is doubtful.
"""

import ipaddress
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from outreach.transports.message import Accepted, Message, NotSent, Refused, Uncertain, to_mime

TIMEOUT_S = 20.0
_DEFAULT_PORTS = {"smtp": 587, "smtps": 465}
_LEADING_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Where mail is handed in. The password is kept out of the representation, so that no log shows it."""

    host: str
    port: int
    uses_tls_from_start: bool = False
    username: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = TIMEOUT_S

    @classmethod
    def from_url(cls, url: str, *, timeout_s: float = TIMEOUT_S) -> "SmtpServer":
        """Read smtp://user:password@host:port or smtps://…; raises ValueError, without the password in it."""
        parts = urlsplit(url)
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
            raise ValueError("SMTP_URL must look like smtp://user:password@host:587 or smtps://user:password@host:465")
        try:
            port = parts.port or _DEFAULT_PORTS[parts.scheme]
        except ValueError:
            raise ValueError("SMTP_URL: the port is not a number from 1 to 65535") from None
        return cls(
            host=parts.hostname,
            port=port,
            uses_tls_from_start=parts.scheme == "smtps",
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            timeout_s=timeout_s,
        )

    @property
    def is_this_machine(self) -> bool:
        """Say whether the server is reached without a network that others share."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


class SmtpTransport:
    """Sends each mail over a connection of its own."""

    def __init__(self, server: SmtpServer, *, tls: ssl.SSLContext | None = None) -> None:
        """Send through this server; `tls` replaces the machine's usual trust, as tests need."""
        self._server = server
        self._tls = tls or ssl.create_default_context()

    def send(self, message: Message) -> Accepted:
        """Hand one mail in. Raises NotSent, Refused or Uncertain."""
        mime = to_mime(message)
        with self._connected() as smtp:
            with _still_certain(self._server):
                self._sign_in(smtp)
                _give_envelope(smtp, message)
                _expect(smtp.docmd("DATA"), 354)
            _give_content(smtp, mime.as_bytes())
        return Accepted(provider_id=mime["Message-ID"])

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server = self._server
        with _still_certain(server):
            if server.uses_tls_from_start:
                smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, timeout=server.timeout_s, context=self._tls
                )
            else:
                smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout_s)
        try:
            yield smtp
        finally:
            # The mail's fate is settled by now; a server that hangs up without a goodbye changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        server = self._server
        smtp.ehlo_or_helo_if_needed()
        is_private = server.uses_tls_from_start
        if not is_private and smtp.has_extn("starttls"):
            smtp.starttls(context=self._tls)
            smtp.ehlo()
            is_private = True
        if not server.username:
            return
        if not is_private and not server.is_this_machine:
            raise NotSent(
                f"{server.host} offers no encryption, so it was not given the password. Use smtps:// instead."
            )
        smtp.login(server.username, server.password)


@contextmanager
def _still_certain(server: SmtpServer) -> Iterator[None]:
    """Turn what goes wrong before the mail itself was given into NotSent or Refused."""
    place = f"{server.host}:{server.port}"
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise NotSent(f"{place} did not accept user name and password ({error.smtp_code}). Check SMTP_URL.") from None
    except smtplib.SMTPResponseException as error:
        raise _judged(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPException as error:
        raise NotSent(f"{place} broke the conversation off: {error}") from error
    except OSError as error:
        raise NotSent(f"{place} cannot be reached: {error}. Check SMTP_URL and whether the server runs.") from error


def _give_envelope(smtp: smtplib.SMTP, message: Message) -> None:
    addresses = (message.sender.address, message.to.address)
    options = ["SMTPUTF8"] if any(not address.isascii() for address in addresses) else []
    if options and not smtp.has_extn("smtputf8"):
        raise Refused("The server takes no addresses with letters beyond ASCII (no SMTPUTF8).")
    if options:
        smtp.command_encoding = "utf-8"
    _expect(smtp.mail(message.sender.address, options), 250)
    _expect(smtp.rcpt(message.to.address), 250, 251)


def _give_content(smtp: smtplib.SMTP, content: bytes) -> None:
    """Give the mail itself; from the first byte on, silence leaves its fate open."""
    stuffed = _LEADING_DOT.sub(b"..", content)
    ending = b"" if stuffed.endswith(b"\r\n") else b"\r\n"
    try:
        smtp.send(stuffed + ending + b".\r\n")
        code, words = smtp.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise Uncertain(f"The server had the mail and then went silent ({error}): it may have been sent.") from error
    _expect((code, words), 250)


def _expect(answer: tuple[int, bytes], *wanted: int) -> None:
    if answer[0] not in wanted:
        raise _judged(*answer)


def _judged(code: int, words: bytes | str) -> NotSent | Refused:
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    reason = f"The server answered {code} {' '.join(said.split())[:300]}"
    return Refused(reason) if 500 <= code < 600 else NotSent(reason)
