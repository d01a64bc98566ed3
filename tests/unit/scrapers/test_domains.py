"""The one normalizer of domains and e-mail addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.domains import DomainError, EmailError, normalize_domain, normalize_email


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("https://www.Foo.co.uk/path?q=1", "foo.co.uk"),
        ("info@foo.com", "foo.com"),
        ("mailto:info@foo.com", "foo.com"),
        ("foo.com:8080", "foo.com"),
        ("  WWW.Foo.com. ", "foo.com"),
        ("//foo.com/x", "foo.com"),
        ("https://user:pw@shop.foo.com/", "foo.com"),
        ("Bücher.de", "xn--bcher-kva.de"),
        ("xn--bcher-kva.de", "xn--bcher-kva.de"),
        ("blog.foo.github.io", "foo.github.io"),
        ("www.acme.demo.test", "acme.demo.test"),
        ("shop.acme.test", "acme.test"),
    ],
)
def test_many_spellings_one_domain(value: str, wanted: str) -> None:
    assert normalize_domain(value) == wanted


@pytest.mark.parametrize(
    ("value", "cause"),
    [
        ("", "empty"),
        ("10.0.0.1", "IP address"),
        ("http://[::1]/", "IP address"),
        ("2130706433", "IP address"),
        ("0x7f.1", "IP address"),
        ("localhost", "local network"),
        ("printer.local", "local network"),
        ("co.uk", "public suffix that many"),
        ("github.io", "public suffix that many"),
        ("demo.test", "public suffix that many"),
        ("acme.nosuchtld", "known public suffix"),
        ("two words.com", "not a domain name"),
        ("a..com", "not a domain name"),
        ("http://", "not a domain name"),
    ],
)
def test_the_message_says_what_is_wrong(value: str, cause: str) -> None:
    with pytest.raises(DomainError, match=cause):
        normalize_domain(value)


@given(st.text(max_size=40))
def test_any_text_gives_a_stable_domain_or_a_domain_error(text: str) -> None:
    try:
        domain = normalize_domain(text)
    except DomainError:
        return
    assert normalize_domain(domain) == domain
    assert normalize_domain(f"https://www.{domain}/x") == domain


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("Anna@Acme.demo.test", "anna@acme.demo.test"),
        ("mailto:A@B.pl?subject=Hi", "a@b.pl"),
        ("<a@bücher.de>", "a@xn--bcher-kva.de"),
    ],
)
def test_many_spellings_one_address(value: str, wanted: str) -> None:
    assert normalize_email(value) == wanted


@pytest.mark.parametrize("value", ["", "a@b", "a b@c.de", "@c.de", "a@localhost", "a@@c.de", "a@c.de, b@c.de"])
def test_what_is_not_an_address_is_refused(value: str) -> None:
    with pytest.raises(EmailError):
        normalize_email(value)


@given(st.text(max_size=40))
def test_any_text_gives_a_stable_address_or_an_email_error(text: str) -> None:
    try:
        address = normalize_email(text)
    except EmailError:
        return
    assert normalize_email(address) == address
