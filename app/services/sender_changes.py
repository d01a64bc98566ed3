"""Adding and changing senders: identity, limits, the mailbox's servers, and putting one away."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.clock import now
from app.languages import counted
from app.languages import gettext as _
from app.models import Enrollment, EnrollmentState, Mailbox, Program, Sender, SenderTransport, User
from app.services.audit import record_audit
from app.services.errors import Conflict, InvalidInput, NotFound
from app.services.sealing import seal
from app.services.sequence_drafts import window_problems
from outreach.transports.message import BadMessage
from outreach.transports.message import Mailbox as MailboxAddress
from scrapers.domains import EmailError, normalize_email

PORTS = {"smtp": 587, "smtps": 465, "imap": 993}


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderDetails:
    """What a person says of a sender. With a ramp, the cap grows from `ramp_start` by `ramp_per_day` each day.

    `hours` is a window in `time_zone` as sequences write it, empty for any time.
    """

    name: str
    address: str
    reply_to: str = ""
    signature: str = ""
    postal_address: str = ""
    transport: SenderTransport = SenderTransport.OUTBOX
    time_zone: str = "UTC"
    hours: Mapping[str, Any] = field(default_factory=dict)
    daily_cap: int | None = 50
    ramp_since_on: date | None = None
    ramp_start: int = 10
    ramp_per_day: int = 5
    domain_spacing_s: int = 600
    dkim_selectors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerDetails:
    """One server of a mailbox; an empty password keeps the one that is stored."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    uses_tls_from_start: bool = False
    folder: str = "INBOX"


def sender_in(session: Session, program: Program, sender_id: int) -> Sender:
    """Return a sender of a program that access was checked for; raises NotFound."""
    sender = session.get(Sender, sender_id)
    if sender is None or sender.program_id != program.id:
        raise NotFound(_("There is no such sender in this program; it may have been removed."))
    return sender


def create_sender(session: Session, program: Program, details: SenderDetails, *, actor: User) -> Sender:
    """Add a sender. Raises InvalidInput with what is wrong, by field."""
    _check(session, program.id, details, own_id=None)
    sender = Sender(program_id=program.id, address="", name="")
    _write(sender, details)
    session.add(sender)
    session.flush()
    _audit(session, "sender.created", sender, actor, {"transport": sender.transport.value})
    return sender


def change_sender(session: Session, sender: Sender, details: SenderDetails, *, version: int, actor: User) -> None:
    """Change a sender. Another domain or way out has to pass the check anew.

    Raises InvalidInput, and Conflict where somebody changed it since `version`.
    """
    if sender.version != version:
        raise Conflict(_("Somebody changed this sender while you looked at it. Look at what is new, then save again."))
    _check(session, sender.program_id, details, own_id=sender.id)
    before = (sender.address.rpartition("@")[2], sender.transport, tuple(sender.connection.get("dkim_selectors", ())))
    _write(sender, details)
    after = (sender.address.rpartition("@")[2], sender.transport, tuple(sender.connection.get("dkim_selectors", ())))
    if before != after:
        sender.checks, sender.checked_at, sender.is_cleared, sender.cleared_by_id = {}, None, False, None
    sender.version += 1
    _audit(session, "sender.changed", sender, actor, {"transport": sender.transport.value, "cap": sender.daily_cap})


def connect_sender(
    session: Session, sender: Sender, *, smtp: ServerDetails | None, imap: ServerDetails | None, actor: User
) -> None:
    """Keep a mailbox's servers, passwords sealed; a server without a host is forgotten. Raises InvalidInput."""
    connection = dict(sender.connection)
    problems: dict[str, str] = {}
    for kind, given in (("smtp", smtp), ("imap", imap)):
        if given is None or not given.host.strip():
            connection.pop(kind, None)
            continue
        problems |= {f"{kind}_{field}": text for field, text in _server_problems(given).items()}
        connection[kind] = _server(kind, given, connection.get(kind, {}))
    if problems:
        raise InvalidInput(problems)
    sender.connection = connection
    sender.version += 1
    # Whatever kept the mailbox from being read may be gone: it is looked at again at once.
    session.execute(update(Mailbox).where(Mailbox.sender_id == sender.id).values(not_before_at=None))
    hosts: dict[str, Any] = {kind: connection[kind]["host"] for kind in ("smtp", "imap") if kind in connection}
    _audit(session, "sender.connected", sender, actor, hosts)


def archive_sender(session: Session, sender: Sender, *, actor: User) -> None:
    """Put a sender away. Raises Conflict while people are on their way with it: they keep their sender."""
    people = session.scalar(
        select(func.count(Enrollment.id)).where(
            Enrollment.sender_id == sender.id, Enrollment.state.in_((EnrollmentState.ACTIVE, EnrollmentState.HELD))
        )
    )
    if people:
        raise Conflict(
            counted(
                "%(num)s person is on their way with %(address)s. Let them finish or stop them.",
                "%(num)s people are on their way with %(address)s. Let them finish or stop them.",
                people,
                address=sender.address,
            )
        )
    sender.archived_at = now()
    _audit(session, "sender.archived", sender, actor, {})


def _server(kind: str, given: ServerDetails, known: dict[str, Any]) -> dict[str, Any]:
    sealed = seal(given.password) if given.password else str(known.get("password", ""))
    made: dict[str, Any] = {
        "host": given.host.strip(),
        "port": given.port,
        "username": given.username.strip(),
        "password": sealed,
    }
    if kind == "smtp":
        return made | {"uses_tls_from_start": given.uses_tls_from_start}
    return made | {"folder": given.folder.strip() or "INBOX"}


def _server_problems(given: ServerDetails) -> dict[str, str]:
    problems = {}
    if any(char.isspace() or char in "/@" for char in given.host.strip()):
        problems["host"] = _("Give the server's name alone, such as smtp.example.com.")
    if not 1 <= given.port <= 65_535:
        problems["port"] = _("A port is a number from 1 to 65,535.")
    return problems


def _check(session: Session, program_id: int, details: SenderDetails, *, own_id: int | None) -> None:
    problems = {}
    if not details.name.strip() or len(details.name) > 120:
        problems["name"] = _("Give the name that people see as the sender, at most 120 characters.")
    elif any(unicodedata.category(each) in ("Cc", "Zl", "Zp") for each in details.name):
        problems["name"] = _("The name holds a line break or another invisible character. Type it anew on one line.")
    for name in ("address", "reply_to"):
        value = getattr(details, name)
        if value or name == "address":
            try:
                MailboxAddress(normalize_email(value))
            except (EmailError, BadMessage) as error:
                problems[name] = str(error)
    taken = session.scalar(
        select(Sender.id).where(Sender.program_id == program_id, Sender.address == details.address.strip().lower())
    )
    if taken is not None and taken != own_id:
        problems["address"] = _("There is a sender with this address already.")
    if details.time_zone not in available_timezones():
        problems["time_zone"] = _(
            "%(time_zone)s is no time zone; use a name such as Europe/Warsaw.", time_zone=repr(details.time_zone)
        )
    problems |= window_problems(dict(details.hours)) if details.hours else {}
    if not details.postal_address.strip():
        problems["postal_address"] = _("Every mail must show a postal address. Write it on one line.")
    if problems:
        raise InvalidInput(problems)


def _write(sender: Sender, details: SenderDetails) -> None:
    sender.name = " ".join(details.name.split())
    sender.address = normalize_email(details.address)
    sender.reply_to = normalize_email(details.reply_to) if details.reply_to else ""
    sender.signature = details.signature.replace("\r\n", "\n").strip()
    sender.postal_address = " ".join(details.postal_address.split())
    sender.transport = details.transport
    sender.time_zone = ZoneInfo(details.time_zone).key
    sender.hours = dict(details.hours)
    sender.daily_cap = details.daily_cap
    sender.ramp_since_on = details.ramp_since_on
    sender.ramp_start, sender.ramp_per_day = details.ramp_start, details.ramp_per_day
    sender.domain_spacing_s = details.domain_spacing_s
    sender.connection = dict(sender.connection or {}) | {"dkim_selectors": list(details.dkim_selectors)}


def _audit(session: Session, action: str, sender: Sender, actor: User, details: Mapping[str, Any]) -> None:
    record_audit(
        session,
        action,
        subject=f"sender:{sender.id}",
        actor_id=actor.id,
        program_id=sender.program_id,
        details=dict(details),
    )
