"""Bytes to characters: byte order mark, then valid UTF-8, then what the page claims, then a guess.

Pages lie about their character set more often than random bytes happen to be valid UTF-8, so UTF-8 is tried first.
"""

from __future__ import annotations

import codecs
import re

import charset_normalizer

_CLAIM = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.+-]{1,40})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.+-]{1,40})", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
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


def decode(body: bytes, content_type: str | None = None) -> str:
    """Turn a page's bytes into text. Never raises: bytes that fit no reading become U+FFFD."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, errors="replace")
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
