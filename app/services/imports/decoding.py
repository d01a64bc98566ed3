"""From the bytes of an uploaded file to its text: which encoding it is in, or why it is no text at all.

Spreadsheets write whatever the machine they ran on spoke, and files pasted together from two of them hold both. So
bytes are read strictly where they say what they are, line by line where they do not, and never dropped.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

import charset_normalizer

from app.languages import gettext as _
from app.languages import mark
from app.services.errors import InvalidInput

_SAMPLE_BYTES = 65_536
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_HIGH_RUN_IN_WORD = re.compile(rb"(?<=[A-Za-z])[\x80-\xff]+|[\x80-\xff]+(?=[A-Za-z])")
# Letters that tell the two common Windows code pages of Europe apart; the bytes behind them mean ³ ¹ ¿ and the like
# in the other one, which stand inside words in no language.
_WESTERN = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜœŒ€’‘“”„–—…®™´°")
_CENTRAL = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻčďěňřšťůžýáíéúäöüßôľĺŕőűČĎĚŇŘŠŤŮŽÝÁÍÉÚÄÖÜŐŰ€’‘“”„–—…®™´°")


class TextEncoding(StrEnum):
    """The encodings that are read; stored with the batch, offered in the upload form."""

    UTF_8 = "utf-8"
    UTF_8_BOM = "utf-8-sig"
    UTF_16 = "utf-16"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"
    UTF_32 = "utf-32"
    WESTERN = "cp1252"
    CENTRAL = "cp1250"
    CYRILLIC = "cp1251"
    JAPANESE = "cp932"
    CHINESE = "gb18030"
    MIXED = "mixed"

    @property
    def label(self) -> str:
        """Return the encoding as people read it."""
        return _LABELS[self]


_LABELS = {
    TextEncoding.UTF_8: "UTF-8",
    TextEncoding.UTF_8_BOM: mark("UTF-8 with byte order mark"),
    TextEncoding.UTF_16: "UTF-16",
    TextEncoding.UTF_16_LE: mark("UTF-16 (little endian)"),
    TextEncoding.UTF_16_BE: mark("UTF-16 (big endian)"),
    TextEncoding.UTF_32: "UTF-32",
    TextEncoding.WESTERN: mark("Windows-1252 (Western European)"),
    TextEncoding.CENTRAL: mark("Windows-1250 (Central European)"),
    TextEncoding.CYRILLIC: mark("Windows-1251 (Cyrillic)"),
    TextEncoding.JAPANESE: mark("Shift JIS (Japanese)"),
    TextEncoding.CHINESE: mark("GB 18030 (Chinese)"),
    TextEncoding.MIXED: mark("a mix of UTF-8 and Windows-1252, read line by line"),
}
# What a person may choose in the form; the rest is found from the bytes alone.
CHOICES = (
    TextEncoding.UTF_8,
    TextEncoding.WESTERN,
    TextEncoding.CENTRAL,
    TextEncoding.CYRILLIC,
    TextEncoding.UTF_16,
    TextEncoding.JAPANESE,
    TextEncoding.CHINESE,
)
_MARKS = (
    (b"\xef\xbb\xbf", TextEncoding.UTF_8_BOM),
    (b"\xff\xfe\x00\x00", TextEncoding.UTF_32),
    (b"\x00\x00\xfe\xff", TextEncoding.UTF_32),
    (b"\xff\xfe", TextEncoding.UTF_16),
    (b"\xfe\xff", TextEncoding.UTF_16),
)
_NOT_TEXT = (
    (b"PK\x03\x04", mark("a zip archive")),
    (b"\xd0\xcf\x11\xe0", mark("an old Excel workbook (.xls)")),
    (b"%PDF", mark("a PDF")),
    (b"\x89PNG", mark("a picture")),
    (b"\xff\xd8\xff", mark("a picture")),
    (b"GIF8", mark("a picture")),
    (b"\x1f\x8b", mark("a gzip archive")),
)


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A file's text without its byte order mark, and the encoding it was read in."""

    text: str
    encoding: TextEncoding


def decode_file(content: bytes, encoding: TextEncoding | None = None) -> DecodedText:
    """Return the text of a file, in the given encoding or the one found from its bytes.

    Raises InvalidInput (field `file`) for an empty file, for one that is no text, and where the bytes do not fit the
    encoding a person chose.
    """
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise InvalidInput({"file": _("The file is empty. Upload a CSV file with one company per line.")})
    _refuse_other_kinds(content)
    chosen = encoding or find_encoding(content)
    text = _decode_mixed(content) if chosen is TextEncoding.MIXED else _decode(content, chosen)
    return DecodedText(text.removeprefix("\ufeff"), chosen)


def find_encoding(content: bytes) -> TextEncoding:
    """Return the encoding that the bytes are in: by mark, by being valid UTF-8, else by the letters they give."""
    for sign, encoding in _MARKS:
        if content.startswith(sign):
            return encoding
    wide = _unmarked_utf_16(content)
    if wide is not None:
        return wide
    if _is_utf_8(content):
        return TextEncoding.UTF_8
    lines = [line for line in content.splitlines() if not line.isascii()]
    if any(_is_utf_8(line) for line in lines):
        return TextEncoding.MIXED
    return _legacy_encoding(b"\n".join(lines)[:_SAMPLE_BYTES])


def _refuse_other_kinds(content: bytes) -> None:
    kind = next((kind for sign, kind in _NOT_TEXT if content.startswith(sign)), None)
    if content.startswith(_NOT_TEXT[0][0]) and b"xl/workbook.xml" in content:
        kind = mark("an Excel workbook (.xlsx)")
    start = content[:64].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        kind = mark("a web page or XML")
    elif start.startswith((b'{"', b"{\n", b"{\r", b'[{"', b"[\n")):
        kind = "JSON"
    if kind:
        words = mark(
            "This file is %(kind)s, not CSV. Open it in a spreadsheet, save it as “CSV UTF-8” and upload that."
        )
        raise InvalidInput({"file": _(words, kind=_(kind))})


def _unmarked_utf_16(content: bytes) -> TextEncoding | None:
    """Every second byte of Latin text in UTF-16 is zero; which half holds the zeros says the byte order."""
    sample = content[: _SAMPLE_BYTES & ~1]
    if len(sample) < 4 or len(content) % 2:
        return None
    half = len(sample) // 2
    if sample[1::2].count(0) > half * 0.7:
        return TextEncoding.UTF_16_LE
    if sample[0::2].count(0) > half * 0.7:
        return TextEncoding.UTF_16_BE
    return None


def _is_utf_8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _legacy_encoding(sample: bytes) -> TextEncoding:
    western = sum(letter in _WESTERN for letter in sample.decode("cp1252", errors="replace"))
    central = sum(letter in _CENTRAL for letter in sample.decode("cp1250", errors="replace"))
    if _is_other_script(sample, letters=max(western, central)):
        return _non_latin_encoding(sample)
    return TextEncoding.CENTRAL if central > western else TextEncoding.WESTERN


def _is_other_script(sample: bytes, *, letters: int) -> bool:
    """Say whether the bytes are hardly Latin script: long runs that stand apart from plain letters, or odd signs.

    `letters` is how many of the bytes would be letters or quotes in the likelier of the two Latin code pages.
    """
    runs = _HIGH_RUN.findall(sample)
    high = sum(map(len, runs))
    if sum(len(run) for run in runs if len(run) >= 3) * 2 <= high:
        return False
    in_words = len(_HIGH_RUN_IN_WORD.findall(sample))
    return in_words * 2 < len(runs) or letters < high * 0.8


def _non_latin_encoding(sample: bytes) -> TextEncoding:
    others = [TextEncoding.CYRILLIC, TextEncoding.JAPANESE, TextEncoding.CHINESE, TextEncoding.WESTERN]
    best = charset_normalizer.from_bytes(sample, cp_isolation=[other.value for other in others]).best()
    return TextEncoding(best.encoding) if best and best.encoding in set(others) else TextEncoding.WESTERN


def _decode(content: bytes, encoding: TextEncoding) -> str:
    try:
        return content.decode(encoding.value)
    except UnicodeDecodeError as error:
        if encoding is TextEncoding.WESTERN:
            # Five bytes have no letter in Windows-1252; browsers read them as Latin-1 does, and so do we.
            return "".join(_decode_western(line) for line in content.splitlines(keepends=True))
        line = content.count(b"\n", 0, error.start) + 1
        words = _(
            "Line %(line)s of the file is not %(encoding)s. Choose “find out” as the encoding, or save the file again "
            "as “CSV UTF-8”.",
            line=line,
            encoding=_(encoding.label),
        )
        raise InvalidInput({"file": words}) from error


def _decode_mixed(content: bytes) -> str:
    return "".join(_decode_line(line) for line in content.splitlines(keepends=True))


def _decode_line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_western(line)


def _decode_western(line: bytes) -> str:
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        return line.decode("latin-1")
