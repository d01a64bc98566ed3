"""Bytes to characters: byte order mark, then valid UTF-8, then what the page claims, then a guess.

Pages lie about their character set more often than random bytes happen to be valid UTF-8, so UTF-8 is tried first.
"""

from __future__ import annotations

import codecs
import re

import charset_normalizer

_CLAIM = re.compile(
    rb"(?:<meta[^>]{0,200}?charset|<\?xml[^>]{0,100}?encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_:.+-]{1,40})", re.IGNORECASE
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.+-]{1,40})", re.IGNORECASE)
# A mark of UTF-32 begins with the one of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What browsers read these labels as (WHATWG Encoding Standard).
_BROWSER_NAMES = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "windows-1252": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
}
_NOT_TEXT = {"utf-7", "utf7", "hex", "base64", "rot13", "rot_13", "zip", "bz2", "uu", "quopri", "punycode", "idna",
             "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}  # fmt: skip
_GUESS_BYTES = 32 * 1024
_BINARY_MARKS = (
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"%PDF-",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"\x7fELF",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"Rar!\x1a",
    b"wOF2",
)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b") + b"\x7f"
_LOOK_BYTES = 4096
_CONTROL_SHARE = 0.05


def looks_binary(body: bytes, content_type: str = "") -> bool:
    """Tell whether a body is no text in any character set that pages use: a picture, an archive, noise.

    Old pages hold stray control characters, so only many of them count; UTF-16 and UTF-32 are full of zeros.
    """
    head = body[:_LOOK_BYTES]
    if head.startswith(_BINARY_MARKS):
        return True
    wide = head.startswith(tuple(mark for mark, _ in _MARKS)) or re.search(r"utf-?(?:16|32)", content_type.lower())
    if wide or not head or _is_wide(head):
        return False
    return len(head) - len(head.translate(None, _CONTROLS)) > len(head) * _CONTROL_SHARE


def _is_wide(head: bytes) -> bool:
    """Two bytes a character: almost all zeros stand in even, or almost all in odd places."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    return max(even, odd) > len(head) * 0.3 and min(even, odd) <= max(even, odd) // 20


def decode(body: bytes, content_type: str | None = None) -> str:
    """Turn a page's bytes into text. Never raises: bytes that fit no reading become U+FFFD."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, errors="replace")
    head = body[:_LOOK_BYTES]
    if 0 in head and _is_wide(head):
        # English in UTF-16 is valid UTF-8 as well, with a zero beside every letter.
        return body.decode("utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le", errors="replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        # A page cut at the size limit may end within a character.
        if error.start > len(body) - 4 and error.reason == "unexpected end of data":
            return body[: error.start].decode("utf-8")
    return body.decode(_claimed(body, content_type) or _guessed(body), errors="replace")


def _claimed(body: bytes, content_type: str | None) -> str | None:
    header = _HEADER.search(content_type or "")
    meta = _CLAIM.search(body[:4096])
    for name in (header.group(1) if header else None, meta.group(1).decode("ascii") if meta else None):
        known = _codec(name) if name else None
        if known and _fits(body, known):
            return known
    return None


def _codec(name: str) -> str | None:
    label = _BROWSER_NAMES.get(name.lower(), name.lower())
    if label in _NOT_TEXT:
        return None
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    return info.name if getattr(info, "_is_text_encoding", True) else None


def _fits(body: bytes, name: str) -> bool:
    """A claim is believed when reading by it leaves few holes; a lying one leaves many."""
    sample = body[:_GUESS_BYTES]
    try:
        text = sample.decode(name, errors="replace")
    except (UnicodeError, ValueError):
        return False
    return text.count("\ufffd") <= max(3, len(text) // 200) and "<" in text


def _guessed(body: bytes) -> str:
    best = charset_normalizer.from_bytes(body[:_GUESS_BYTES], steps=3, chunk_size=256).best()
    name = best.encoding if best is not None else "cp1252"
    return name if _fits(body, name) else "cp1252"
