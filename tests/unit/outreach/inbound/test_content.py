"""What the inbox keeps of a mail: new text, the rest, clean HTML, and within which time."""

import time

import pytest

from outreach.inbound.content import read_content
from outreach.inbound.htmlclean import clean_html

HEAD = b"From: Ola Brink <ola@agency.example>\r\nTo: theo@mail.example\r\nSubject: Re: Hi\r\n"
PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"


def test_new_text_stands_apart_from_what_is_quoted() -> None:
    text = b"Sounds good.\r\n\r\nOla\r\n\r\nOn Mon, 3 Aug 2026 at 10:12, Theo wrote:\r\n> Shall we talk?\r\n> Theo\r\n"
    content = read_content(HEAD + PLAIN + text)
    assert content.new_text == "Sounds good.\n\nOla"
    assert content.quoted_text == "On Mon, 3 Aug 2026 at 10:12, Theo wrote:\n> Shall we talk?\n> Theo"
    assert (content.from_name, content.from_address) == ("Ola Brink", "ola@agency.example")


def test_tokens_and_answered_mails_are_found() -> None:
    extra = (
        b"In-Reply-To: <b@m.example>\r\nReferences: <a@m.example>\r\n <b@m.example>\r\n"
        b"Cc: x@y.example, reply+0123456789abcdef@r.example\r\nMessage-ID: <c@a.example>\r\n"
    )
    content = read_content(HEAD + extra + PLAIN + b"Hi", envelope_to="<unsubscribe+fedcba9876543210@r.example>")
    assert content.tokens == ["fedcba9876543210", "0123456789abcdef"]
    assert content.about == ["<b@m.example>", "<a@m.example>"]
    assert (content.internet_id, content.in_reply_to) == ("<c@a.example>", "<b@m.example>")


HOSTILE = [
    '<script>alert(1)</script><p onclick="x()">Hi</p>',
    '<a href="javascript:alert(1)">Hi</a>',
    '<img src="https://spy.example/p.gif"><p style="background:url(https://spy.example)">Hi</p>',
    '<form action="https://evil.example"><input name="a">Hi</form>',
    "<svg><style><img src=x onerror=alert(1)></style></svg>Hi",
    '<iframe src="https://evil.example"></iframe>Hi<meta http-equiv="refresh" content="0">',
    '<base href="https://evil.example"><noscript><p title="</noscript><img src=x onerror=alert(1)>">Hi',
]


@pytest.mark.parametrize("markup", HOSTILE)
def test_nothing_active_is_left_of_hostile_html(markup: str) -> None:
    clean = clean_html(markup).lower()
    assert "hi" in clean
    for bad in ("script", "onerror", "onclick", "<img", "<form", "<iframe", "<meta", "<base", "style", "src="):
        assert bad not in clean


def test_links_stay_and_tell_nobody() -> None:
    assert clean_html('<a href="https://a.example/" target="_top">x</a>') == (
        '<a href="https://a.example/" rel="noopener noreferrer nofollow">x</a>'
    )


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Type: text/html\r\n\r\n" + b"<div>" * 300_000,
        b"Content-Type: text/html\r\n\r\n" + b"<a href=x>" * 4_900,
        b"Content-Type: text/plain\r\n\r\n" + b"On On On " * 300_000,
        b"Content-Type: text/plain\r\n\r\n" + b"> x\r\n" * 300_000,
    ],
    ids=["nested", "links", "words", "quotes"],
)
def test_hostile_size_is_read_in_bounded_time(body: bytes) -> None:
    started = time.process_time()
    read_content(HEAD + body)
    assert time.process_time() - started < 15


def test_a_short_text_in_an_unknown_charset_is_not_taken_for_chinese() -> None:
    raw = HEAD + b"Content-Type: text/plain; charset=klingon\r\n\r\nZa\xbf\xf3\xb3\xe6 tak\r\n"
    assert read_content(raw).new_text == "Zażółć tak"
    chinese = HEAD + b"Content-Type: text/plain\r\n\r\n" + "是的，请联系我们，谢谢".encode("gb18030")
    assert read_content(chinese).new_text == "是的，请联系我们，谢谢"
