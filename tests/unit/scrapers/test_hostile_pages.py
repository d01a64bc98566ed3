"""Pages made to break readers: no crash, no endless work, something sensible back."""

import random
import resource
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrapers.extract import extract_page
from scrapers.extract.encoding import decode

URL = "https://acme.com/"
TEXT = "We build online shops for merchants who want to grow, and we have done so for ten years."
HOSTILE = {
    "a million open tags": "<div>" * 1_000_000 + TEXT,
    "a million short tags": "<b>" * 1_000_000 + TEXT,
    "nested tables": "<table><tr><td>" * 100_000 + TEXT,
    "nested lists": "<ul><li>" * 100_000 + TEXT,
    "attributes without end": "<p " + "a=b " * 200_000 + ">" + TEXT,
    "one endless attribute": '<p class="' + "x " * 500_000 + '">' + TEXT,
    "entities": "&amp;" * 300_000 + TEXT,
    "links": '<a href="/x?a=1">x</a>' * 60_000,
    "unclosed comment": TEXT + "<!--" + "x" * 500_000,
    "at signs": "a@" * 400_000,
    "digits": "+48 22 " * 150_000,
    "brackets": "([{at}])" * 200_000,
    "dates": "2024-01-01 " * 100_000,
    "json": '<script type="application/ld+json">' + "[" * 100_000 + "</script>" + TEXT,
    "nulls": "\x00" * 100_000 + TEXT,
    "no tags at all": "word " * 300_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_markup_costs_bounded_time_and_memory(name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    page = extract_page(URL, f"<html><body>{HOSTILE[name]}</body></html>")
    assert time.process_time() - started < 40
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000
    assert page.url == URL


def test_text_around_deep_nesting_is_still_read() -> None:
    page = extract_page(URL, f"<html><body><p>{TEXT}</p>{'<div>' * 200_000}x</body></html>")
    assert TEXT in page.main_text


@pytest.mark.parametrize(
    "body", [b"", b"   ", b"\x00\x00", b"<", b"<!doctype html>", b"\xff\xfe", "<html></html>", "\ud800"]
)
def test_next_to_nothing_is_an_empty_page(body: bytes | str) -> None:
    assert extract_page(URL, body).main_text == ""


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_page(body: bytes) -> None:
    assert extract_page(URL, body).url == URL


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.text(max_size=40))
def test_any_text_is_a_page_at_any_address(body: str, url: str) -> None:
    page = extract_page(url, f"<p>{body}<a href='{body}'>{body}</a>", url)
    assert "\x00" not in page.main_text


PIECES = [
    *"<p> </p> <table> </div> </a> <h1> <script> </script> <nav> </nav> <main> <li> <svg> <title> <!-- -->".split(),
    *"]]> <?php &#xd800; &#0; \u202e <form> <br> <plaintext> <template> <![CDATA[ <iframe> <select>".split(),
    TEXT,
    "<a href='mailto:a@b.pl'>",
    "<base href='//[x'>",
    "<meta charset=utf-7>",
    "<time datetime='2024-13-99'>",
    "<link rel=canonical href='http://['>",
    "<html lang='\U0001f600'>",
]


def test_shuffled_markup_never_breaks_the_reader() -> None:
    """A small fuzzer: pieces of real markup in random order, a fixed seed so that a failure can be seen again."""
    dice = random.Random(7)
    for _ in range(150):
        body = "".join(dice.choices(PIECES, k=dice.randint(1, 60)))
        assert extract_page(URL, body).url == URL


ENCODINGS = [
    "utf-8",
    "utf-16",
    "cp1250",
    "iso-8859-2",
    "cp1252",
    "iso-8859-15",
    "koi8-r",
    "cp1251",
    "shift_jis",
    "gb18030",
]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("claim", ["", "utf-8", "iso-8859-1", "utf-7", "nonsense", "hex", "x" * 400])
def test_odd_and_lying_encodings_never_raise(encoding: str, claim: str) -> None:
    body = f"<meta charset='{claim}'><p>{TEXT} naïve façade</p>".encode(encoding, errors="replace")
    assert isinstance(decode(body, f"text/html; charset={claim}"), str)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Zażółć gęślą jaźń", "cp1250"),
        ("Zażółć gęślą jaźń", "iso-8859-2"),
        ("Größe für Straße", "cp1252"),
        ("Привет мир", "koi8-r"),
    ],
)
def test_an_honest_claim_is_believed(text: str, encoding: str) -> None:
    body = f"<html><meta charset='{encoding}'><p>{text}</p></html>".encode(encoding)
    assert text in decode(body)


def test_a_page_cut_within_a_character_is_still_utf8() -> None:
    assert decode("<p>żół".encode()[:-1]) == "<p>żó"
