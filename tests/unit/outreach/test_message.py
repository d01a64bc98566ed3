"""A message refuses what would become a header, or a mail, of somebody else's."""

import pytest

from outreach.transports.message import BadMessage, Mailbox, Message, to_mime

SENDER = Mailbox("hello@example.com", "Scoutboard")
TO = Mailbox("ada@example.net", "Ada Vint")
BREAKS = ["\r\nBcc: x@example.org", "\nBcc: x@example.org", "\r", "\0", "\x0b", "\x85", "\u2028", "\x7f"]


def message(**values: object) -> Message:
    return Message(**({"sender": SENDER, "to": TO, "subject": "Hi", "text": "Hello"} | values))  # type: ignore[arg-type]


@pytest.mark.parametrize("evil", BREAKS)
def test_control_characters_are_refused_everywhere(evil: str) -> None:
    for build in (
        lambda: message(subject=f"Hi{evil}"),
        lambda: message(message_id=f"<a@b>{evil}"),
        lambda: message(reference=f"n{evil}"),
        lambda: message(headers={"X-Note": f"a{evil}"}),
        lambda: message(headers={f"X{evil}": "a"}),
        lambda: Mailbox("a@example.com", f"Name{evil}"),
        lambda: Mailbox(f"a@example.com{evil}"),
        lambda: Mailbox.parse(f"Name <a@example.com>{evil}"),
    ):
        with pytest.raises(BadMessage):
            build()


@pytest.mark.parametrize(
    "address", ["", "nobody", "@example.com", "a@", "a@example.com,b@example.com", "a@example.com;b@x.org", "<a@b.org>"]
)
def test_only_one_plain_address_is_taken(address: str) -> None:
    with pytest.raises(BadMessage, match="address"):
        Mailbox(address)


@pytest.mark.parametrize("name", ["From", "bcc", "Subject", "Content-Type", "Message-ID", "X Y", "", "X:Y", "Ü"])
def test_reserved_and_odd_header_names_are_refused(name: str) -> None:
    with pytest.raises(BadMessage, match="headers"):
        message(headers={name: "value"})


def test_nul_in_the_text_is_refused() -> None:
    with pytest.raises(BadMessage, match="text"):
        message(text="a\0b")


def test_mime_carries_everything_once() -> None:
    mime = to_mime(
        message(
            subject="Grüße",
            html="<p>Hello</p>",
            reply_to=Mailbox("answers@example.com"),
            message_id="<one@example.com>",
            headers={"List-Unsubscribe": "<https://example.com/u>"},
        )
    )
    assert mime["From"] == "Scoutboard <hello@example.com>"
    assert mime["Subject"] == "Grüße"
    assert mime["Message-ID"] == "<one@example.com>"
    assert mime["Reply-To"] == "answers@example.com"
    assert mime["List-Unsubscribe"] == "<https://example.com/u>"
    assert [part.get_content_type() for part in mime.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_message_id_is_made_in_the_senders_domain() -> None:
    assert to_mime(message())["Message-ID"].endswith("@example.com>")


def test_mailbox_reads_name_and_address() -> None:
    mailbox = Mailbox.parse("Żaneta Wilk <zaneta@example.com>")
    assert (mailbox.name, mailbox.address) == ("Żaneta Wilk", "zaneta@example.com")
