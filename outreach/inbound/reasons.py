"""Why a mail did not arrive, and whether the address should be given up.

Hard means: this address does not take mail and will not tomorrow. All else is soft, also refusals that say 5.7.1: a
block of our own server, content or reputation says nothing against the address. What the refusing server wrote goes
before the status code, because many servers send 5.0.0, 5.5.0 or 5.7.1 for everything.
Codes: RFC 3463 and the registry at iana.org/assignments/smtp-enhanced-status-codes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from outreach.inbound.folding import fold
from outreach.inbound.reason_words import REASON_WORDS, Reason
from outreach.inbound.reports import status_codes

__all__ = ["Permanence", "Reason", "Verdict", "judge_failure"]

HARD_REASONS = frozenset(
    (
        Reason.USER_UNKNOWN,
        Reason.DOMAIN_UNKNOWN,
        Reason.MAILBOX_DISABLED,
        Reason.MOVED,
        Reason.RELAY_DENIED,
        Reason.LOOP,
    )
)
# Second and third number of a status: the reason it names. (x, None) stands for every other detail of that subject.
_BY_STATUS: dict[tuple[int, int | None], Reason] = {
    (1, 0): Reason.USER_UNKNOWN, (1, 1): Reason.USER_UNKNOWN, (1, 2): Reason.DOMAIN_UNKNOWN,
    (1, 3): Reason.USER_UNKNOWN, (1, 4): Reason.USER_UNKNOWN, (1, 6): Reason.MOVED, (1, 7): Reason.POLICY,
    (1, 8): Reason.POLICY, (1, 9): Reason.POLICY, (1, 10): Reason.DOMAIN_UNKNOWN, (2, 0): Reason.MAILBOX_DISABLED,
    (2, 1): Reason.MAILBOX_DISABLED, (2, 2): Reason.MAILBOX_FULL, (2, 3): Reason.TOO_BIG, (2, 4): Reason.USER_UNKNOWN,
    (3, 4): Reason.TOO_BIG, (3, None): Reason.SERVER_FAULT, (4, 0): Reason.NETWORK, (4, 1): Reason.NETWORK,
    (4, 4): Reason.DOMAIN_UNKNOWN, (4, 6): Reason.LOOP, (4, 7): Reason.EXPIRED, (4, 14): Reason.LOOP,
    (4, 310): Reason.DOMAIN_UNKNOWN, (4, 312): Reason.DOMAIN_UNKNOWN, (4, None): Reason.NETWORK,
    (6, None): Reason.CONTENT, (7, None): Reason.POLICY,
}  # fmt: skip
_REPLY_CODE = re.compile(r"(?<![\w.@:/-])([45])[0-5]\d(?=[\s\-#:.)]|$)")


class Permanence(StrEnum):
    """Whether an address is to be given up."""

    HARD = "hard"
    SOFT = "soft"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgment of one failure."""

    permanence: Permanence
    reason: Reason
    status: str


def judge_failure(*, status: str = "", diagnostic: str = "", story: str = "", delayed: bool = False) -> Verdict:
    """Judge one failure.

    `status` is the report's own ("5.1.1" or ""), `diagnostic` the refusing server's words, `story` what the bounce
    tells people. The story is asked only when the first two name nothing: it often lists several possible causes.
    """
    code = _code_of(status, diagnostic, story)
    reason = _reason_of(code, diagnostic, story)
    if delayed:
        kept = reason if reason in (Reason.GREYLISTED, Reason.MAILBOX_FULL) else Reason.DELAYED
        return Verdict(Permanence.SOFT, kept, code)
    if code.startswith("4") and not _refused_for_good(diagnostic, reason):
        return Verdict(Permanence.SOFT, reason if reason is not Reason.UNKNOWN else Reason.EXPIRED, code)
    hard = reason in HARD_REASONS or reason is Reason.UNKNOWN
    return Verdict(Permanence.HARD if hard else Permanence.SOFT, reason, code)


def _code_of(status: str, diagnostic: str, story: str) -> str:
    """Return the most telling status: a specific one in the diagnostic goes before the report's "5.0.0"."""
    written = status_codes(diagnostic) or ([] if status else status_codes(story))
    vague = not status or status.endswith((".0.0", ".0"))
    if written and vague:
        return written[-1] if written[-1][0] == "5" else written[0]
    if status:
        return status
    plain = _REPLY_CODE.findall(diagnostic or story)
    return f"{plain[-1]}.0.0" if plain else ""


def _reason_of(code: str, diagnostic: str, story: str) -> Reason:
    named = _named_in(diagnostic)
    if named is Reason.UNKNOWN and code:
        named = _by_status(code)
    return _named_in(story) if named is Reason.UNKNOWN else named


def _named_in(text: str) -> Reason:
    folded = fold(text[:20_000])
    return next((reason for reason, words in REASON_WORDS if words.search(folded)), Reason.UNKNOWN)


def _by_status(code: str) -> Reason:
    _, subject, detail = (int(number) for number in code.split("."))
    return _BY_STATUS.get((subject, detail)) or _BY_STATUS.get((subject, None), Reason.UNKNOWN)


def _refused_for_good(diagnostic: str, reason: Reason) -> bool:
    """Whether the failure is final although the report says 4.x: some systems number what they pass on as temporary."""
    if reason not in HARD_REASONS:
        return False
    codes = _REPLY_CODE.findall(diagnostic)
    if codes:
        return str(codes[0]) == "5"
    return reason is Reason.DOMAIN_UNKNOWN and not re.search(r"(?i)try again|tempor|time|servfail", diagnostic)
