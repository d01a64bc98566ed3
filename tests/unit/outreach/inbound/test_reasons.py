"""Hard or soft, and why: what the refusing server says goes before the number it gives."""

from __future__ import annotations

import pytest

from outreach.inbound.reasons import Permanence, Reason, judge_failure

SAID = [
    (
        "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in local recipient table",
        "hard",
        Reason.USER_UNKNOWN,
    ),
    ("550 5.7.1 <a@b.example>... User unknown", "hard", Reason.USER_UNKNOWN),
    ("550 No such user here", "hard", Reason.USER_UNKNOWN),
    ("550 Requested action not taken: mailbox unavailable", "hard", Reason.USER_UNKNOWN),
    ("550 5.4.1 Recipient address rejected: Access denied", "hard", Reason.USER_UNKNOWN),
    ("554 5.4.4 Host or domain name not found", "hard", Reason.DOMAIN_UNKNOWN),
    ("550 5.2.1 The email account that you tried to reach is disabled", "hard", Reason.MAILBOX_DISABLED),
    ("554 5.7.1 Relay access denied", "hard", Reason.RELAY_DENIED),
    ("552 5.2.2 mailbox full", "soft", Reason.MAILBOX_FULL),
    ("552 Message would exceed the quota of the mailbox", "soft", Reason.MAILBOX_FULL),
    ("450 4.2.0 Greylisted, try again in 300 seconds", "soft", Reason.GREYLISTED),
    ("550 5.7.1 Message rejected: blocked using zen.spamhaus.org", "soft", Reason.POLICY),
    ("550 5.7.26 Unauthenticated email is not accepted due to DMARC policy", "soft", Reason.POLICY),
    ("552 5.3.4 Message size exceeds fixed limit", "soft", Reason.TOO_BIG),
    ("554 5.6.0 virus found in message", "soft", Reason.CONTENT),
    ("421 4.7.0 Too many connections from your host", "soft", Reason.RATE_LIMITED),
    ("450 4.1.1 User unknown, please try later", "soft", Reason.USER_UNKNOWN),
]


@pytest.mark.parametrize(("said", "permanence", "reason"), SAID)
def test_what_servers_say(said: str, permanence: str, reason: Reason) -> None:
    verdict = judge_failure(diagnostic=said)

    assert (verdict.permanence.value, verdict.reason) == (permanence, reason)


@pytest.mark.parametrize(
    ("status", "permanence"),
    [("5.1.1", "hard"), ("5.0.0", "hard"), ("5.2.2", "soft"), ("5.7.1", "soft"), ("4.4.7", "soft"), ("", "hard")],
)
def test_a_number_alone_decides_when_nothing_is_said(status: str, permanence: str) -> None:
    assert judge_failure(status=status).permanence.value == permanence


def test_a_delay_is_soft_whatever_the_number_says() -> None:
    verdict = judge_failure(status="5.1.1", diagnostic="550 user unknown", delayed=True)

    assert (verdict.permanence, verdict.reason) == (Permanence.SOFT, Reason.DELAYED)


def test_a_final_refusal_goes_before_a_temporary_number() -> None:
    said = judge_failure(status="4.0.0", diagnostic="550 user unknown")
    still = judge_failure(status="4.4.3", diagnostic="Host not found, try again")

    assert (said.permanence, still.permanence) == (Permanence.HARD, Permanence.SOFT)
