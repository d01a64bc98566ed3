"""Taking URLs apart without guessing."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scrapers.problems import FetchProblem, FetchRefused
from scrapers.urls import join_url, parse_target

DISGUISED = [
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://0x7f.1/",
    "http://127.0.0.01/",
    "http://1.2.3/",
    "http://foo.0x7f/",
]
REFUSED = [
    ("ftp://a.com/", FetchProblem.BAD_SCHEME),
    ("javascript:alert(1)", FetchProblem.BAD_SCHEME),
    ("file:///etc/passwd", FetchProblem.BAD_SCHEME),
    ("gopher://a.com/", FetchProblem.BAD_SCHEME),
    ("//a.com/", FetchProblem.BAD_SCHEME),
    ("http://a.com:22/", FetchProblem.BAD_PORT),
    ("http://a.com:8080/", FetchProblem.BAD_PORT),
    ("http://a.com:0/", FetchProblem.BAD_PORT),
    ("http://a.com:/", FetchProblem.BAD_PORT),
    ("http://a.com:99999/", FetchProblem.BAD_URL),
    ("http://user@a.com/", FetchProblem.USERINFO),
    ("http://user:pw@a.com/", FetchProblem.USERINFO),
    ("http://a.com@127.0.0.1/", FetchProblem.USERINFO),
    ("http://a.com\\@127.0.0.1/", FetchProblem.BAD_URL),
    ("http://a.com\\.evil.com/", FetchProblem.BAD_URL),
    ("http://a.com\n.evil.com/", FetchProblem.BAD_URL),
    ("http://a.com\t/", FetchProblem.BAD_URL),
    ("http://a b.com/", FetchProblem.BAD_URL),
    ("http://a.com/\x00", FetchProblem.BAD_URL),
    ("", FetchProblem.BAD_URL),
    ("http://", FetchProblem.BAD_HOST),
    ("http://-a-/%", FetchProblem.BAD_HOST),
    ("http://a..com/", FetchProblem.BAD_HOST),
    ("http://[::1/", FetchProblem.BAD_URL),
    ("http://[::1%25eth0]/", FetchProblem.BAD_HOST),
    ("http://[fe80::1%eth0]/", FetchProblem.BAD_HOST),
    ("http://a%2ecom/", FetchProblem.BAD_HOST),
    ("http://a.com#@b.com:99/".replace("#", "%23"), FetchProblem.USERINFO),
    ("http://" + "a" * 3000 + ".com/", FetchProblem.BAD_URL),
]


@pytest.mark.parametrize("url", DISGUISED)
def test_odd_number_forms_of_addresses_are_refused(url: str) -> None:
    with pytest.raises(FetchRefused) as caught:
        parse_target(url)
    assert caught.value.reason is FetchProblem.PRIVATE_ADDRESS


def test_a_trailing_dot_leaves_the_plain_literal_for_the_guard_to_judge() -> None:
    assert parse_target("http://127.0.0.1./").host == "127.0.0.1"


@pytest.mark.parametrize(("url", "reason"), REFUSED)
def test_what_is_ambiguous_is_refused_with_its_reason(url: str, reason: FetchProblem) -> None:
    with pytest.raises(FetchRefused) as caught:
        parse_target(url)
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("HTTP://Example.COM", "http://example.com/"),
        ("https://example.com:443/a b".replace(" ", "%20"), "https://example.com/a%20b"),
        ("http://example.com:443/", "http://example.com:443/"),
        ("https://bücher.de/straße?q=ü#top", "https://xn--bcher-kva.de/stra%C3%9Fe?q=%C3%BC"),
        ("https://example.com./x", "https://example.com/x"),
        ("http://[2606:4700:4700::1111]/", "http://[2606:4700:4700::1111]/"),
        ("http://a_b.example.com/", "http://a_b.example.com/"),
    ],
)
def test_one_spelling_for_each_address(url: str, wanted: str) -> None:
    assert parse_target(url).url == wanted


@given(st.text(max_size=60))
def test_any_text_is_either_an_address_or_refused(text: str) -> None:
    for url in (text, "http://" + text, "https://a.com/" + text):
        try:
            target = parse_target(url)
        except FetchRefused:
            continue
        assert target.url.isascii()
        assert parse_target(target.url) == target


@given(st.text(max_size=60))
def test_joining_any_reference_never_raises(reference: str) -> None:
    found = join_url("https://a.com/x/", reference)
    assert found is None or found.startswith(("http://", "https://"))


def test_references_are_resolved_and_fragments_dropped() -> None:
    assert join_url("https://a.com/x/", "../y z#top") == "https://a.com/y%20z"
    assert join_url("https://a.com/x/", "#top") is None
    assert join_url("https://a.com/x/", "mailto:a@b.com") is None


@given(st.text(alphabet="/.a_~-Z9 %", max_size=60))
def test_the_short_way_for_plain_paths_leads_where_the_long_one_does(path: str) -> None:
    assume(not path.strip().startswith("/"))
    base = "https://acme.com/a/b.html?x=1"
    # A query is never plain, so with one the address takes the long way.
    long_way = join_url(base, f"/{path.strip()}?q=1")
    assert join_url(base, f"/{path.strip()}") == (long_way.removesuffix("?q=1") if long_way else None)


def test_a_path_of_many_letters_is_read_in_a_moment() -> None:
    assert join_url("https://acme.com/", "/" + "a" * 1900 + "!") is not None
