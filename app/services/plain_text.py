"""Text that strangers type, before it is stored or mailed: no control characters, no hidden direction marks."""

import re
import unicodedata

# Marks that turn the reading direction: in a name they make "exe.gnp" read as "png.exe" and break the page around it.
_HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Controls, formats and lone surrogates go; the joiners that Persian words and family emoji are made with stay.
_GONE, _KEPT = ("Cc", "Cf", "Cs"), "\n\t\u200c\u200d"
_SPACES = re.compile(r"[^\S\n]+")


def clean_line(text: str) -> str:
    """Return text as one line without control characters and hidden marks, its white space joined and stripped."""
    return " ".join(clean_text(text).split())


def in_short(words: str) -> str:
    """Return words at a length that a message holds."""
    return words if len(words) <= 80 else f"{words[:79]}…"


def clean_text(text: str) -> str:
    """Return text with its line breaks, without control and hidden characters, and at most one empty line in a row."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    shown = "".join(sign for sign in _HIDDEN.sub("", lines) if sign in _KEPT or unicodedata.category(sign) not in _GONE)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_SPACES.sub(" ", line).strip() for line in shown.split("\n"))).strip()
