"""The files of a received mail: what they are called, what kind they say they are, how large, and one's bytes.

Names and kinds are the sender's words. A name is made safe to show and to save; a kind is only ever shown, for what is
downloaded must never be opened by a browser as what it claims to be.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from outreach.inbound.charsets import decode_header_text
from outreach.inbound.mail import MAX_PARTS, parse_mail

MAX_NAME = 120
# What a system may run when somebody opens it, or what runs inside an office program or a browser.
_RUNS = frozenset(
    "exe msi bat cmd com scr pif cpl jar js jse vbs vbe wsf wsh hta ps1 psm1 reg lnk url iso img vhd apk app dmg pkg "
    "sh html htm xhtml shtml svg mht docm dotm xlsm xltm xlam pptm potm ppam one chm".split()
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a mail, by its number from 1; `size_bytes` as it would be saved, `kind` as its sender calls it."""

    number: int
    name: str
    kind: str
    size_bytes: int

    @property
    def may_run(self) -> bool:
        """Say whether opening it may run a program: shown as a warning, never trusted the other way round."""
        return any(part.lower() in _RUNS for part in self.name.split(".")[1:])


def list_attachments(raw: bytes) -> list[Attachment]:
    """Return the files of a mail in order; of a mail too broken to take apart, none. Never raises."""
    # Most answers hold no file, and parsing a long thread for nothing costs a page's time.
    lowered = raw[:1_000_000].lower()
    if b"multipart/" not in lowered and b"attachment" not in lowered and b"name" not in lowered:
        return []
    return [found for found, _ in _files(raw)]


def open_attachment(raw: bytes, number: int) -> tuple[Attachment, bytes] | None:
    """Return one file with its bytes, None where the mail has no such number."""
    return next(((found, content) for found, content in _files(raw) if found.number == number), None)


def _files(raw: bytes) -> Iterator[tuple[Attachment, bytes]]:
    try:
        parts = list(_leaves(parse_mail(raw)))
    except RecursionError:
        return
    for number, part in enumerate((part for part in parts if _is_file(part)), start=1):
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        yield Attachment(number, _name_of(part, number), _kind_of(part), len(content)), content


def _leaves(message: Message) -> Iterator[Message]:
    waiting: list[Message] = [message]
    seen = 0
    while waiting and seen < MAX_PARTS:
        part = waiting.pop(0)
        inner = part.get_payload()
        if isinstance(inner, list):
            waiting[:0] = [child for child in inner if isinstance(child, Message)]
            continue
        seen += 1
        yield part


def _is_file(part: Message) -> bool:
    if part.get_filename() or part.get_content_disposition() == "attachment":
        return True
    return part.get_content_maintype() not in ("text", "flat", "multipart", "message")


def _kind_of(part: Message) -> str:
    return part.get_content_type().replace("flat/", "message/", 1)[:80]


def _name_of(part: Message, number: int) -> str:
    """Return a name without folders, line breaks or marks that turn the reading direction; one of ours where empty."""
    given = decode_header_text(part.get_filename("") or "")
    bare = given.replace("\\", "/").rpartition("/")[2]
    # Cc, Cf, Cs: control characters and those that hide or reverse what follows, as in "invoice\u202efdp.exe".
    shown = "".join(" " if char.isspace() else char for char in bare if unicodedata.category(char) not in _HIDDEN)
    name = " ".join(shown.split()).lstrip(". ")
    if len(name) > MAX_NAME:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: MAX_NAME - 20]}{dot}{ending[:19]}" if dot else name[:MAX_NAME]
    return name or f"attachment-{number}{'.eml' if _kind_of(part) == 'message/rfc822' else ''}"


_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
