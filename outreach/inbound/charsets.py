"""Bytes to text when the declared charset may be missing, unknown or a lie.

Replies come declared as us-ascii or iso-8859-1 and written in UTF-8, or in charsets no library knows. A text with a
few wrong letters can be read by a person; a mail refused cannot.
"""

from __future__ import annotations

import codecs
import re
from email.errors import HeaderParseError
from email.header import decode_header

from charset_normalizer import from_bytes

_STATEFUL = re.compile(r"^(utf-?16|utf-?32|utf-?7|iso-2022|hz)", re.IGNORECASE)
_ALIASES = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252", "iso-8859-9": "cp1254", "ks_c_5601-1987": "cp949", "gb2312": "gb18030",
    "gbk": "gb18030", "x-gbk": "gb18030", "shift_jis": "cp932", "windows-874": "cp874", "x-mac-roman": "mac-roman",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-6-i": "iso-8859-6", "cp-850": "cp850",
}  # fmt: skip
_GUESS_BYTES = 8_000
_ONE_BYTE = ("cp125", "iso8859", "koi8", "latin")
_LATIN = ["cp1252", "cp1250", "iso8859_2", "cp1254", "cp1257"]
_WIDE = ["utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le", "utf_7"]


def decode_bytes(raw: bytes, declared: str | None) -> str:
    """Return the text of some bytes; never raises, unreadable bytes become U+FFFD."""
    name = _known(declared)
    if name and _STATEFUL.match(name):
        return raw.decode(name, errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass  # not UTF-8: the declared charset decides, and after that a guess
    if name and name not in ("utf-8", "utf8"):
        return raw.decode(name, errors="replace")
    return _guessed(raw)


def decode_header_text(value: object) -> str:
    """Return a header's text with its encoded words (RFC 2047) decoded and its folds taken out."""
    text = _plain(str(value))
    if "=?" in text:
        text = _decode_words(text)
    return re.sub(r"[\r\n\t ]+", " ", text).strip()


def _decode_words(text: str) -> str:
    # A missing blank between or behind encoded words is common and keeps the library from seeing them.
    spaced = re.sub(r"\?=(?=\S)", "?= ", re.sub(r"(?<=\S)=\?(?=[\w-]+\?[bBqQ]\?)", " =?", text))
    try:
        pieces = decode_header(spaced)
    except (HeaderParseError, ValueError):
        return text
    return "".join(piece if isinstance(piece, str) else decode_bytes(piece, name) for piece, name in pieces)


def _plain(text: str) -> str:
    """Give raw 8-bit header bytes, kept by the parser as surrogates, their letters back."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return decode_bytes(text.encode("utf-8", errors="surrogateescape"), None)


def _known(declared: str | None) -> str | None:
    name = re.split(r"[;,\s]", (declared or "").strip().strip("\"'").lower())[0]
    name = _ALIASES.get(name, name)
    try:
        return codecs.lookup(name).name if name else None
    except (LookupError, ValueError):
        return None


def _guessed(raw: bytes) -> str:
    # Wide encodings come with a mark or a name; without either, a stray NUL must not make Chinese of German.
    sample = raw[:_GUESS_BYTES].replace(b"\0", b"")
    best = from_bytes(sample, cp_exclusion=_WIDE).best()
    if (best is None or not best.encoding.startswith(_ONE_BYTE)) and _is_mostly_latin(sample):
        # "Zażółć tak" is too short to be told from Chinese by its letters alone.
        best = from_bytes(sample, cp_isolation=_LATIN).best()
    return raw.decode(best.encoding if best else "cp1252", errors="replace")


def _is_mostly_latin(sample: bytes) -> bool:
    plain = sum(byte < 128 and chr(byte).isalpha() for byte in sample)
    return plain >= sum(byte >= 128 for byte in sample)
