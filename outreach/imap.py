"""Fetch what is new in a mailbox over IMAP (RFC 3501), leaving it as it is: nothing is moved, deleted or marked read.

The watermark is the last UID seen under the folder's UIDVALIDITY. Where the server has numbered the folder anew, the
last days are looked through again; whoever keeps the mails knows the ones it has by their content.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from outreach.connection_check import ImapAccount

TIMEOUT_S = 30.0
MAX_MAIL_BYTES = 40 * 1024 * 1024
# Of a mail beyond that, as much as tells what it is and who wrote it.
CUT_BYTES = 1024 * 1024
MAX_AT_ONCE = 200
LOOK_BACK = timedelta(days=3)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
Connect = Callable[[ImapAccount], imaplib.IMAP4]


class ImapError(Exception):
    """A mailbox could not be read; the message names the server, the cause and what to do."""


@dataclass(frozen=True, slots=True)
class Watermark:
    """How far a folder was read. `uid_validity` 0 means never."""

    uid_validity: int = 0
    last_uid: int = 0


@dataclass(frozen=True, slots=True)
class FetchedMail:
    """One mail, and how far the folder is read with it."""

    raw: bytes
    mark: Watermark


def connect_with_tls(account: ImapAccount) -> imaplib.IMAP4:
    """Open an encrypted connection; the password never goes over an open one."""
    return imaplib.IMAP4_SSL(
        account.host, account.port, ssl_context=ssl.create_default_context(), timeout=int(TIMEOUT_S)
    )


def fetch_new(
    account: ImapAccount, mark: Watermark, *, now: datetime, connect: Connect = connect_with_tls
) -> Iterator[FetchedMail | Watermark]:
    """Yield the mails after the watermark, oldest first and at most MAX_AT_ONCE, then the watermark reached.

    A folder never read before yields none: what lies in it is older than our first mail. Raises ImapError.
    """
    place = f"{account.host}:{account.port}"
    try:
        box = connect(account)
    except OSError as error:
        raise ImapError(f"{place} cannot be reached: {error}. Check the server's name and port.") from error
    try:
        _sign_in(box, account, place)
        yield from _new_mails(box, mark, now=now)
    except imaplib.IMAP4.error as error:
        raise ImapError(f"{place} broke the conversation off: {_words(error)}. It is tried again by itself.") from error
    except OSError as error:
        raise ImapError(f"{place} went silent: {error}. It is tried again by itself.") from error
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            box.logout()
        # A connection that broke says goodbye to nobody, and is closed all the same.
        with suppress(imaplib.IMAP4.error, OSError):
            box.shutdown()


def _sign_in(box: imaplib.IMAP4, account: ImapAccount, place: str) -> None:
    try:
        box.login(account.username, account.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise ImapError(
            f"{place} did not accept the user name and password ({_words(error)}). If the password was changed, type "
            "the new one in on the sender's page."
        ) from error
    folder = '"' + account.folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
    status, _ = box.select(folder, readonly=True)
    if status != "OK":
        raise ImapError(f"{place} has no folder {account.folder!r}. Name one that it has on the sender's page.")


def _new_mails(box: imaplib.IMAP4, mark: Watermark, *, now: datetime) -> Iterator[FetchedMail | Watermark]:
    validity, following = _number(box, "UIDVALIDITY"), _number(box, "UIDNEXT")
    if not mark.uid_validity:
        yield Watermark(validity, max(following - 1, 0))
        return
    is_renumbered = validity != mark.uid_validity
    uids = _uids(box, f"SINCE {_day(now - LOOK_BACK)}" if is_renumbered else f"UID {mark.last_uid + 1}:*")
    # "n:*" names the last mail even where its number is below n.
    wanted = sorted(uid for uid in uids if is_renumbered or uid > mark.last_uid)[:MAX_AT_ONCE]
    reached = 0 if is_renumbered else mark.last_uid
    for uid in wanted:
        reached = uid
        raw = _fetched(box, uid)
        if raw:
            yield FetchedMail(raw, Watermark(validity, uid))
    if not wanted and is_renumbered:
        reached = max(following - 1, 0)
    yield Watermark(validity, reached)


def _uids(box: imaplib.IMAP4, criterion: str) -> list[int]:
    status, data = box.uid("SEARCH", criterion)
    if status != "OK":
        raise imaplib.IMAP4.error(f"SEARCH answered {status}")
    return [int(number) for line in data if isinstance(line, bytes) for number in line.split() if number.isdigit()]


def _fetched(box: imaplib.IMAP4, uid: int) -> bytes:
    """Return a mail's bytes, cut where it is beyond MAX_MAIL_BYTES; empty for one that is gone by now."""
    size = _size(box, uid)
    part = f"BODY.PEEK[]<0.{CUT_BYTES}>" if size > MAX_MAIL_BYTES else "BODY.PEEK[]"
    _, data = box.uid("FETCH", str(uid), f"({part})")
    return next((item[1] for item in data if isinstance(item, tuple)), b"")


def _size(box: imaplib.IMAP4, uid: int) -> int:
    _, data = box.uid("FETCH", str(uid), "(RFC822.SIZE)")
    text = b" ".join(item if isinstance(item, bytes) else b" ".join(item) for item in data if item)
    found = re.search(rb"RFC822\.SIZE (\d+)", text)
    return int(found[1]) if found else 0


def _number(box: imaplib.IMAP4, name: str) -> int:
    _, data = box.response(name)
    values = [item for item in data or [] if isinstance(item, bytes) and item.isdigit()]
    return int(values[-1]) if values else 0


def _day(moment: datetime) -> str:
    return f"{moment.day:02d}-{_MONTHS[moment.month - 1]}-{moment.year}"


def _words(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return (said.decode(errors="replace") if isinstance(said, bytes) else str(said))[:200]
