"""Complaints about spam, as providers report them (RFC 5965 and the older forms still in use)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from outreach.inbound.folding import fold
from outreach.inbound.mail import Mail, find_addresses, unique
from outreach.inbound.reports import feedback_fields, original_headers

_ABUSE_TYPES = frozenset(("abuse", "fraud", "virus", "other", "miscategorized", "opt-out-list"))
_LOOP_SENDERS = re.compile(
    r"^(?:staff@hotmail|scomp@aol|feedbackloop|fbl|abuse-?report|complaint|feedback|arf|postmaster@comcast|comcastfbl|"
    r"fbl-no-reply|notifier@|report@|spam-?report|jmrp|abuse@|no-?reply@.*(?:fbl|feedback|abuse))",
    re.IGNORECASE,
)  # fmt: skip
_COMPLAINT_WORDS = re.compile(
    r"(?:abuse|spam|junk|feedback) (?:report|complaint)|complaint about (?:message|e-?mail|mail)|"
    r"e-?mail feedback report|"
    r"email abuse report|spam notification|reported (?:your|this|the) (?:message|mail|e-?mail) as (?:spam|junk)|"
    r"marked (?:your|this|the) (?:message|mail|e-?mail) as (?:spam|junk)|feedback loop"
)


@dataclass(frozen=True, slots=True)
class Feedback:
    """A report about one of our mails: whether it is a complaint or an opt-out, about whom, and in which words."""

    opt_out: bool
    recipients: list[str]
    reason: str


def feedback_of(mail: Mail) -> Feedback | None:
    """Return the complaint or opt-out a mail reports, or None."""
    fields = feedback_fields(mail)
    kind = fold("".join(fields.get("feedback-type", ["abuse" if fields else ""])[:1]))
    if kind in _ABUSE_TYPES:
        return Feedback(False, _reporters(mail, fields), f"feedback report: {kind}")
    if kind.startswith("opt-out"):
        return Feedback(True, _reporters(mail, fields), "feedback report: opt-out")
    if not fields and _older_form(mail):
        return Feedback(False, _reporters(mail, {}), f"complaint without report: {mail.header('subject')[:120]}")
    return None


def other_feedback(mail: Mail) -> str | None:
    """Return the type of a feedback report that is no complaint (authentication failures, "not spam"), or None."""
    kinds = feedback_fields(mail).get("feedback-type", [])
    return fold(kinds[0]) if kinds and fold(kinds[0]) not in _ABUSE_TYPES else None


def _older_form(mail: Mail) -> bool:
    if "x-hmxmroriginalrecipient" in mail.headers or "x-hmxmroriginalrecipient" in original_headers(mail):
        return True
    senders = mail.addresses("from", "sender", "return-path")
    looped = any(_LOOP_SENDERS.match(address) for address in senders)
    words = _COMPLAINT_WORDS.search(fold(mail.header("subject")) + " " + fold(_opening(mail)))
    return looped and bool(words) and bool(original_headers(mail))


def _opening(mail: Mail) -> str:
    return next((part.text[:2_000] for part in mail.parts if part.content_type.startswith("text/plain")), "")


def _reporters(mail: Mail, fields: dict[str, list[str]]) -> list[str]:
    """Return who complained, as far as the provider tells: many redact the address."""
    original = original_headers(mail)
    named = [
        address
        for values in (
            fields.get("original-rcpt-to", []),
            fields.get("removal-recipient", []),
            mail.headers.get("x-hmxmroriginalrecipient", []),
            original.get("x-hmxmroriginalrecipient", []),
            original.get("to", []),
        )
        for value in values
        for address in find_addresses(value)
    ]
    real = [address for address in unique(named) if not re.match(r"redacted|undisclosed|xxx", address)]
    return real[:20]
