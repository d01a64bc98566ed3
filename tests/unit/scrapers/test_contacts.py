"""E-mail addresses, phones and countries as pages write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.extract import extract_page
from scrapers.extract.contacts import decode_cloudflare, find_emails
from scrapers.extract.parse import parse_html
from scrapers.extract.places import find_country, find_phones


def emails_in(body: str, *lines: str, stated: tuple[str, ...] = ()) -> dict[str, str]:
    tree = parse_html(f"<html><body>{body}</body></html>")
    return {found.address: found.how for found in find_emails(tree, lines, stated)}


def protected(address: str, key: int = 0x5A) -> str:
    return bytes([key, *(byte ^ key for byte in address.encode())]).hex()


def test_a_mailto_link_with_a_subject() -> None:
    assert emails_in('<a href="MAILTO:Hello%40Acme.com?subject=Hi">x</a>') == {"hello@acme.com": "mailto"}


def test_cloudflare_protection_is_undone_in_both_its_forms() -> None:
    body = (
        f'<span data-cfemail="{protected("a@acme.com")}"></span>'
        f'<a href="/cdn-cgi/l/email-protection#{protected("b@acme.com")}">x</a>'
    )
    assert emails_in(body) == {"b@acme.com": "cloudflare", "a@acme.com": "cloudflare"}


@given(st.text(max_size=30))
def test_any_cloudflare_code_decodes_or_is_empty(code: str) -> None:
    assert isinstance(decode_cloudflare(code), str)


@pytest.mark.parametrize(
    "line",
    ["Write to jan [at] acme [dot] pl today", "jan(at)acme(dot)pl", "jan [małpa] acme [kropka] pl", "jan {at} acme.pl",
     "jan (ät) acme (punkt) pl", "Mail: jan [AT] acme.pl", "jan(a)acme.pl", "jan {@} acme.pl",
     "Mail jan AT acme DOT pl"],
)  # fmt: skip
def test_disguised_addresses_are_read(line: str) -> None:
    assert emails_in("", line) == {"jan@acme.pl": "obfuscated"}


@pytest.mark.parametrize(
    ("line", "how"),
    [
        ("info @ acme.pl", "obfuscated"),
        ("kontakt małpa acme kropka pl", "obfuscated"),
        ("in\u00adfo\u200b@acme.pl", "text"),
    ],
)
def test_mailboxes_in_spaces_words_and_invisible_letters(line: str, how: str) -> None:
    assert emails_in("", f"Write to {line}, please")[f"{'kontakt' if 'kropka' in line else 'info'}@acme.pl"] == how


def test_letters_in_reverse_are_read_as_they_show() -> None:
    body = '<span style="unicode-bidi:bidi-override; direction: rtl">lp.emca@<b>naj</b></span>'
    assert emails_in(body) == {"jan@acme.pl": "obfuscated"}


def test_what_a_line_hides_is_no_part_of_an_address() -> None:
    page = extract_page("https://acme.pl/", '<p>Write to jan<span style="display: none">.nospam</span>@acme.pl</p>')
    assert [found.address for found in page.emails] == ["jan@acme.pl"]


def test_plain_text_and_stated_addresses() -> None:
    found = emails_in("", "Call or write: Sales@Acme.com.", stated=("mailto:info@acme.com",))
    assert found == {"sales@acme.com": "text", "info@acme.com": "json_ld"}


@pytest.mark.parametrize(
    "line",
    ["logo@2x.png", "hero@3x.webp", "605a7baede844d278b89dc95ae0a9123@sentry-next.wixpress.com", "you@example.com",
     "name@domain.com", "a@b", "@acme", "user@localhost", "meet at acme dot com", "we met (at) noon",
     "our team @ acme.com", "sales at acme.com", "inf\u043e@acme.com"],
)  # fmt: skip
def test_what_only_looks_like_an_address_is_left_out(line: str) -> None:
    assert emails_in("", line) == {}


def phones_in(body: str, *lines: str, country: str | None = None) -> dict[str, str]:
    tree = parse_html(f"<html><body>{body}</body></html>")
    return {found.number: found.how for found in find_phones(tree, lines, stated=(), country=country)}


def test_phones_are_written_in_e164_by_the_country_of_the_page() -> None:
    assert phones_in('<a href="tel:+48%2022%20123%2045%2067">x</a>') == {"+48221234567": "tel"}
    assert phones_in("", "Telefon: 030 901820", country="DE") == {"+4930901820": "text"}
    assert phones_in("", "Call +1 (212) 736-5000 today") == {"+12127365000": "text"}


@pytest.mark.parametrize("line", ["2024-01-02 2025-03-04", "Order 1234567890123", "KRS 0000123456", "1.234.567,89"])
def test_dates_and_numbers_are_no_phones(line: str) -> None:
    assert phones_in("", line, country=None) == {}


@pytest.mark.parametrize(
    ("url", "stated", "lines", "tag", "wanted"),
    [
        ("https://a.com/", ("DE",), (), "", "DE"),
        ("https://a.com/", ("United Kingdom",), (), "", "GB"),
        ("https://a.com/", (), ("ul. Prosta 1, 00-838 Warszawa, Polska",), "", "PL"),
        ("https://a.com/", (), ("We love Germany and France",), "", None),
        ("https://a.co.uk/", (), (), "", "GB"),
        ("https://a.pl/", (), (), "", "PL"),
        ("https://a.io/", (), (), "en-AU", "AU"),
        ("https://a.io/", (), (), "en-US", None),
    ],
)
def test_the_country_comes_from_the_strongest_evidence(
    url: str, stated: tuple[str, ...], lines: tuple[str, ...], tag: str, wanted: str | None
) -> None:
    assert find_country(url, stated=stated, lines=lines, language_tag=tag) == wanted
