"""A bounce that is written for people only: what it says of whom, up to where it repeats the mail that came back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from outreach.inbound.folding import fold
from outreach.inbound.htmltext import text_of_html
from outreach.inbound.mail import ADDRESS, Mail, find_addresses, unique
from outreach.inbound.reports import ORIGINAL_TYPES, original_headers, status_codes
from outreach.inbound.words import load_patterns

MAX_LINES = 400
_WORDS = load_patterns("bounce")
_COPY = load_patterns("bounce", start=True)["copy"]
_CODE = re.compile(r"(?<![\w.@:/-])[45][0-5]\d(?=[\s\-#:.)])|(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])")
_OWN_MAIL = re.compile(
    r"^(?:postmaster|mailer-daemon|mail-?daemon|abuse|support|help\w*|admin\w*|hostmaster|noc|it-?support)@"
)
_ADDRESS_FIRST = re.compile(
    r"^[\s>*•\-\"'\[(<]*(?:mailto:|smtp:|rfc822;\s?|to:\s?|recipient:\s?|address:\s?|user:\s?)?[<\"']*"
    + ADDRESS.pattern,
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class BounceText:
    """The words of a bounce.

    `story` is what it tells people, `diagnostic` the lines with reply or status codes, `codes` the status codes in
    them; `returned` says whether the lost mail or its headers came back with it.
    """

    story: str
    diagnostic: str
    codes: list[str]
    recipients: list[str]
    delayed: bool
    final: bool
    returned: bool


def read_bounce_text(mail: Mail) -> BounceText:
    """Read the text of a bounce; every field may be empty."""
    return _read(_text_of(mail), _Known.of(mail))


@dataclass(frozen=True, slots=True)
class _Known:
    """What the headers say: whom the lost mail was for, and which addresses are not meant."""

    failed: tuple[str, ...]
    sent_to: tuple[str, ...]
    ours: tuple[str, ...]
    returned: bool

    @classmethod
    def of(cls, mail: Mail) -> _Known:
        original = original_headers(mail)
        sent_to = [
            address
            for name in ("to", "cc", "x-original-to")
            for value in original.get(name, ())
            for address in find_addresses(value)
        ]
        ours = mail.addresses("to", "from", "sender", "delivered-to", "x-original-to", "reply-to")
        return cls(tuple(mail.addresses("x-failed-recipients")), tuple(unique(sent_to)), tuple(ours), bool(original))


@lru_cache(maxsize=8)
def _read(text: str, known: _Known) -> BounceText:
    lines = text.split("\n")[:MAX_LINES]
    end = next((index for index, line in enumerate(lines) if _begins_copy(lines, index)), len(lines))
    told = [line.strip() for line in lines[:end]]
    coded = [
        index
        for index, line in enumerate(told)
        if _CODE.search(line) and not re.match(r"(?i)(date|received|sent):", line)
    ]
    story = "\n".join(told)
    folded = fold(story[:20_000])
    diagnostic = " ".join(told[index] + " " + _continuation(told, index) for index in coded[:8])
    final = bool(_WORDS["final"].search(folded))
    return BounceText(
        story=story.strip()[:8_000],
        diagnostic=diagnostic,
        codes=status_codes(diagnostic) or _CODE.findall(diagnostic),
        recipients=_recipients(told, lines[end:], known),
        delayed=bool(_WORDS["delay"].search(folded)) and not final and not _refused(diagnostic),
        final=final,
        returned=known.returned or end < len(lines),
    )


def _text_of(mail: Mail) -> str:
    plain = [
        part.text
        for part in mail.parts
        if part.content_type == "text/plain" and not part.attached and part.text.strip()
    ]
    if plain:
        return "\n".join(plain)
    pages = [text_of_html(part.text) for part in mail.parts if part.content_type == "text/html"]
    other = [part.text for part in mail.parts if part.content_type not in ORIGINAL_TYPES]
    return "\n".join(page for page in pages if page) or "\n".join(other)


def _begins_copy(lines: list[str], index: int) -> bool:
    """Whether the lost mail begins here; the first lines never do, some systems open with such words."""
    line = lines[index].strip()
    if index < 1 or not line:
        return False
    folded = fold(line)
    if not _COPY.search(folded):
        return False
    return (
        not re.match(r"-+ ?original message (was|headers were)? ?received", folded) and "was received at" not in folded
    )


def _continuation(lines: list[str], index: int) -> str:
    following = lines[index + 1 : index + 3]
    return " ".join(line for line in following if line and not _CODE.search(line) and not _ADDRESS_FIRST.match(line))


def _refused(diagnostic: str) -> bool:
    return bool(re.search(r"(?<![\w.@:/-])5[0-5]\d[ \-#]", diagnostic)) and not re.search(
        r"(?<![\w.@:/-])4[0-5]\d[ \-#]", diagnostic
    )


def _recipients(told: list[str], copy: list[str], known: _Known) -> list[str]:
    """Find whom the bounce is about: the header, then the addressees named in the text, then any other address."""
    if known.failed:
        return list(known.failed)
    addressees = known.sent_to or tuple(_copied_addressees(copy))
    written = find_addresses("\n".join(told))
    both = [address for address in written if address in addressees]
    if both:
        return both
    leading = [found[0] for line in told if _ADDRESS_FIRST.match(line) and (found := find_addresses(line))]
    named = [
        address for address in unique(leading) or written if address not in known.ours and not _OWN_MAIL.match(address)
    ]
    return named or list(addressees)


def _copied_addressees(copy: list[str]) -> list[str]:
    to = next((line for line in copy[:120] if re.match(r"(?i)>?\s*to:", line)), "")
    return find_addresses(to)
