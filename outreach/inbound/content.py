"""All that the inbox needs of one received mail: what it is, from whom, about which mail of ours, and its texts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from outreach.inbound.classify import Classified, classify_mail, readable_text
from outreach.inbound.htmlclean import clean_html
from outreach.inbound.mail import Mail, find_addresses, read_mail, unique
from outreach.inbound.reports import original_headers

MAX_REFERENCES = 50
MAX_TEXT = 100_000
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,298}>")
_RECEIVERS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
_PRIVATE_TOKEN = re.compile(r"^(reply|unsubscribe)\+([a-z0-9_-]{8,64})@", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailContent:
    """One received mail, ready to be kept: texts without NUL or broken letters, headers without line breaks.

    `tokens` are the enrollment tokens in the addresses it was sent to. `about` holds the Message-IDs of mails of ours
    it speaks of, the nearest first: what it answers, or what came back in a bounce.
    """

    judged: Classified
    from_address: str
    from_name: str
    subject: str
    internet_id: str
    in_reply_to: str
    about: list[str]
    tokens: list[str]
    new_text: str
    quoted_text: str
    html: str = field(repr=False)


def read_content(raw: bytes, *, envelope_to: str = "") -> MailContent:
    """Read a mail as it came over the wire. Never raises for what the mail contains."""
    mail = read_mail(raw)
    judged = classify_mail(mail)
    whole = readable_text(mail)
    senders = mail.addresses("from", "sender", "reply-to", "return-path")
    return MailContent(
        judged=judged,
        from_address=_line(senders[0] if senders else "", 320),
        from_name=_line(_name_of(mail.header("from")), 200),
        subject=_line(mail.header("subject"), 400),
        internet_id=_line(next(iter(_ids(mail.header("message-id"))), ""), 300),
        in_reply_to=_line(next(iter(_ids(mail.header("in-reply-to"))), ""), 300),
        about=_about(mail),
        tokens=_tokens([envelope_to, *mail.addresses(*_RECEIVERS)]),
        new_text=_text(judged.new_text),
        quoted_text=_text(_rest_of(whole, judged.new_text)),
        html=_text(clean_html(_html_of(mail))),
    )


def _about(mail: Mail) -> list[str]:
    """Return the Message-IDs a mail is about: In-Reply-To, References from the newest on, and what it sends back."""
    answered = _ids(mail.header("in-reply-to")) + list(reversed(_ids(" ".join(mail.headers.get("references", [])))))
    returned = original_headers(mail)
    sent_back = _ids(" ".join(returned.get("message-id", []))) + _ids(" ".join(returned.get("references", [])))
    return unique(answered + sent_back)[:MAX_REFERENCES]


def _ids(value: str) -> list[str]:
    return _MESSAGE_ID.findall(value[:20_000])


def _tokens(addresses: list[str]) -> list[str]:
    found = [_PRIVATE_TOKEN.match(address.strip("<> ")) for address in addresses]
    return unique([match[2].lower() for match in found if match])


def _name_of(sender: str) -> str:
    """Return the display name of a From header, "" where there is only an address."""
    name = re.sub(r"<[^<>]*>?", " ", sender)
    bare = " ".join(name.split()).strip("\"' ,;")
    return "" if find_addresses(bare) else bare


def _html_of(mail: Mail) -> str:
    return "\n".join(part.text for part in mail.of_type("text/html") if not part.attached)


def _rest_of(whole: str, new: str) -> str:
    """Return the lines of a text that are not among the new ones, in order: what it quotes, and its signature."""
    wanted = [line.strip() for line in new.split("\n") if line.strip()]
    rest: list[str] = []
    at = 0
    for line in whole.replace("\u00a0", " ").split("\n"):
        if at < len(wanted) and line.strip()[:1_000].rstrip() == wanted[at]:
            at += 1
        else:
            rest.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(rest)).strip()


def _text(value: str) -> str:
    return value.replace("\0", "").encode("utf-8", "replace").decode()[:MAX_TEXT]


def _line(value: str, length: int) -> str:
    """Return a header's value as one line that can be kept, shown and written into another mail's header."""
    printable = "".join(char if char.isprintable() else " " for char in value)
    return " ".join(_text(printable).split())[:length]
