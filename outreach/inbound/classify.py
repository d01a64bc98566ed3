"""What kind of mail came in: the one question the sequence, the suppression list and the inbox ask."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum

from outreach.inbound.auto import auto_reason
from outreach.inbound.bounce import Bounce, arrived, bounce_of
from outreach.inbound.bounce_text import read_bounce_text
from outreach.inbound.complaint import feedback_of, other_feedback
from outreach.inbound.htmltext import text_of_html
from outreach.inbound.mail import Mail, Part, read_mail
from outreach.inbound.quoting import SplitText, split_reply
from outreach.inbound.reasons import Permanence
from outreach.inbound.reports import receipt_fields
from outreach.inbound.wishes import unsubscribe_reason

log = logging.getLogger(__name__)
_FEW_CHARS = 12


class InboundKind(StrEnum):
    """The kinds of received mail. `reply` is a person's; whatever is in doubt is one."""

    REPLY = "reply"
    AUTO_REPLY = "auto_reply"
    BOUNCE_HARD = "bounce_hard"
    BOUNCE_SOFT = "bounce_soft"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Classified:
    """The judgment of one mail.

    `recipients` are the people we wrote to whom it is about: the failed addresses of a bounce, who complained, or who
    answered; lower case, may be empty. `new_text` is what the sender wrote, without the quoted mail and the signature
    set apart; of a bounce, what it says up to the copy of the mail that came back.
    """

    kind: InboundKind
    recipients: list[str]
    reason: str
    new_text: str


def classify(raw: bytes) -> Classified:
    """Judge a mail as it came over the wire. Never raises for what the mail contains."""
    return classify_mail(read_mail(raw))


def classify_mail(mail: Mail) -> Classified:
    """Judge a mail that was taken apart by `read_mail`."""
    split = split_reply(readable_text(mail))
    judged = _as_report(mail, split) or _as_bounce(mail, split) or _as_machine(mail, split)
    if judged:
        return judged
    senders = mail.addresses("reply-to") or mail.addresses("from", "sender")
    wish = unsubscribe_reason(mail, split)
    if wish:
        return Classified(InboundKind.UNSUBSCRIBE, mail.addresses("from") or senders, wish, split.new)
    return Classified(InboundKind.REPLY, mail.addresses("from") or senders, _why_reply(mail), split.new)


def readable_text(mail: Mail) -> str:
    """Return the text of a mail's body: its plain part, or its HTML part as text where the plain one says nothing."""
    plain = "\n\n".join(part.text.strip() for part in mail.of_type("text/plain", "text") if not part.attached)
    if len(plain.strip()) >= _FEW_CHARS and not _tells_to_read_html(plain):
        return plain
    pages = "\n\n".join(text_of_html(part.text) for part in mail.of_type("text/html") if not part.attached)
    return pages if pages.strip() else plain or _first_text(mail.parts)


def _as_report(mail: Mail, split: SplitText) -> Classified | None:
    feedback = feedback_of(mail)
    if feedback:
        kind = InboundKind.UNSUBSCRIBE if feedback.opt_out else InboundKind.COMPLAINT
        return Classified(kind, feedback.recipients, feedback.reason, split.new)
    other = other_feedback(mail)
    if other:
        return Classified(InboundKind.AUTO_REPLY, [], f"feedback report: {other}", split.new)
    receipt = receipt_fields(mail)
    if receipt:
        said = " ".join(receipt.get("disposition", []))[:120]
        return Classified(InboundKind.AUTO_REPLY, mail.addresses("from"), f"read receipt: {said}", split.new)
    return None


def _as_bounce(mail: Mail, split: SplitText) -> Classified | None:
    bounce: Bounce | None = bounce_of(mail)
    if bounce:
        hard = bounce.permanence is Permanence.HARD
        kind = InboundKind.BOUNCE_HARD if hard else InboundKind.BOUNCE_SOFT
        return Classified(kind, bounce.recipients, bounce.reason, read_bounce_text(mail).story)
    if arrived(mail):
        return Classified(InboundKind.AUTO_REPLY, [], "delivery confirmation", split.new)
    return None


def _as_machine(mail: Mail, split: SplitText) -> Classified | None:
    if _wish_by_header(mail):
        return Classified(InboundKind.UNSUBSCRIBE, mail.addresses("from"), "sent to the unsubscribe address", split.new)
    reason = auto_reason(mail, split)
    if reason:
        return Classified(InboundKind.AUTO_REPLY, mail.addresses("from", "sender"), reason, split.new)
    return None


def _wish_by_header(mail: Mail) -> bool:
    """Whether a mail program sent the answer to our List-Unsubscribe address; such mails may be marked automatic."""
    to = " ".join(mail.addresses("to", "delivered-to", "x-original-to"))
    return "unsubscribe+" in to or (to.startswith("unsubscribe@") and "unsubscribe" in mail.header("subject").lower())


def _why_reply(mail: Mail) -> str:
    if any(part.content_type == "text/calendar" for part in mail.parts):
        return "answer to an invitation"
    answers = mail.header("in-reply-to") or mail.header("references")
    return "answers a message" if answers else "written by a person as far as can be told"


def _tells_to_read_html(plain: str) -> bool:
    return len(plain) < 300 and "html" in plain.lower() and ("viewer" in plain.lower() or "support" in plain.lower())


def _first_text(parts: list[Part]) -> str:
    return next((part.text for part in parts if part.content_type.startswith("text/") and part.text.strip()), "")
