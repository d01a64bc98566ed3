"""What a transport is given, what it answers, and the three ways in which it can fail.

The difference between the failures is what keeps mail from being lost or doubled (DESIGN section 7): `NotSent` is
certain and may be tried again, `Refused` is certain and final, `Uncertain` is what a timeout after the last byte
leaves: the mail may be on its way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, localtime, make_msgid, parseaddr
from typing import Protocol

# These are set from the message's own fields; a second one of them would let a caller contradict itself.
RESERVED_HEADERS = frozenset(
    "from to cc bcc subject date message-id reply-to content-type content-transfer-encoding mime-version "
    "return-path received dkim-signature".split()
)
MAX_SUBJECT_LENGTH = 400


class TransportError(Exception):
    """A mail was not accepted, or nobody knows whether it was; the text says why in words for people."""


class NotSent(TransportError):
    """The mail certainly did not leave, and a later try may succeed."""

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        """Keep the reason, and the provider's word on when to come back."""
        self.retry_after_s = retry_after_s
        super().__init__(reason)


class Refused(TransportError):
    """The mail certainly did not leave, and sending the same again would be refused again."""


class Uncertain(TransportError):
    """The mail may or may not have left: the other side went silent after it had all of it."""


class BadMessage(ValueError):
    """A field of a message cannot be put on the wire; the text names the field."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with an optional name. Raises BadMessage for line breaks, control characters or no address."""

    address: str
    name: str = ""

    def __post_init__(self) -> None:
        """Refuse what would end the header line or name several receivers."""
        refuse_control_characters("name", self.name)
        refuse_control_characters("address", self.address)
        local, at, domain = self.address.rpartition("@")
        if not (at and local and domain) or any(mark in self.address for mark in ' ,;<>"'):
            raise BadMessage(f"address: {self.address!r} is not one plain e-mail address")

    @classmethod
    def parse(cls, text: str) -> "Mailbox":
        """Read `Name <address>` or a bare address."""
        refuse_control_characters("address", text)
        name, address = parseaddr(text)
        return cls(address=address, name=name)

    @property
    def header(self) -> Address:
        """Return the form in which the standard library writes it into a header."""
        local, _at, domain = self.address.rpartition("@")
        return Address(display_name=self.name, username=local, domain=domain)


@dataclass(frozen=True, slots=True)
class InlinePicture:
    """A PNG that a mail's HTML shows as `cid:NAME`; the name is one plain word."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail to one receiver. `reference` is our own opaque id, which travels with it and comes back in events."""

    sender: Mailbox
    to: Mailbox
    subject: str
    text: str
    html: str = ""
    reply_to: Mailbox | None = None
    message_id: str = ""
    reference: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    pictures: tuple[InlinePicture, ...] = ()

    def __post_init__(self) -> None:
        """Refuse header injection before anything is opened: BadMessage names the field."""
        for name in ("subject", "message_id", "reference"):
            refuse_control_characters(name, getattr(self, name))
        if len(self.subject) > MAX_SUBJECT_LENGTH:
            raise BadMessage(f"subject: longer than {MAX_SUBJECT_LENGTH} characters")
        if "\0" in self.text or "\0" in self.html:
            raise BadMessage("text: holds a NUL character")
        if not all(picture.name.isascii() and picture.name.isalnum() for picture in self.pictures):
            raise BadMessage("pictures: a name is letters and digits alone")
        for name, value in self.headers.items():
            _check_header(name, value)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The other side has taken the mail. `is_kept` says that it went no further than our own outbox."""

    provider_id: str
    is_kept: bool = False


class Transport(Protocol):
    """A way for a mail to leave."""

    def send(self, message: Message) -> Accepted:
        """Hand one mail over. Raises NotSent, Refused or Uncertain."""
        ...


def refuse_control_characters(name: str, value: str) -> None:
    """Raise BadMessage for CR, LF, NUL and their like: they would start a header, or a mail, of somebody else's."""
    for character in value:
        if ord(character) < 32 or ord(character) == 127 or character in "\x85\u2028\u2029":
            raise BadMessage(f"{name}: holds the control character {character!r}")


def _check_header(name: str, value: str) -> None:
    if not name or not all(33 <= ord(character) < 127 and character != ":" for character in name):
        raise BadMessage(f"headers: {name!r} is not a header name")
    if name.lower() in RESERVED_HEADERS:
        raise BadMessage(f"headers: {name} is set from the message itself")
    refuse_control_characters(f"header {name}", value)


def to_mime(message: Message) -> EmailMessage:
    """Return the mail as it goes over SMTP: plain text, and HTML beside it where there is some."""
    is_plain = message.sender.address.isascii() and message.to.address.isascii()
    mime = EmailMessage(policy=SMTP if is_plain else SMTPUTF8)
    mime["From"] = message.sender.header
    mime["To"] = message.to.header
    mime["Subject"] = message.subject
    mime["Date"] = format_datetime(localtime())
    mime["Message-ID"] = message.message_id or new_message_id(message.sender)
    if message.reply_to is not None:
        mime["Reply-To"] = message.reply_to.header
    for name, value in message.headers.items():
        mime[name] = value
    mime.set_content(message.text)
    if message.html:
        mime.add_alternative(message.html, subtype="html")
        for picture in message.pictures:
            shown = list(mime.iter_parts())[-1]
            assert isinstance(shown, EmailMessage)
            shown.add_related(
                picture.content, "image", "png", cid=f"<{picture.name}>", filename=f"{picture.name}.png",
                disposition="inline",
            )  # fmt: skip
    return mime


def new_message_id(sender: Mailbox) -> str:
    """Return a Message-ID in the sender's domain; our machine's own name is nobody's business."""
    return make_msgid(domain=sender.address.rpartition("@")[2])
