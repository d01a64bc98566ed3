"""The new text of a reply, told apart from what it quotes, its formal signature and the program's own words.

Line by line and in linear time: a library of language-specific expressions over the whole text was tried and takes
seconds on long lines without an end (see docs/engineering/outreach-engine.md), and a mail is anybody's text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from outreach.inbound.folding import fold
from outreach.inbound.quote_words import DATED, HEADER_LABELS, SENT_FROM, SEPARATORS, WROTE

MAX_LINES = 5_000
MAX_LINE_CHARS = 1_000
_QUOTED = re.compile(r"^\s{0,3}(?:[>|»]|&gt;)")
_LABEL = re.compile(r"^[\s>*_]*([^:：\n]{1,28}?)\s?\*?_?\s?[:：]\*?\s*(.*)$")
_RULE = re.compile(r"^[\s>]*[-_=*~─—]{2,}.*|^[\s>]*begin forwarded message.*", re.IGNORECASE)
_BARE_RULE = re.compile(r"^[\s>]*[-_=─—]{8,}\s*$")
_REPLY_ABOVE = re.compile(r"^\W*(?:#{2,}|-{2,}|={2,}).{0,40}(?:reply|antwort|repondre|respond|odpowied)", re.IGNORECASE)
_SIGNATURE = re.compile(r"^(?:--|__|—)\s?$")


@dataclass(frozen=True, slots=True)
class SplitText:
    """What the sender wrote (`new`), the formal signature cut off it, and whether anything was quoted."""

    new: str
    signature: str
    has_quote: bool


def split_reply(text: str) -> SplitText:
    """Split a mail's text. Text between quoted lines and below them is new too: people answer in between."""
    lines = _clean(text)
    cut = _first_original(lines)
    kept, quoted = _without_quotes(lines[:cut])
    quoted = quoted or cut < len(lines)
    body, signature = _without_signature(kept)
    if not "".join(body).strip() and signature:
        body, signature = signature, []
    return SplitText(_joined(body), _joined(signature), quoted)


def _clean(text: str) -> list[str]:
    plain = text.replace("\r\n", "\n").replace("\u00a0", " ").replace("\u200b", "").replace("\ufeff", "")
    return [line[:MAX_LINE_CHARS].rstrip() for line in plain.split("\n")[:MAX_LINES]]


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _first_original(lines: list[str]) -> int:
    """Return the index of the line from which all is the original mail, or the number of lines."""
    for index, line in enumerate(lines):
        if _QUOTED.match(line):
            continue
        if _is_separator(line) or (_REPLY_ABOVE.match(line) and "".join(lines[:index]).strip()):
            return index
        if _starts_header_block(lines, index):
            above = index - 1
            while above > 0 and not lines[above].strip():
                above -= 1
            return above if above >= 0 and _BARE_RULE.match(lines[above]) else index
        length = _attribution_length(lines, index)
        if length and not _quote_follows(lines, index + length):
            return index
    return len(lines)


def _is_separator(line: str) -> bool:
    return len(line) < 120 and bool(_RULE.match(line)) and bool(SEPARATORS.search(fold(line)))


def _label_kind(line: str) -> str:
    match = _LABEL.match(line)
    if not match:
        return ""
    label = fold(match[1]).strip(" *_")
    return next((kind for kind, words in HEADER_LABELS.items() if label in words), "")


def _starts_header_block(lines: list[str], index: int) -> bool:
    """Whether a "From: Sent: To: Subject:" block begins here; the order and the language differ by program."""
    first = _label_kind(lines[index])
    if first not in ("from", "sent", "subject"):
        return False
    kinds = {_label_kind(line) for line in lines[index : index + 8] if line.strip()} - {""}
    others = kinds - {"from"}
    address_or_date = any("@" in line or DATED.search(fold(line)) for line in lines[index : index + 6])
    return "from" in kinds and (len(others) >= 2 or (len(others) == 1 and address_or_date))


def _attribution_length(lines: list[str], index: int) -> int:
    """Return how many lines, 0 to 4, from here are "On <date>, <name> wrote:"."""
    if not lines[index].strip():
        return 0
    joined = ""
    for length in range(1, 5):
        if index + length > len(lines) or not lines[index + length - 1].strip():
            return 0
        if _QUOTED.match(lines[index + length - 1]):
            return 0
        joined = f"{joined} {lines[index + length - 1]}".strip()
        if len(joined) > 400:
            return 0
        if joined.endswith((":", "：", ":*")) or re.search(r"[:：]\s*<?\S+@\S+>?:?$", joined):
            return length if _is_attribution(joined, lines, index + length) else 0
    return 0


def _is_attribution(joined: str, lines: list[str], after: int) -> bool:
    folded = fold(joined)
    dated = bool(DATED.search(folded))
    if _quote_follows(lines, after):
        return dated or bool(WROTE.search(folded))
    return dated and bool(WROTE.search(folded))


def _quote_follows(lines: list[str], index: int) -> bool:
    following = next((line for line in lines[index : index + 3] if line.strip()), "")
    return bool(_QUOTED.match(following))


def _without_quotes(lines: list[str]) -> tuple[list[str], bool]:
    kept: list[str] = []
    quoted = False
    skip_to = 0
    for index, line in enumerate(lines):
        if index < skip_to:
            continue
        length = _attribution_length(lines, index)
        if length:
            skip_to, quoted = index + length, True
        elif _QUOTED.match(line):
            quoted = True
        elif _REPLY_ABOVE.match(line):
            continue  # a desk's own mark, with its mail below
        else:
            kept.append(line)
    return kept, quoted


def _without_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    for index, line in enumerate(lines):
        if _SIGNATURE.match(line) or (len(line) < 120 and SENT_FROM.search(fold(line)) and _is_tail(lines, index)):
            return lines[:index], lines[index:]
    return lines, []


def _is_tail(lines: list[str], index: int) -> bool:
    """Whether little follows: "Sent from my phone" ends a mail, "Sent from the office, the parcel…" does not."""
    return sum(1 for line in lines[index + 1 :] if line.strip()) <= 3
