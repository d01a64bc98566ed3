"""After the sign-in only a page of ours follows, whatever `next` says."""

import pytest

from app.web.auth.next_page import safe_next

HOSTILE = [
    "", " ", "http://evil.example", "https://evil.example/", "HTTPS://EVIL.EXAMPLE", "ftp://evil.example",
    "//evil.example", "//evil.example/a", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example",
    "\\/evil.example", "/\\/evil.example", "/\\\\evil.example", "\\evil.example", "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example", "/\t\\evil.example", "\t//evil.example", "\n//evil.example", " //evil.example",
    "/ /evil.example",
    "/%2f/evil.example", "/%2F%2Fevil.example", "/%5cevil.example", "/%5C%5Cevil.example", "/%252f%252fevil.example",
    "/%25255cevil.example", "/%09/evil.example", "/%0a/evil.example", "/%0d%0aSet-Cookie:a=b", "/\x00", "/%00",
    "/a//evil.example", "/./", "/../", "/..//evil.example", "/.//evil.example", "/a/../../b", "/%2e%2e/evil.example",
    "/%2e%2e%2f%2fevil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "vbscript:x", "mailto:a@b.example", "evil.example", "evil.example/a",
    "?next=//evil.example", "#//evil.example", "/#//evil.example", "@evil.example", "user@evil.example",
    "http:evil.example", "http:/evil.example", "http:///evil.example", "/\u2028/evil.example", "/\u3002evil.example",
    "\uff0f\uff0fevil.example", "/\uff0fevil.example", "/\u2044/evil", "/<script>", '/"onload="', "/a b", "/%ff%fe",
    "/login", "/login?next=/login", "/logout", "/" + "a" * 1000, "/%c0%af%c0%afevil.example",
]  # fmt: skip


@pytest.mark.parametrize("wanted", HOSTILE, ids=ascii)
def test_hostile_next_goes_home(wanted: str) -> None:
    assert safe_next(wanted) == "/"


@pytest.mark.parametrize(
    "wanted",
    [
        "/",
        "/account",
        "/p/afterglow-partners/board",
        "/p/afterglow-partners/board?owner=3&q=a%20b&stage=sourced",
        "/p/a/prospects/12?tab=notes",
        "/outbox?state=sent&before=12",
        "/search?q=https://example.com/%2f",
    ],
)
def test_own_pages_are_kept_as_they_are(wanted: str) -> None:
    assert safe_next(wanted) == wanted


def test_nothing_asked_goes_home() -> None:
    assert safe_next(None) == "/"


def test_list_is_as_long_as_promised() -> None:
    assert len(set(HOSTILE)) >= 60
