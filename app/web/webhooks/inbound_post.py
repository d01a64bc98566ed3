"""Posts of SendGrid's Inbound Parse, turned back into the mail as it came over the wire.

In raw mode the post holds the mail itself. In the default mode SendGrid has taken it apart: the headers, the text in
the sender's own charset (named beside it), files as files; the mail is put together again, so that everything behind
this reads mails and nothing else. Bytes are never decoded on the way: a wrong charset is no loss.
Source: SendGrid's Inbound Parse reference.
"""

import base64
import json
import re
from dataclasses import dataclass, field

from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

MAX_PARTS = 500
_MIME_HEADERS = re.compile(
    rb"^(?:content-(?:type|transfer-encoding|disposition)|mime-version)[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*", re.I | re.M
)
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")
_CHARSET = re.compile(r"[\w.:()+-]{1,40}")


@dataclass(frozen=True, slots=True)
class InboundPost:
    """A received mail: its bytes, and the receiver of its envelope ("" where the post does not tell)."""

    raw: bytes
    envelope_to: str


@dataclass(slots=True)
class _Part:
    name: str
    content_type: str = "text/plain"
    filename: str = ""
    content: bytearray = field(default_factory=bytearray)


def read_inbound_post(body: bytes, content_type: str) -> InboundPost:
    """Return the mail of a post. One that cannot be taken apart is kept whole: a person can still read it."""
    parts = _parts(body, content_type)
    fields = {part.name: bytes(part.content) for part in parts if not part.filename}
    receiver = _receiver(fields.get("envelope", b""))
    if fields.get("email"):
        return InboundPost(fields["email"], receiver)
    if "headers" in fields or "text" in fields or "html" in fields:
        return InboundPost(_rebuilt(fields, [part for part in parts if part.filename]), receiver)
    return InboundPost(body, receiver)


def _parts(body: bytes, content_type: str) -> list[_Part]:
    kind, options = parse_options_header(content_type)
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not boundary:
        return []
    decoder = MultipartDecoder(boundary.encode("latin-1", "replace"), max_parts=MAX_PARTS)
    parts: list[_Part] = []
    try:
        decoder.receive_data(body)
        decoder.receive_data(None)
        while not isinstance(event := decoder.next_event(), (Epilogue, NeedData)):
            if isinstance(event, Field):
                parts.append(_Part(event.name))
            elif isinstance(event, File):
                given = event.headers.get("Content-Type", "")
                parts.append(_Part(event.name, given, event.filename or "file"))
            elif isinstance(event, Data) and parts:
                parts[-1].content += event.data
    except ValueError:  # a boundary that never comes, a part without a name, too many parts: what was read stays
        return parts
    return parts


def _receiver(envelope: bytes) -> str:
    try:
        receivers = json.loads(envelope or b"{}").get("to", [])
    except (ValueError, AttributeError, RecursionError):
        return ""
    return str(receivers[0]) if isinstance(receivers, list) and receivers else ""


def _rebuilt(fields: dict[str, bytes], files: list[_Part]) -> bytes:
    """Put a mail that was taken apart together again."""
    headers = _headers(fields)
    boundary = b"=_scoutboard_rebuilt_mail"
    while any(boundary in content for content in fields.values()):
        boundary += b"_"
    charsets = _charsets(fields.get("charsets", b""))
    pieces = [
        _leaf(f"text/{kind}; charset={charset}", fields[name])
        for name, kind in (("text", "plain"), ("html", "html"))
        if fields.get(name) and (charset := charsets.get(name, "utf-8"))
    ]
    pieces += [_leaf(_file_type(part), bytes(part.content), part.filename) for part in files]
    inside = b"".join(b"--" + boundary + b"\r\n" + piece + b"\r\n" for piece in pieces)
    top = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n'
    return headers + top + inside + b"--" + boundary + b"--\r\n"


def _headers(fields: dict[str, bytes]) -> bytes:
    given = fields.get("headers", b"").replace(b"\r\n", b"\n").strip(b"\n")
    if not given:
        named = [name for name in ("from", "to", "subject") if name in fields]
        given = b"\n".join(name.title().encode() + b": " + _one_line(fields[name]) for name in named)
    kept = _MIME_HEADERS.sub(b"", given + b"\n")
    return re.sub(rb"\n{2,}", b"\n", kept).replace(b"\n", b"\r\n")


def _leaf(content_type: str, content: bytes, filename: str = "") -> bytes:
    head = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: base64\r\n".encode()
    if filename:
        safe = re.sub(r"[^\w. -]", "_", filename)[:100].encode("ascii", "replace").replace(b"?", b"_")
        head += b'Content-Disposition: attachment; filename="' + safe + b'"\r\n'
    return head + b"\r\n" + base64.encodebytes(content).replace(b"\n", b"\r\n")


def _file_type(part: _Part) -> str:
    """Return a file's type; what reports are made of loses nothing on the way."""
    kind = part.content_type.split(";")[0].strip().lower()
    return kind if _TYPE.fullmatch(kind) else "application/octet-stream"


def _charsets(given: bytes) -> dict[str, str]:
    try:
        found = json.loads(given or b"{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(name): str(value) for name, value in found.items() if _CHARSET.fullmatch(str(value))}


def _one_line(value: bytes) -> bytes:
    return b" ".join(value.split())
