"""Senders: who outreach comes from, and the way their mail leaves."""

from typing import Any

from app.config import Settings
from app.models import Sender, SenderTransport
from app.services.sealing import Unsealable, unseal
from outreach.connection_check import ImapAccount
from outreach.transports.message import Accepted, Message, NotSent, Transport
from outreach.transports.outbox import OutboxTransport
from outreach.transports.sendgrid import SendgridTransport
from outreach.transports.smtp import TIMEOUT_S, SmtpServer, SmtpTransport


class Unusable:
    """The transport of a sender that is not set up: sends nothing and says why."""

    def __init__(self, reason: str) -> None:
        """Keep the reason in a sentence."""
        self._reason = reason

    def send(self, message: Message) -> Accepted:
        """Raise NotSent with the reason."""
        raise NotSent(self._reason)


class Mailbox:
    """A sender's own mailbox: what goes wrong with it is said in words that lead to the sender's page."""

    def __init__(self, transport: SmtpTransport, address: str) -> None:
        """Send through this transport; `address` names the sender in messages."""
        self._transport, self._address = transport, address

    def send(self, message: Message) -> Accepted:
        """Hand one mail in. Raises NotSent, Refused or Uncertain."""
        try:
            return self._transport.send(message)
        except NotSent as error:
            said = str(error).replace("Check SMTP_URL.", "").replace("Check SMTP_URL and whether", "Check whether")
            if "did not accept user name and password" in said:
                said = f"{said.strip()} Was it changed? Open Senders, {self._address}, and type the new one in."
            raise NotSent(said.strip(), retry_after_s=error.retry_after_s) from error


def transport_for(sender: Sender, settings: Settings) -> Transport:
    """Return the way a sender's mail leaves; one that is not set up refuses each mail with the reason."""
    if sender.transport is SenderTransport.OUTBOX:
        return OutboxTransport()
    if sender.transport is SenderTransport.SENDGRID:
        if not settings.sendgrid_api_key:
            return Unusable("SENDGRID_API_KEY is not set, so nothing can leave through SendGrid. Ask an admin.")
        return SendgridTransport(
            settings.sendgrid_api_key, host=settings.sendgrid_api_host, timeout_s=settings.mail_timeout_s
        )
    try:
        server = smtp_server_of(sender, timeout_s=settings.mail_timeout_s)
        return Mailbox(SmtpTransport(server), sender.address)
    except (Unsealable, KeyError) as error:
        said = str(error) if isinstance(error, Unsealable) else "Its SMTP server was never entered."
        return Unusable(f"{sender.address} cannot send: {said} Open the sender and enter its connection again.")


def smtp_server_of(sender: Sender, *, timeout_s: float = TIMEOUT_S) -> SmtpServer:
    """Return the SMTP server of a sender's mailbox, given `timeout_s` seconds for each answer.

    Raises KeyError without one, Unsealable for its password.
    """
    given: dict[str, Any] = sender.connection["smtp"]
    return SmtpServer(
        host=str(given["host"]),
        port=int(given["port"]),
        uses_tls_from_start=bool(given.get("uses_tls_from_start", False)),
        username=str(given.get("username", "")),
        password=unseal(given["password"]) if given.get("password") else "",
        timeout_s=timeout_s,
    )


def imap_of(sender: Sender) -> ImapAccount | None:
    """Return the mailbox that answers are fetched from, None where none was entered. Raises Unsealable."""
    given: dict[str, Any] | None = sender.connection.get("imap")
    if not given:
        return None
    return ImapAccount(
        host=str(given["host"]),
        port=int(given["port"]),
        username=str(given.get("username", "")),
        password=unseal(given["password"]) if given.get("password") else "",
        folder=str(given.get("folder") or "INBOX"),
    )
