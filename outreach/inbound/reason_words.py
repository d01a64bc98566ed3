"""What mail servers write when they refuse, by reason; the words of `words/reasons.txt`, first match wins."""

from __future__ import annotations

from enum import StrEnum

from outreach.inbound.words import load_patterns


class Reason(StrEnum):
    """Why a mail did not arrive."""

    USER_UNKNOWN = "user unknown"
    DOMAIN_UNKNOWN = "domain unknown"
    MAILBOX_DISABLED = "mailbox disabled"
    MOVED = "address changed"
    RELAY_DENIED = "relay denied"
    LOOP = "mail loop"
    MAILBOX_FULL = "mailbox full"
    GREYLISTED = "greylisted"
    RATE_LIMITED = "rate limited"
    POLICY = "policy block"
    CONTENT = "content refused"
    TOO_BIG = "too big"
    EXPIRED = "gave up after retries"
    DELAYED = "delayed"
    NETWORK = "server unreachable"
    SERVER_FAULT = "server fault"
    UNKNOWN = "unknown"


REASON_WORDS = [(Reason(section), words) for section, words in load_patterns("reasons").items()]
