"""A received mail taken apart: headers as text, leaf parts as text, whatever state its structure is in.

The standard parser is used with the compat32 policy on purpose: the newer policies parse header values by grammar on
access, which raises on broken headers and takes quadratic time on hostile ones. Message parts (a returned original,
delivery reports) are kept flat as text: a mail quoted inside is evidence about another mail, never parts of this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses

from outreach.inbound.charsets import decode_bytes, decode_header_text

MAX_PART_CHARS = 400_000
MAX_PARTS = 200
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}")


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a mail: its content type, decoded text ("" for binaries) and file name."""

    content_type: str
    text: str
    filename: str = ""

    @property
    def attached(self) -> bool:
        """Whether the part has a file name, so is not what the sender wrote."""
        return bool(self.filename)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail ready for judgment: header values by lower-case name, leaf parts in order, top content type."""

    content_type: str
    report_type: str
    headers: dict[str, list[str]]
    parts: list[Part] = field(default_factory=list)

    def header(self, name: str) -> str:
        """Return the first value of a header, or "" if there is none."""
        return next(iter(self.headers.get(name, ())), "")

    def addresses(self, *names: str) -> list[str]:
        """Return the lower-case addresses in these headers, in order and once each."""
        return unique(address for name in names for value in self.headers.get(name, ()) for address in _in(value))

    def of_type(self, *content_types: str) -> list[Part]:
        """Return the parts with one of these content types."""
        return [part for part in self.parts if part.content_type in content_types]


class _FlatMessage(Message):
    """A message whose inner messages stay text: see the module's first words."""

    def get_content_maintype(self) -> str:
        return self.get_content_type().split("/")[0]

    def get_content_type(self) -> str:
        declared = super().get_content_type()
        return declared.replace("message/", "flat/", 1)


def read_mail(raw: bytes) -> Mail:
    """Take a mail apart. Never raises for what the mail contains: broken structure becomes plain text."""
    source = _without_leading_junk(raw)
    try:
        message = _parse(source)
        parts = list(_leaves(message))
    except RecursionError:  # thousands of nested multiparts: nobody wrote that by hand
        message = _parse(source.split(b"\n\n", 1)[0] + b"\n\n")
        parts = [Part("text/plain", decode_bytes(source[:MAX_PART_CHARS], None))]
    return Mail(
        content_type=message.get_content_type().replace("flat/", "message/", 1),
        report_type=_parameter(message, "report-type").lower(),
        headers=read_headers(message),
        parts=_opened(parts),
    )


def parse_mail(raw: bytes) -> Message:
    """Return the parts of a mail as they are nested. Raises RecursionError for thousands of levels, nothing else."""
    return _parse(_without_leading_junk(raw))


def read_headers(message: Message) -> dict[str, list[str]]:
    """Return all header values, decoded, by lower-case name."""
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        found.setdefault(name.strip().lower(), []).append(decode_header_text(value))
    return found


def headers_of_text(text: str) -> dict[str, list[str]]:
    """Return the headers at the top of a mail given as text, such as a returned original."""
    return read_headers(_parse(text.lstrip("\r\n").encode("utf-8", errors="replace")[:MAX_PART_CHARS]))


def find_addresses(text: str) -> list[str]:
    """Return the lower-case mail addresses written in a text, in order and once each."""
    return unique(match.strip(".'=-").lower() for match in ADDRESS.findall(text))


def unique(items: Iterator[str] | list[str]) -> list[str]:
    """Return the items once each, in order."""
    return list(dict.fromkeys(items))


def _in(value: str) -> list[str]:
    pairs = getaddresses([value]) if len(value) < 20_000 else []
    found = [address.lower() for _, address in pairs if ADDRESS.fullmatch(address)]
    return found or find_addresses(value[:2_000])


def _parse(source: bytes) -> Message:
    return message_from_bytes(source, _class=_FlatMessage, policy=policy.compat32)


def _without_leading_junk(raw: bytes) -> bytes:
    source = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\t ")
    if source.startswith((b"From ", b">From ")):
        source = source.partition(b"\n")[2]
    return source


def _leaves(message: Message) -> Iterator[Part]:
    waiting: list[Message] = [message]
    seen = 0
    while waiting and seen < MAX_PARTS:
        part = waiting.pop(0)
        inner = part.get_payload()
        if isinstance(inner, list):
            waiting[:0] = [child for child in inner if isinstance(child, Message)]
            continue
        seen += 1
        yield from _leaf(part)


def _leaf(part: Message) -> Iterator[Part]:
    content_type = part.get_content_type().replace("flat/", "message/", 1)
    if content_type.startswith("multipart/"):  # no boundary, or a wrong one
        yield from _torn(part)
        return
    filename = decode_header_text(part.get_filename("") or "")
    if "attachment" in str(part.get("content-disposition", "")).lower() and not filename:
        filename = "unnamed"
    readable = content_type.startswith(("text/", "message/"))
    yield Part(content_type, _text_of(part) if readable else "", filename)


def _text_of(part: Message) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset() if part.get_content_type().startswith("text/") else None
    text = decode_bytes(raw[: MAX_PART_CHARS * 4], charset)[:MAX_PART_CHARS]
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _torn(part: Message) -> Iterator[Part]:
    """Read a multipart whose boundary is missing or wrong: try the boundary its lines show, else keep it as text."""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    shown = re.search(rb"^--([^\r\n]{1,70}?)\s*\r?\ncontent-", raw, re.IGNORECASE | re.MULTILINE)
    if shown and raw.count(b"--" + shown[1]) < MAX_PARTS:
        head = b'Content-Type: multipart/mixed; boundary="' + shown[1] + b'"\n\n'
        yield from (leaf for leaf in _leaves(_parse(head + raw)) if leaf.content_type != "multipart/mixed")
        return
    yield Part("text/plain", decode_bytes(raw[:MAX_PART_CHARS], None).replace("\r\n", "\n"))


def _parameter(message: Message, name: str) -> str:
    value = message.get_param(name, "")
    return value if isinstance(value, str) else decode_header_text(value[2])


def _opened(parts: list[Part]) -> list[Part]:
    return parts or [Part("text/plain", "")]
