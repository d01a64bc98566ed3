"""Whether a mail says that another mail did not arrive: for whom, why, and for good or not.

A machine-readable report decides where there is one. Without it a mail is a bounce only if it comes from a mail
system and speaks of a failed delivery: people forward bounces and complain about them, and those are replies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from outreach.inbound.bounce_text import BounceText, read_bounce_text
from outreach.inbound.folding import fold
from outreach.inbound.mail import Mail, find_addresses, unique
from outreach.inbound.reasons import Permanence, Verdict, judge_failure
from outreach.inbound.reports import (
    STATUS_TYPES,
    Action,
    RecipientStatus,
    delivery_statuses,
    original_headers,
)
from outreach.inbound.words import load_patterns

_STARTS = load_patterns("bounce", start=True)
_WORDS = load_patterns("bounce")
_FORWARDED = re.compile(r"^\s*(?:fwd?|wg|tr|re|aw|i|odp|pd|rv|enc|vs|sv|vl|doorst)\s?:", re.IGNORECASE)
# Gateways put a name or stars before what they say: "[Postmaster] …", "**Message you sent blocked…".
_MARKS_BEFORE = re.compile(r"^(?:\W*\[[^\]]{1,40}\])?\W*")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A failed or delayed delivery: the recipients it holds for, and why in words for people."""

    permanence: Permanence
    recipients: list[str]
    reason: str


def bounce_of(mail: Mail) -> Bounce | None:
    """Return the bounce a mail is, or None."""
    statuses = delivery_statuses(mail)
    reported = bool(mail.of_type(*STATUS_TYPES)) and not _person_forwards(mail)
    if statuses and (reported or _from_mail_system(mail)):
        return _reported(mail, statuses)
    if not _speaks_of_failure(mail):
        return None
    text = read_bounce_text(mail)
    verdict = judge_failure(diagnostic=text.diagnostic, story=text.story, delayed=text.delayed)
    return Bounce(verdict.permanence, text.recipients, _in_words(verdict, text.diagnostic))


def arrived(mail: Mail) -> bool:
    """Whether a delivery report tells of success only (RFC 3461, NOTIFY=SUCCESS)."""
    actions = {status.action for status in delivery_statuses(mail)}
    return bool(actions) and actions <= {Action.DELIVERED, Action.RELAYED, Action.EXPANDED}


def _reported(mail: Mail, statuses: list[RecipientStatus]) -> Bounce | None:
    lost = [status for status in statuses if _is_lost(status)]
    if not lost:
        return None
    text = read_bounce_text(mail)
    judged = [(status, _judged(status, text)) for status in lost]
    hard = [pair for pair in judged if pair[1].permanence is Permanence.HARD]
    shown = hard or judged
    recipients = unique([address for status, _ in shown for address in status.addresses])
    status, verdict = shown[0]
    return Bounce(
        permanence=verdict.permanence,
        recipients=recipients or text.recipients or _sent_to(mail),
        reason=_in_words(verdict, status.diagnostic or text.diagnostic),
    )


def _is_lost(status: RecipientStatus) -> bool:
    if status.action in (Action.FAILED, Action.DELAYED):
        return True
    return status.action is None and status.status[:1] in ("4", "5")


def _judged(status: RecipientStatus, text: BounceText) -> Verdict:
    # Some systems put everything into the text for people and nothing into the report.
    diagnostic = status.diagnostic if len(status.diagnostic) > 12 else f"{status.diagnostic} {text.diagnostic}".strip()
    delayed = status.action is Action.DELAYED and not (text.final and status.status.startswith("5"))
    return judge_failure(status=status.status, diagnostic=diagnostic, story=text.story, delayed=delayed)


def _in_words(verdict: Verdict, diagnostic: str) -> str:
    said = re.sub(r"\s+", " ", diagnostic).strip()[:200]
    code = f" {verdict.status}" if verdict.status and not verdict.status.endswith(".0.0") else ""
    return f"{verdict.reason.value}{code}" + (f": {said}" if said else "")


def _sent_to(mail: Mail) -> list[str]:
    original = original_headers(mail)
    return unique(
        [
            address
            for name in ("to", "x-original-to")
            for value in original.get(name, ())
            for address in find_addresses(value)
        ]
    )


def _names_whom(mail: Mail, text: BounceText) -> bool:
    """Whether a sender that calls itself a mail system names somebody else whom a mail did not reach."""
    return _called_mail_system(mail) and bool(text.recipients)


def _person_forwards(mail: Mail) -> bool:
    return bool(_FORWARDED.match(mail.header("subject"))) and not _from_mail_system(mail)


def _from_mail_system(mail: Mail) -> bool:
    """Whether the sender is a mail system by address, name or empty return path."""
    return mail.header("return-path").strip() == "<>" or _called_mail_system(mail)


def _called_mail_system(mail: Mail) -> bool:
    sender = mail.header("from") or mail.header("sender")
    addresses = find_addresses(sender)
    name = fold(re.sub(r"[<>\"'()]", " ", _without_addresses(sender)))
    local = addresses[0] if addresses else fold(sender)
    return not sender.strip() or bool(_STARTS["daemon"].search(local) or (name and _STARTS["daemon"].search(name)))


def _without_addresses(sender: str) -> str:
    return re.sub(r"<[^<>]*>|\S+@\S+", " ", sender)


def _speaks_of_failure(mail: Mail) -> bool:
    if mail.report_type == "delivery-status" and not _person_forwards(mail) and not arrived(mail):
        return True
    subject = bool(_STARTS["subject"].search(_MARKS_BEFORE.sub("", fold(mail.header("subject")))))
    text = read_bounce_text(mail)
    told = fold(f"{text.story} {text.diagnostic}"[:20_000])
    hits = len({match.group()[:40] for match in _WORDS["text"].finditer(told)})
    if "x-failed-recipients" in mail.headers and (subject or hits):
        return True
    if _from_mail_system(mail):
        return subject or (hits > 1 and (text.returned or bool(text.codes))) or (hits > 0 and _names_whom(mail, text))
    return subject and text.returned and hits > 1 and not _FORWARDED.match(mail.header("subject"))
