"""Machine-readable reports in a mail: delivery status (RFC 3464), abuse feedback (RFC 5965), receipts (RFC 8098).

Real reports are often not where the standard puts them: the fields stand in a text part, in a part of the wrong type,
or under a first group that was left out. They are read wherever the fields themselves are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from outreach.inbound.charsets import decode_header_text
from outreach.inbound.mail import Mail, Part, find_addresses, headers_of_text, unique

STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status", "text/delivery-status")
FEEDBACK_TYPES = ("message/feedback-report", "text/feedback-report")
RECEIPT_TYPES = ("message/disposition-notification", "message/global-disposition-notification")
ORIGINAL_TYPES = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "text/rfc822")
_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]{1,40})\s?:[ \t]*(.*)$")
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_RECIPIENT = re.compile(r"^\s*(?:original|final|x-actual)-recipient\s?:", re.IGNORECASE | re.MULTILINE)
_ACTION = re.compile(
    r"^\s*action\s?:\s*(failed|delayed|failure|relayed|delivered|expanded)", re.IGNORECASE | re.MULTILINE
)


class Action(StrEnum):
    """What became of one recipient (RFC 3464, section 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True)
class RecipientStatus:
    """One recipient's group in a delivery report; `status` is "5.1.1" or "", `addresses` may be empty."""

    addresses: list[str]
    action: Action | None
    status: str
    diagnostic: str


def delivery_statuses(mail: Mail) -> list[RecipientStatus]:
    """Return what a delivery report says of each recipient, or [] for a mail that carries none."""
    found = [status for part in mail.of_type(*STATUS_TYPES) for status in _statuses(part.text)]
    if not found:
        found = [status for part in mail.parts if _looks_like_report(part) for status in _statuses(part.text)]
    return found


def feedback_fields(mail: Mail) -> dict[str, list[str]]:
    """Return the fields of an abuse feedback report by lower-case name, or {} for a mail that carries none."""
    for part in mail.parts:
        if part.content_type in FEEDBACK_TYPES or re.match(r"\s*Feedback-Type\s?:", part.text, re.IGNORECASE):
            return _merged(_groups(part.text))
    return {}


def receipt_fields(mail: Mail) -> dict[str, list[str]]:
    """Return the fields of a read receipt by lower-case name, or {} for a mail that carries none."""
    for part in mail.parts:
        receipt = part.content_type.startswith("text/") and re.match(
            r"(?:\s*[\w-]+:.*\n){0,6}\s*Disposition\s?:\s?\S+/", part.text
        )
        if part.content_type in RECEIPT_TYPES or receipt:
            return _merged(_groups(part.text))
    return {}


def original_headers(mail: Mail) -> dict[str, list[str]]:
    """Return the headers of the mail that was sent back, by lower-case name; {} if none came back."""
    for part in mail.parts:
        if part.content_type in ORIGINAL_TYPES and part.text.strip():
            return headers_of_text(part.text)
    return {}


def status_codes(text: str) -> list[str]:
    """Return the enhanced status codes (RFC 3463) written in a text, such as "5.1.1"."""
    return unique([".".join(match) for match in _STATUS.findall(text)])


def _looks_like_report(part: Part) -> bool:
    if part.content_type in ORIGINAL_TYPES or not part.text:
        return False
    return bool(_RECIPIENT.search(part.text) and _ACTION.search(part.text))


def _statuses(text: str) -> list[RecipientStatus]:
    return [_status_of(group) for group in _groups(text) if "action" in group or _recipient_values(group)]


def _status_of(group: dict[str, list[str]]) -> RecipientStatus:
    word = "".join(group.get("action", ())).strip().lower()
    action = next((known for known in Action if word.startswith(known[:4])), None)
    codes = status_codes(" ".join(group.get("status", ())))
    diagnostic = " ".join(group.get("diagnostic-code", []) + group.get("x-supplementary-info", []))
    return RecipientStatus(
        addresses=unique([address for value in _recipient_values(group) for address in _mailbox(value)]),
        action=action,
        status=codes[0] if codes else "",
        diagnostic=diagnostic,
    )


def _recipient_values(group: dict[str, list[str]]) -> list[str]:
    return [value for name in ("final-recipient", "original-recipient") for value in group.get(name, ())]


def _mailbox(value: str) -> list[str]:
    """Read "rfc822; a@b.example", also with the type missing, blanks in it, or xtext ("+3D")."""
    bare = value.partition(";")[2] or value
    readable = re.sub(r"\+([0-9A-F]{2})", lambda match: chr(int(match[1], 16)), bare)
    return find_addresses(bare.replace(" @", "@")) or find_addresses(readable)


def _groups(text: str) -> list[dict[str, list[str]]]:
    groups: list[dict[str, list[str]]] = [{}]
    last = ""
    for line in text.split("\n"):
        field = _FIELD.match(line)
        if not line.strip():
            groups.append({})
            last = ""
        elif field:
            last = field[1].lower()
            if last in ("final-recipient", "action", "status") and last in groups[-1]:
                groups.append({})  # the blank line between two recipients is missing
            groups[-1].setdefault(last, []).append(decode_header_text(field[2]))
        elif last and last in groups[-1]:
            groups[-1][last][-1] += " " + line.strip()
    return _rejoined([group for group in groups if group])


def _rejoined(groups: list[dict[str, list[str]]]) -> list[dict[str, list[str]]]:
    """Put a group whose fields were torn apart by blank lines together again."""
    joined: list[dict[str, list[str]]] = []
    for group in groups:
        before = joined[-1] if joined else {}
        torn = "final-recipient" in before and "action" not in before and "final-recipient" not in group
        if torn:
            joined[-1] = {**group, **before}
        else:
            joined.append(group)
    return joined


def _merged(groups: list[dict[str, list[str]]]) -> dict[str, list[str]]:
    merged: dict[str, list[str]] = {}
    for group in groups:
        for name, values in group.items():
            merged.setdefault(name, []).extend(values)
    return merged
